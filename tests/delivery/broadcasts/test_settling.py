"""What became of recipients is written down together: when a moment is over, or as soon as a piece is full."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import cast

import pytest

from bot.delivery.broadcasts.settling import Settling
from bot.delivery.turns import Turns
from bot.store import Lease
from bot.store.broadcast_protocol import BroadcastStore, DeliveryEnd

PIECE = 8


class House:
    """A store that keeps what it is told, and a clock that goes on when the test says so."""

    def __init__(self) -> None:
        self.pieces: list[list[int]] = []
        self.moment_over = asyncio.Event()
        self.settling = Settling(cast(BroadcastStore, self), Turns(), self, lambda: PIECE, lambda: None)

    async def settle_deliveries(self, key: bytes, lease: Lease, results: Sequence[DeliveryEnd]) -> None:
        self.pieces.append([one.id for one in results])

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await self.moment_over.wait()

    async def ended(self, ids: range) -> None:
        for id in ids:
            self.settling.add(b"key", DeliveryEnd(id=id, state="sent"))
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house = House()
    running = asyncio.create_task(house.settling.run(Lease(name="send", fence=1)))
    yield house
    running.cancel()


async def test_a_few_wait_until_a_moment_is_over(house: House) -> None:
    await house.ended(range(PIECE - 1))
    assert house.pieces == []
    house.moment_over.set()
    await house.ended(range(0))
    assert house.pieces == [[*range(PIECE - 1)]]


async def test_a_full_piece_is_written_at_once_so_that_a_fast_account_never_stands_still_for_it(house: House) -> None:
    await house.ended(range(2 * PIECE + 3))
    assert house.pieces == [[*range(PIECE)], [*range(PIECE, 2 * PIECE)], [*range(2 * PIECE, 2 * PIECE + 3)]]
    await house.ended(range(100, 100 + PIECE))
    assert house.pieces[3:] == [[*range(100, 100 + PIECE)]]
