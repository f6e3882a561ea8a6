"""A process that dies in the middle of a talk: what was said is there once, what was answered arrives once."""

import asyncio

from bot.conversation import Event
from tests.delivery.running import FAST, Begin
from tests.desk.people import ANNA, WAGES, Talker, only, read, said
from tests.threats.talking import update


async def test_a_line_is_committed_with_its_update(begin: Begin) -> None:
    bot = await begin(flood_pace=FAST)
    talker = Talker(bot)
    await talker.meets()
    await talker.asks_for_person()
    updates = [update(Event(kind="text", text=f"Химки, {number}"), talker.person) for number in range(20)]
    asking = [asyncio.create_task(bot.receives(one)) for one in updates]
    await asyncio.sleep(0)
    await bot.dies()
    await asyncio.gather(*asking, return_exceptions=True)

    again = await begin(flood_pace=FAST)
    for one in updates:
        await again.receives(one)
    ticket = (await only(again)).ticket
    lines = [text for by, text in said(await read(again, ticket)) if text.startswith("Химки")]
    assert sorted(lines) == sorted(f"Химки, {number}" for number in range(20))


async def test_an_answer_survives_and_its_notice_comes_once_more_at_most(begin: Begin) -> None:
    bot = await begin()
    talker = Talker(bot)
    await talker.meets()
    await talker.asks_for_person()
    ticket = (await only(bot)).ticket
    seen = (await read(bot, ticket)).lines[-1].id
    assert await bot.delivery.desk.answer(WAGES, ticket, ANNA, "Слушаю", seen) == "sent"
    await bot.dies()

    again = await begin()
    await again.delivery.outbox.idle()
    notices = [text for text in again.api.texts(talker.chat) if text.startswith("Вам есть ответ")]
    assert len(notices) in {1, 2}
    assert "Слушаю" in (await Talker(again).says("1"))[0]
    assert await again.delivery.desk.answer(WAGES, ticket, ANNA, "ещё", seen) == "stale"
