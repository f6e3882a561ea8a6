"""Tells what waits to be told, again with growing pauses for three days, each thing under one name."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

import msgspec
import structlog

from bot.delivery.broadcasts.tallying import ShownTally, shown
from bot.delivery.clock import Clock, SystemClock
from bot.delivery.webhooks.signing import headers_of
from bot.store import ApiStore, CallState, StoreClosed, StoreError, WebhookCall
from bot.store.broadcast_protocol import BroadcastStore

#: After each try that failed; together three days.
PAUSES: Final = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 73_000)
)
_AT_ONCE: Final = 8
_LOOK_SECONDS: Final = 2.0
_GONE: Final = 410

_log = structlog.get_logger()


class Post(Protocol):
    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        """The status of the answer; 0 when there was none."""


class _Data(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    code: str
    state: str
    reason: str
    tally: ShownTally | None


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """``timestamp``: of the event, not of this try."""

    type: str
    timestamp: str
    data: _Data


class Webhooks:
    """Several processes may run one each: what one has claimed no other tells."""

    def __init__(
        self,
        store: ApiStore,
        broadcasts: BroadcastStore,
        post: Post,
        *,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        told: Callable[[str], None] = lambda outcome: None,
    ) -> None:
        """``chance`` draws from 0 to 1. ``told`` counts how calls ended: done, failed, given-up, ended."""
        self._store = store
        self._broadcasts = broadcasts
        self._post = post
        self._clock = clock or SystemClock()
        self._chance = chance
        self._told = told

    async def run(self) -> None:
        """Until it is cancelled; a call under way is made again later, under the same name."""
        while True:
            try:
                busy = await self.tell()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("webhook-store-failed", why=str(error))
                busy = False
            if not busy:
                await self._clock.sleep(_LOOK_SECONDS)

    async def tell(self) -> bool:
        """Make the calls that are due, a handful at most; was there any? Raises StoreError."""
        calls = await self._store.claim_calls(_AT_ONCE)
        ended = await asyncio.gather(*(self._call(call) for call in calls), return_exceptions=True)
        for failed in ended:
            if isinstance(failed, BaseException):
                raise failed
        return bool(calls)

    async def _call(self, call: WebhookCall) -> None:
        webhook = await self._store.webhook(call.organisation)
        if webhook is None or webhook.ended:
            await self._store.settle_call(call, "ended", 0)
            return
        body = msgspec.json.encode(await self._what(call))
        moment = int(self._clock.now().timestamp())
        headers = headers_of(f"msg_{call.message.hex()}", moment, body, webhook.secrets)
        status = await self._post(webhook.url, body, headers)
        await self._settle(call, status)

    async def _what(self, call: WebhookCall) -> _Told:
        """Without a text, and nobody's data. The numbers are of this moment: messengers tell of some later."""
        broadcast = await self._broadcasts.broadcast(call.organisation, call.broadcast)
        tally = await self._broadcasts.tally(call.organisation, call.broadcast)
        return _Told(
            type=f"alert.{call.event}",
            timestamp=f"{call.made:%Y-%m-%dT%H:%M:%SZ}",
            data=_Data(
                key=call.broadcast.hex(),
                code=broadcast.code if broadcast else "",
                state=call.event,
                reason=call.reason,
                tally=shown(tally) if tally else None,
            ),
        )

    async def _settle(self, call: WebhookCall, status: int) -> None:
        state: CallState
        due = None
        if 200 <= status < 300:
            state = "done"
        elif status == _GONE:
            state = "ended"
        elif call.tries > len(PAUSES):
            state = "given-up"
        else:
            state = "waiting"
            due = self._clock.now() + PAUSES[call.tries - 1] * (0.9 + self._chance() / 10)
        ours = await self._store.settle_call(call, state, status, due)
        if not ours:
            return
        self._told("failed" if state == "waiting" else state)
        if state in ("given-up", "ended"):
            _log.error(f"webhook-{state}", organisation=call.organisation, status=status, tries=call.tries)
