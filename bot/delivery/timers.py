"""Waits that have run out and reminders that are due."""

import structlog

from bot.delivery.clock import Clock
from bot.delivery.inbox import Inbox
from bot.store import Store, StoreClosed, StoreError

_log = structlog.get_logger()


class Timers:
    def __init__(self, store: Store, inbox: Inbox, clock: Clock, *, every_seconds: float = 5.0) -> None:
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._every_seconds = every_seconds

    async def run(self) -> None:
        while True:
            try:
                while await self.ring_due():
                    pass
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("timers-store-failed", why=str(error))
            await self._clock.sleep(self._every_seconds)

    async def ring_due(self, limit: int = 100) -> bool:
        """Ring what is due, at most ``limit``; were there as many? Raises StoreError."""
        due = await self._store.due_timers(self._clock.now(), limit)
        for timer in due:
            await self._inbox.ring(timer)
        return len(due) == limit
