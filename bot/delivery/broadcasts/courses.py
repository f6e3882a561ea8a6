"""Which alert's recipients are next for an account, and how far each alert has come there. Claims, and never sends."""

from collections.abc import Callable, Container, Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.catalogue import Catalogue
from bot.delivery.broadcasts.daily import Daily
from bot.delivery.broadcasts.judging import Reach, judge_for
from bot.delivery.broadcasts.rendered import Rendered
from bot.delivery.broadcasts.views import view
from bot.delivery.clock import Clock
from bot.delivery.ways import Way
from bot.places import gazetteer
from bot.store import Lease
from bot.store.broadcast_protocol import Broadcast, BroadcastStore, DueDelivery, Judge

#: The first of the recipients get it, at least so many, and then there is time to see that it is wrong (T35).
FIRST_SHARE: Final = 100
FIRST: Final = 50
_HOLD: Final = timedelta(minutes=2)
_HOLD_LIFE: Final = timedelta(seconds=30)
_REFRESH_SECONDS: Final = 1.0
#: When recipients were put back, when some have quiet hours or a full day, and when there was nobody.
_AGAIN_SECONDS: Final = 1.0
_LATER_SECONDS: Final = 300.0
_NOBODY_SECONDS: Final = 5.0

DAILY: Final = "daily-limit"
BARRED: Final = "barred-name"

_log = structlog.get_logger()


class Course:
    """One alert, on its way to the recipients of one account."""

    def __init__(self, rendered: Rendered, broadcast: Broadcast) -> None:
        self.rendered = rendered
        self.broadcast = broadcast
        self.after = 0
        self.later = 0
        self.again = False
        self.rests_until = float("-inf")

    @property
    def key(self) -> bytes:
        return self.broadcast.key

    @property
    def order(self) -> tuple[bool, float]:
        """Danger to life first, then the oldest."""
        begun = self.broadcast.began or self.broadcast.created
        return self.rendered.view.alert.urgency != "life", begun.timestamp()

    def put_back(self, ids: Sequence[int]) -> None:
        """These are due again."""
        self.after = min(self.after, *ids) - 1 if self.after else 0
        self.rests_until = float("-inf")

    def end_of_pass(self, now: float) -> None:
        rest = _AGAIN_SECONDS if self.again else _LATER_SECONDS if self.later else _NOBODY_SECONDS
        self.after, self.later, self.again, self.rests_until = 0, 0, False, now + rest


class Courses:
    """``mark`` is how the store names the account."""

    def __init__(
        self,
        store: BroadcastStore,
        way: Way,
        mark: bytes,
        daily: Daily,
        catalogue: Callable[[], Catalogue],
        clock: Clock,
    ) -> None:
        self._store = store
        self._way = way
        self._mark = mark
        self._daily = daily
        self._catalogue = catalogue
        self._clock = clock
        self._all: dict[bytes, Course] = {}
        self._read_at = float("-inf")
        self._reasons: dict[bytes, str] = {}
        #: Of which the store may hold more for claimed than we do.
        self._unclear: set[Course] = set()

    def look(self) -> None:
        """Something has changed in the store."""
        self._read_at = float("-inf")
        for course in self._all.values():
            course.rests_until = min(course.rests_until, self._clock.monotonic() + _AGAIN_SECONDS)

    async def claim(
        self, lease: Lease, limit: int, open_rows: Callable[[bytes], Container[int]]
    ) -> tuple[Course, tuple[DueDelivery, ...]] | None:
        """Recipients who get theirs now, at most ``limit``, of the alert that goes first; nobody when there were only
        such as are not due. None: nothing is to be sent now. ``open_rows``: those of an alert that were claimed
        and not settled. Raises StoreError."""
        for course in tuple(self._unclear):
            if lost := await self._store.release_deliveries(course.key, lease, open_rows(course.key)):
                _log.info("alert-claim-lost", deliveries=len(lost))
                course.put_back(lost)
            self._unclear.discard(course)
        await self._refresh()
        for course in sorted(self._all.values(), key=lambda one: one.order):
            held = course.broadcast.held_until
            if course.rests_until > self._clock.monotonic() or (held is not None and held > self._clock.now()):
                continue
            room = await self._room(course, limit)
            if room == 0:
                continue
            rows = await self._claim(course, lease, room)
            if rows or course.rests_until <= self._clock.monotonic():
                return course, rows
        return None

    async def explain(self, reason: str) -> None:
        """Why nothing goes out of this account, a word; empty when it does again. Raises StoreError."""
        for course in self._all.values():
            await self._say(course, reason)

    async def _refresh(self) -> None:
        now, catalogue = self._clock.monotonic(), self._catalogue()
        if now - self._read_at < _REFRESH_SECONDS:
            return
        self._read_at = now
        known = self._all
        self._all = {}
        for broadcast in await self._store.broadcasts(None, ("sending",)):
            course = known.get(broadcast.key)
            if course is None or course.rendered.catalogue is not catalogue:
                rendered = Rendered(view(broadcast), self._way.channel, catalogue, self._clock)
                course = course or Course(rendered, broadcast)
                course.rendered = rendered
            if course.rendered.is_barred:
                await self._store.turn(None, broadcast.key, ("sending",), "paused", BARRED)
                _log.warning("alert-barred")
                continue
            course.broadcast = broadcast
            self._all[broadcast.key] = course
        self._reasons = {key: word for key, word in self._reasons.items() if key in self._all}

    async def _room(self, course: Course, limit: int) -> int:
        """How many may be claimed: of the first part no more than it has, then none for a while."""
        if course.broadcast.held_until is not None:
            return limit
        tally = await self._store.tally(None, course.key)
        if tally is None:
            return 0
        first = max(FIRST, -(-tally.audience // FIRST_SHARE))
        out = tally.sending + tally.sent + tally.uncertain + sum(number for _, number in tally.failed)
        if out >= first and not tally.sending:
            life = course.rendered.view.alert.urgency == "life"
            await self._store.hold(course.key, self._clock.now() + (_HOLD_LIFE if life else _HOLD))
            _log.info("alert-held", sent=out)
            self._read_at = float("-inf")
        return min(limit, max(0, first - out))

    async def _claim(self, course: Course, lease: Lease, limit: int) -> tuple[DueDelivery, ...]:
        left = await self._daily.left()
        judge, full = self._judge(course, left)
        self._unclear.add(course)
        claimed = await self._store.claim_deliveries(
            course.key,
            self._mark,
            lease,
            course.after,
            limit,
            judge,
            sessions=self._way.channel.window_seconds is not None,
        )
        course.later += claimed.later
        if claimed.last:
            course.after = claimed.last
        else:
            course.end_of_pass(self._clock.monotonic())
        if left is not None:
            await self._daily.opened(sum(map(course.rendered.is_closed, claimed.rows)))
            await self._say(course, DAILY if full() else "")
        if claimed.last:  # at the end of a pass it is looked whether a claim was carried out that had been given up
            self._unclear.discard(course)
        return claimed.rows

    def _judge(self, course: Course, left: int | None) -> tuple[Judge, Callable[[], bool]]:
        """The judge, and whether it had to leave somebody for another day. It runs in the writer's thread."""
        rendered, channel = course.rendered, self._way.channel
        view, now = rendered.view, self._clock.now()
        reach = Reach(
            windows={channel.name: channel.window_seconds},
            template=lambda language: rendered.has_template(language),
        )
        places = gazetteer(rendered.catalogue.places).get
        decide = judge_for(view.broadcast, view.alert, now, places, reach)
        if left is None:
            return decide, lambda: False
        free, full = left, False

        def within(to: DueDelivery) -> str:
            nonlocal free, full
            said = decide(to)
            if said == "send" and rendered.is_closed(to):
                full = full or free == 0
                said, free = ("later", 0) if free == 0 else (said, free - 1)
            return said

        return within, lambda: full

    async def _say(self, course: Course, reason: str) -> None:
        if self._reasons.get(course.key, course.broadcast.reason) == reason:
            return
        self._reasons[course.key] = reason
        await self._store.turn(None, course.key, ("sending",), "sending", reason)
