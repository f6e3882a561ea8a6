"""The parts of delivery, put together."""

import asyncio
import random
from collections.abc import Callable, Iterable

from bot.catalogue import Catalogue
from bot.channels import Channel, Pace
from bot.delivery.clock import Clock, SystemClock
from bot.delivery.counts import Counts
from bot.delivery.desk import Desk
from bot.delivery.flood import PACE as FLOOD_PACE
from bot.delivery.inbox import Inbox, Wake
from bot.delivery.moving import new_code
from bot.delivery.outbox import Outbox
from bot.delivery.reports import Reports
from bot.delivery.step import Steps
from bot.delivery.timers import Timers
from bot.store import Store


class Delivery:
    """Between ``start`` and ``stop`` replies leave and timers ring; ``inbox`` may be used from the beginning."""

    def __init__(
        self,
        store: Store,
        channels: Iterable[Channel],
        catalogue: Callable[[], Catalogue],
        wake: Wake = lambda channel, address: None,
        *,
        clock: Clock | None = None,
        flood_pace: Pace = FLOOD_PACE,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """``catalogue`` gives the one that serves now. ``wake``: see ``Wake``. ``flood_pace``: how many events of one
        contact are taken."""
        clock = clock or SystemClock()
        pushing = {channel.name: channel for channel in channels if channel.pushes}
        self._counts = Counts(store, clock)
        self.outbox = Outbox(store, pushing, clock, self._counts, chance=chance)
        self.reports = Reports(store, catalogue, clock)
        steps = Steps(catalogue, clock.now, new_code, lambda: self.reports.unanswered)
        self.inbox = Inbox(store, steps, self.outbox, self._counts, catalogue, clock, wake, flood_pace)
        self.desk = Desk(store, steps, self.inbox, catalogue, clock)
        self._timers = Timers(store, self.inbox, clock)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises StoreError."""
        await self.outbox.start()
        running = (self._timers.run(), self._counts.run(), self.reports.run())
        self._tasks = [asyncio.create_task(one) for one in running]

    async def stop(self, seconds: float = 8.0) -> None:
        """Nothing new begins; what is being sent may end, at most for ``seconds``. Raises StoreError."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.outbox.stop(seconds)
        await self._counts.flush()
