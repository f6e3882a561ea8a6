"""How much waits in the store, for those who watch over it: numbers, and nothing of anybody (THREATS T71)."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

import msgspec

from bot.store import broadcast_queries, queries
from bot.store.database import Database

#: More rows than these are not counted: it would hold up the turns.
MOST: Final = 10_000
#: Broadcasts that are looked at: those of 90 days, and of a dozen organisations that send one a day.
_NEWEST: Final = 1_000


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """``leases``: held ones, by what they are for. ``calls``: of webhooks, by state. ``recipients``: of broadcasts,
    by state: due, sending or uncertain. ``cleaned``: the second of the last clean-up, since 1970."""

    replies: int
    tickets: int
    leases: Mapping[str, int]
    calls: Mapping[str, int]
    recipients: Mapping[str, int]
    cleaned: float


def standing(database: Database) -> Standing:
    execute = database.connection.execute
    names = execute(queries.HELD_LEASES, (database.now,)).fetchall()
    recipients = Counter(due=0, sending=0, uncertain=0)
    for state, number in execute(broadcast_queries.COUNT_RECIPIENTS, (_NEWEST,)).fetchall():
        recipients[state] += number
    return Standing(
        replies=execute(queries.COUNT_OUTBOX, (MOST,)).fetchone()[0],
        tickets=execute(queries.COUNT_TICKETS, (MOST,)).fetchone()[0],
        leases=Counter(name.partition(":")[0] for (name,) in names),
        calls=dict(execute(queries.COUNT_CALLS).fetchall()),
        recipients=recipients,
        cleaned=database.meta("clock"),
    )
