"""The composition root: the only place that wires the parts together."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

from bot.app.opening import CannotStart, listen, listen_for_metrics, messengers, opened_store
from bot.app.running import Running
from bot.catalogue import Cache, Live
from bot.settings import Settings
from bot.warm import warm

__all__ = ["CannotStart", "serve"]


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Do what ``settings.roles`` say until SIGINT or SIGTERM. ``announce`` is told the address of the web chat, or what
    this process does when it has none.

    Raises CannotStart, BrokenCatalogue, StoreError or ChannelUnusable before anything is served.
    """
    with contextlib.ExitStack() as stack:
        measured = listen_for_metrics(settings)
        stack.enter_context(measured or contextlib.nullcontext())
        listening = listen(settings) if "web" in settings.roles else None
        stack.enter_context(listening or contextlib.nullcontext())
        async with opened_store(settings) as store, messengers(settings) as (telegram, whatsapp):
            cache = Cache(settings.cache)
            live = Live(
                settings.content_dir,
                today=_today,
                kept=await store.kept_flows(),
                prepare=partial(warm, cache=cache),
                cache=cache,
            )
            for flow, version, source in live.sources:
                await store.keep_flow(flow, version, source)
            await Running(settings, store, live, listening, measured, telegram, whatsapp).run(announce)


def _today() -> date:
    return datetime.now(UTC).date()
