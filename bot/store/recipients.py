"""A broadcast on its way to each recipient: claimed, settled, heard of; for each a state without a text (T36, T75)."""

from collections.abc import Container, Sequence
from typing import Any, Final

from bot.store import broadcast_queries, queries
from bot.store.audit import record
from bot.store.broadcast_protocol import ClaimedDeliveries, DeliveryEnd, DueDelivery, Judge
from bot.store.broadcast_sums import DUE, SENDING, Standing, Sums
from bot.store.broadcasts import broadcast
from bot.store.columns import SESSION_DAYS
from bot.store.database import ADDRESS, PROFILE, REF, SESSION, WRAPPED, Database, contact_bytes, stamp, unpack_address
from bot.store.enrolling import CHUNK, place
from bot.store.leases import attended, is_held
from bot.store.outbox import block
from bot.store.protocol import Lease, News, StoreError
from bot.store.sealing import POLITE, SealBroken, open_row, polite
from bot.store.staff_protocol import Entry

_REACHED: Final = {"sent": 0, "delivered": 1, "read": 2}
_NOTHING: Final = ClaimedDeliveries(rows=(), last=0, later=0)
_BROKEN: Final = ("failed", "seal-broken")
_BLOCKED: Final = ("skipped", "blocked")


class JudgeFailed(StoreError):
    """So that it is the caller's alone: other calls of the batch go on, and nothing is written by then."""

    def __init__(self, error: Exception) -> None:
        super().__init__("whom to send to could not be decided")
        self.error = error


def claim(
    database: Database,
    key: bytes,
    account: bytes,
    lease: Lease,
    after: int,
    limit: int,
    judge: Judge,
    sessions: bool,
) -> ClaimedDeliveries:
    number, state, held_until, _, _, began = place(database, key)
    if state != "sending" or (held_until or 0) > database.now or not is_held(database, lease.fence):
        return _NOTHING
    found = database.connection.execute(broadcast_queries.DUE, (number, account, after, limit)).fetchall()
    opened: list[DueDelivery] = []
    ends: dict[tuple[str, str], list[int]] = {}
    step = _step(limit)
    for index, row in enumerate(found):
        polite(index, step)
        end = _judged(database, row, judge, sessions, opened)
        if end is not None:
            ends.setdefault(end, []).append(row[0])
    sums, ours = Sums(number), set[int]()
    for (after_state, code), ids in sorted(ends.items()):
        moved = database.select(broadcast_queries.CLAIM, ids, after_state, code, lease.fence)
        sums.move(DUE, (after_state, code, 0), len(moved))
        if after_state == "sending":
            ours.update(row[0] for row in moved)
    sums.write(database)
    if ours and began is None:
        database.connection.execute(broadcast_queries.BEGIN, (database.now, number))
    return ClaimedDeliveries(
        rows=tuple(one for one in opened if one.id in ours),
        last=(found[-1][0] if found else after) if len(found) == limit else 0,
        later=len(found) - sum(map(len, ends.values())),
    )


def _judged(
    database: Database, row: Any, judge: Judge, sessions: bool, opened: list[DueDelivery]
) -> tuple[str, str] | None:
    """State and code from now on; None: it stays due. One that is sent is added to ``opened``."""
    number, contact, channel, state, address_cell, profile_cell, session_cell, session_day, wrapped = row
    if state == "blocked":
        return _BLOCKED
    cells = [(ADDRESS, address_cell)]
    if profile_cell is not None:
        cells.append((PROFILE, profile_cell))
    fresh = sessions and session_cell is not None and database.day - (session_day or 0) <= SESSION_DAYS
    if fresh:
        cells.append((SESSION, session_cell))
    try:
        key, plain = open_row(WRAPPED, database.keys.wrapping, contact, wrapped, cells)
    except SealBroken:
        return _BROKEN
    database.remember_key(contact, key)
    account, address = unpack_address(plain[0])
    one = DueDelivery(
        id=number,
        contact=contact_bytes(contact),
        channel=channel,
        account=account,
        address=address,
        profile=b"" if profile_cell is None else plain[1],
        session=plain[-1] if fresh else None,
    )
    try:
        said = judge(one)
    except Exception as error:
        raise JudgeFailed(error) from error
    if said == "later":
        return None
    if said != "send":
        return "skipped", said
    opened.append(one)
    return "sending", ""


def settle(database: Database, key: bytes, lease: Lease, results: Sequence[DeliveryEnd]) -> None:
    number, *_ = place(database, key)
    known = {one.id: one for one in results}
    ends: dict[tuple[str, str], list[int]] = {}
    for one in known.values():
        ends.setdefault((one.state, "" if one.state in ("sent", "due") else one.code), []).append(one.id)
    sums, blocked, told = Sums(number), [], {}
    for (state, code), ids in sorted(ends.items()):
        moved = database.select(broadcast_queries.SETTLE, ids, state, code, lease.fence, number)
        sums.move(SENDING, (state, code, 0), len(moved))
        for id, contact in moved:
            result = known[id]
            if result.mark == "blocked":
                blocked.append(contact)
            if state == "sent" and result.ref is not None:
                told[id] = contact, result.ref.encode()
    _keep_refs(database, told)
    block(database, sorted(blocked))
    sums.write(database)


def release(database: Database, key: bytes, lease: Lease, held: Container[int]) -> list[int]:
    number, *_ = place(database, key)
    taken = database.connection.execute(broadcast_queries.TAKEN, (number, lease.fence)).fetchall()
    lost = [id for (id,) in taken if id not in held]
    settle(database, key, lease, [DeliveryEnd(id=id, state="due") for id in lost])
    return lost


def _keep_refs(database: Database, told: dict[int, tuple[int, bytes]]) -> None:
    """So that what was sent can be hidden again (T17)."""
    keys = database.contact_keys([contact for contact, _ in told.values()], broadcast_queries.KEYS)
    rows = []
    step = _step(len(told))
    for index, (id, (contact, ref)) in enumerate(told.items()):
        polite(index, step)
        key = keys.get(contact)
        if key is None:  # the contact can be opened no more; the message is sent all the same
            continue
        rows.append((id, contact, database.day, REF.seal(key, id, stamp(database.now, ref))))
    database.write(queries.ADD_MESSAGE, rows)


def _step(many: int) -> int:
    """Very many at once are only asked for while nobody waits for a reply, and giving way costs more than it gives."""
    return max(POLITE, many // 4)


def recover(database: Database) -> int:
    """At most ``CHUNK`` at once."""
    rows = database.connection.execute(broadcast_queries.NOBODYS, (database.now, CHUNK)).fetchall()
    sums: dict[int, Sums] = {}
    for (number,) in database.select(broadcast_queries.RECOVER, [row[0] for row in rows]):
        sums.setdefault(number, Sums(number)).move(SENDING, ("uncertain", "no-answer", 0))
    for _, one in sorted(sums.items()):
        one.write(database)
    return len(rows)


def decide_uncertain(
    database: Database, organisation: str, key: bytes, after: int, *, repeat: bool, entry: Entry | None
) -> tuple[int, int]:
    """A piece of them: how many, and where to go on; 0 at their end. What is cancelled is not repeated."""
    found = broadcast(database, organisation, key)
    if found is None or (repeat and found.state == "cancelled"):
        return 0, 0
    number, *_ = place(database, key)
    rows = database.connection.execute(broadcast_queries.UNCERTAIN, (number, after, CHUNK)).fetchall()
    if not rows:
        return 0, 0
    end = DUE if repeat else ("failed", "unclear", 0)
    database.select(broadcast_queries.DECIDE, [row[0] for row in rows], end[0], end[1])
    sums = Sums(number)
    for _, code, reached in rows:
        sums.move(("uncertain", code, reached), end)
    sums.write(database)
    if repeat and found.state == "done":
        database.connection.execute(broadcast_queries.TURN, ("sending", "", number, "done"))
    if entry is not None:
        record(database, entry)
    return len(rows), rows[-1][0] if len(rows) == CHUNK else 0


def reported(database: Database, news: Sequence[News]) -> None:
    """What the messenger tells of deliveries: it settles what was open, and never goes back (F23)."""
    found = {row[0]: row[1:] for row in database.select(broadcast_queries.OF_NEWS, [one.id for one in news])}
    sums: dict[int, Sums] = {}
    marks: dict[int, tuple[Any, ...]] = {}
    for one in news:
        if one.id not in found:
            continue
        broadcast, *before = found[one.id]
        after = _heard((before[0], before[1], before[2]), one)
        if after != tuple(before):
            sums.setdefault(broadcast, Sums(broadcast)).move((before[0], before[1], before[2]), after)
            found[one.id] = (broadcast, *after)
            marks[one.id] = (*after, one.id)
    database.write(broadcast_queries.REACH, list(marks.values()))
    for _, changes in sorted(sums.items()):
        changes.write(database)


def _heard(before: Standing, news: News) -> Standing:
    """What has arrived is not sent again, whatever was thought of it (T75)."""
    state, code, reached = before
    if news.state == "failed":
        open_still = state in ("sending", "uncertain") or (state == "sent" and not reached)
        return ("failed", news.code, 0) if open_still else before
    if state == "sent":
        return state, code, max(reached, _REACHED[news.state])
    waits = (
        ("due", "sending", "uncertain")
        if news.state == "sent"
        else ("due", "sending", "uncertain", "failed", "skipped")
    )
    return ("sent", "", _REACHED[news.state]) if news.whole and state in waits else before


def unattended(database: Database, key: bytes) -> list[bytes]:
    number, state, *_ = place(database, key)
    sends, found, last = attended(database), [], b""
    while state == "sending" and (
        row := database.connection.execute(broadcast_queries.NEXT_DUE_ACCOUNT, (number, last)).fetchone()
    ):
        last = row[0]
        if last.hex() not in sends:
            found.append(last)
    return found
