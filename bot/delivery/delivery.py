"""The parts of delivery, put together."""

import asyncio
import random
from collections.abc import Callable, Iterable

from bot.catalogue import Catalogue
from bot.channels import Channel, Pace
from bot.delivery.broadcasts.counting import Audiences
from bot.delivery.broadcasts.running import AlertSenders
from bot.delivery.broadcasts.schedule import Schedule
from bot.delivery.clock import Clock, SystemClock
from bot.delivery.counts import Counts
from bot.delivery.desk import Desk
from bot.delivery.flood import PACE as FLOOD_PACE
from bot.delivery.holding import Holding, new_holder
from bot.delivery.inbox import Inbox, Wake
from bot.delivery.meters import Meters, NoMeters
from bot.delivery.moving import new_code
from bot.delivery.notices import Notices
from bot.delivery.outbox import Outbox
from bot.delivery.reports import Reports
from bot.delivery.step import Alerts, NoAlerts, Steps
from bot.delivery.timers import Timers
from bot.delivery.turns import Turns
from bot.delivery.ways import Ways
from bot.store import Store
from bot.store.broadcast_protocol import BroadcastStore


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
        sends: bool = True,
        schedules: bool = True,
        alerts: Alerts | None = None,
        broadcasts: BroadcastStore | None = None,
        audiences: Audiences | None = None,
        daily_limit: int = 0,
        meters: Meters | None = None,
    ) -> None:
        """``catalogue`` gives the one that serves now. ``wake``: see ``Wake``. ``flood_pace``: how many events of one
        contact are taken. ``sends``: this process sends from the accounts whose lease it gets; ``schedules``: it rings
        timers, and lets out alerts to ``audiences``, if it gets that lease. ``alerts``: what the conversation knows of
        them. ``broadcasts``: without it no alerts are sent. ``daily_limit``: how many people one WhatsApp number may
        write to first in 24 hours, 0 for any number."""
        clock, meters, turns = clock or SystemClock(), meters or NoMeters(), Turns()
        pushing = {channel.name: channel for channel in channels if channel.pushes}
        #: This process, among those that share the store.
        self.holder = new_holder()
        self._sends = sends
        notices = Notices(clock)
        self._counts = Counts(store, clock)
        self._ways = Ways(store, pushing.values(), self.holder, clock, sends=sends, meters=meters)
        self.outbox = Outbox(
            store, pushing, self._ways, clock, self._counts, notices, wake, meters=meters, turns=turns, chance=chance
        )
        self.reports = Reports(store, catalogue, clock)
        steps = Steps(catalogue, clock.now, new_code, lambda: self.reports.unanswered, alerts or NoAlerts(), pushing)
        self.inbox = Inbox(store, steps, self.outbox, self._counts, catalogue, clock, wake, flood_pace, meters, turns)
        self.desk = Desk(store, steps, self.inbox, catalogue, clock)
        self._timers = Timers(store, self.inbox, clock)
        self._clock = clock
        self._broadcasts = broadcasts
        self._audiences = audiences
        self._senders: AlertSenders | None = None
        if broadcasts is not None and sends:
            self._senders = AlertSenders(
                store,
                broadcasts,
                self._ways,
                self.outbox.busy,
                catalogue,
                clock,
                notices,
                self._counts,
                meters,
                turns,
                daily_limit,
            )
        self._holding = Holding(store, "scheduler", self.holder, clock) if schedules else None
        self._keeping: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Raises StoreError."""
        await self.outbox.start()
        running = [self._counts.run(), self.reports.run()]
        if self._holding is not None:
            running.append(self._holding.run(self._schedule))
        self._tasks = [asyncio.create_task(one) for one in running]
        self._keeping = asyncio.create_task(self._ways.keep(self._recover)) if self._sends else None

    @property
    def held(self) -> int:
        """From how many of our own accounts this process sends."""
        return len(self._ways.held())

    @property
    def shut(self) -> dict[str, int]:
        """How many of those stand still, by channel: the messenger is away, or asked to wait."""
        return self._ways.shut()

    def look(self) -> None:
        """Another process left something to be sent: look at once."""
        self.outbox.look()
        if self._senders is not None:
            self._senders.look()

    async def stop(self, seconds: float = 8.0) -> None:
        """Nothing new begins; what is being sent may end, at most for ``seconds``. Raises StoreError."""
        await _ended(self._tasks)
        await asyncio.gather(self.outbox.stop(seconds), *([self._senders.stop(seconds)] if self._senders else []))
        await _ended([self._keeping] if self._keeping else [])
        await self._ways.release()
        await self._counts.flush()

    async def _recover(self) -> None:
        await self.outbox.recover()
        if self._broadcasts is not None:
            await self._broadcasts.recover_deliveries()

    async def _schedule(self) -> None:
        """What one process does at a time, whoever sends."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._timers.run())
            if self._broadcasts is not None and self._audiences is not None:
                tasks.create_task(Schedule(self._broadcasts, self._audiences, self._clock).run())


async def _ended(tasks: "list[asyncio.Task[None]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
