"""Builds the index from all contacts, beside the turns, and follows what changes."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import structlog

from bot.delivery.broadcasts.columns import Columns, Row
from bot.delivery.broadcasts.index import Index
from bot.delivery.clock import Clock
from bot.store import ChangesLost, Known, Store, StoreClosed, StoreError

#: Rows that are made while nothing else runs.
_AT_ONCE = 250

_log = structlog.get_logger()


class Following:
    """Keeps ``index`` at most ``every_seconds`` and a look behind the store."""

    def __init__(self, store: Store, index: Index, clock: Clock, *, every_seconds: float = 2.0) -> None:
        self._store = store
        self._index = index
        self._clock = clock
        self._every_seconds = every_seconds
        #: Where the next look at the changes goes on; 0 before it is built.
        self._seen = 0
        self._followed: float | None = None

    @property
    def age_seconds(self) -> float | None:
        """Since the index was last brought up to date; None before it is built."""
        return None if self._followed is None else self._clock.monotonic() - self._followed

    async def run(self) -> None:
        while True:
            try:
                await self.follow()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("index-store-failed", why=str(error))
            await self._clock.sleep(self._every_seconds)

    async def follow(self) -> None:
        """One look; the index is built where it is not, or has fallen behind. Raises StoreError."""
        if self._seen:
            try:
                self._seen, changed = await self._store.changes(self._seen)
            except ChangesLost:
                _log.warning("index-fell-behind")
                self._seen = 0
            else:
                await asyncio.to_thread(self._index.put, changed)
        if not self._seen:
            await self._build()
        self._followed = self._clock.monotonic()

    async def _build(self) -> None:
        self._index.replace(None)
        begun = looked = self._clock.monotonic()
        seen, _ = await self._store.changes(0)
        columns, late = Columns(), dict[int, Known]()
        async for chunk in self._store.scan():
            async for rows in self._rows(chunk):
                columns.extend(rows)
            if self._clock.monotonic() - looked >= self._every_seconds:
                looked = self._clock.monotonic()
                seen, changed = await self._store.changes(seen)
                late.update((known.number, known) for known in changed)
        async for rows in self._rows([*late.values()]):
            columns.put(rows)
        self._index.replace(columns)
        self._seen = seen
        took = round(self._clock.monotonic() - begun, 1)
        _log.info("index-built", contacts=len(columns), seconds=took, megabytes=round(self._index.megabytes))

    async def _rows(self, known: Sequence[Known]) -> AsyncIterator[list[Row]]:
        """Some at a time, so that whoever waits for the loop gets it."""
        for at in range(0, len(known), _AT_ONCE):
            yield [self._index.row(one) for one in known[at : at + _AT_ONCE]]
            await asyncio.sleep(0)
