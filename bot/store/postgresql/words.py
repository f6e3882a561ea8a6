"""Words between processes (LISTEN and NOTIFY): hints, so a lost one costs a moment and nothing else.

A connection of its own on the application's event loop, made when it is first needed and made anew when it breaks.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Final

from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import CALL_SECONDS, connect

_CHANNEL: Final = "safar"
#: What is told within so long leaves as one notice.
_GATHER_SECONDS: Final = 0.02
_PAUSE_SECONDS: Final = 1.0
#: PostgreSQL takes 8,000 bytes a notice.
_MOST: Final = 70
_LONGEST: Final = 100


class Words:
    def __init__(self, url: PostgresUrl) -> None:
        self._url = url
        self._callbacks: list[Callable[[str], None]] = []
        self._waiting: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._me = 0

    def tell(self, word: str) -> None:
        if not (0 < len(word) <= _LONGEST and word.isascii() and word.isprintable()):
            raise ValueError("a word is 1 to 100 printable ASCII characters")
        self._waiting[word] = None
        self._wake.set()
        self._begin()

    def hear(self, callback: Callable[[str], None]) -> None:
        self._callbacks.append(callback)
        self._begin()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            connection: Any = None
            try:
                connection = await connect(self._url, synchronous_commit="off")
                self._me = connection.get_server_pid()
                connection.add_termination_listener(self._ended)
                await connection.add_listener(_CHANNEL, self._heard)
                while not connection.is_closed():
                    await self._pass_on(connection)
            except Exception:  # the writer's callers hear that the database is away; words are only hints
                await asyncio.sleep(_PAUSE_SECONDS)
            finally:
                if connection is not None:
                    connection.terminate()

    async def _pass_on(self, connection: Any) -> None:
        await self._wake.wait()
        self._wake.clear()
        await asyncio.sleep(_GATHER_SECONDS)
        while self._waiting:
            words = list(self._waiting)[:_MOST]
            notice = "select pg_notify($1, $2)"
            await connection.fetchval(notice, _CHANNEL, "\n".join(words), timeout=CALL_SECONDS)
            for word in words:
                self._waiting.pop(word, None)

    def _ended(self, connection: Any) -> None:
        self._wake.set()

    def _heard(self, connection: Any, process: int, channel: str, payload: str) -> None:
        if process == self._me:
            return
        for word in payload.split("\n"):
            for callback in self._callbacks:
                with contextlib.suppress(Exception):  # one that fails keeps no other from hearing
                    callback(word)
