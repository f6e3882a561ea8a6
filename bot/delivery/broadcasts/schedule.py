"""What becomes of alerts when their time comes: let out, written down, ended. By one process at a time."""

import logging
from typing import Final

import structlog

from bot.delivery.broadcasts.counting import Audiences, NotReady
from bot.delivery.broadcasts.numbers import moved
from bot.delivery.broadcasts.office import MOVED
from bot.delivery.broadcasts.preparing import due_drafts
from bot.delivery.broadcasts.views import view
from bot.delivery.clock import Clock
from bot.store import StoreClosed, StoreError
from bot.store.broadcast_protocol import Broadcast, BroadcastState, BroadcastStore

_EVERY_SECONDS: Final = 1.0
#: Drafts of alerts that come again are made days before.
_DRAFTS_EVERY_SECONDS: Final = 60.0
_UNDER_WAY: Final[tuple[BroadcastState, ...]] = ("approved", "enrolling", "sending", "paused")
EXPIRED: Final = "expired"

_log = structlog.get_logger()


class Schedule:
    def __init__(self, store: BroadcastStore, audiences: Audiences, clock: Clock) -> None:
        self._store = store
        self._audiences = audiences
        self._clock = clock
        self._drafts_at = float("-inf")

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.go()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("alerts-store-failed", why=str(error))
            await self._clock.sleep(_EVERY_SECONDS)

    async def go(self) -> None:
        """Do what is due. Raises StoreError."""
        for broadcast in sorted(await self._store.broadcasts(None, _UNDER_WAY), key=lambda one: one.created):
            await self._step(broadcast)
        if self._clock.monotonic() - self._drafts_at >= _DRAFTS_EVERY_SECONDS:
            self._drafts_at = self._clock.monotonic()
            await due_drafts(self._store, self._clock.now())

    async def _step(self, broadcast: Broadcast) -> None:
        now, key = self._clock.now(), broadcast.key
        if broadcast.draft.ends <= now:
            await self._over(broadcast)
        elif broadcast.state == "approved" and (broadcast.draft.starts or now) <= now:
            if await self._store.turn(None, key, ("approved",), "enrolling"):
                await self._enrol(broadcast)
        elif broadcast.state == "enrolling":  # another process died in the middle
            await self._store.enrol_again(key)
            await self._enrol(broadcast)
        elif broadcast.state == "sending":
            await self._ended(broadcast)

    async def _enrol(self, broadcast: Broadcast) -> None:
        """Write down who gets it, unless these are others than were approved (T34)."""
        key = broadcast.key
        if broadcast.draft.corrects:
            await self._store.enrol_corrected(key)
            await self._start(key)
            return
        alert, today, number = view(broadcast).alert, self._clock.now().date(), 0
        try:
            for chunk in self._audiences.recipients(
                alert.segment, broadcast.organisation, alert.urgency, alert.topics, today
            ):
                await self._store.enrol(key, chunk)
                number += len(chunk)
        except NotReady:  # soon after a start: begun again in a second
            await self._store.turn(None, key, ("enrolling",), "approved")
            return
        await self._start(key, MOVED if moved(broadcast.counted or 0, number) else "")

    async def _start(self, key: bytes, paused: str = "") -> None:
        audience = await self._store.start(key, paused)
        _log.log(logging.WARNING if paused else logging.INFO, "alert-started", audience=audience, paused=paused)

    async def _ended(self, broadcast: Broadcast) -> None:
        """Done when nobody waits; what is uncertain stays for a person."""
        tally = await self._store.tally(None, broadcast.key)
        if tally is not None and not tally.due and not tally.sending:
            await self._done(broadcast)

    async def _over(self, broadcast: Broadcast) -> None:
        """It is valid no more: nobody gets it from now on, and what is under way ends by itself."""
        await self._done(broadcast, EXPIRED)

    async def _done(self, broadcast: Broadcast, reason: str = "") -> None:
        if await self._store.turn(None, broadcast.key, (broadcast.state,), "done", reason):
            _log.info("alert-done", reason=reason)
