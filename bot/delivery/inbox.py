"""Updates on their way in: each taken once, one contact's one after another, different contacts' at once.

Order and sameness are the store's (``Store.take``); here floods are stopped, poison is set aside, and what a turn says
goes on to the outbox.
"""

import asyncio
from collections.abc import Callable, Mapping
from traceback import extract_tb
from typing import Any, Final, Protocol, TypeVar

import structlog
from msgspec.structs import replace

from bot.catalogue import Catalogue
from bot.channels import Channel, Incoming, Pace
from bot.conversation import Event
from bot.delivery.clock import Clock
from bot.delivery.counts import Counts
from bot.delivery.flood import Flood, Protective, Verdict
from bot.delivery.lane import Recipient
from bot.delivery.meters import Meters
from bot.delivery.moving import Tries, move_code
from bot.delivery.outbox import Outbox
from bot.delivery.step import Step, Steps, timer_event
from bot.delivery.turns import Turns
from bot.store import DueTimer, OutboxRow, SealBroken, Store, StoreError, Taken, Work

_TRIES: Final = 3
#: Updates that are remembered: without an event, whose calls were made, so that a repeat makes none; and those that the
#: store could not keep, so that their repeats are no flood.
_REMEMBERED: Final = 1_000

_T = TypeVar("_T")

_log = structlog.get_logger()


class Wake(Protocol):
    """Told when replies were committed that this process does not bring: for a channel that pulls, outside of a request
    of its own, or for an account from which another process sends."""

    def __call__(self, channel: str, address: str) -> None: ...


class Inbox:
    def __init__(
        self,
        store: Store,
        steps: Steps,
        outbox: Outbox,
        counts: Counts,
        catalogue: Callable[[], Catalogue],
        clock: Clock,
        wake: Wake,
        flood_pace: Pace,
        meters: Meters,
        turns: Turns,
    ) -> None:
        self._meters = meters
        self._turns = turns
        self._store = store
        self._steps = steps
        self._outbox = outbox
        self._counts = counts
        self._catalogue = catalogue
        self._clock = clock
        self._wake = wake
        self._flood = Flood(flood_pace)
        self._tries = Tries()
        self._protective: Protective | None = None
        self._called: dict[tuple[str, str], None] = {}
        #: What was judged of updates that must come again.
        self._judged: dict[tuple[str, str], Verdict] = {}

    async def receive(self, channel: Channel, raw: bytes) -> None:
        """Take all that one body holds, each contact's in its order. Returns after the commit; raises StoreError when
        not all of it is safe: then it must come again."""
        took = await asyncio.gather(
            *(self.take(channel, incoming) for incoming in channel.parse(raw)), return_exceptions=True
        )
        for failed in took:
            if isinstance(failed, BaseException):
                raise failed

    async def take(self, channel: Channel, incoming: Incoming) -> Taken:
        """Take one update. Returns after the commit; raises StoreError when it is not safe.

        For a channel that pulls, ``Taken.rows`` is what it has to show.
        """
        to = Recipient(channel.name, incoming.account, incoming.address)
        if incoming.mark:
            await self._store.mark(to.channel, to.account, to.address, incoming.mark)
        if incoming.report:
            await self._outbox.report(incoming.account, incoming.report)
        event = incoming.event
        if event is None:
            self._call(to, incoming)
            return await self._renamed(to, incoming) if incoming.also else Taken()
        self._outbox.heard(to)
        if event.kind == "text" and (code := move_code(event.text)) and await self._moved(to, code):
            event = Event(kind="moved")
        counts: list[str] = []
        step = self._steps.turn(event, channel.name, incoming.context, counts)
        verdict = self._judged.pop((to.account, incoming.update), None) or self._judge(to, event)
        if verdict in (Verdict.DROP, Verdict.LOOP):
            if incoming.ref is not None and channel.pushes:
                self._flood.unkept(to, incoming.ref)
            self._meters.took(to.channel, "dropped", 0.0)
            return Taken()
        if verdict is Verdict.NOTICE:
            step = self._steps.phrase("slow-down", incoming.context)
        work = Work(
            channel=to.channel,
            account=to.account,
            address=to.address,
            also=incoming.also,
            update=incoming.update,
            ref=self._flood.refs(to, incoming.ref),
            step=step,
        )
        began = self._clock.monotonic()
        try:
            with self._turns:
                taken = await self._taken(work, event, self._steps.menu(channel.name, incoming.context))
        except StoreError:
            self._meters.took(to.channel, "failed", self._clock.monotonic() - began)
            _remember(self._judged, (to.account, incoming.update), verdict)
            raise
        self._meters.took(to.channel, "repeat" if taken.repeat else "taken", self._clock.monotonic() - began)
        if channel.pushes and not taken.repeat:
            wipe = tuple(one for ref in taken.wipe for one in ref.split()) if taken.wipe else None
            self._outbox.offer(to, taken.rows, incoming.calls, wipe)
        self._counts.add(counts)
        return taken

    async def _renamed(self, to: Recipient, incoming: Incoming) -> Taken:
        """The person is known by another address from now on."""
        work = Work(
            channel=to.channel,
            account=to.account,
            address=to.address,
            also=incoming.also,
            update=incoming.update,
            step=self._steps.nothing(),
        )
        return await self._store.take(work)

    async def _moved(self, to: Recipient, code: str) -> bool:
        """Bring over who was given this code in another chat, and tell that chat (T24). Raises StoreError."""
        if not self._tries.allows(to, self._clock.monotonic()):
            return False
        moved = await self._store.move(code, to.channel, to.account, to.address, self._steps.farewell)
        if moved is not None and moved.farewell is not None:
            self._offer(moved.farewell)
        return moved is not None

    def _offer(self, *rows: OutboxRow) -> None:
        """Rows that came by no request of their contact's own."""
        for row in rows:
            to = Recipient(row.channel, row.account, row.address)
            if self._outbox.pushes(to.channel):
                self._outbox.offer(to, (row,))
            else:
                self._wake(to.channel, to.address)

    async def ring(self, timer: DueTimer) -> None:
        """Take a timer whose time has come, once. Raises StoreError."""
        event = timer_event(timer.body)
        counts: list[str] = []
        work = Work(
            channel=timer.channel,
            account=timer.account,
            contact=timer.contact,
            update=f"timer:{timer.id}",
            step=self._steps.turn(event, timer.channel, {}, counts),
        )
        taken = await self._taken(work, event, self._steps.nothing())
        self.send_on(taken)
        self._counts.add(counts)
        await self._store.drop_timer(timer.id)

    def send_on(self, taken: Taken) -> None:
        """Replies that nobody's request waits for."""
        if not taken.repeat:
            self._offer(*taken.rows)

    async def _taken(self, work: Work, event: Event, instead: Step) -> Taken:
        """The work done; after three tries ``instead`` of it, and if that fails too, nothing but its id."""
        try:
            taken = await self._store.take(work)
            tries = 1
            while taken.error is not None and tries < _TRIES:
                taken = await self._store.take(work)
                tries += 1
            if taken.error is None:
                return taken
            _log.error("event-set-aside", **_traits(work, event, taken.error))
            taken = await self._store.take(replace(work, step=instead))
            if taken.error is not None:
                _log.error("menu-failed", **_traits(work, event, taken.error))
                taken = await self._store.take(replace(work, step=self._steps.nothing()))
        except SealBroken:
            # It would fail for ever: told to the messenger as taken, so that it holds up nothing else.
            _log.error("contact-unreadable", channel=work.channel)
            return Taken()
        return taken

    def _judge(self, to: Recipient, event: Event) -> Verdict:
        verdict = self._flood.judge(to, self._clock.monotonic(), event.text)
        if verdict is Verdict.PASS:
            return verdict
        catalogue = self._catalogue()
        if self._protective is None or self._protective.catalogue is not catalogue:
            self._protective = Protective(catalogue)
        return Verdict.PASS if self._protective.holds(event) else verdict

    def _call(self, to: Recipient, incoming: Incoming) -> None:
        update = (incoming.account, incoming.update)
        if incoming.calls and update not in self._called:
            _remember(self._called, update, None)
            self._outbox.offer(to, (), incoming.calls)


def _remember(known: dict[tuple[str, str], _T], update: tuple[str, str], what: _T) -> None:
    known[update] = what
    if len(known) > _REMEMBERED:
        del known[next(iter(known))]


def _traits(work: Work, event: Event, error: Exception) -> Mapping[str, Any]:
    """What may be logged of a failed turn: never the error's own words, which may hold the person's."""
    frames = extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return {"channel": work.channel, "kind": event.kind, "error": type(error).__name__, "place": place}
