"""Alerts of one account on their way: claimed by the cursor, sent by a fixed number of workers, settled in batches.

Nothing here grows with the number of recipients. A recipient costs no task and no lane. What was claimed and not sent
goes back at once when the account stands still, so that pausing an alert stops it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from bot.channels import DeliveryFailed, Request
from bot.delivery.broadcasts.courses import Course, Courses
from bot.delivery.broadcasts.ending import end_of
from bot.delivery.broadcasts.room import MOST, Room
from bot.delivery.broadcasts.settling import Settling
from bot.delivery.clock import Clock, wait
from bot.delivery.counts import Counts
from bot.delivery.failures import failure
from bot.delivery.gate import Rank
from bot.delivery.lane import Recipient
from bot.delivery.meters import Meters
from bot.delivery.notices import Notices
from bot.delivery.sending import tell
from bot.delivery.turns import Turns
from bot.delivery.ways import Way
from bot.store import Lease, StoreClosed, StoreError
from bot.store.broadcast_protocol import BroadcastStore, DeliveryEnd, DueDelivery

#: Claimed at once: what the pace lets out in so long, at most so many; claimed or settled at once: fewer while people
#: are being answered, whose turns wait for the store meanwhile.
_BATCH_SECONDS: Final = 0.2
_BATCH: Final = 512
_BATCH_BESIDE_REPLIES: Final = 16
#: What was claimed and could not leave for so long goes back.
_STALE_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.5
_IDLE_SECONDS: Final = 1.0
#: At the end it is looked so often whether all has ended.
_LAST_SECONDS: Final = 0.1
_STORE_AGAIN_SECONDS: Final = 2.0
_TRY_AGAIN_SECONDS: Final = 0.5
#: So much trouble is told to staff beside the alert.
_OUTAGE_TROUBLES: Final = 10
_OUTAGE_SECONDS: Final = 60.0
_LOUD: Final = frozenset({"warning", "error"})

_log = structlog.get_logger()


class _Sending:
    __slots__ = ("course", "since", "to")

    def __init__(self, course: Course, to: DueDelivery, since: float) -> None:
        self.course = course
        self.to = to
        self.since = since


class AlertSender:
    """``busy`` tells whether something else is on its way to a chat."""

    def __init__(
        self,
        store: BroadcastStore,
        way: Way,
        courses: Courses,
        busy: Callable[[Recipient], bool],
        clock: Clock,
        notices: Notices,
        counts: Counts,
        meters: Meters,
        turns: Turns,
    ) -> None:
        self._meters = meters
        self._turns = turns
        self._store = store
        self._way = way
        self._courses = courses
        self._busy = busy
        self._clock = clock
        self._notices = notices
        self._counts = counts
        self._room = Room(lambda: way.gate.serves_replies, lambda: len(self._under_way), self._more)
        self._ready: deque[_Sending] = deque()
        #: With so few of them more are claimed.
        self._low = 0
        #: Workers that wait at the gate for one of them.
        self._at_gate = 0
        self._under_way: set[_Sending] = set()
        self._arrived = asyncio.Event()
        self._wanted = asyncio.Event()
        self._settling = Settling(store, turns, clock, self._batch, self._wanted.set)
        self._stopping = False
        self._trouble = ""

    def look(self) -> None:
        """Something has changed in the store."""
        self._courses.look()
        self._wanted.set()

    async def run(self, lease: Lease) -> None:
        """While the lease is held; cancelled when it is not any more, and then forgets all."""
        settling = asyncio.create_task(self._settling.run(lease))
        workers: list[asyncio.Task[None]] = []
        try:
            while not self._stopping:
                claimed = await self._more_ready(lease)
                if claimed and not workers:
                    workers = [asyncio.create_task(self._work(number)) for number in range(MOST)]
                    workers.append(asyncio.create_task(self._room.watch()))
                if claimed is None:
                    await wait(self._wanted, self._clock, _TICK_SECONDS if self._ready else _IDLE_SECONDS)
            self._give_back()
            while self._under_way or len(self._settling):
                await self._clock.sleep(_LAST_SECONDS)
        except StoreClosed:
            return
        finally:
            for task in (settling, *workers):
                task.cancel()
            await asyncio.gather(settling, *workers, return_exceptions=True)

    def stop(self) -> None:
        """Claim no more; ``run`` ends when what is under way has ended."""
        self._stopping = True
        self._wanted.set()

    def _more(self) -> None:
        if self._ready:
            self._arrived.set()

    # claiming

    async def _more_ready(self, lease: Lease) -> int | None:
        """Claim some if there is room for them; how many. None: wait a moment."""
        gate = self._way.gate
        if self._ready and (gate.is_shut or self._clock.monotonic() - self._ready[0].since > _STALE_SECONDS):
            self._give_back()
        try:
            await self._explain()
            limit = self._limit()
            self._low = limit // 2
            if gate.is_shut or len(self._ready) > self._low or len(self._settling) > 2 * _BATCH:
                return None
            await self._turns.over()
            found = await self._courses.claim(lease, limit, self._open_rows)
        except StoreClosed:
            raise
        except StoreError as error:
            _log.error("alert-store-failed", why=str(error))
            await self._clock.sleep(_STORE_AGAIN_SECONDS)
            return 0
        if found is None:
            return None
        course, rows = found
        now = self._clock.monotonic()
        self._ready.extend(_Sending(course, row, now) for row in rows)
        self._arrived.set()
        return len(rows)

    def _open_rows(self, key: bytes) -> set[int]:
        """What was claimed of an alert and is not written down yet."""
        sendings = (*self._ready, *self._under_way)
        return {one.to.id for one in sendings if one.course.key == key} | self._settling.open_rows(key)

    def _limit(self) -> int:
        gate = self._way.gate
        if gate.troubled:
            return 1
        return max(1, min(self._batch(), int(self._way.channel.per_second * _BATCH_SECONDS)))

    def _batch(self) -> int:
        return _BATCH_BESIDE_REPLIES if self._way.gate.serves_replies else _BATCH

    def _give_back(self) -> None:
        """What is claimed and not under way is due again."""
        back: dict[Course, list[int]] = {}
        while self._ready:
            sending = self._ready.popleft()
            back.setdefault(sending.course, []).append(sending.to.id)
            self._end(sending, DeliveryEnd(id=sending.to.id, state="due"))
        for course, ids in back.items():
            course.put_back(ids)

    async def _explain(self) -> None:
        """An outage is told beside the alerts, which wait for its end by themselves."""
        gate = self._way.gate
        if gate.troubles >= _OUTAGE_TROUBLES or gate.troubled_seconds > _OUTAGE_SECONDS:
            await self._courses.explain(self._trouble)
        elif self._trouble and not gate.troubled:
            self._trouble = ""
            await self._courses.explain("")

    # sending

    async def _work(self, number: int) -> None:
        gate, ready = self._way.gate, self._ready
        while True:
            while number >= self._room.alerts or len(ready) <= self._at_gate:
                self._arrived.clear()
                await self._arrived.wait()
            self._at_gate += 1
            try:
                await gate.enter(Rank.ALERT)
                if self._turns.are_taken():
                    await self._others_first()
            finally:
                self._at_gate -= 1
            if not ready:
                gate.unused()
                continue
            sending = ready.popleft()
            if len(ready) <= self._low:
                self._wanted.set()
            self._under_way.add(sending)
            try:
                end = await self._sent(sending)
            finally:
                self._under_way.discard(sending)
            self._end(sending, end)

    async def _others_first(self) -> None:
        """The gate was entered; whoever is being answered goes on first."""
        try:
            await self._turns.over()
        except asyncio.CancelledError:
            self._way.gate.unused()
            raise

    async def _sent(self, sending: _Sending) -> DeliveryEnd:
        """The one whose turn it is, sent; the gate was entered for it."""
        gate, to, course = self._way.gate, sending.to, sending.course
        if not self._way.is_sure() or self._busy(Recipient(to.channel, to.account, to.address)):
            gate.unused()
            course.again = True
            return DeliveryEnd(id=to.id, state="due")
        closed, tries = course.rendered.is_closed(to), 0
        while True:
            requests = course.rendered.requests(to, closed=closed)
            if not requests:
                gate.unused()
                return DeliveryEnd(id=to.id, state="skipped", code="no-template")
            refs: list[str] = []
            posted = 0
            try:
                for request in requests:
                    if posted:
                        await gate.enter(Rank.ALERT)
                    refs += await self._post(request, f"{to.id}-{len(requests) - posted - 1}")
                    posted += 1
                return DeliveryEnd(id=to.id, state="sent", ref=" ".join(refs) or None)
            except DeliveryFailed as failed:
                tries += 1
                if posted:  # a part of it has arrived
                    return DeliveryEnd(id=to.id, state="uncertain", code=failed.code)
                has_template = not closed and bool(course.rendered.requests(to, closed=True))
                end = end_of(to.id, failed, tries, has_template=has_template)
                if end is not None:
                    if end.state == "due":
                        self._trouble = failed.code
                        course.again = True
                        self._wanted.set()
                    return end
                closed = closed or failure(failed.code).way == "template"
            await self._clock.sleep(0 if closed else _TRY_AGAIN_SECONDS * tries)
            if self._stopping or gate.is_shut:
                course.again = True
                return DeliveryEnd(id=to.id, state="due")
            await gate.enter(Rank.ALERT)

    async def _post(self, request: Request, tracking: str) -> list[str]:
        """Its reference, if there is one. Raises DeliveryFailed."""
        gate, channel, account = self._way.gate, self._way.channel, self._way.account
        began, told = self._clock.monotonic(), False
        try:
            sent = await channel.send(request, account, tracking, bulk=True)
            gate.answered(began)
            told = True
        except DeliveryFailed as failed:
            tell(gate, failed, began)
            told = True
            if failure(failed.code).level in _LOUD:
                self._notices.tell("alert-failed", failed.code, account)
            raise
        except Exception as error:  # a fault of the channel's own; the other recipients get theirs
            _log.error("channel-broken", method=request.method, kind=type(error).__name__)
            raise DeliveryFailed("unreadable") from None
        finally:
            if not told:
                gate.ended()
        if channel.reports:  # where what arrives is told, it costs money
            self._counts.add((f"sent:{channel.name}",))
        return [sent.ref] if sent.ref else []

    # settling

    def _end(self, sending: _Sending, end: DeliveryEnd) -> None:
        self._settling.add(sending.course.key, end)
        if end.state != "due":
            self._meters.ended(sending.to.channel, "alert", end.code if end.state == "failed" else end.state)
