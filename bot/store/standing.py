"""How much waits in the store, for those who watch over it: numbers, and nothing of anybody (THREATS T71)."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from bot.store import queries
from bot.store.database import Database

#: More rows than these are not counted: it would hold up the turns.
MOST: Final = 10_000


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``leases``: held ones, by what they are for. ``calls``: of webhooks, by state. ``cleaned``: the second of the
    last clean-up, since 1970."""

    replies: int
    tickets: int
    leases: Mapping[str, int]
    calls: Mapping[str, int]
    cleaned: float


def standing(database: Database) -> Standing:
    execute = database.connection.execute
    names = execute(queries.HELD_LEASES, (database.now,)).fetchall()
    return Standing(
        replies=execute(queries.COUNT_OUTBOX, (MOST,)).fetchone()[0],
        tickets=execute(queries.COUNT_TICKETS, (MOST,)).fetchone()[0],
        leases=Counter(name.partition(":")[0] for (name,) in names),
        calls=dict(execute(queries.COUNT_CALLS).fetchall()),
        cleaned=database.meta("clock"),
    )
