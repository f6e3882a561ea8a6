"""The database of the writer thread, with all that its operations share: keys, the day, ids, who was erased.

What SQLite and PostgreSQL do each in their own way stands in ``sqlite_database`` and ``postgresql``.
"""

import struct
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import copies, queries
from bot.store.keys import Keys
from bot.store.sealing import Place, SealBroken

ADDRESS: Final = Place("contacts", "address")
PROFILE: Final = Place("contacts", "profile")
SESSION: Final = Place("contacts", "session")
WRAPPED: Final = Place("contact_keys", "wrapped")
BODY: Final = Place("outbox", "body")
REF: Final = Place("messages", "ref")
TIMER: Final = Place("timers", "body")
QUESTION: Final = Place("questions", "body")
UNTIL: Final = Place("moves", "until")
HEAD: Final = Place("tickets", "head")
TICKET_KEY: Final = Place("ticket_keys", "wrapped")
LINE: Final = Place("ticket_lines", "body")
PASSWORD: Final = Place("staff", "password")
TOTP: Final = Place("staff", "totp")
WEBHOOK: Final = Place("webhooks", "sealed")
ALERT: Final = Place("broadcasts", "body")
SEGMENT: Final = Place("segments", "body")
WHO: Final = Place("changes", "who")

DAY_SECONDS: Final = 86_400
#: Ids are taken from the database so many at a time.
ID_BLOCK: Final = 1024
#: Contacts whose key stays unwrapped in memory, 2.5 KB each.
_MOST_KEYS: Final = 4096
#: How long a backup folder (perhaps on a network) may keep the writer; the retention job tries again.
_COPY_SECONDS: Final = 5.0


class Cursor(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """sqlite3's shape, which PostgreSQL's connection takes on too."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Cursor: ...

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]], /) -> object: ...

    def close(self) -> None: ...


class Database(ABC):
    """Used by one thread. ``now`` and ``day`` stand still within a batch."""

    #: No other process writes to this database.
    alone: bool
    connection: Connection

    def __init__(self, keys: Keys, clock: Callable[[], datetime]) -> None:
        self.keys = keys
        self.now = 0.0
        self.day = 0
        #: Somebody was erased: after the commit what is left of them outside the tables goes too.
        self.ghosts = False
        #: When each of today's timers is due, by id: they are sealed, so each is opened once.
        self.timer_due: dict[int, float] = {}
        #: When ``changes`` was looked at, and its highest id then.
        self.change_marks: deque[tuple[float, int]] = deque()
        self._clock = clock
        self._next_id = self._last_id = 0
        self._contact_keys: dict[int, AESGCM] = {}

    @abstractmethod
    def begin(self) -> None:
        """Begin a batch."""

    def commit(self) -> None:
        self.connection.execute("commit")

    def rollback(self, error: Exception) -> None:
        """Undo the batch that ended so, and what memory holds of it; never raises."""
        self._contact_keys.clear()
        self._next_id = self._last_id

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def explain(self, error: Exception) -> Exception:
        """What the callers of a batch hear that failed so."""

    @abstractmethod
    def may_succeed(self, error: Exception) -> bool:
        """Was it another process that stood in the way, so that the batch is to be done again?"""

    @abstractmethod
    def may_be_one_calls(self, error: Exception) -> bool:
        """Was it perhaps a single call that failed so, and not the database?"""

    @abstractmethod
    def is_lost(self, error: Exception) -> bool:
        """Does nothing answer, so that whoever waits should hear of it now?"""

    @abstractmethod
    def lock_people(
        self, lookups: Sequence[bytes], ids: Sequence[int], desks: Sequence[bytes]
    ) -> Collection[int] | None:
        """Keep other processes from these contacts until the commit; which they are. None: there are no others."""

    @abstractmethod
    def lock_audit(self) -> None:
        """Keep other processes from the audit until the commit."""

    @abstractmethod
    def select(self, query: str, values: list[bytes] | list[int] | list[str], *before: Any) -> list[Any]:
        """The rows of a query for many values; ``before`` are those of its numbered placeholders."""

    @abstractmethod
    def meta(self, name: str) -> Any: ...

    @abstractmethod
    def set_meta(self, name: str, value: object) -> None: ...

    def write(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self.connection.executemany(query, rows)

    def new_id(self) -> int:
        """Ascending, and never used twice, also after a restart: late results must not hit another's row."""
        if self._next_id == self._last_id:
            self._next_id = self.take_ids()
            self._last_id = self._next_id + ID_BLOCK
        self._next_id += 1
        return self._next_id - 1

    @abstractmethod
    def take_ids(self) -> int:
        """The first of ``ID_BLOCK`` ids that follow one another."""

    def contact_key(self, contact: int, wrapped: bytes) -> AESGCM:
        """Raises SealBroken."""
        key = self._contact_keys.get(contact)
        if key is None:
            key = AESGCM(WRAPPED.unwrap(self.keys.wrapping, contact, wrapped))
            self.remember_key(contact, key)
        return key

    def contact_keys(self, contacts: list[int], query: str) -> dict[int, AESGCM]:
        """Those of these contacts that can be opened; ``query`` finds contact and wrapped key of many."""
        found = {contact: key for contact in contacts if (key := self._contact_keys.get(contact)) is not None}
        for contact, wrapped in self.select(query, [contact for contact in contacts if contact not in found]):
            with suppress(SealBroken):
                found[contact] = self.contact_key(contact, wrapped)
        return found

    def remember_key(self, contact: int, key: AESGCM) -> None:
        if len(self._contact_keys) >= _MOST_KEYS:
            self._contact_keys.clear()
        self._contact_keys[contact] = key

    def forget_key(self, contact: int) -> None:
        self._contact_keys.pop(contact, None)

    def lay_ghosts(self) -> bool:
        """Remove the erased from the newest copy of the keys. False: to be tried again in a moment."""
        folder = self.meta("backup_folder")
        if folder:
            marks = [row[0] for row in self.connection.execute(queries.TOMBSTONES).fetchall()]
            helper = threading.Thread(target=copies.forget, args=(Path(folder), marks), daemon=True)
            helper.start()
            helper.join(_COPY_SECONDS)
        return True

    def _stand_still(self) -> None:
        self.now = self._clock().timestamp()
        self.day = day_of(self.now)


def utc_now() -> datetime:
    return datetime.now(UTC)


def day_of(seconds: float) -> int:
    """Days since 1970, UTC."""
    return int(seconds // DAY_SECONDS)


def contact_bytes(contact: int) -> bytes:
    """A contact's id as the protocol has it."""
    return contact.to_bytes(8, "big")


def stamp(seconds: float, body: bytes) -> bytes:
    """A moment and what belongs to it, to be sealed together."""
    return _MOMENT.pack(seconds) + body


def unstamp(stamped: bytes) -> tuple[float, bytes]:
    return _MOMENT.unpack_from(stamped)[0], stamped[_MOMENT.size :]


def pack_address(account: str, address: str) -> bytes:
    return msgspec.json.encode((account, address))


def unpack_address(packed: bytes) -> tuple[str, str]:
    """Account and address."""
    return _ADDRESS.decode(packed)


def from_seconds(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_MOMENT: Final = struct.Struct(">d")
_ADDRESS: Final = msgspec.json.Decoder(tuple[str, str])
