"""Tickets: sealed with a key of their own, which is destroyed with them (T30), and found by their organisation (T29).

``Held`` is a contact's newest ticket while updates are taken; the rest is what the console asks.
"""

import struct
from secrets import token_bytes
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import queries
from bot.store.columns import TICKET_HOURS
from bot.store.database import HEAD, LINE, TICKET_KEY, Database
from bot.store.protocol import Ticket, TicketChange
from bot.store.sealing import SealBroken

#: Before the caller's part of a head: the second of the closing (0 while it is open), and the id of the newest line.
_FRONT: Final = struct.Struct(">dQ")
_SECONDS: Final = TICKET_HOURS * 3600


class Held:
    """A row of ``tickets``, opened. ``change`` says what ``rows`` has to write: "", "saved" or "new"."""

    __slots__ = ("change", "closed", "contact", "desk", "head", "id", "key", "last", "lines", "public", "wrapped")

    def __init__(self, id: int, contact: int, public: bytes, desk: bytes, key: AESGCM, head: bytes) -> None:
        self.id = id
        self.contact = contact
        self.public = public
        self.desk = desk
        self.key = key
        self.closed, self.last = _FRONT.unpack_from(head)
        self.head = head[_FRONT.size :]
        self.wrapped = b""
        self.lines: list[tuple[int, int, bytearray]] = []
        self.change = ""

    @classmethod
    def open(cls, database: Database, contact: int, row: Any) -> "Held | None":
        """From the end of a row of ``queries.PEOPLE_BY_...``; None where there is none, or none that opens."""
        number, public, desk, _, head, wrapped = row
        if number is None or wrapped is None:
            return None
        try:
            key = _key(database, number, wrapped)
            held = cls(number, contact, public, desk, key, HEAD.open(key, number, head))
        except SealBroken:
            return None
        return None if _past(held.closed, database.now) else held

    @classmethod
    def new(cls, database: Database, contact: int, organisation: str) -> "Held":
        secret, number, public = AESGCM.generate_key(256), database.new_id(), token_bytes(16)
        keys = database.keys
        held = cls(number, contact, public, keys.desk(organisation, public), AESGCM(secret), _FRONT.pack(0, 0))
        held.wrapped = TICKET_KEY.wrap(keys.wrapping[keys.current], keys.current, number, secret)
        held.change = "new"
        return held

    def seen(self) -> Ticket:
        return Ticket(id=self.public, head=self.head, open=not self.closed, last=self.last)

    def take(self, database: Database, change: TicketChange) -> None:
        self.change = self.change or "saved"
        self.head = change.head
        if change.organisation:
            self.desk = database.keys.desk(change.organisation, self.public)
        if change.closes:
            self.closed = database.now
        for body in change.lines:
            self.last = database.new_id()
            self.lines.append((self.last, self.id, LINE.seal(self.key, self.last, body)))

    def write(self, database: Database) -> None:
        head = HEAD.seal(self.key, self.id, _FRONT.pack(self.closed, self.last) + self.head)
        state = "closed" if self.closed else "open"
        if self.change == "new":
            database.write(queries.DROP_OPEN_TICKET, [(self.contact,)])
            row = (self.id, self.contact, self.public, self.desk, state, database.day, head)
            database.write(queries.ADD_TICKET, [row])
            database.write(queries.ADD_TICKET_KEY, [(self.id, self.wrapped)])
        else:
            database.write(queries.SAVE_TICKET, [(self.desk, state, database.day, head, self.id)])
        database.write(queries.ADD_LINE, self.lines)
        self.lines, self.change = [], ""


def tickets(database: Database, organisation: str) -> list[Ticket]:
    """Its own are found by a scan: no clear cell says which tickets belong together (T5)."""
    names = database.connection.execute(queries.TICKET_NAMES).fetchall()
    own = [number for number, public, desk in names if database.keys.desk(organisation, public) == desk]
    rows = {row[0]: row for row in database.select(queries.TICKETS, own)}
    found = (_open(database, row) for _, row in sorted(rows.items()))
    return [ticket for _, ticket in filter(None, found)]


def ticket(database: Database, organisation: str, public: bytes) -> tuple[Ticket, list[tuple[int, bytes]]] | None:
    desk = database.keys.desk(organisation, public)
    row = database.connection.execute(queries.TICKET, (public, desk)).fetchone()
    opened = _open(database, row) if row else None
    if opened is None:
        return None
    key, seen = opened
    lines = database.connection.execute(queries.LINES, (row[0],)).fetchall()
    return seen, [(number, LINE.open(key, number, cell)) for number, cell in lines]


def was_erased(database: Database, organisation: str, public: bytes) -> bool:
    stone = database.keys.ticket(database.keys.desk(organisation, public))
    return database.connection.execute(queries.TOMBSTONE, (stone,)).fetchone() is not None


def bury_all_of(database: Database, contact: int) -> None:
    """The contact is about to be erased: the copies of its tickets' keys must go, and who answers may learn of it."""
    rows = database.connection.execute(queries.TICKETS_OF, (contact,)).fetchall()
    bury(database, [public for public, _, _ in rows])
    bury(database, [desk for _, desk, state in rows if state == "open"])


def bury(database: Database, names: list[bytes]) -> None:
    """So that their keys go from the copy beside the backups, and no restore revives them."""
    database.write(queries.ADD_TOMBSTONE, [(database.keys.ticket(name), database.day) for name in names])


def is_past(database: Database, number: int, wrapped: bytes, head: bytes, now: float) -> bool:
    """Closed for 24 hours; what does not open any more is past too."""
    try:
        closed, _ = _FRONT.unpack_from(HEAD.open(_key(database, number, wrapped), number, head))
    except SealBroken:
        return True
    return _past(closed, now)


def _open(database: Database, row: Any) -> tuple[AESGCM, Ticket] | None:
    number, public, _, head, wrapped = row
    try:
        key = _key(database, number, wrapped)
        plain = HEAD.open(key, number, head)
    except SealBroken:
        return None
    closed, last = _FRONT.unpack_from(plain)
    if _past(closed, database.now):
        return None
    return key, Ticket(id=public, head=plain[_FRONT.size :], open=not closed, last=last)


def _key(database: Database, number: int, wrapped: bytes) -> AESGCM:
    return AESGCM(TICKET_KEY.unwrap(database.keys.wrapping, number, wrapped))


def _past(closed: float, now: float) -> bool:
    return closed > 0 and now - closed >= _SECONDS
