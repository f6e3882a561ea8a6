"""Alerts of all accounts that this process sends from."""

import asyncio
from collections.abc import Callable

import structlog

from bot.catalogue import Catalogue
from bot.delivery.broadcasts.courses import Courses
from bot.delivery.broadcasts.daily import Daily
from bot.delivery.broadcasts.sending import AlertSender
from bot.delivery.clock import Clock
from bot.delivery.counts import Counts
from bot.delivery.lane import Recipient
from bot.delivery.meters import Meters
from bot.delivery.notices import Notices
from bot.delivery.turns import Turns
from bot.delivery.ways import Way, Ways
from bot.store import Store
from bot.store.broadcast_protocol import BroadcastStore

_log = structlog.get_logger()


class AlertSenders:
    """One for each account, as long as its lease is held. ``daily_limit``: see ``Daily``, of channels with a window."""

    def __init__(
        self,
        store: Store,
        broadcasts: BroadcastStore,
        ways: Ways,
        busy: Callable[[Recipient], bool],
        catalogue: Callable[[], Catalogue],
        clock: Clock,
        notices: Notices,
        counts: Counts,
        meters: Meters,
        turns: Turns,
        daily_limit: int,
    ) -> None:
        self._meters = meters
        self._turns = turns
        self._store = store
        self._broadcasts = broadcasts
        self._busy = busy
        self._catalogue = catalogue
        self._clock = clock
        self._notices = notices
        self._counts = counts
        self._daily_limit = daily_limit
        self._running: dict[Way, tuple[AlertSender, asyncio.Task[None]]] = {}
        ways.on_change.append(self._changed)

    def look(self) -> None:
        """Something has changed in the store."""
        for sender, _ in self._running.values():
            sender.look()

    async def stop(self, seconds: float) -> None:
        """Let end what is being sent, at most for ``seconds``; the rest is due again."""
        tasks = [task for _, task in self._running.values()]
        for sender, _ in self._running.values():
            sender.stop()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running.clear()

    def _changed(self, way: Way) -> None:
        if way in self._running:
            self._running.pop(way)[1].cancel()
        if way.lease is not None:
            sender = self._sender(way)
            self._running[way] = sender, asyncio.create_task(sender.run(way.lease))

    def _sender(self, way: Way) -> AlertSender:
        channel, account = way.channel, way.account
        limit = self._daily_limit if channel.window_seconds is not None else 0
        courses = Courses(
            self._broadcasts,
            way,
            self._store.account_mark(channel.name, account),
            Daily(self._store, channel.name, account, limit, self._clock),
            self._catalogue,
            self._clock,
        )
        return AlertSender(
            self._broadcasts,
            way,
            courses,
            self._busy,
            self._clock,
            self._notices,
            self._counts,
            self._meters,
            self._turns,
        )
