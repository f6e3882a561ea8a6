"""The life of a broadcast, and saved segments; each act of staff with its row of the audit (T33, T38).

That a second person is needed is refused here with a reason, and by the schema whatever the reason.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from secrets import randbelow, token_bytes
from typing import Any, Final

from msgspec.structs import replace

from bot.store import broadcast_queries, staff_queries, tokens
from bot.store.api_protocol import Once
from bot.store.audit import record
from bot.store.broadcast_protocol import (
    YOUNG_HOURS,
    Approval,
    Broadcast,
    BroadcastState,
    Draft,
    SavedSegment,
)
from bot.store.database import ALERT, SEGMENT, Database, from_seconds
from bot.store.sealing import Place, pad, unpad
from bot.store.staff_protocol import Entry

_EDITABLE: Final = frozenset({"draft", "proposed", "approved"})
_CODES: Final = 10**8
#: What ``turn`` may do; the schema refuses the rest too. Out of a proposal only ``approve`` leads.
_UNDER_WAY: Final = frozenset({"approved", "enrolling", "sending", "paused", "done", "cancelled"})
_TURNS: Final[Mapping[str, frozenset[str]]] = {
    "draft": frozenset({"draft", "cancelled"}),
    "proposed": frozenset({"draft", "cancelled"}),
    "approved": _UNDER_WAY | {"draft"},
    **dict.fromkeys(("enrolling", "sending", "paused", "done"), _UNDER_WAY),
    "cancelled": frozenset(),
}


def add(database: Database, organisation: str, draft: Draft, entry: Entry, once: Once | None = None) -> Broadcast:
    """Raises AskedOtherwise."""

    def make() -> bytes:
        return _add(database, organisation, draft, entry)

    return _known(database, tokens.once(database, once, make) if once else make())


def _add(database: Database, organisation: str, draft: Draft, entry: Entry) -> bytes:
    number, key = database.new_id(), token_bytes(16)
    row = (
        number, key, _new_code(database), organisation, draft.digest, _seconds(draft.starts), draft.ends.timestamp(),
        draft.corrects, entry.handle, int(database.now // 60 * 60), b"", _seal(database, ALERT, number, draft.body),
    )  # fmt: skip
    database.connection.execute(broadcast_queries.ADD, row)
    database.connection.execute(broadcast_queries.ADD_HAND, (number, entry.handle))
    record(database, replace(entry, object=key))
    return key


def save(
    database: Database, organisation: str, key: bytes, version: int, draft: Draft, entry: Entry
) -> Broadcast | None:
    row = _row(database, organisation, key)
    if row is None or row[4] not in _EDITABLE:
        return None
    number = row[0]
    values = (
        draft.digest, _seconds(draft.starts), draft.ends.timestamp(), draft.corrects,
        _seal(database, ALERT, number, draft.body), b"", number, version,
    )  # fmt: skip
    if database.connection.execute(broadcast_queries.SAVE, values).rowcount != 1:
        return None
    database.connection.execute(broadcast_queries.ADD_HAND, (number, entry.handle))
    record(database, entry)
    return _known(database, key)


def propose(database: Database, organisation: str, key: bytes, version: int, entry: Entry) -> bool:
    row = _row(database, organisation, key)
    if row is None or database.connection.execute(broadcast_queries.PROPOSE, (row[0], version)).rowcount != 1:
        return False
    record(database, entry)
    return True


def approve(database: Database, organisation: str, key: bytes, digest: bytes, counted: int, entry: Entry) -> Approval:
    row = _row(database, organisation, key)
    if row is None or row[4] != "proposed":
        return "gone"
    if row[6] != digest:
        return "stale"
    if entry.handle in _hands(database, row[0]):
        return "own"
    account = database.connection.execute(staff_queries.BY_HANDLE, (entry.handle,)).fetchone()
    if account is None or account[2] != organisation or account[4] != "active" or "approver" not in account[3].split():
        return "gone"
    if account[5] > database.now - YOUNG_HOURS * 3600:
        return "young"
    values = (entry.handle, digest, int(database.now), counted, row[0])
    if database.connection.execute(broadcast_queries.APPROVE, values).rowcount != 1:
        return "stale"
    record(database, entry)
    return "approved"


def turn(
    database: Database,
    organisation: str | None,
    key: bytes,
    before: Sequence[BroadcastState],
    state: BroadcastState,
    reason: str,
    entry: Entry | None,
) -> bool:
    row = _row(database, organisation, key)
    if row is None or row[4] not in before or state not in _TURNS[row[4]]:
        return False
    if database.connection.execute(broadcast_queries.TURN, (state, reason, row[0], row[4])).rowcount != 1:
        return False
    if entry is not None:
        record(database, entry)
    return True


def broadcast(database: Database, organisation: str | None, key: bytes) -> Broadcast | None:
    row = _row(database, organisation, key)
    return None if row is None else _opened(database, row)


def broadcasts(
    database: Database, organisation: str | None, states: Sequence[BroadcastState], limit: int
) -> list[Broadcast]:
    execute = database.connection.execute
    if not states:
        rows = execute(broadcast_queries.NEWEST, (organisation, limit)).fetchall()
    else:
        rows = [
            row
            for state in dict.fromkeys(states)
            for row in execute(broadcast_queries.IN_STATE, (organisation, state, limit)).fetchall()
        ]
        rows = sorted(rows, key=lambda row: row[0], reverse=True)[:limit]
    return [_opened(database, row) for row in rows]


def by_code(database: Database, code: str) -> Broadcast | None:
    row = database.connection.execute(broadcast_queries.BY_CODE, (code,)).fetchone()
    return _opened(database, row) if row is not None and row[15] is not None else None


def hold(database: Database, key: bytes, until: datetime) -> None:
    database.connection.execute(broadcast_queries.HOLD, (database.now, until.timestamp(), key))


def save_segment(database: Database, organisation: str, name: str, body: bytes, entry: Entry) -> SavedSegment:
    (last,) = database.connection.execute(broadcast_queries.SEGMENT_VERSION, (organisation, name)).fetchone()
    number, version, created = database.new_id(), int(last) + 1, int(database.now // 60 * 60)
    row = (number, organisation, name, version, entry.handle, created, _seal(database, SEGMENT, number, body))
    database.connection.execute(broadcast_queries.ADD_SEGMENT, row)
    record(database, entry)
    return SavedSegment(name=name, version=version, body=body, by=entry.handle, at=from_seconds(created))


def segments(database: Database, organisation: str) -> list[SavedSegment]:
    rows = database.connection.execute(broadcast_queries.SEGMENTS, (organisation,)).fetchall()
    return [
        SavedSegment(
            name=name,
            version=version,
            body=unpad(SEGMENT.unwrap(database.keys.wrapping, number, body)),
            by=author,
            at=from_seconds(created),
        )
        for number, name, version, author, created, body in rows
    ]


def _row(database: Database, organisation: str | None, key: bytes) -> Any:
    return database.connection.execute(broadcast_queries.BY_KEY, (key, organisation)).fetchone()


def _known(database: Database, key: bytes) -> Broadcast:
    return _opened(database, _row(database, None, key))


def _opened(database: Database, row: Any) -> Broadcast:
    """Raises SealBroken."""
    (
        number, key, code, organisation, state, version, digest, starts, ends, corrects, author, created, approver,
        counted, audience, began, held_until, reason, body,
    ) = row  # fmt: skip
    hands = _hands(database, number)
    draft = Draft(
        body=unpad(ALERT.unwrap(database.keys.wrapping, number, body)),
        digest=digest,
        starts=_moment(starts),
        ends=from_seconds(ends),
        corrects=corrects,
    )
    return Broadcast(
        key=key,
        code=code,
        organisation=organisation,
        state=state,
        version=version,
        draft=draft,
        author=author,
        editors=(author, *(hand for hand in hands if hand != author)),
        approver=approver,
        created=from_seconds(created),
        counted=counted,
        audience=audience,
        began=_moment(began),
        held_until=_moment(held_until),
        reason=reason,
    )


def _hands(database: Database, number: int) -> list[str]:
    return [row[0] for row in database.connection.execute(broadcast_queries.HANDS, (number,)).fetchall()]


def _new_code(database: Database) -> str:
    while True:
        code = f"{randbelow(_CODES):08}"
        if database.connection.execute(broadcast_queries.BY_CODE, (code,)).fetchone() is None:
            return code


def _seal(database: Database, place: Place, number: int, body: bytes) -> bytes:
    keys = database.keys
    return place.wrap(keys.wrapping[keys.current], keys.current, number, pad(body))


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else from_seconds(seconds)
