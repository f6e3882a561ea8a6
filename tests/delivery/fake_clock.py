"""Time that passes only when everybody waits."""

import asyncio
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

START = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.seconds + seconds, next(self._order), future))
        await future

    async def settle(self) -> None:
        """Let everything run that does not wait for time."""
        for _ in range(50):
            await asyncio.sleep(0)

    async def pass_(self, seconds: float) -> None:
        """Let so much time pass, waking whoever sleeps at the right moments."""
        end = self.seconds + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self.seconds, _, future = heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
            await self.settle()
        self.seconds = end
