"""Leases: of several processes one does a thing; fences: what a process claimed under an older lease is not its own."""

from bot.store import queries
from bot.store.database import Database
from bot.store.protocol import Lease

#: Of the account of ours from which a process sends; behind it the channel and the account's mark.
_SENDS = "send"
#: A lease that is not renewed ends after so long (T76, F28).
LEASE_SECONDS = 10.0


def take_lease(database: Database, name: str, holder: str) -> Lease | None:
    """On SQLite there is one process: whoever asks gets it, so that a start after a crash waits for nobody."""
    fence = database.new_id()
    values = (name, holder, fence, database.now + LEASE_SECONDS, database.now, int(database.alone))
    row = database.connection.execute(queries.TAKE_LEASE, values).fetchone()
    return None if row is None else Lease(name=name, fence=row[0])


def end_lease(database: Database, lease: Lease) -> None:
    database.connection.execute(queries.END_LEASE, (lease.name, lease.fence))


def sending_name(channel: str, mark: bytes) -> str:
    """Of the lease under which one process sends from the account that the store calls ``mark``."""
    return f"{_SENDS}:{channel}:{mark.hex()}"


def attended(database: Database) -> set[str]:
    """Marks, in hex, of the accounts from which a living process sends."""
    names = (row[0].split(":") for row in database.connection.execute(queries.HELD_LEASES, (database.now,)).fetchall())
    return {name[-1] for name in names if name[0] == _SENDS}


def is_held(database: Database, fence: int) -> bool:
    return database.connection.execute(queries.LEASE_OF, (fence,)).fetchone() is not None
