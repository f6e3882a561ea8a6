"""The road, end to end, as a person walks it: `safar run`, a real update, a flow in Kyrgyz or Tajik, sourced guidance,
and from one messenger to the other."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import botapi
from tests.fakes.botapi import BotApi
from tests.fakes.graphapi import GraphApi, graph_api
from tests.fakes.graphdemo import environment
from tests.faults.process import Process

PERSON = 700_001
USER, OTHER = "TJ.20000000000000000001", "UZ.20000000000000000002"


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    async with botapi.bot_api() as api:
        yield api


@pytest.fixture
async def graph() -> AsyncIterator[GraphApi]:
    async with graph_api(keeps_seconds=60) as api:
        yield api
        assert api.problems == []
        assert api.hook.given_up == []


async def _after(api: BotApi, act: str, *, typed: bool = False) -> str:
    """What the person reads after a tap or a text."""
    before = len(api.made("sendMessage", "editMessageText"))
    await (api.says(PERSON, act) if typed else api.taps(PERSON, act))
    await api.until(
        lambda: [call for call in api.made("sendMessage", "editMessageText")[before:] if call.ok], seconds=20
    )
    return str(api.made("sendMessage", "editMessageText")[-1].params["text"])


@pytest.mark.timeout(120)
async def test_an_unpaid_wage_over_telegram_in_kyrgyz(bot_api: BotApi, tmp_path: Path) -> None:
    safar = Process(tmp_path, bot_api.base_url, SAFAR_PUBLIC_URL="", TELEGRAM_WEBHOOK_SECRET="")
    await safar.start()
    try:
        assert "Тилди тандаңыз" in await _after(bot_api, "/start", typed=True)
        assert "000" in await _after(bot_api, "Кыргызча")
        await _after(bot_api, "Кыргызстан")
        assert "«стоп»" in await _after(bot_api, "Россияда")  # alerts only for those who want them
        assert "Кандай жардам керек?" in await _after(bot_api, "Жок, кереги жок")
        assert "Алгач эң маанилүүсү." in await _after(bot_api, "айлык", typed=True)
        assert "Паспортуңуз өзүңүздөбү?" in await _after(bot_api, "Жок")
        assert "канча толук ай" in await _after(bot_api, "Ооба, өзүмдө")
        assert "келишим" in await _after(bot_api, "эки", typed=True)
        assert "Сизде эмне бар?" in await _after(bot_api, "Жок, сөз жүзүндө")
        await _after(bot_api, "1, 2", typed=True)
        guidance = await _after(bot_api, "Даяр")
        assert "1\xa0жыл" in guidance  # a fact, in her language
        assert "Бүгүнкү кадам" in guidance
        assert "Текшерилген" in await _after(bot_api, "Айлыкты бербей жатат")
    finally:
        assert await safar.stop() == 0


async def _start_on_whatsapp(graph: GraphApi, folder: Path, telegram_api: str = "") -> Process:
    """Polling on Telegram, where there is one; WhatsApp by a real webhook."""
    off = {} if telegram_api else {"TELEGRAM_TOKEN": ""}
    own = {"SAFAR_PUBLIC_URL": "", "TELEGRAM_WEBHOOK_SECRET": "", **off, **environment(graph.base_url)}
    safar = Process(folder, telegram_api or "https://api.telegram.org", **own)
    await safar.start()
    url = f"http://127.0.0.1:{safar.port}/whatsapp"
    assert not await graph.hook.subscribe(url, "another-word")
    assert await graph.hook.subscribe(url, own["WHATSAPP_VERIFY_TOKEN"])
    return safar


async def _answer(graph: GraphApi, act: str, *, typed: bool = False, user: str = USER) -> str:
    """What the person reads after a tap or a text: one message, however long."""
    before = len(graph.shown(user))
    await (graph.says(user, act) if typed else graph.taps(user, act))
    await graph.until(lambda: len(graph.shown(user)) > before, 20)
    assert len(graph.shown(user)) == before + 1
    return graph.shown(user)[-1].text


@pytest.mark.timeout(120)
async def test_an_unpaid_wage_over_whatsapp_in_tajik_from_the_first_word_to_delete_me(
    graph: GraphApi, tmp_path: Path
) -> None:
    safar = await _start_on_whatsapp(graph, tmp_path)
    graph.person(USER, phone="")  # a username hides the number
    try:
        assert "Забонро интихоб кунед" in await _answer(graph, "салом", typed=True)
        assert "«нест кардан»" in await _answer(graph, "Тоҷикӣ")  # who can see this, and the word that forgets
        await _answer(graph, "Тоҷикистон")
        assert "«стоп»" in await _answer(graph, "Дар Россия")  # alerts only for those who want them
        assert "Чӣ ёрӣ лозим?" in await _answer(graph, "Не, лозим нест")
        assert "Аввал чизи аз ҳама муҳим." in await _answer(graph, "маош", typed=True)
        assert "Шиноснома дар дасти шумост?" in await _answer(graph, "Не")
        await _answer(graph, "Ҳа, дар дастам")
        assert "Шартномаи хаттӣ ҳаст?" in await _answer(graph, "ду", typed=True)
        assert "Шумо чӣ доред?" in await _answer(graph, "Не, танҳо даҳонӣ")
        await _answer(graph, "1, 2", typed=True)
        guidance = await _answer(graph, "Тайёр")
        assert "1\xa0сол" in guidance  # a fact, in the person's language
        assert "*Қадам барои имрӯз:*" in guidance
        assert "Санаи санҷиш" in await _answer(graph, "Маошро намедиҳанд")
        await _answer(graph, "меню", typed=True)
        await _answer(graph, "Кор ва маош")
        titles = [button.title for button in graph.shown(USER)[-1].buttons()]
        assert len(titles) == 10  # of eleven: "back" is a word that need not be a line
        await _answer(graph, "санҷидани кор", typed=True)
        await _answer(graph, "гузаред", typed=True)
        titles = [button.title for button in graph.shown(USER)[-1].buttons()]
        await _answer(graph, "боз", typed=True)
        further = [button.title for button in graph.shown(USER)[-1].buttons()]
        assert further
        assert set(titles) & set(further) == {"Боз"}
        await _answer(graph, "нест кардан", typed=True)
        assert "Дар WhatsApp: ҳамаи паёмҳо. Ин чатро худатон тоза кунед." in await _answer(graph, "Ҳа, пок шавад")
        await asyncio.sleep(2.1)  # so many messages in a row: the next may come when two seconds are over (T66)
        assert "Выберите язык" in await _answer(graph, "салом", typed=True)
        said = [call for call in graph.made("messages") if call.params.get("type")]
        assert {call.params["recipient"] for call in said} == {USER}
        assert len(graph.marked) == len(said)  # one message a turn, each of the person's marked as read
    finally:
        assert await safar.stop() == 0


@pytest.mark.timeout(120)
async def test_from_telegram_to_whatsapp_by_a_code(bot_api: BotApi, graph: GraphApi, tmp_path: Path) -> None:
    safar = await _start_on_whatsapp(graph, tmp_path, bot_api.base_url)
    try:
        await _after(bot_api, "/start", typed=True)
        await _after(bot_api, "Тоҷикӣ")
        await _after(bot_api, "Тоҷикистон")
        await _after(bot_api, "Дар Россия")
        await _after(bot_api, "иваз кардани мессенҷер", typed=True)
        code = re.search(r"\d{4} \d{4} \d{4} \d", await _after(bot_api, "Дар чати кӯҳна"))
        assert code
        assert "Выберите язык" in await _answer(graph, "салом", typed=True)

        before = len(bot_api.chats[PERSON])
        here = await _answer(graph, code[0], typed=True)
        assert "Чӣ ёрӣ лозим?" in here  # known at once, in Tajik
        await bot_api.until(lambda: len(bot_api.chats[PERSON]) > before, 20)
        assert "Бо рамзи шумо суҳбат ба чати дигар гузашт." in bot_api.texts(PERSON)[-1]

        assert "Аввал чизи аз ҳама муҳим." in await _answer(graph, "маош", typed=True)
        assert "Выберите язык" in await _after(bot_api, "салом", typed=True)
        assert "Выберите язык" in await _answer(graph, code[0], typed=True, user=OTHER)  # a code works once
    finally:
        assert await safar.stop() == 0
