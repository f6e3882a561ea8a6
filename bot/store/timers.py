"""Timers: when each is due is sealed, since a term would tell the flow (T5).

The clear day is that of the next look: each is opened once a day, and put off to the next day until its own has come.
"""

from datetime import datetime
from typing import Any

from bot.store import queries
from bot.store.database import ADDRESS, TIMER, Database, contact_bytes, day_of, unpack_address, unstamp
from bot.store.protocol import DueTimer
from bot.store.sealing import SealBroken


def due_timers(database: Database, now: datetime, limit: int) -> list[DueTimer]:
    seconds = now.timestamp()
    today = day_of(seconds)
    ids = [row[0] for row in database.connection.execute(queries.TIMERS_UNTIL, (today,)).fetchall()]
    known = database.timer_due
    new = _open(database, [number for number in ids if number not in known])
    moments = {number: at for number in ids if (at := known.get(number)) is not None}
    moments.update((number, at) for number, (at, _) in new.items())
    later = {number for number, at in moments.items() if day_of(at) > today}
    database.write(queries.LOOK_AT_TIMER, [(today + 1, number) for number in later])
    moments = {number: at for number, at in moments.items() if number not in later}
    database.timer_due = moments
    due = sorted((at, number) for number, at in moments.items() if at <= seconds)[:limit]
    opened = _open(database, [number for _, number in due])
    return [opened[number][1] for _, number in due if number in opened]


def drop_timer(database: Database, number: int) -> None:
    database.connection.execute(queries.DROP_TIMER, (number,))


def _open(database: Database, ids: list[int]) -> dict[int, tuple[float, DueTimer]]:
    """Moment and timer by id; one whose seal is broken is dropped, so that it holds up nobody."""
    rows: dict[int, Any] = {row[0]: row for row in database.select(queries.TIMERS, ids)}
    opened = {}
    for number, contact, kind, cell, channel, address_cell, wrapped in rows.values():
        try:
            key = database.contact_key(contact, wrapped)
            at, body = unstamp(TIMER.open(key, number, cell))
            account, _ = unpack_address(ADDRESS.open(key, contact, address_cell))
        except SealBroken:
            drop_timer(database, number)
            continue
        timer = DueTimer(
            id=number, contact=contact_bytes(contact), channel=channel, account=account, body=body, kind=kind
        )
        opened[number] = at, timer
    return opened
