import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from bot.channels import ChannelUnusable
from bot.channels.telegram import connect, poll
from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, BotApi, bot_api


class Taker:
    """Takes updates; ``breaks`` of the first tries fail."""

    def __init__(self, breaks: int = 0) -> None:
        self.taken: list[int] = []
        self.breaks = breaks
        self.slept: list[float] = []
        self.seconds = 0.0

    async def receive(self, raw: bytes) -> None:
        if self.breaks:
            self.breaks -= 1
            raise OSError("the disk is full")
        self.taken.append(json.loads(raw)["update_id"])

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def monotonic(self) -> float:
        return self.seconds


@asynccontextmanager
async def polling(api: BotApi, taker: Taker) -> AsyncIterator[asyncio.Task[None]]:
    caller = connect(TOKEN, api.base_url, timeout_seconds=5)
    task = asyncio.create_task(poll(caller, taker.receive, taker.sleep, taker.monotonic))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, ChannelUnusable):
            await task
        await caller.close()


async def test_updates_are_taken_in_order_and_confirmed_only_then() -> None:
    async with bot_api() as api:
        for number in range(250):
            await api.says(number, "hi")
        taker = Taker()
        async with polling(api, taker):
            await api.until(lambda: api.waiting == 0)
        assert taker.taken == sorted(taker.taken)
        assert len(taker.taken) == 250


async def test_a_batch_that_was_not_taken_comes_again() -> None:
    async with bot_api() as api:
        await api.says(1, "one")
        await api.says(1, "two")
        taker = Taker(breaks=1)
        async with polling(api, taker):
            await api.until(lambda: api.waiting == 0)
        assert len(set(taker.taken)) == 2
        assert taker.slept == [2.0]


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        (botapi.flood(7), 7.0),
        (botapi.UNAUTHORIZED, 60.0),
        (botapi.SERVER_ERROR, 2.0),
        (botapi.BAD_GATEWAY, 2.0),
        (botapi.Fault(status=200, body=b'{"ok": true, "result": 1}'), 2.0),
    ],
)
async def test_after_a_failure_it_waits_and_asks_again(fault: botapi.Fault, pause: float) -> None:
    async with bot_api() as api:
        api.fail("getUpdates", fault)
        await api.says(1, "hi")
        taker = Taker()
        async with polling(api, taker):
            await api.until(lambda: api.waiting == 0)
        assert taker.slept == [pause]
        assert len(taker.taken) == 1


async def test_who_comes_second_on_one_token_stops_and_the_first_goes_on() -> None:
    """THREATS F26."""
    async with bot_api() as api:
        first, second = Taker(), Taker()
        async with polling(api, first):
            await api.until(lambda: api.made("getUpdates"))
            first.seconds = 3600.0  # it has polled for an hour
            async with polling(api, second) as late:
                with pytest.raises(ChannelUnusable, match="another program takes this bot's updates"):
                    await asyncio.wait_for(late, 5)
            assert first.slept == [35.0]
            await api.says(1, "hi")
            await api.until(lambda: first.taken)


async def test_who_was_first_stops_as_well_when_the_other_stays() -> None:
    async with bot_api() as api:
        conflict = botapi.error(409, "Conflict: terminated by other getUpdates request")
        taker = Taker()
        async with polling(api, taker) as task:
            await api.until(lambda: api.made("getUpdates"))
            taker.seconds = 3600.0
            api.judge = lambda call: conflict
            await api.says(1, "hi")  # ends the question under way
            with pytest.raises(ChannelUnusable, match="stop it"):
                await asyncio.wait_for(task, 5)
        assert taker.slept == [35.0, 35.0]
