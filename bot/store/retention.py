"""What is past its time goes (T11), by the terms declared in ``columns``; a leaping clock stops it (F29)."""

from datetime import datetime
from typing import Final, Protocol

from bot.store import queries, staff_queries
from bot.store.audit import forget_old
from bot.store.columns import MESSAGE_HOURS, SESSION_DAYS, TABLES, TICKET_HOURS
from bot.store.database import DAY_SECONDS, REF, Database, day_of, from_seconds, unstamp
from bot.store.outbox import fail
from bot.store.protocol import ClockJumped
from bot.store.sealing import SealBroken
from bot.store.tickets import bury, is_past

#: Rows removed in one transaction, so that turns do not wait long.
_CHUNK: Final = 500
_MINUTE: Final = "%Y-%m-%d %H:%M"


class Rule(Protocol):
    def __call__(self, database: Database, now: float) -> tuple[int, bool]:
        """Do one chunk; returns how many rows went and whether the rule is done."""


def check_clock(database: Database, now: datetime) -> None:
    """Raises ClockJumped when the last run was more than a day away."""
    last = database.meta("clock")
    if abs(now.timestamp() - last) > DAY_SECONDS:
        raise ClockJumped(
            f"The clock says {now:{_MINUTE}}, the last clean-up was at {from_seconds(last):{_MINUTE}} (UTC), more than "
            f"a day apart: nothing is removed; if the clock is right, say so with `safar erase --expired`."
        )


def set_clock(database: Database, now: datetime) -> None:
    database.set_meta("clock", now.timestamp())


def finish(database: Database, now: datetime) -> None:
    set_clock(database, now)
    database.ghosts = True


def rules() -> dict[str, Rule]:
    """The rules by name, for one run: session terms first, since they are a part of the contact's."""
    return {
        "sessions": _rows_before(queries.FORGET_SESSIONS, SESSION_DAYS),
        "contacts": _rows_before(queries.FORGET_CONTACTS, _days("contacts")),
        "updates": _rows_before(queries.FORGET_UPDATES, _days("updates")),
        "outbox": _expire_outbox,
        "failures": _rows_before(queries.FORGET_FAILURES, _days("failures")),
        "messages": _old_messages(),
        "deliveries": _rows_before(queries.FORGET_DELIVERIES, _days("deliveries")),
        "moves": _rows_before(queries.FORGET_MOVES, _days("moves")),
        "tickets": _old_tickets(),
        "questions": _rows_before(queries.FORGET_QUESTIONS, _days("questions")),
        "staff_sessions": _rows_before(staff_queries.FORGET_SESSIONS, _days("staff_sessions")),
        "audit": _old_audit,
        "tombstones": _rows_before(queries.FORGET_TOMBSTONES, _days("tombstones")),
    }


def _rows_before(query: str, days: int) -> Rule:
    def rule(database: Database, now: float) -> tuple[int, bool]:
        removed = database.connection.execute(query, (day_of(now) - days, _CHUNK)).rowcount
        return removed, removed < _CHUNK

    return rule


def _expire_outbox(database: Database, now: float) -> tuple[int, bool]:
    day = day_of(now) - _days("outbox")
    rows = database.connection.execute(queries.EXPIRED_OUTBOX, (day, _CHUNK)).fetchall()
    fail(database, [(number, contact, "expired") for number, contact in rows])
    return len(rows), len(rows) < _CHUNK


def _old_messages() -> Rule:
    """To the second, which is sealed: those of the day on which the 48 hours end are opened, the oldest ids first."""
    after = 0

    def rule(database: Database, now: float) -> tuple[int, bool]:
        nonlocal after
        oldest = now - MESSAGE_HOURS * 3600
        last_day = day_of(oldest)
        rows = database.connection.execute(queries.OLDEST_MESSAGES, (after, _CHUNK)).fetchall()
        old, young = [], 0
        for number, contact, day, cell, wrapped in rows:
            after = number
            if day > last_day:
                young += 1
            elif day < last_day or _moment(database, number, contact, cell, wrapped) <= oldest:
                old.append((number,))
        database.write(queries.DROP_MESSAGE, old)
        return len(old), len(rows) < _CHUNK or young == len(rows)

    return rule


def _old_tickets() -> Rule:
    """Closed ones to the second, which is sealed, as with messages; open ones when nobody wrote for their days."""
    after = 0

    def rule(database: Database, now: float) -> tuple[int, bool]:
        nonlocal after
        last_day = day_of(now - TICKET_HOURS * 3600)
        given_up = day_of(now) - _days("tickets")
        rows = database.connection.execute(queries.OLD_TICKETS, (after, last_day, given_up, _CHUNK)).fetchall()
        old = []
        for number, public, state, day, head, wrapped in rows:
            after = number
            if state == "open" or day < last_day or is_past(database, number, wrapped, head, now):
                old.append((number, public))
        bury(database, [public for _, public in old])
        database.write(queries.DROP_TICKET, [(number,) for number, _ in old])
        return len(old), len(rows) < _CHUNK

    return rule


def _old_audit(database: Database, now: float) -> tuple[int, bool]:
    removed = forget_old(database, now, _CHUNK)
    return removed, removed < _CHUNK


def _moment(database: Database, number: int, contact: int, cell: bytes, wrapped: bytes) -> float:
    try:
        return unstamp(REF.open(database.contact_key(contact, wrapped), number, cell))[0]
    except SealBroken:
        return 0.0


def _days(table: str) -> int:
    days = TABLES[table].days
    assert days is not None, table
    return days
