"""The store on one SQLite file."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bot.store.database import utc_now
from bot.store.keys import Keys
from bot.store.schema import open_database, open_readonly
from bot.store.sqlite_database import SqliteDatabase
from bot.store.store import DatabaseStore


class SqliteStore(DatabaseStore):
    """``protocol.Store``. Made by ``open``."""

    @classmethod
    async def open(cls, path: Path, keys: Keys, *, clock: Callable[[], datetime] = utc_now) -> "SqliteStore":
        """Create or open the file. Raises StoreError with one sentence on what to do; then the file is untouched."""
        connection = await asyncio.to_thread(open_database, path, keys, now=clock().timestamp())
        return cls(
            SqliteDatabase(path, connection, keys, clock),
            lambda: SqliteDatabase(path, open_readonly(path), keys, clock),
        )
