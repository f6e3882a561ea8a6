"""The fastest plain way to write the same rows into PostgreSQL: asyncpg, one connection, waiting turns share a commit.

It seals nothing, opens nothing, runs no step, and locks no contact: it writes bytes that are ready, a whole batch with
five statements.
"""

import asyncio
import random
from typing import Any

import asyncpg

MOST = 512


class BarePostgres:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.waiting: list[tuple[asyncio.Future[bool], int]] = []
        self.wake = asyncio.Event()

    @classmethod
    async def open(cls, url: str) -> "BarePostgres":
        connection = await asyncpg.connect(url, server_settings={"search_path": "safar"})
        bare = cls(connection)
        bare.session = await connection.fetchval("select session from contacts limit 1")
        bare.lookups = [row[0] for row in await connection.fetch("select lookup from contacts")]
        bare.body = await connection.fetchval("select body from outbox limit 1")
        bare.ref = await connection.fetchval("select ref from messages limit 1")
        bare.day = await connection.fetchval("select max(day) from updates")
        bare.id = await connection.fetchval("select last_value from ids") + 10_000
        bare.task = asyncio.create_task(bare.run())
        return bare

    session: bytes
    lookups: list[bytes]
    body: bytes
    ref: bytes
    day: int
    id: int
    task: asyncio.Task[None]

    async def run(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.waiting:
                batch, self.waiting = self.waiting[:MOST], self.waiting[MOST:]
                await self.write([self.lookups[contact] for _, contact in batch])
                for future, _ in batch:
                    future.set_result(True)

    async def write(self, lookups: list[bytes]) -> None:
        c = self.connection
        keys = [random.randbytes(16) for _ in lookups]
        async with c.transaction():
            await c.fetch(
                "insert into updates (key, day) select key, $2 from unnest($1::bytea[]) as k(key) "
                "on conflict do nothing returning key",
                keys,
                self.day,
            )
            rows = await c.fetch(
                "select c.id, c.lookup, c.profile, c.session, k.wrapped from contacts c "
                "join contact_keys k on k.contact = c.id where c.lookup = any($1)",
                lookups,
            )
            ids = {row[1]: row[0] for row in rows}
            contacts = [ids[lookup] for lookup in lookups]
            sessions = [key + self.session[16:] for key in keys]
            await c.execute(
                "update contacts set session = new.session from unnest($1::bigint[], $2::bytea[]) as new(id, session) "
                "where contacts.id = new.id",
                contacts,
                sessions,
            )
            numbers = range(self.id, self.id + len(lookups))
            self.id += len(lookups)
            await c.execute(
                "insert into outbox (id, contact, update_key, state, attempts, due, day, body) "
                "select id, contact, key, 'waiting', 0, 0, $4, $5 "
                "from unnest($1::bigint[], $2::bigint[], $3::bytea[]) as new(id, contact, key)",
                numbers,
                contacts,
                keys,
                self.day,
                self.body,
            )
            await c.execute(
                "insert into messages (id, contact, day, ref) "
                "select id, contact, $3, $4 from unnest($1::bigint[], $2::bigint[]) as new(id, contact)",
                numbers,
                contacts,
                self.day,
                self.ref,
            )

    async def turn(self, contact: int, number: int) -> bool:
        future = asyncio.get_running_loop().create_future()
        self.waiting.append((future, contact))
        self.wake.set()
        return bool(await future)

    async def close(self) -> None:
        self.task.cancel()
        await self.connection.close()
