"""Replies on their way out: each contact's in strict order, the oldest first, none lost by a crash.

A row comes here straight from the turn that made it, or, after a start or an overload, from the store. It is claimed
before it is sent and settled after, so that a crash repeats at most what was being sent.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog

from bot.channels import Channel, Report, Request
from bot.delivery.batch import Batch
from bot.delivery.clock import Clock
from bot.delivery.counts import Counts
from bot.delivery.gate import Gate
from bot.delivery.lane import Job, Lane, Recipient
from bot.delivery.notices import Notices
from bot.delivery.pacing import Buckets
from bot.delivery.sending import Ended, Sender
from bot.store import News, OutboxRow, Settled, Store, StoreClosed, StoreError

_PAGE: Final = 500

_log = structlog.get_logger()


class Outbox:
    """``channels`` are those that push, by name. All of it runs in one event loop."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        counts: Counts,
        *,
        chance: Callable[[], float] = random.random,
        most_in_memory: int = 5_000,
        poll_seconds: float = 2.0,
    ) -> None:
        """``chance`` draws from 0 to 1."""
        self._store = store
        self._channels = channels
        self._clock = clock
        self._most = most_in_memory
        self._poll_seconds = poll_seconds
        self._gates: dict[tuple[str, str], Gate] = {}
        self._lanes: dict[Recipient, Lane] = {}
        #: The rows that are in memory.
        self._known: dict[int, Job] = {}
        #: Older rows than those offered may wait in the store: it is read up to its end before offers are taken.
        self._behind = True
        self._cursor = 0
        #: A row was offered and left to the store.
        self._missed = False
        self._stopping = False
        self._poller: asyncio.Task[None] | None = None
        chats = {name: Buckets(channel.chat_pace) for name, channel in channels.items()}
        self._notices = Notices(clock)
        self._sender = Sender(
            clock, chance, chats, Batch(self._claim).ask, Batch(self._settle).ask, self._notices, counts
        )

    async def start(self) -> None:
        """Take up what an earlier process left. Raises StoreError."""
        again = await self._store.recover()
        _log.info("outbox-started", waiting_again=again)
        await self._catch_up()
        self._poller = asyncio.create_task(self._poll())

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
        while self._lanes or self._behind:
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
        """Make ``calls``, remove the messages of ``wipe``, and send ``rows``, which the store has committed.

        Never waits. ``wipe`` (None: nothing is hidden) also drops what this contact has still to get.
        """
        if calls:
            self._add(to, Job(requests=calls))
        if wipe is not None:
            if to in self._lanes:
                self._lanes[to].drop()
            self._add(to, Job(wipe=wipe))
        for row in rows:
            if row.id and (self._behind or len(self._known) >= self._most):
                self._behind = self._missed = True
            elif not row.id or row.id not in self._known:
                self._add(to, Job(row))

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
            lane = self._lanes[to] = Lane(to, self._channels[to.channel])
        if job.id:
            self._known[job.id] = job
        lane.add(job)
        if lane.task is None and not self._stopping:
            lane.task = asyncio.create_task(self._run(lane))

    async def _run(self, lane: Lane) -> None:
        gate = self._gate(lane.to)
        try:
            while lane.jobs and not (self._stopping and lane.jobs[0].id):
                job = lane.jobs[0]
                ended = await self._carried(lane, job, gate)
                if ended is Ended.WAITS:
                    continue
                lane.jobs.popleft()
                self._known.pop(job.id, None)
                if ended is Ended.BLOCKED:
                    break
        except StoreClosed:
            pass
        finally:
            for job in lane.jobs:
                self._known.pop(job.id, None)
            del self._lanes[lane.to]

    async def _carried(self, lane: Lane, job: Job, gate: Gate) -> Ended:
        """Raises StoreClosed; whatever else goes wrong, the lane goes on."""
        try:
            return await self._sender.send(lane, job, gate)
        except StoreClosed:
            raise
        except StoreError as error:
            _log.error("outbox-store-failed", kind=type(error).__name__)
            await self._clock.sleep(self._poll_seconds)
            return Ended.WAITS

    async def _poll(self) -> None:
        while True:
            await self._clock.sleep(self._poll_seconds)
            try:
                await self._catch_up()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("outbox-store-failed", kind=type(error).__name__)

    async def _catch_up(self) -> None:
        """Read what waits in the store, up to its end or to the limit of memory."""
        if not self._behind:
            self._cursor = 0
        while len(self._known) < self._most // 2:
            self._missed = False
            rows = await self._store.unsent(tuple(self._channels), _PAGE, self._cursor)
            for row in rows:
                if row.id not in self._known:
                    self._add(Recipient(row.channel, row.account, row.address), Job(row))
            if len(rows) == _PAGE:
                self._behind, self._cursor = True, rows[-1].id
            elif not self._missed:
                self._behind, self._cursor = False, 0
                return

    def _gate(self, to: Recipient) -> Gate:
        account = (to.channel, to.account)
        gate = self._gates.get(account)
        if gate is None:
            gate = self._gates[account] = Gate(self._channels[to.channel].pace, self._clock)
        return gate

    async def _claim(self, ids: list[int]) -> list[bool]:
        ours = await self._store.claim(ids)
        return [id in ours for id in ids]

    async def _settle(self, results: list[Settled]) -> list[None]:
        await self._store.settle(results)
        return [None] * len(results)
