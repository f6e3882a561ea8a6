"""Doing something only while this process holds the lease for it (THREATS T76, F25, F28)."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.delivery.clock import Clock
from bot.store import Lease, Store, StoreClosed, StoreError

#: A lease is renewed, or asked for again, so often; it lasts ten seconds.
EVERY_SECONDS: Final = 3.0
#: So long after it was last asked for, a lease may be another's by now.
_SURE_SECONDS: Final = 9.0

_log = structlog.get_logger()


def new_holder() -> str:
    """A name for this process among those that share a store."""
    return secrets.token_hex(8)


class Holding:
    """``lease`` is None while another process has it."""

    def __init__(self, store: Store, name: str, holder: str, clock: Clock) -> None:
        self._store = store
        self._name = name
        self._holder = holder
        self._clock = clock
        self._sure_until = float("-inf")
        self.lease: Lease | None = None

    @property
    def is_sure(self) -> bool:
        """Nobody else can have it yet. False after this process stood still, until it was renewed (F27)."""
        return self._clock.monotonic() < self._sure_until

    async def renew(self) -> None:
        """Take the lease, or keep it. Raises StoreError; what was held is held on then, for a store that does not
        answer lets nobody else have it either."""
        asked = self._clock.monotonic()
        self.lease = await self._store.lease(self._name, self._holder)
        if self.lease is not None:
            self._sure_until = asked + _SURE_SECONDS

    async def release(self) -> None:
        """Another process may have it at once."""
        lease, self.lease, self._sure_until = self.lease, None, float("-inf")
        if lease is not None:
            with contextlib.suppress(StoreError):
                await self._store.release(lease)

    async def run(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work`` whenever the lease is ours, and cancel it when it is not any more; cancelled, release it."""
        task: asyncio.Future[None] | None = None
        fence = 0
        try:
            while True:
                try:
                    await self.renew()
                except StoreClosed:
                    return
                except StoreError as error:
                    _log.error("lease-store-failed", name=self._name, why=str(error))
                if task is not None and (self.lease is None or self.lease.fence != fence):
                    _log.warning("lease-lost", name=self._name)
                    await _end(task)
                    task = None
                if self.lease is not None and task is None:
                    fence = self.lease.fence
                    task = asyncio.ensure_future(work())
                await self._clock.sleep(EVERY_SECONDS)
        finally:
            if task is not None:
                await _end(task)
            await self.release()


async def _end(task: "asyncio.Future[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
