"""The store on PostgreSQL, which several processes share."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from bot.store.database import utc_now
from bot.store.keys import Keys
from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.database import PostgresDatabase
from bot.store.postgresql.opening import open_database
from bot.store.postgresql.words import Words
from bot.store.store import DatabaseStore


class PostgresStore(DatabaseStore):
    """``protocol.Store``. Made by ``open``."""

    def __init__(self, database: PostgresDatabase, reading: Callable[[], PostgresDatabase], url: PostgresUrl) -> None:
        super().__init__(database, reading)
        self._words = Words(url)

    @classmethod
    async def open(cls, url: PostgresUrl, keys: Keys, *, clock: Callable[[], datetime] = utc_now) -> "PostgresStore":
        """Make the tables or bring them up to date. Raises StoreError with one sentence on what to do; then the
        database is untouched."""

        def again() -> PostgresConnection:
            return open_database(url, keys, now=clock().timestamp())

        def database() -> PostgresDatabase:
            return PostgresDatabase(url, again(), keys, clock, again)

        return cls(await asyncio.to_thread(database), database, url)

    def tell(self, word: str) -> None:
        self._words.tell(word)

    def hear(self, callback: Callable[[str], None]) -> None:
        self._words.hear(callback)

    async def close(self) -> None:
        await self._words.close()
        await super().close()
