"""The connection of the writer thread, with all that its operations share: keys, the day, ids, who was erased."""

import sqlite3
import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import queries
from bot.store.keys import Keys
from bot.store.sealing import Place

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

DAY_SECONDS: Final = 86_400
#: How long a lock of another program is waited for, a try.
BUSY_SECONDS: Final = 30
#: Ids are taken from the database so many at a time.
_ID_BLOCK: Final = 1024
#: Contacts whose key stays unwrapped in memory, 2.5 KB each.
_MOST_KEYS: Final = 4096


class Database:
    """Used by one thread. ``now`` and ``day`` stand still within a batch."""

    def __init__(self, path: Path, connection: sqlite3.Connection, keys: Keys, clock: Callable[[], datetime]) -> None:
        self.path = path
        self.connection = connection
        self.keys = keys
        self.now = 0.0
        self.day = 0
        #: Somebody was erased: after the commit what is left of them outside the tables goes too.
        self.ghosts = False
        #: When each of today's timers is due, by id: they are sealed, so each is opened once.
        self.timer_due: dict[int, float] = {}
        self._clock = clock
        self._next_id = self._last_id = 0
        self._contact_keys: dict[int, AESGCM] = {}

    def begin(self) -> None:
        self.connection.execute("begin immediate")
        self.now = self._clock().timestamp()
        self.day = day_of(self.now)

    def commit(self) -> None:
        self.connection.execute("commit")

    def rollback(self) -> None:
        """Undo the batch, and what memory holds of it."""
        self._contact_keys.clear()
        self._next_id = self._last_id
        if self.connection.in_transaction:
            self.connection.execute("rollback")

    def new_id(self) -> int:
        """Ascending, and never used twice, also after a restart: late results must not hit another's row."""
        if self._next_id == self._last_id:
            row = self.connection.execute(queries.TAKE_IDS, (_ID_BLOCK,)).fetchone()
            self._last_id = int(row[0])
            self._next_id = self._last_id - _ID_BLOCK
        self._next_id += 1
        return self._next_id - 1

    def contact_key(self, contact: int, wrapped: bytes) -> AESGCM:
        """Raises SealBroken."""
        key = self._contact_keys.get(contact)
        if key is None:
            key = AESGCM(WRAPPED.unwrap(self.keys.wrapping, contact, wrapped))
            self.remember_key(contact, key)
        return key

    def remember_key(self, contact: int, key: AESGCM) -> None:
        if len(self._contact_keys) >= _MOST_KEYS:
            self._contact_keys.clear()
        self._contact_keys[contact] = key

    def forget_key(self, contact: int) -> None:
        self._contact_keys.pop(contact, None)

    def select(self, query: str, values: list[bytes] | list[int]) -> list[Any]:
        """The rows of a query for many values."""
        if not values:
            return []
        values = queries.padded(values)
        return self.connection.execute(queries.many(query, len(values)), values).fetchall()

    def write(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self.connection.executemany(query, rows)

    def empty_wal(self) -> bool:
        """False when a reader or another writer is in the way; they are not waited for."""
        self.connection.execute("pragma busy_timeout=50")
        try:
            return not self.connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            self.connection.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")

    def meta(self, name: str) -> Any:
        row = self.connection.execute(queries.GET_META, (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: object) -> None:
        self.connection.execute(queries.SET_META, (name, value))


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
