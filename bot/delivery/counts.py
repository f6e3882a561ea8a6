"""Sums by topic, in memory until the hour is over: no row tells when one person asked (THREATS T12)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import structlog

from bot.delivery.clock import Clock
from bot.store import Store, StoreClosed, StoreError

_log = structlog.get_logger()


class Counts:
    """A crash loses at most the present hour's sums."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._sums: dict[datetime, Counter[str]] = {}

    def add(self, topics: Iterable[str]) -> None:
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        self._sums.setdefault(hour, Counter()).update(topics)

    async def run(self) -> None:
        """Write each hour's sums when it is over."""
        while True:
            now = self._clock.now()
            await self._clock.sleep(3600 - (now.minute * 60 + now.second))
            try:
                await self.flush()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("counts-not-written", why=str(error))

    async def flush(self) -> None:
        """Write what there is. Raises StoreError; the sums are kept then."""
        while self._sums:
            hour, sums = self._sums.popitem()
            try:
                await self._store.add_counts(hour, tuple(sums.items()))
            except StoreError:
                self._sums.setdefault(hour, Counter()).update(sums)
                raise
