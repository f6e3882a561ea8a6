import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.carrier import carrier
from bot.carrier.carrier import Carrier
from tests.fakes.botapi import TOKEN, BotApi, bot_api

SECONDS = 2.0


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as api:
        yield api


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """A carrier is worth having for a few posts, and let go after a moment."""
    for name, value in (("_WORTH_PER_SECOND", 10), ("_EVERY_SECONDS", 0.1), ("_IDLE_LOOKS", 30)):
        monkeypatch.setattr(carrier, name, value)


Begin = Callable[..., Awaitable[Carrier]]


@pytest.fixture
async def begin(eager: None) -> AsyncIterator[Begin]:
    """Another one that is there."""
    async with AsyncExitStack() as stack:

        async def begun(seconds: float = SECONDS) -> Carrier:
            one = Carrier(seconds, 20)
            stack.push_async_callback(one.close)
            await until_there(one)
            return one

        yield begun


async def until_there(one: Carrier) -> None:
    async with asyncio.timeout(20):
        while not one.takes():
            await asyncio.sleep(0.005)


def url(api: BotApi) -> str:
    return f"{api.base_url}/bot{TOKEN}/sendMessage"
