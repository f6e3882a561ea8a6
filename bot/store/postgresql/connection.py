"""asyncpg on an event loop of its own, in the shape of sqlite3's connection: one thread, which waits for each answer.

No call takes longer than ``CALL_SECONDS``, whatever the server or the network does (THREATS F9): a connection on which
something did is not used again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

import asyncpg

from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.bulk import Bulk, for_many

#: How long one answer is waited for. The server gives up a little earlier, so that its reason is heard.
CALL_SECONDS: Final = 4.5
#: How long a new connection may take.
CONNECT_SECONDS: Final = 3.0
#: Rows that a long reading holds in memory.
_CHUNK: Final = 2000
_HOLD: Final = re.compile(r"/\* hold (\w+) \*/")

#: A process that is frozen or cut off in the middle of a batch does not keep the others for longer.
_SETTINGS: Final = {
    "application_name": "safar",
    "search_path": "safar",
    "statement_timeout": "4000",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "5000",
    "tcp_user_timeout": "5000",
    "timezone": "UTC",
}
_T = TypeVar("_T")


class Cursor:
    """What a statement gave; all of it is here already."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Any], status: str) -> None:
        self._rows = rows
        number = status.rpartition(" ")[2]
        self.rowcount = int(number) if number.isdigit() else -1

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Any]:
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class PostgresConnection:
    """Raises what asyncpg raises, OSError or TimeoutError. ``execute`` takes the store's SQL, with ``?1``."""

    def __init__(self, url: PostgresUrl) -> None:
        self._loop = _new_loop()
        self._prepared: dict[str, Any] = {}
        self._bulk: dict[str, Bulk | None] = {}
        try:
            self._asyncpg = self._wait(connect(url), CONNECT_SECONDS)
        except BaseException:
            self._loop.close()
            raise

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        return self._loop.run_until_complete(self._execute(spoken(statement), values))

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]], /) -> None:
        self._loop.run_until_complete(self._executemany(spoken(statement), rows))

    def script(self, script: str) -> None:
        """Several statements without values, however long they take."""
        self._wait(self._asyncpg.execute(script), None)

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        copying = self._asyncpg.copy_records_to_table(table, records=rows, columns=columns, schema_name="safar")
        self._wait(copying, None)

    def chunks(self, query: str) -> Iterator[list[Any]]:
        """The rows of a query without values, some at a time; in a transaction."""
        self._wait(self._asyncpg.execute(f"declare reading no scroll cursor for {query}"))
        while rows := self._wait(self._asyncpg.fetch(f"fetch {_CHUNK} from reading"), None):
            yield rows
        self._wait(self._asyncpg.execute("close reading"))

    def close(self) -> None:
        """Never raises and never waits long."""
        if self._loop.is_closed():
            return
        try:
            self._wait(self._asyncpg.close(), 1.0)
        except Exception:  # it is given up in any case
            self._asyncpg.terminate()
        self._end()

    def cut(self) -> None:
        """Give the connection up without a word to a server that may not listen."""
        if not self._loop.is_closed():
            self._asyncpg.terminate()
            self._end()

    async def _execute(self, statement: str, values: Sequence[Any]) -> Cursor:
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        rows = await prepared.fetch(*values, timeout=CALL_SECONDS)
        return Cursor(rows, prepared.get_statusmsg())

    async def _executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        prepared = self._prepared.get(statement) or await self._prepare(statement)
        if statement not in self._bulk:
            self._bulk[statement] = for_many(statement, [kind.name for kind in prepared.get_parameters()])
        many = self._bulk[statement]
        if many is None or (many.is_update and len({row[-1] for row in rows}) < len(rows)):
            await prepared.executemany(rows, timeout=CALL_SECONDS)
        else:
            await self._execute(many.statement, list(zip(*rows, strict=True)))

    async def _prepare(self, statement: str) -> Any:
        prepared = self._prepared[statement] = await self._asyncpg.prepare(statement, timeout=CALL_SECONDS)
        return prepared

    def _wait(self, answer: Awaitable[_T], seconds: float | None = CALL_SECONDS) -> _T:
        return self._loop.run_until_complete(asyncio.wait_for(answer, seconds))

    def _end(self) -> None:
        """Let what asyncpg had begun end, so that nothing complains later."""
        self._loop.run_until_complete(_cancel_all())
        self._loop.close()


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def connect(url: PostgresUrl, **settings: str) -> Any:
    """A connection with our limits; ``settings`` win over them."""
    return await asyncpg.connect(
        url.secret, timeout=CONNECT_SECONDS, server_settings={**_SETTINGS, **settings}, statement_cache_size=0
    )


@lru_cache(maxsize=512)
def spoken(statement: str) -> str:
    """The common SQL as PostgreSQL reads it."""
    return _HOLD.sub(r"for no key update of \1", statement.replace("?", "$"))


def _new_loop() -> asyncio.AbstractEventLoop:
    make: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    try:
        import uvloop

        make = uvloop.new_event_loop
    except ImportError:  # Windows
        pass
    return make()
