"""A talk with a person on WhatsApp: answers within the day as messages, later behind a template; and a talk that goes
along when its person moves to another messenger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bot.catalogue import Catalogue
from bot.channels.whatsapp.synchronise import forms
from bot.conversation import Event
from tests.desk.people import ANNA, WAGES
from tests.fakes.graphapi import GraphApi, graph_api
from tests.fakes.graphnet import BUSINESS_ID
from tests.threats.talking import introduction, option
from tests.threats.test_t01_whatsapp import content
from tests.whatsapp.running import Running

PERSON = "UZ.1001"
FIRST = (
    Event(kind="text", text="поговорить с человеком"),
    option("person", "what", "need"),
    option("person", "need", "wages"),
    option("person", "agree", "yes"),
    option("person", "hours", "any"),
    Event(kind="text", text="не платят третий месяц"),
)


@pytest_asyncio.fixture
async def graph() -> AsyncIterator[GraphApi]:
    async with graph_api() as api:
        yield api
        assert api.problems == []


@pytest_asyncio.fixture
async def running(graph: GraphApi, catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Running]:
    bot = await Running.start(graph, catalogue, tmp_path, templates=forms(catalogue.templates))
    for event in (*introduction("ru", {"citizenship": "UZ", "country": "RU"}), *FIRST):
        bot.skip(seconds=5)
        await graph.sends(PERSON, content(event))
        await bot.quiet()
    yield bot
    await bot.stop()


async def answered(bot: Running, text: str) -> str:
    """A caseworker who has read all of it."""
    (summary,) = await bot.delivery.desk.inbox(WAGES)
    talk = await bot.delivery.desk.open(WAGES, summary.ticket, ANNA)
    assert talk is not None
    result = await bot.delivery.desk.answer(WAGES, summary.ticket, ANNA, text, talk.lines[-1].id)
    await bot.quiet()
    return str(result)


async def test_an_answer_on_the_same_day_comes_as_a_message(running: Running, graph: GraphApi) -> None:
    assert await answered(running, "Напишите, где вы работали.") == "sent"
    assert graph.texts(PERSON)[-1].startswith("Вам есть ответ.")
    await graph.taps(PERSON, "Показать")
    await running.quiet()
    assert "Напишите, где вы работали." in graph.texts(PERSON)[-1]


async def test_an_answer_after_a_day_stands_behind_a_template(
    running: Running, graph: GraphApi, catalogue: Catalogue
) -> None:
    template = catalogue.templates["answer_waiting"]
    components = [
        {"type": "BODY", "text": template.body.plain("ru")},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": template.buttons[0].plain("ru")}]},
    ]
    held = graph.templates[BUSINESS_ID]
    held.create({"name": "answer_waiting", "language": "ru", "category": "UTILITY", "components": components})
    held.all["answer_waiting", "ru"]["status"] = "APPROVED"
    running.skip(days=2)
    assert await answered(running, "Мы нашли юриста.") == "sent"
    assert graph.shown(PERSON)[-1].kind == "template"
    assert "юрист" not in graph.texts(PERSON)[-1]
    await graph.taps(PERSON, template.buttons[0].plain("ru"))
    await running.quiet()
    assert "Мы нашли юриста." in graph.texts(PERSON)[-1]


async def test_the_talk_goes_along_to_another_messenger(running: Running, graph: GraphApi) -> None:
    """The other messenger is a second number here: what counts is another address."""
    await running.says(PERSON, "сменить мессенджер")
    await graph.taps(PERSON, "В старом чате")
    await running.quiet()
    code = next(word for text in reversed(graph.texts(PERSON)) for word in [text] if "Ваш код" in word)
    digits = "".join(letter for letter in code.split("*")[1] if letter.isdigit())
    await running.says("TJ.2002", digits)
    assert "Теперь Safar помнит вас здесь" in graph.texts("TJ.2002")[-1]
    assert "перешёл в другой чат" in graph.texts(PERSON)[-1]
    assert await answered(running, "Вы здесь?") == "sent"
    assert graph.texts("TJ.2002")[-1].startswith("Вам есть ответ.")
    await running.says("TJ.2002", "1")
    assert "Вы здесь?" in graph.texts("TJ.2002")[-1]


async def test_a_new_number_keeps_the_talk(running: Running, graph: GraphApi) -> None:
    new = await graph.changes_number(PERSON, "79990000001")
    await running.quiet()
    assert await answered(running, "Вы здесь?") == "sent"
    assert graph.texts(new)[-1].startswith("Вам есть ответ.")
