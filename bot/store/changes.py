"""Whose profile, address, state or day changed, for the indexes of all processes: written with the change itself.

A row tells who, and nothing else: sealed, so that for the two minutes in which it must tell of an erasure nothing at
rest refers to the erased (T14).
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from bot.store import queries
from bot.store.database import WHO, Database, contact_bytes
from bot.store.protocol import ChangesLost
from bot.store.sealing import SealBroken

#: How long a change is remembered: an index looks every two seconds.
_SECONDS: Final = 120
#: Ids can be committed out of their order: so many before the last one are looked at again.
_SLACK: Final = 5_000
_MOST: Final = _SLACK + 20_000
_NOBODY: Final = b""


def note(database: Database, contacts: Sequence[int]) -> None:
    if contacts:
        keys = database.keys
        key = keys.changes[keys.current]
        rows = [(WHO.wrap(key, keys.current, 0, contact_bytes(contact)),) for contact in contacts]
        database.write(queries.ADD_CHANGE, rows)


def forget(database: Database) -> int:
    """Rows that were there at a look of two minutes ago; to be called now and then."""
    marks = database.change_marks
    (newest,) = database.connection.execute(queries.NEWEST_CHANGE).fetchone()
    marks.append((database.now, newest))
    end = 0
    while marks[0][0] <= database.now - _SECONDS:
        end = marks.popleft()[1]
    if not end:
        return 0
    gone = database.connection.execute(queries.FORGET_CHANGES, (end,)).rowcount
    database.connection.execute(queries.END_OF_CHANGES, (end, _NOBODY))
    return gone


class Reading:
    """Where the reader of this process stands."""

    def __init__(self) -> None:
        self._next = 0
        #: Ids behind ``_next`` that were told already.
        self._told: set[int] = set()

    def read(self, database: Database, seen: int) -> tuple[int, list[int]]:
        """Contacts that changed, and where to go on: the id behind the last one. Raises ChangesLost."""
        told = self._told if seen == self._next else set[int]()
        rows = database.connection.execute(queries.CHANGES, (seen - _SLACK, _MOST)).fetchall()
        if seen and any(not who and number >= seen for number, who in rows[:1]):
            raise ChangesLost("Changes of contacts are forgotten that an index has not seen: it is built anew.")
        self._next = max(seen, rows[-1][0] + 1 if rows else 1)
        contacts = dict[bytes, None]()
        for number, who in rows:
            if who and number not in told:
                with suppress(SealBroken):
                    contacts[WHO.unwrap(database.keys.changes, 0, who)] = None
        self._told = {number for number, _ in rows if number >= self._next - _SLACK}
        return self._next, [int.from_bytes(contact, "big") for contact in contacts]
