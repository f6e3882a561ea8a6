"""What is past its time goes (T11), by the terms declared in ``columns``; a leaping clock stops it (F29)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import api_queries, broadcast_queries, queries, staff_queries
from bot.store.audit import forget_old
from bot.store.changes import forget, note
from bot.store.columns import ALERTS_DAYS, MESSAGE_HOURS, SESSION_DAYS, TABLES, TICKET_HOURS
from bot.store.database import DAY_SECONDS, PROFILE, REF, WRAPPED, Database, day_of, from_seconds, unstamp
from bot.store.enrolling import forget_old as forget_old_recipients
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


def rules(keeps: Callable[[bytes], bool] | None = None) -> dict[str, Rule]:
    """The rules by name, for one run: session terms first, since they are a part of the contact's. ``keeps``: which
    profiles stay beyond 180 silent days."""
    return {
        "sessions": _rows_before(queries.FORGET_SESSIONS, SESSION_DAYS),
        "contacts": _old_contacts(keeps) if keeps else _contacts_before(_days("contacts")),
        "contacts_with_alerts": _contacts_before(ALERTS_DAYS),
        "changes": _old_changes,
        "updates": _rows_before(queries.FORGET_UPDATES, _days("updates")),
        "outbox": _expire_outbox,
        "failures": _rows_before(queries.FORGET_FAILURES, _days("failures")),
        "messages": _old_messages(),
        "deliveries": _rows_before(queries.FORGET_DELIVERIES, _days("deliveries")),
        "broadcast_deliveries": _old_recipients,
        "broadcasts": _old_broadcasts,
        "moves": _rows_before(queries.FORGET_MOVES, _days("moves")),
        "tickets": _old_tickets(),
        "questions": _rows_before(queries.FORGET_QUESTIONS, _days("questions")),
        "staff_sessions": _rows_before(staff_queries.FORGET_SESSIONS, _days("staff_sessions")),
        "audit": _old_audit,
        "api_answers": _rows_before(api_queries.FORGET_ANSWERS, _days("api_answers")),
        "webhook_calls": _rows_before(api_queries.FORGET_CALLS, _days("webhook_calls")),
        "tombstones": _rows_before(queries.FORGET_TOMBSTONES, _days("tombstones")),
    }


def _rows_before(query: str, days: int) -> Rule:
    def rule(database: Database, now: float) -> tuple[int, bool]:
        removed = database.connection.execute(query, (day_of(now) - days, _CHUNK)).rowcount
        return removed, removed < _CHUNK

    return rule


def _contacts_before(days: int) -> Rule:
    def rule(database: Database, now: float) -> tuple[int, bool]:
        rows = database.connection.execute(queries.FORGET_CONTACTS, (day_of(now) - days, _CHUNK)).fetchall()
        note(database, [row[0] for row in rows])
        return len(rows), len(rows) < _CHUNK

    return rule


def _old_contacts(keeps: Callable[[bytes], bool]) -> Rule:
    """Those who have nothing to stay for; the profiles of the others are opened once in a run."""
    after = (0, 0)

    def rule(database: Database, now: float) -> tuple[int, bool]:
        nonlocal after
        last_day = day_of(now) - _days("contacts")
        rows = database.connection.execute(queries.SILENT_CONTACTS, (last_day, *after, _CHUNK)).fetchall()
        old = []
        for number, day, profile, wrapped in rows:
            after = (day, number)
            if not _stays(database, number, profile, wrapped, keeps):
                old.append(number)
        database.write(queries.ERASE, [(number,) for number in old])
        note(database, old)
        return len(old), len(rows) < _CHUNK

    return rule


def _stays(
    database: Database, number: int, profile: bytes | None, wrapped: bytes, keeps: Callable[[bytes], bool]
) -> bool:
    if profile is None:
        return False
    try:
        key = AESGCM(WRAPPED.unwrap(database.keys.wrapping, number, wrapped))  # past those of people who write
        return keeps(PROFILE.open(key, number, profile))
    except SealBroken:
        return False


def _old_changes(database: Database, now: float) -> tuple[int, bool]:
    return forget(database), True


def _expire_outbox(database: Database, now: float) -> tuple[int, bool]:
    day = day_of(now) - _days("outbox")
    rows = database.connection.execute(queries.EXPIRED_OUTBOX, (day, _CHUNK)).fetchall()
    fail(database, [(number, contact, "expired") for number, contact in rows])
    return len(rows), len(rows) < _CHUNK


def _old_recipients(database: Database, now: float) -> tuple[int, bool]:
    removed = forget_old_recipients(database, day_of(now) - _days("broadcast_deliveries"), _CHUNK)
    return removed, removed < _CHUNK


def _old_broadcasts(database: Database, now: float) -> tuple[int, bool]:
    """The schema counts from the clock of the last clean-up, and lets nothing younger go."""
    past = int(min(now, database.meta("clock"))) - _days("broadcasts") * DAY_SECONDS
    removed = database.connection.execute(broadcast_queries.FORGET_OLD, (past, _CHUNK)).rowcount
    return removed, removed < _CHUNK


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
