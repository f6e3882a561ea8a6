"""Replies on their way out: each contact's in strict order, the oldest first, none lost by a crash.

A row comes here straight from the turn that made it, or, after a start or an overload, from the store. It is claimed
before it is sent and settled after, so that a crash repeats at most what was being sent. Rows of an account whose lease
another process holds are left to that one.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from bot.channels import Channel, Report, Request
from bot.delivery.batch import Batch
from bot.delivery.clock import Clock, wait
from bot.delivery.counts import Counts
from bot.delivery.lane import Job, Lane, Recipient
from bot.delivery.meters import Meters
from bot.delivery.notices import Notices
from bot.delivery.pacing import Buckets
from bot.delivery.sending import Claim, Ended, Sender
from bot.delivery.turns import Turns
from bot.delivery.ways import Way, Ways
from bot.store import News, OutboxRow, Settled, Store, StoreClosed, StoreError

_PAGE: Final = 500
#: After a row could not be claimed, as an older one of the same contact lies in the store: made by another process, or
#: left by one that is no more. Each time in a row it is looked for later.
_AGAIN_SECONDS: Final = 0.05

_log = structlog.get_logger()


class Outbox:
    """``channels`` are those that push, by name. All of it runs in one event loop."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        ways: Ways,
        clock: Clock,
        counts: Counts,
        notices: Notices,
        tell: Callable[[str, str], None],
        *,
        meters: Meters,
        turns: Turns,
        chance: Callable[[], float] = random.random,
        most_in_memory: int = 5_000,
        poll_seconds: float = 2.0,
    ) -> None:
        """``tell`` gets channel and address when a row was left to another process. ``chance`` draws from 0 to 1."""
        self._store = store
        self._channels = channels
        self._ways = ways
        self._clock = clock
        self._tell = tell
        self._most = most_in_memory
        self._poll_seconds = poll_seconds
        self._lanes: dict[Recipient, Lane] = {}
        #: The rows that are in memory.
        self._known: dict[int, Job] = {}
        #: Older rows than those offered may wait in the store: it is read up to its end before offers are taken.
        self._behind = True
        self._cursor = 0
        #: A row was offered and left to the store.
        self._missed = False
        self._again_seconds = _AGAIN_SECONDS
        self._stopping = False
        self._poller: asyncio.Task[None] | None = None
        self._look = asyncio.Event()
        chats = {name: Buckets(channel.chat_pace) for name, channel in channels.items()}
        self._notices = notices
        self._sender = Sender(
            clock, chance, chats, Batch(self._claim).ask, Batch(self._settle).ask, notices, counts, meters, turns
        )
        ways.on_change.append(self._changed)

    @property
    def waiting(self) -> int:
        """How many replies are in memory, on their way."""
        return len(self._known)

    @property
    def oldest_seconds(self) -> float:
        """How long the reply has waited that waits longest, of those that are next in their chats; 0 for none."""
        now = self._clock.now().timestamp()
        made = [lane.jobs[0].made for lane in self._lanes.values() if lane.jobs and lane.jobs[0].made]
        return max(0.0, now - min(made)) if made else 0.0

    async def start(self) -> None:
        """Take up what an earlier process left. Raises StoreError."""
        await self._ways.take()
        again = await self._store.recover()
        _log.info("outbox-started", waiting_again=again, accounts=len(self._ways.held()))
        await self._catch_up()
        self._poller = asyncio.create_task(self._poll())

    def look(self) -> None:
        """Something may wait in the store: look now."""
        self._look.set()

    async def recover(self) -> None:
        """Rows that processes that are no more had claimed wait again. Raises StoreError."""
        if await self._store.recover():
            self.look()

    def busy(self, to: Recipient) -> bool:
        """Something is on its way to this chat."""
        return to in self._lanes

    async def stop(self, seconds: float = 8.0) -> None:
        """Let end what is being sent, at most for ``seconds``; the rest stays in the store."""
        self._stopping = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task]
        for lane in self._lanes.values():
            if lane.task and not lane.busy and not lane.keeps_what_nothing_else_knows:
                lane.task.cancel()
        if self._poller:
            self._poller.cancel()
            tasks.append(self._poller)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Returns when nothing waits to be sent any more."""
        while self._lanes or (self._behind and self._ways.held()):
            tasks = [lane.task for lane in self._lanes.values() if lane.task]
            await asyncio.wait(tasks or [asyncio.create_task(self._clock.sleep(self._poll_seconds))])

    def pushes(self, channel: str) -> bool:
        """Whether replies of this channel are sent by the outbox."""
        return channel in self._channels

    def offer(
        self,
        to: Recipient,
        rows: Sequence[OutboxRow],
        calls: Sequence[Request] = (),
        wipe: tuple[str, ...] | None = None,
    ) -> None:
        """Remove the messages of ``wipe``, make ``calls``, and send ``rows``, which the store has committed.

        Never waits. ``wipe`` (None: nothing is hidden) also drops what this contact has still to get. What only this
        process knows leaves from it, whoever else sends from the account.
        """
        way = self._ways.of(to.channel, to.account)
        ours = way is not None and way.lease is not None
        if wipe is not None:
            if to in self._lanes:
                self._lanes[to].drop()
            self._add(to, Job(wipe=wipe))
        if calls:
            self._add(to, Job(requests=calls))
        for row in rows:
            if row.id and not ours:
                self._tell(to.channel, to.address)
            elif row.id and (self._behind or len(self._known) >= self._most):
                self._behind = self._missed = True
            elif not row.id or row.id not in self._known:
                self._add(to, Job(row))

    def heard(self, whom: Recipient) -> None:
        """A person wrote, which may count towards the account's pace."""
        way = self._ways.of(whom.channel, whom.account)
        if way is not None:
            way.gate.came_in()

    async def report(self, account: str, report: Report) -> None:
        """The platform tells what became of a message, or of the account. Raises StoreError."""
        row, _, left = report.tracking.partition("-")
        if report.state == "failed":
            self._notices.tell("account-trouble" if not row else "reply-not-delivered", report.code, account)
        if not (row.isdecimal() and left.isdecimal()):
            return
        job = self._known.get(int(row))
        if job is not None and report.state != "failed":
            job.arrived.add(int(left))
        news = News(id=int(row), state=report.state, whole=left == "0", code=report.code)
        await self._store.report([news])

    def _add(self, to: Recipient, job: Job) -> None:
        lane = self._lanes.get(to)
        if lane is None:
            way = self._ways.of(to.channel, to.account)
            if way is None:  # an account that we had once
                return
            lane = self._lanes[to] = Lane(to, way)
        if job.id:
            self._known[job.id] = job
        lane.add(job)
        if lane.task is None and not self._stopping:
            lane.task = asyncio.create_task(self._run(lane))

    async def _run(self, lane: Lane) -> None:
        try:
            while lane.jobs and not (self._stopping and lane.jobs[0].id):
                job = lane.jobs[0]
                ended = await self._carried(lane, job)
                if ended is Ended.WAITS:
                    continue
                lane.jobs.popleft()
                self._known.pop(job.id, None)
                if ended is Ended.BLOCKED:
                    break
        except StoreClosed:
            pass
        finally:
            self._forget(lane)

    def _forget(self, lane: Lane) -> None:
        for job in lane.jobs:
            self._known.pop(job.id, None)
        if self._lanes.get(lane.to) is lane:
            del self._lanes[lane.to]

    def _changed(self, way: Way) -> None:
        """An account is ours from now on, or not any more: then its rows are forgotten at once."""
        for lane in [lane for lane in self._lanes.values() if lane.way is way]:
            kept = [job for job in lane.jobs if not job.id]
            if len(kept) == len(lane.jobs):
                continue
            if lane.task:
                lane.task.cancel()
            self._forget(lane)
            for job in kept:
                self._add(lane.to, job)
        if way.lease is not None:
            self._behind, self._cursor = True, 0
            self.look()

    async def _carried(self, lane: Lane, job: Job) -> Ended:
        """Raises StoreClosed; whatever else goes wrong, the lane goes on."""
        try:
            return await self._sender.send(lane, job)
        except StoreClosed:
            raise
        except StoreError as error:
            _log.error("outbox-store-failed", why=str(error))
            await self._clock.sleep(self._poll_seconds)
            return Ended.WAITS

    async def _poll(self) -> None:
        while True:
            await wait(self._look, self._clock, self._poll_seconds)
            try:
                await self._catch_up()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("outbox-store-failed", why=str(error))

    async def _catch_up(self) -> None:
        """Read what waits in the store, up to its end or to the limit of memory."""
        if not self._behind:
            self._cursor = 0
        held = {way.key for way in self._ways.held()}
        while held and len(self._known) < self._most // 2:
            self._missed = False
            rows = await self._store.unsent(tuple({channel for channel, _ in held}), _PAGE, self._cursor)
            held = {way.key for way in self._ways.held()}
            for row in rows:
                if row.id not in self._known and (row.channel, row.account) in held:
                    self._add(Recipient(row.channel, row.account, row.address), Job(row))
            if len(rows) == _PAGE:
                self._behind, self._cursor = True, rows[-1].id
            elif not self._missed:
                self._behind, self._cursor = False, 0
                return

    async def _claim(self, claims: list[Claim]) -> list[bool]:
        ours: set[int] = set()
        for fence in dict.fromkeys(fence for fence, _ in claims):
            ours |= await self._store.claim([id for its, id in claims if its == fence], fence)
        if all(id in ours for _, id in claims):
            self._again_seconds = _AGAIN_SECONDS
        else:
            self._behind, self._cursor = True, 0
            asyncio.get_running_loop().call_later(self._again_seconds, self.look)
            self._again_seconds = min(2 * self._again_seconds, self._poll_seconds)
        return [id in ours for _, id in claims]

    async def _settle(self, results: list[Settled]) -> list[None]:
        await self._store.settle(results)
        return [None] * len(results)
