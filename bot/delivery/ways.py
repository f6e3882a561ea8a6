"""Our own accounts, each with its way out: its pace, and the lease by which one process alone sends (T76, F27)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final

import structlog

from bot.channels import Channel
from bot.delivery.clock import Clock, wait
from bot.delivery.gate import Gate
from bot.delivery.holding import EVERY_SECONDS, Holding
from bot.delivery.meters import Meters, NoMeters
from bot.store import Lease, Store, StoreClosed, StoreError, sending_name

#: A store that fails is asked again after so long, whoever doubts.
_AGAIN_SECONDS: Final = 1.0

_log = structlog.get_logger()


class Way:
    """``lease`` is None while another process sends from this account."""

    def __init__(self, channel: Channel, account: str, gate: Gate, holding: Holding, doubt: asyncio.Event) -> None:
        self.channel: Final = channel
        self.account: Final = account
        self.gate: Final = gate
        self.holding: Final = holding
        #: Under which work has begun; follows the lease.
        self.lease: Lease | None = None
        self._doubt = doubt
        self._renewed = asyncio.Event()

    def is_sure(self) -> bool:
        """Nobody else can send from it yet. Else, after this process stood still, the lease is asked for at once."""
        if self.holding.is_sure:
            return True
        self._doubt.set()
        return False

    async def sure(self) -> None:
        """Wait until nobody else can send from it. Whoever waits is cancelled when somebody does."""
        while not self.is_sure():
            self._renewed.clear()
            await self._renewed.wait()

    def renewed(self) -> None:
        """The lease was asked for, and ``lease`` says what came of it."""
        self._renewed.set()

    @property
    def key(self) -> tuple[str, str]:
        return self.channel.name, self.account


class Ways:
    """Of the channels that push. A process that does not send (``sends``) never asks for a lease, and has its ways only
    for what no other process knows."""

    def __init__(
        self,
        store: Store,
        channels: Iterable[Channel],
        holder: str,
        clock: Clock,
        *,
        sends: bool,
        meters: Meters | None = None,
    ) -> None:
        meters = meters or NoMeters()
        self._store = store
        self._clock = clock
        self._sends = sends
        self._doubt = asyncio.Event()
        self._all: dict[tuple[str, str], Way] = {}
        for channel in channels:
            for account in channel.accounts if channel.pushes else ():
                waited = partial(meters.waited, channel.name)
                gate = Gate(channel.per_second, clock, both_ways=channel.both_ways, waited=waited)
                name = sending_name(channel.name, store.account_mark(channel.name, account))
                way = Way(channel, account, gate, Holding(store, name, holder, clock), self._doubt)
                self._all[way.key] = way
        #: Told of each way whose lease came or went, after ``Way.lease`` says so.
        self.on_change: list[Callable[[Way], None]] = []

    def of(self, channel: str, account: str) -> Way | None:
        return self._all.get((channel, account))

    def shut(self) -> dict[str, int]:
        """How many ways of ours are in trouble, by channel; those of every channel, also none."""
        found: dict[str, int] = {}
        for way in self._all.values():
            in_trouble = way.lease is not None and way.gate.troubled
            found[way.channel.name] = found.get(way.channel.name, 0) + in_trouble
        return found

    def held(self) -> list[Way]:
        return [way for way in self._all.values() if way.lease is not None]

    async def take(self) -> None:
        """Ask for what is not held, and keep what is. Raises StoreError."""
        if not self._sends:
            return
        asked = await asyncio.gather(*(way.holding.renew() for way in self._all.values()), return_exceptions=True)
        for way in self._all.values():
            fence = None if way.lease is None else way.lease.fence
            lease = way.holding.lease
            if (None if lease is None else lease.fence) == fence:
                way.renewed()
                continue
            if fence is not None:
                _log.warning("account-lost", channel=way.channel.name)
            way.lease = lease
            for told in self.on_change:
                told(way)
        for error in asked:
            if isinstance(error, BaseException):
                raise error

    async def keep(self, recover: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled: keep the leases, and ``recover`` what dead processes had claimed. The leases are renewed
        first, so that a clock that jumps frees nothing of ours."""
        while True:
            await wait(self._doubt, self._clock, EVERY_SECONDS)
            try:
                await self.take()
                await recover()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("lease-store-failed", why=str(error))
                await self._clock.sleep(_AGAIN_SECONDS)

    async def release(self) -> None:
        for way in self._all.values():
            way.lease = None
            await way.holding.release()
