"""Asking Telegram for updates, where no public address is set."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec
import structlog

from bot.channels.protocol import ChannelUnusable, DeliveryFailed
from bot.channels.telegram.channel import Caller
from bot.channels.telegram.startup import ALLOWED_UPDATES

#: Telegram holds the question so long when nothing is new; 50 at most (Bot API 10.0).
_HOLD_SECONDS: Final = 25
_BATCH: Final = 100
_PAUSE_SECONDS: Final = 2.0
#: Telegram does not know the token: one try a minute (THREATS F19).
_REFUSED_PAUSE_SECONDS: Final = 60.0
#: Somebody else polls: at most one request in 30 seconds (THREATS F26).
_CONFLICT_PAUSE_SECONDS: Final = 35.0
#: Who polls for longer than this was there first.
_ESTABLISHED_AFTER_SECONDS: Final = 120.0
_MOST_CONFLICTS: Final = 3
_PAUSES: Final = {"conflict": _CONFLICT_PAUSE_SECONDS, "unauthorized": _REFUSED_PAUSE_SECONDS}

_log = structlog.get_logger()


class _Numbered(msgspec.Struct):
    update_id: int


_batch: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_numbered: Final = msgspec.json.Decoder(_Numbered).decode


async def poll(
    caller: Caller,
    receive: Callable[[bytes], Awaitable[None]],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """Ask for ever. ``receive`` returns once an update is safe; what it raises makes the whole batch come again.

    An update is confirmed to Telegram only after that. Raises ChannelUnusable when another program polls the same bot:
    the one that came second stops at its first conflict, the first one when the other does not go away.
    """
    offset, conflicts, began = 0, 0, monotonic()
    while True:
        params = {"limit": _BATCH, "timeout": _HOLD_SECONDS, "allowed_updates": ALLOWED_UPDATES, "offset": offset}
        try:
            updates = await _ask(caller, params)
        except DeliveryFailed as failed:
            if failed.code == "conflict":
                conflicts += 1
                if monotonic() - began < _ESTABLISHED_AFTER_SECONDS or conflicts >= _MOST_CONFLICTS:
                    raise ChannelUnusable(
                        "another program takes this bot's updates (a second Safar, or a webhook); "
                        "stop it, or give this one a bot of its own"
                    ) from None
            _log.warning("telegram-poll-failed", code=failed.code)
            await sleep(failed.retry_after_seconds or _PAUSES.get(failed.code, _PAUSE_SECONDS))
            continue
        broken = [
            error for error in await asyncio.gather(*map(receive, map(bytes, updates)), return_exceptions=True) if error
        ]
        if not broken:
            conflicts = 0
            offset = _numbered(updates[-1]).update_id + 1 if updates else offset
        elif isinstance(broken[0], Exception):
            _log.error("telegram-updates-not-taken", kind=type(broken[0]).__name__)
            await sleep(_PAUSE_SECONDS)
        else:
            raise broken[0]


async def _ask(caller: Caller, params: Mapping[str, Any]) -> list[msgspec.Raw]:
    answer = await caller.call("getUpdates", params, _HOLD_SECONDS + 10.0)
    try:
        return _batch(answer)
    except msgspec.DecodeError:
        raise DeliveryFailed("no-answer") from None
