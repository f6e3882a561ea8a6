"""The way out of one account: paced, urgent replies first, shut for a while when the platform asks for it."""

import asyncio
from heapq import heappop, heappush
from itertools import count
from typing import Final

from bot.channels import Pace
from bot.delivery.clock import Clock
from bot.delivery.pacing import Bucket

_LONGEST_SECONDS: Final = 60.0


class Gate:
    """After it was ``shut`` it lets one sending through, and the others only when that one was answered."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._clock = clock
        self._bucket = Bucket(pace)
        self._shut_until = float("-inf")
        #: Closed for trouble: one at a time. ``_trying``: that one is on its way.
        self._troubled = self._trying = False
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = count()
        self._pump: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._troubles = 0

    @property
    def is_shut(self) -> bool:
        return self._clock.monotonic() < self._shut_until

    async def enter(self, *, urgent: bool = False) -> None:
        """Wait for one's turn. Whoever has entered must call ``answered``, ``shut`` or ``unused`` afterwards."""
        now = self._clock.monotonic()
        if not self._waiting and not self._trying and self._wait(now) == 0:
            self._pass(now)
            return
        future = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (not urgent, next(self._order), future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._let_through())
        await future

    def answered(self) -> None:
        """The platform took a request, or refused that one alone."""
        if self._troubled:
            self._troubled, self._troubles = False, 0
            self.unused()

    def unused(self) -> None:
        """Nothing was learnt: no request was made, or none was answered."""
        self._trying = False
        self._changed.set()

    def shut(self, seconds: float = 0) -> None:
        """Nothing passes for ``seconds``, or, for 0, for a time that doubles with each trouble in a row."""
        now = self._clock.monotonic()
        if now >= self._shut_until:
            self._troubles += 1
        seconds = seconds or min(_LONGEST_SECONDS, 2.0 ** (self._troubles - 1))
        self._shut_until = max(self._shut_until, now + seconds)
        self._troubled = True
        self.unused()

    def _wait(self, now: float) -> float:
        return max(0.0, self._shut_until - now, self._bucket.wait(now))

    def _pass(self, now: float) -> None:
        self._bucket.take(now)
        self._trying = self._troubled

    async def _let_through(self) -> None:
        while self._waiting:
            now = self._clock.monotonic()
            if self._trying:
                self._changed.clear()
                await self._changed.wait()
            elif wait := self._wait(now):
                await self._clock.sleep(wait)
            else:
                future = heappop(self._waiting)[2]
                if not future.done():  # else its owner was cancelled
                    self._pass(now)
                    future.set_result(None)
        self._pump = None
