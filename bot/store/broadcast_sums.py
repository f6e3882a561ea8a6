"""How many recipients of a broadcast stand where; kept in step with their rows, so that a report counts no rows."""

from collections import Counter
from typing import Final

from bot.store import broadcast_queries
from bot.store.broadcast_protocol import Tally
from bot.store.broadcasts import broadcast
from bot.store.database import Database

#: State, code, and how far a message has come.
Standing = tuple[str, str, int]
DUE: Final[Standing] = ("due", "", 0)
SENDING: Final[Standing] = ("sending", "", 0)


class Sums:
    """Changes of the sums of one broadcast, to be written in the transaction of the rows."""

    def __init__(self, broadcast: int) -> None:
        self._broadcast = broadcast
        self._changes: Counter[Standing] = Counter()

    def move(self, before: Standing | None, after: Standing | None, number: int = 1) -> None:
        """None: they were not there before, or are not any more."""
        if before is not None:
            self._changes[before] -= number
        if after is not None:
            self._changes[after] += number

    def write(self, database: Database) -> None:
        rows = [(self._broadcast, *what, number) for what, number in sorted(self._changes.items()) if number]
        database.write(broadcast_queries.SUM, rows)


def counted(database: Database, number: int) -> int:
    return sum(row[3] for row in database.connection.execute(broadcast_queries.SUMS, (number,)).fetchall())


def tally(database: Database, organisation: str | None, key: bytes) -> Tally | None:
    """What waited when a broadcast ended was skipped, without a row being written for it."""
    found = broadcast(database, organisation, key)
    if found is None:
        return None
    (number, *_) = database.connection.execute(broadcast_queries.PLACE, (key,)).fetchone()
    by: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    reached: Counter[int] = Counter()
    for state, code, how_far, n in database.connection.execute(broadcast_queries.SUMS, (number,)).fetchall():
        by[state] += n
        if state == "failed":
            failed[code] += n
        elif state == "skipped":
            skipped[code] += n
        elif state == "sent":
            reached[how_far] += n
    if found.state in ("cancelled", "done") and by["due"]:
        skipped["cancelled" if found.state == "cancelled" else "expired"] += by["due"]
        by["skipped"] += by.pop("due")
    total = by.total() if found.audience is None else found.audience
    return Tally(
        audience=total,
        due=by["due"],
        sending=by["sending"],
        sent=by["sent"],
        uncertain=by["uncertain"],
        delivered=reached[1] + reached[2],
        read=reached[2],
        left=total - by.total(),
        failed=tuple(failed.most_common()),
        skipped=tuple(skipped.most_common()),
    )
