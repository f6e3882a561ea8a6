"""The way out of one account: paced, urgent replies first, alerts last, shut for a while when the platform asks."""

import asyncio
from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Final, Literal

from bot.delivery.clock import Clock
from bot.delivery.window import Window

_LONGEST_SECONDS: Final = 60.0
#: After a reply alerts leave places to the next ones for so long.
_REPLIES_SECONDS: Final = 5.0
#: Of the account's places, at least so many: a share, and a number.
_LEFT_SHARE: Final = 8
_LEFT: Final = 3
#: Alerts leave evenly; what was missed by waking up late is caught up with: so much, or so many of them. Of what was
#: missed for longer so much counts.
_CATCH_UP_SECONDS: Final = 0.1
_WAKE_UP_SECONDS: Final = 0.02
_CATCH_UP: Final = 3


class Rank(IntEnum):
    """Who goes first."""

    URGENT = 0
    REPLY = 1
    ALERT = 2


#: As those who measure call them, by rank.
_KINDS: Final[tuple[Literal["reply", "alert"], ...]] = ("reply", "reply", "alert")


class Gate:
    """After it was ``shut`` it lets one sending through, and the others only when that one was answered."""

    def __init__(
        self,
        per_second: float,
        clock: Clock,
        *,
        both_ways: bool = False,
        waited: Callable[[Literal["reply", "alert"], float], None] = lambda kind, seconds: None,
    ) -> None:
        """``per_second``: see ``Window``. ``both_ways``: what people write counts too. ``waited`` is told of each
        who got their turn, and after how many seconds."""
        self._clock = clock
        self._window = Window(per_second)
        self._interval = 1 / per_second
        self._both_ways = both_ways
        self._waited = waited
        self._shut_until = float("-inf")
        #: Closed for trouble: one at a time. ``_trying``: that one is on its way.
        self._troubled = self._trying = False
        self._waiting: list[tuple[Rank, int, asyncio.Future[None]]] = []
        self._order = count()
        self._pump: asyncio.Task[None] | None = None
        self._sleep: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()
        self._troubles = 0
        self._troubled_since = 0.0
        self._replied_at = self._alert_at = float("-inf")

    @property
    def is_shut(self) -> bool:
        return self._clock.monotonic() < self._shut_until

    @property
    def troubled(self) -> bool:
        """Shut, or only trying again."""
        return self._troubled

    @property
    def troubled_seconds(self) -> float:
        """Since the first trouble in a row; 0 when there is none."""
        return self._clock.monotonic() - self._troubled_since if self._troubled else 0.0

    @property
    def troubles(self) -> int:
        """How many in a row."""
        return self._troubles

    @property
    def serves_replies(self) -> bool:
        """A reply was sent a moment ago, or waits."""
        lately = self._clock.monotonic() - self._replied_at < _REPLIES_SECONDS
        return lately or bool(self._waiting and self._waiting[0][0] is not Rank.ALERT)

    async def enter(self, rank: Rank = Rank.REPLY) -> None:
        """Wait for one's turn. Whoever has entered must call exactly one of ``answered``, ``ended``, ``shut`` and
        ``unused`` afterwards."""
        now = self._clock.monotonic()
        first = not self._waiting or rank < self._waiting[0][0]
        if first and not self._trying and self._wait(now, rank) == 0:
            self._pass(now, rank)
            self._waited(_KINDS[rank], 0.0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, next(self._order), future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._let_through())
        elif first:
            self._look_again()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.unused()
            raise
        self._waited(_KINDS[rank], self._clock.monotonic() - now)

    def answered(self, began: float) -> None:
        """The platform took a request, or refused that one alone. ``began``: when it was made, by the clock."""
        self._window.answered(self._clock.monotonic(), began)
        if self._troubled:
            self._troubled, self._troubles = False, 0
        self._over()

    def ended(self) -> None:
        """A request was made, and no answer came."""
        self._window.end(self._clock.monotonic())
        self._over()

    def unused(self) -> None:
        """No request was made."""
        self._window.give_back()
        self._over()
        self._look_again()

    def shut(self, seconds: float = 0) -> None:
        """The request was refused for the whole account: nothing passes for ``seconds``, or, for 0, for a time that
        doubles with each trouble in a row."""
        self.close(seconds)
        self.ended()

    def close(self, seconds: float = 0) -> None:
        """As ``shut``, told by something that had not entered."""
        now = self._clock.monotonic()
        if now >= self._shut_until:
            self._troubles += 1
        seconds = seconds or min(_LONGEST_SECONDS, 2.0 ** (self._troubles - 1))
        self._shut_until = max(self._shut_until, now + seconds)
        if not self._troubled:
            self._troubled, self._troubled_since = True, now

    def came_in(self) -> None:
        """A person wrote to this account."""
        if self._both_ways:
            self._window.came_in(self._clock.monotonic())

    def _over(self) -> None:
        self._trying = False
        self._changed.set()

    def _look_again(self) -> None:
        """Somebody may pass earlier than those who waited thought."""
        self._changed.set()
        if self._sleep is not None:
            self._sleep.cancel()

    def _wait(self, now: float, rank: Rank) -> float | None:
        """Seconds until one of this rank may pass; None: not before something changes."""
        if rank is Rank.ALERT:
            return self._wait_of_alerts(now)
        places = self._window.wait(now, self._window.places)
        return None if places is None else max(0.0, self._shut_until - now, places)

    def _wait_of_alerts(self, now: float) -> float | None:
        places = self._window.places
        if self._both_ways or now - self._replied_at < _REPLIES_SECONDS:
            places = max(1, places - max(_LEFT, places // _LEFT_SHARE))
        wait = self._window.wait(now, places)
        return None if wait is None else max(0.0, self._shut_until - now, self._alert_at - now, wait)

    def _pass(self, now: float, rank: Rank) -> None:
        self._window.take()
        self._trying = self._troubled
        if rank is Rank.ALERT:
            goes_on = now - self._alert_at <= max(_CATCH_UP_SECONDS, _CATCH_UP * self._interval)
            self._alert_at = (self._alert_at if goes_on else now - _WAKE_UP_SECONDS) + self._interval
        else:
            self._replied_at = now

    async def _let_through(self) -> None:
        while self._waiting:
            now, first = self._clock.monotonic(), self._waiting[0]
            self._changed.clear()
            if first[2].done():  # its owner was cancelled
                heappop(self._waiting)
            elif self._trying or (wait := self._wait(now, first[0])) is None:
                await self._changed.wait()
            elif wait > 0:
                self._sleep = asyncio.ensure_future(self._clock.sleep(wait))
                await asyncio.wait([self._sleep])
                self._sleep = None
            else:
                heappop(self._waiting)
                self._pass(now, first[0])
                first[2].set_result(None)
        self._pump = None
