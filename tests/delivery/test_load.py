"""Many contacts at once through the webhook, with faults: nothing lost, nothing out of order (THREATS section 4)."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.delivery import Pace
from bot.store import StoreError
from tests.delivery.running import Begin, Running
from tests.fakes import botapi
from tests.fakes.botapi import BotApi, Call, Fault
from tests.fakes.load import Load

CONTACTS, EVENTS = 40, 12


@asynccontextmanager
async def webhook(running: list[Running]) -> AsyncIterator[str]:
    """The last of ``running`` takes what is posted; 200 only after the commit."""

    async def take(request: web.Request) -> web.Response:
        bot = running[-1]
        try:
            await bot.delivery.inbox.receive(bot.channel, await request.read())
        except StoreError:
            return web.Response(status=503)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await runner.cleanup()


def word(chat: int, number: int) -> str:
    return ("/start", "эхо")[number] if number < 2 else f"знак{number}"


def mark(text: str) -> Iterator[int]:
    found = re.match(r"Вы написали знак(\d+)", text)
    yield int(found[1]) if found else int(text.startswith("Ещё?"))


async def test_a_load_is_answered_whole_once_and_in_order(begin: Begin, api: BotApi) -> None:
    bot = await begin(flood_pace=Pace(1000, 1000))
    load = Load(api, contacts=CONTACTS, events=EVENTS)
    async with webhook([bot]) as url:
        await load.push(url, "", word)
    await bot.delivery.outbox.idle()
    report = load.report(mark)
    assert report.sent == CONTACTS * EVENTS
    assert (report.lost, report.repeats, report.disorder) == (0, 0, 0)


async def test_f16_f1_lost_answers_and_restarts_lose_nothing_and_repeat_little(begin: Begin, api: BotApi) -> None:
    """5 % of the answers are lost; three times the process is dropped in the middle and the next one goes on."""
    chance = random.Random(20)
    lost_answers = 0

    def judge(call: Call) -> Fault | None:
        nonlocal lost_answers
        if call.method == "sendMessage" and chance.random() < 0.05:
            lost_answers += 1
            return Fault(carried_out=True, hangs_seconds=5)
        return None

    api.judge = judge
    settings = {"flood_pace": Pace(1000, 1000), "timeout_seconds": 1.0}
    running = [await begin(**settings)]
    load = Load(api, contacts=CONTACTS, events=EVENTS)
    async with webhook(running) as url:
        pushing = asyncio.create_task(load.push(url, "", word))
        in_flight = 0
        for part in (1, 2, 3):
            await _until_taken(api, load, part * CONTACTS * EVENTS // 4)
            in_flight += sum(lane.busy for lane in running[-1].delivery.outbox._lanes.values())
            await running[-1].dies()
            running.append(await begin(**settings))
        await pushing
    await running[-1].delivery.outbox.idle()
    report = load.report(mark)
    assert load.refused > 0
    assert report.sent == CONTACTS * EVENTS
    assert (report.lost, report.disorder) == (0, 0)
    assert report.repeats <= lost_answers + in_flight


async def test_f17_a_flood_control_under_load_loses_nothing(begin: Begin, api: BotApi) -> None:
    bot = await begin(flood_pace=Pace(1000, 1000))
    load = Load(api, contacts=CONTACTS, events=EVENTS)
    async with webhook([bot]) as url:
        pushing = asyncio.create_task(load.push(url, "", word))
        await api.until(lambda: len(api.made("sendMessage")) > 50, seconds=10)
        api.fail("sendMessage", *[botapi.flood(1)] * 3)
        await pushing
    await bot.delivery.outbox.idle()
    report = load.report(mark)
    assert (report.lost, report.repeats, report.disorder) == (0, 0, 0)


async def _until_taken(api: BotApi, load: Load, count: int) -> None:
    await api.until(lambda: load.taken >= count, seconds=20)
