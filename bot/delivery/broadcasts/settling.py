"""What became of recipients: gathered for a moment, then written down together, in pieces that no turn waits for."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.delivery.clock import Clock, wait
from bot.delivery.turns import Turns
from bot.store import Lease, StoreClosed, StoreError
from bot.store.broadcast_protocol import BroadcastStore, DeliveryEnd

_GATHER_SECONDS: Final = 0.1
_STORE_AGAIN_SECONDS: Final = 2.0

_log = structlog.get_logger()


class Settling:
    """``piece``: how many go together now. ``written`` is called after some were."""

    def __init__(
        self, store: BroadcastStore, turns: Turns, clock: Clock, piece: Callable[[], int], written: Callable[[], None]
    ) -> None:
        self._store = store
        self._turns = turns
        self._clock = clock
        self._piece = piece
        self._written = written
        #: Of which alert, and the end; until it is written.
        self._ends: list[tuple[bytes, DeliveryEnd]] = []
        self._ended = asyncio.Event()
        self._is_full = asyncio.Event()

    def __len__(self) -> int:
        """How many are not written yet."""
        return len(self._ends)

    def add(self, key: bytes, end: DeliveryEnd) -> None:
        self._ends.append((key, end))
        self._ended.set()
        if len(self._ends) >= self._piece():
            self._is_full.set()

    def open_rows(self, key: bytes) -> set[int]:
        """Those of an alert that are not written yet."""
        return {end.id for its, end in self._ends if its == key}

    async def run(self, lease: Lease) -> None:
        """Until cancelled, or the store is closed. Nothing is forgotten: the same may be settled twice."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            await wait(self._is_full, self._clock, _GATHER_SECONDS)
            left = len(self._ends)
            try:
                while left > 0:
                    left -= await self._settle(lease)
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("alert-store-failed", why=str(error))
                await self._clock.sleep(_STORE_AGAIN_SECONDS)
                self._ended.set()
                continue
            self._written()

    async def _settle(self, lease: Lease) -> int:
        ends = self._ends[: self._piece()]
        for key in dict.fromkeys(key for key, _ in ends):
            await self._turns.over()
            await self._store.settle_deliveries(key, lease, [end for its, end in ends if its == key])
        del self._ends[: len(ends)]
        return len(ends)
