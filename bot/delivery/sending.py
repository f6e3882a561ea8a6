"""One reply, sent: rendered, paced, claimed, its failures judged by the table, its end recorded."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto
from typing import Final, Literal

import structlog

from bot.channels import Channel, DeliveryFailed, Request
from bot.conversation import Reply
from bot.delivery.clock import Clock
from bot.delivery.counts import Counts
from bot.delivery.failures import failure
from bot.delivery.gate import Gate, Rank
from bot.delivery.lane import Job, Lane
from bot.delivery.meters import Meters
from bot.delivery.notices import Notices
from bot.delivery.pacing import Buckets
from bot.delivery.parcel import unpack
from bot.delivery.turns import Turns
from bot.store import Settled

#: A reply that old helps nobody; its end is logged and counted.
_OLD_SECONDS: Final = 24 * 3600
_FEW_TRIES: Final = 6
_LONGEST_WAIT_SECONDS: Final = 60.0
#: A platform that tells what became of a message has so long to tell that it arrived, before it is sent once more.
_REPORT_SECONDS: Final = 15.0
#: The window is taken to close so much earlier: a message needs its time.
_WINDOW_MARGIN_SECONDS: Final = 120

_log = structlog.get_logger()

#: The fence of a lease, and a row.
Claim = tuple[int, int]


class Ended(Enum):
    #: Sent, set aside, or not ours any more.
    DONE = auto()
    #: It stays first in its lane, and may be sent now.
    WAITS = auto()
    #: The contact gets nothing more.
    BLOCKED = auto()


class Sender:
    """``claim`` and ``settle`` are the store's, for one row. Raises StoreError when they do."""

    def __init__(
        self,
        clock: Clock,
        chance: Callable[[], float],
        chats: Mapping[str, Buckets],
        claim: Callable[[Claim], Awaitable[bool]],
        settle: Callable[[Settled], Awaitable[None]],
        notices: Notices,
        counts: Counts,
        meters: Meters,
        turns: Turns,
    ) -> None:
        self._clock = clock
        self._turns = turns
        self._meters = meters
        self._chance = chance
        self._chats = chats
        self._claim = claim
        self._settle = settle
        self._notices = notices
        self._counts = counts

    async def send(self, lane: Lane, job: Job) -> Ended:
        """Carry one job on. Cancelled, it leaves a claimed row to ``Store.recover``."""
        try:
            if job.dropped:
                return await self._give_up(lane, job, "hidden")
            if job.requests is None:
                try:
                    self._open(lane, job)
                    if not job.requests and job.closed:
                        return await self._give_up(lane, job, "window-closed")
                except Exception as error:  # whatever a stored body holds, the contact's other replies go on
                    _log.error("reply-unreadable", kind=type(error).__name__)
                    return await self._give_up(lane, job, "unreadable")
            assert job.requests is not None
            while job.requests:
                request = job.requests[0]
                if request.aside and job.wipe is None:
                    await self._aside(lane, request)
                    job.requests.popleft()
                elif job.arrived and job.left in job.arrived:
                    job.requests.popleft()
                elif (ended := await self._insist(lane, job, request)) is not None:
                    return ended
            if job.id:
                refs = " ".join(job.refs) or None
                await self._settle(
                    Settled(id=job.id, state="sent", ref=refs, reported=lane.channel.reports, fence=job.fence)
                )
                self._meters.ended(lane.to.channel, "reply", "sent")
            return Ended.DONE
        finally:
            lane.busy = False

    def _open(self, lane: Lane, job: Job) -> None:
        """Raises whatever an unreadable body makes it raise."""
        channel, address = lane.channel, lane.to.address
        if job.wipe is not None:
            refs = dict.fromkeys((*job.wipe, *lane.refs))
            job.requests, job.made = deque(channel.render_wipe(tuple(refs), address)), self._seconds()
            return
        assert job.row is not None
        parcel = unpack(job.row.body)
        job.made, job.urgent = parcel.made, parcel.urgent
        job.closed = job.closed or self._window_is_over(channel, parcel.heard)
        reply, context = (as_plain_text(parcel.reply), {}) if job.plain else (parcel.reply, parcel.context)
        job.requests = deque(channel.render(reply, address, context, closed=job.closed))

    def _window_is_over(self, channel: Channel, heard: int) -> bool:
        window = channel.window_seconds
        return window is not None and self._seconds() - heard > window - _WINDOW_MARGIN_SECONDS

    async def _insist(self, lane: Lane, job: Job, request: Request) -> Ended | None:
        """Make a request that counts, when its turn comes. None: go on with what is left of the job."""
        gate = lane.way.gate
        await self._wait_for_turn(lane, job)
        began: float | None = None
        told = False
        try:
            if job.dropped:
                return await self._give_up(lane, job, "hidden")
            if self._seconds() - job.made > _OLD_SECONDS:
                return await self._give_up(lane, job, "expired")
            with self._turns:
                claimed = await self._claimed(lane, job)
            if not claimed:
                return Ended.DONE
            if job.id:
                await lane.way.sure()
            began = self._clock.monotonic()
            try:
                tracking = f"{job.id}-{job.left}" if job.id else ""
                sent = await lane.channel.send(request, lane.to.account, tracking)
            except DeliveryFailed as failed:
                told = True
                tell(gate, failed, began)
                return await self._failed(lane, job, failed)
            except Exception as error:  # a fault of the channel's own; the contact's other replies go on
                _log.error("channel-broken", method=request.method, kind=type(error).__name__)
                return await self._give_up(lane, job, "unreadable")
            told = True
            gate.answered(began)
        finally:
            if not told:
                gate.unused() if began is None else gate.ended()
        assert job.requests is not None
        job.requests.popleft()
        if lane.channel.reports:  # where what arrives is told, it costs money
            self._counts.add((f"sent:{lane.to.channel}",))
        if sent.ref:
            job.refs.append(sent.ref)
            lane.refs.append(sent.ref)
        return None

    async def _claimed(self, lane: Lane, job: Job) -> bool:
        """The row is ours to send or to end, and was written down so."""
        lane.busy = True
        if job.id and not job.claimed:
            lease = lane.way.lease
            if lease is None or not await self._claim((lease.fence, job.id)):
                return False
            job.claimed, job.fence = True, lease.fence
        return True

    def _seconds(self) -> float:
        return self._clock.now().timestamp()

    async def _wait_for_turn(self, lane: Lane, job: Job) -> None:
        gate = lane.way.gate
        if job.wipe is not None:  # shows nothing, so the chat's own pace does not count it
            return await gate.enter(Rank.URGENT)
        chats = self._chats[lane.to.channel]
        while wait := chats.of(lane.to, self._clock.monotonic()).wait(self._clock.monotonic()):
            await self._clock.sleep(wait)
        await gate.enter(Rank.URGENT if job.urgent else Rank.REPLY)
        now = self._clock.monotonic()
        chats.of(lane.to, now).take(now)

    async def _aside(self, lane: Lane, request: Request) -> None:
        gate = lane.way.gate
        if gate.is_shut:
            return
        try:
            sent = await lane.channel.send(request, lane.to.account)
            if request.fleeting and sent.ref:
                for removal in lane.channel.render_wipe((sent.ref,), lane.to.address):
                    await lane.channel.send(removal, lane.to.account)
        except DeliveryFailed as failed:
            _log.debug("aside-failed", method=request.method, code=failed.code)
            if failed.account_wide:
                self._notices.tell("account-trouble", failed.code, lane.to.account)
            if (pause := pause_of(failed)) is not None:
                gate.close(pause)

    async def _failed(self, lane: Lane, job: Job, failed: DeliveryFailed) -> Ended | None:
        assert job.requests is not None
        row = failure(failed.code)
        self._notices.tell("reply-failed", failed.code, lane.to.account, way=row.way, tries=job.tries + 1)
        job.tries += 1
        match row.way:
            case "fine":
                job.requests.popleft()
                return None
            case "plain" if job.requests[0].instead is not None:
                job.requests[0] = job.requests[0].instead
                return None
            case "plain" if job.id and not job.plain:
                job.plain, job.requests = True, None
                return await self._again(lane, job, 0)
            case "template" if job.id and not job.closed:
                job.closed, job.requests = True, None
                return await self._again(lane, job, 0)
            case "once" if not job.unclear:
                job.unclear = True
                if lane.channel.reports:
                    return await self._again(lane, job, _REPORT_SECONDS)
            case "few" if job.tries < _FEW_TRIES:
                pass
            case "again" if job.id or job.tries < _FEW_TRIES:
                pass
            case _:
                return await self._give_up(lane, job, failed.code, blocks=row.blocks)
        paused = failed.account_wide or row.pause_seconds is not None
        return await self._again(
            lane, job, 0 if paused else failed.retry_after_seconds or self._backoff(job.tries, row.base)
        )

    async def _again(self, lane: Lane, job: Job, seconds: float) -> Ended:
        """The row waits in the store again, so that a crash does not count it as sent."""
        if job.id:
            await self._settle(Settled(id=job.id, state="retry", due=self._clock.now(), fence=job.fence))
            job.claimed = False
        lane.busy = False
        if seconds:
            await self._clock.sleep(seconds)
        return Ended.WAITS

    async def _give_up(self, lane: Lane, job: Job, code: str, *, blocks: bool = False) -> Ended:
        if not await self._claimed(lane, job):
            return Ended.DONE
        self._notices.tell("reply-set-aside", code, lane.to.account, tries=job.tries)
        if job.id:
            mark: Literal["", "blocked"] = "blocked" if blocks else ""
            await self._settle(Settled(id=job.id, state="failed", code=code, mark=mark, fence=job.fence))
            self._meters.ended(lane.to.channel, "reply", code)
        return Ended.BLOCKED if blocks else Ended.DONE

    def _backoff(self, tries: int, base: float) -> float:
        return float(min(_LONGEST_WAIT_SECONDS, base ** (tries - 1)) * (0.5 + self._chance() / 2))


def pause_of(failed: DeliveryFailed) -> float | None:
    """How long the whole account must stand still, 0 for a time that grows; None: it need not."""
    pause = failure(failed.code).pause_seconds
    return failed.retry_after_seconds or pause or 0 if failed.account_wide or pause is not None else None


def tell(gate: Gate, failed: DeliveryFailed, began: float) -> None:
    """What a failure says of the whole account."""
    if (pause := pause_of(failed)) is not None:
        gate.shut(pause)
    elif failed.unclear:
        gate.ended()
    else:
        gate.answered(began)


def as_plain_text(reply: Reply) -> Reply:
    """The same words without any form: choices are numbered, links written out."""
    lines = [reply.text]
    lines += [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, 1)]
    lines += [f"{link.label}: {link.url}" for link in reply.links]
    if reply.card:
        lines.append(f"{reply.card.name}: {', '.join(reply.card.phones)}")
    if reply.file:
        lines.append(f"{reply.file.name}: {reply.file.url}")
    if reply.pin:
        lines.append(f"{reply.pin.title}, {reply.pin.address}")
    return Reply(text="\n".join(line for line in lines if line), language=reply.language)
