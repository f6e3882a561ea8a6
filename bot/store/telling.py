"""Alerts that a conversation shows: who got one there gets it no more, and its correction (T35)."""

from collections.abc import Sequence
from typing import Final

from bot.store import broadcast_queries
from bot.store.broadcast_sums import Standing, Sums
from bot.store.database import Database

_SENT: Final[Standing] = ("sent", "", 0)
_ON_THE_WAY: Final = frozenset({"sending", "sent", "uncertain"})


def alerts_of(database: Database, contact: int) -> set[str]:
    """Codes of those that were sent to them, or may have been."""
    rows = database.connection.execute(broadcast_queries.ALERTS_OF, (contact,)).fetchall()
    return {code for code, state in rows if state in _ON_THE_WAY}


def tell(database: Database, contact: int, account: bytes, codes: Sequence[str]) -> None:
    """What was due is sent with it; whoever was no recipient is one more of the audience."""
    for code in codes:
        row = database.connection.execute(broadcast_queries.OUT, (code,)).fetchone()
        if row is not None:
            _tell(database, row[0], contact, account)


def _tell(database: Database, broadcast: int, contact: int, account: bytes) -> None:
    execute, sums = database.connection.execute, Sums(broadcast)
    row = execute(broadcast_queries.RECIPIENT, (broadcast, contact)).fetchone()
    if row is None:
        values = (database.take_ids(), broadcast, contact, account, database.day)
        if not execute(broadcast_queries.ADD_TOLD, values).rowcount:
            return
        sums.move(None, _SENT)
        execute(broadcast_queries.ONE_MORE, (broadcast,))
    else:
        id, *standing = row
        if standing[0] in _ON_THE_WAY or not execute(broadcast_queries.TELL, (id, standing[0])).rowcount:
            return
        sums.move((standing[0], standing[1], standing[2]), _SENT)
    sums.write(database)
