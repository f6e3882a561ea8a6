"""One person with several addresses: known by a new one, two contacts that become one, a move to another channel.

A contact keeps its id and its key; what comes from another contact is sealed anew.
"""

from collections.abc import Callable, Iterator
from secrets import randbits
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import broadcast_queries, queries
from bot.store.changes import note
from bot.store.columns import CONTACT_DAYS
from bot.store.database import (
    ADDRESS,
    BODY,
    PROFILE,
    QUESTION,
    TIMER,
    UNTIL,
    WRAPPED,
    Database,
    contact_bytes,
    pack_address,
    stamp,
    unpack_address,
    unstamp,
)
from bot.store.enrolling import give
from bot.store.erasure import erase_contact
from bot.store.protocol import Moved, OutboxRow, Person
from bot.store.sealing import Place, SealBroken

#: How long a code for moving lives (T24).
CODE_SECONDS: Final = 600
_USED: Final = b"used"
#: The chat that was left is known for so long, for its last words to be fetched.
_FAREWELL_DAYS: Final = 2
_PLACES: Final = {"timers": TIMER, "questions": QUESTION, "outbox": BODY}


def adopt(database: Database, heir: int, heir_key: AESGCM, other: int, other_key: AESGCM) -> None:
    """``other`` becomes ``heir``: its reminders, questions, unsent replies and closed tickets go over, the rest is
    erased."""
    database.connection.execute(queries.DROP_WAIT, (other,))
    for table, place in _PLACES.items():
        rows = database.connection.execute(queries.BELONGINGS_OF[table], (other,)).fetchall()
        opened = _opened(other_key, place, rows)
        database.write(queries.GIVE[table], [(place.seal(heir_key, row, body), heir, row) for row, body in opened])
    for statement in (queries.GIVE_DELIVERIES, queries.GIVE_TICKETS):
        database.connection.execute(statement, (heir, other))
    give(database, heir, other)
    erase_contact(database, other)


def _opened(key: AESGCM, place: Place, rows: list[Any]) -> Iterator[tuple[int, bytes]]:
    for number, cell in rows:
        try:
            yield number, place.open(key, number, cell)
        except SealBroken:  # it goes with its contact
            continue


def offer(database: Database, contact: int, key: AESGCM, code: str) -> None:
    """A code for moving; it ends an earlier one. Its minute is sealed (T12)."""
    database.connection.execute(queries.DROP_MOVES, (contact,))
    number = database.new_id()
    until = UNTIL.seal(key, number, stamp(database.now + CODE_SECONDS, b""))
    row = (number, contact, database.keys.move(code), database.day, until)
    database.connection.execute(queries.ADD_MOVE, row)


def move(
    database: Database, code: str, channel: str, account: str, address: str, farewell: Callable[[Person], bytes]
) -> Moved | None:
    row = database.connection.execute(queries.MOVE, (database.keys.move(code),)).fetchone()
    if row is None:
        return None
    offer_id, number, cell = row
    lookup, left, profile_cell, key = _person(database, number)
    until, state = unstamp(UNTIL.open(key, offer_id, cell))
    there = database.keys.lookup(channel, account, address)
    if until <= database.now or (state == _USED) != (lookup == there):
        return None
    if state == _USED:
        return Moved(farewell=None)
    for statement in queries.LEAVE_BEHIND:
        database.connection.execute(statement, (number,))
    for other in database.select(queries.PEOPLE_BY_LOOKUP, [there]):
        adopt(database, number, key, other[0], database.contact_key(other[0], other[9]))
    new = ADDRESS.seal(key, number, pack_address(account, address))
    database.connection.execute(queries.COME_OVER, (there, channel, new, database.day, number))
    note(database, [number])
    sender = database.keys.account(channel, account)
    database.connection.execute(broadcast_queries.CHANGE_ACCOUNT, (sender, number))
    database.connection.execute(queries.USE_MOVE, (UNTIL.seal(key, offer_id, stamp(until, _USED)), offer_id))
    profile = None if profile_cell is None else PROFILE.open(key, number, profile_cell)
    return Moved(farewell=_farewell(database, lookup, *left, farewell(Person(profile=profile))))


def _person(database: Database, number: int) -> tuple[bytes, tuple[str, str, str], bytes | None, AESGCM]:
    """Look-up, (channel, account, address), sealed profile, key."""
    (row,) = database.select(queries.PEOPLE_BY_ID, [number])
    _, lookup, channel, _, _, _, address_cell, profile_cell, _, wrapped, *_ = row
    key = database.contact_key(number, wrapped)
    return lookup, (channel, *unpack_address(ADDRESS.open(key, number, address_cell))), profile_cell, key


def _farewell(database: Database, lookup: bytes, channel: str, account: str, address: str, body: bytes) -> OutboxRow:
    """Last words for the chat that was left, of a contact that has nothing but them and soon ends."""
    number, secret, day = randbits(63), AESGCM.generate_key(256), database.day
    key, keys = AESGCM(secret), database.keys
    cell = ADDRESS.seal(key, number, pack_address(account, address))
    seen = day - CONTACT_DAYS + _FAREWELL_DAYS
    database.write(queries.ADD_CONTACT, [(number, lookup, channel, day, seen, None, cell, None, None)])
    wrapped = WRAPPED.wrap(keys.wrapping[keys.current], keys.current, number, secret)
    database.write(queries.ADD_KEY, [(number, wrapped)])
    note(database, [number])
    row = database.new_id()
    database.write(queries.ADD_OUTBOX, [(row, number, None, day, BODY.seal(key, row, body))])
    return OutboxRow(
        id=row, contact=contact_bytes(number), channel=channel, account=account, address=address, body=body
    )
