"""Who gets a broadcast is written down once, and leaves with the person, or after 30 days into sums (T11, T14, T36).

Each function does a piece that is short enough for turns to wait for.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.store import broadcast_queries
from bot.store.broadcast_sums import DUE, Sums, counted
from bot.store.database import ID_BLOCK, Database

#: Recipients in one transaction: 10 ms or less.
CHUNK: Final = ID_BLOCK


def enrol(database: Database, key: bytes, recipients: Sequence[tuple[int, bytes]]) -> None:
    """At most ``CHUNK`` of them."""
    number, state, *_ = place(database, key)
    if state == "enrolling":
        _enrol(database, number, recipients)


def enrol_corrected(database: Database, key: bytes, after: int) -> int:
    """Looks through a piece of all deliveries; returns where to go on, or 0 at their end."""
    number, state, _, _, corrects, _ = place(database, key)
    corrected = place(database, corrects)[0]
    if state != "enrolling" or not corrected:
        return 0
    rows = database.connection.execute(broadcast_queries.CORRECTED, (corrected, after, CHUNK)).fetchall()
    _enrol(database, number, ((contact, account) for _, contact, account in rows if contact is not None))
    return rows[-1][0] if len(rows) == CHUNK else 0


def _enrol(database: Database, number: int, recipients: Iterable[tuple[int, bytes]]) -> None:
    by_account: dict[bytes, list[int]] = {}
    for contact, account in recipients:
        by_account.setdefault(account, []).append(contact)
    sums = Sums(number)
    for account, contacts in by_account.items():
        values = (database.take_ids(), number, account, database.day)
        sums.move(None, DUE, len(database.select(broadcast_queries.ENROL, contacts, *values)))
    sums.write(database)


def enrol_again(database: Database, key: bytes) -> bool:
    """Take a piece of what is written down away; False: there is none any more."""
    number, state, *_ = place(database, key)
    return state == "enrolling" and database.connection.execute(broadcast_queries.UNENROL, (number, CHUNK)).rowcount > 0


def start(database: Database, key: bytes, paused: str) -> int:
    number, state, _, audience, *_ = place(database, key)
    if state != "enrolling":
        return audience or 0
    audience = counted(database, number)
    database.connection.execute(broadcast_queries.START, (audience, number, paused))
    return audience


def place(database: Database, key: bytes) -> Any:
    """Number, state, hold, audience, key of what it corrects, begin; number 0 where there is none."""
    row = database.connection.execute(broadcast_queries.PLACE, (key,)).fetchone()
    return (0, "", None, None, b"", None) if row is None else row


def give(database: Database, heir: int, other: int) -> None:
    """Two contacts become one person, who gets a broadcast once."""
    for statement in (broadcast_queries.DROP_UNTOLD, broadcast_queries.GIVE):
        database.connection.execute(statement, (heir, other))


def forget_old(database: Database, day: int, limit: int) -> int:
    """Rows past their days go, and stay counted."""
    rows = database.connection.execute(broadcast_queries.OLD, (day, limit)).fetchall()
    database.select(broadcast_queries.DROP, [row[0] for row in rows])
    sums: dict[int, Sums] = {}
    for _, broadcast, state, code, reached in rows:  # the schema took them off
        sums.setdefault(broadcast, Sums(broadcast)).move(None, (state, code, reached))
    for one in sums.values():
        one.write(database)
    return len(rows)
