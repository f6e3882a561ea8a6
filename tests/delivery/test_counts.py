import asyncio
from datetime import datetime
from typing import Any

import pytest

from bot.delivery.counts import Counts
from bot.store import StoreError
from tests.delivery.fake_clock import START, FakeClock


class Sums:
    """The one query of the store that counts need."""

    def __init__(self) -> None:
        self.rows: list[tuple[datetime, dict[str, int]]] = []
        self.broken = False

    async def add_counts(self, hour: datetime, counts: Any) -> None:
        if self.broken:
            raise StoreError("full")
        self.rows.append((hour, dict(counts)))


async def test_sums_are_written_when_the_hour_is_over() -> None:
    clock, store = FakeClock(), Sums()
    clock.seconds = 600
    counts = Counts(store, clock)  # type: ignore[arg-type]
    task = asyncio.create_task(counts.run())
    counts.add(["wages", "patent"])
    counts.add(["wages"])
    await clock.pass_(2999)
    assert store.rows == []
    await clock.pass_(2)
    assert store.rows == [(START, {"wages": 2, "patent": 1})]
    task.cancel()


async def test_sums_that_could_not_be_written_are_kept() -> None:
    clock, store = FakeClock(), Sums()
    counts = Counts(store, clock)  # type: ignore[arg-type]
    counts.add(["wages"])
    store.broken = True
    with pytest.raises(StoreError):
        await counts.flush()
    store.broken = False
    counts.add(["wages"])
    await counts.flush()
    assert store.rows == [(START, {"wages": 2})]
