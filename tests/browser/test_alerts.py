"""An alert from its draft to its correction, on small phones: those who write, let out and read how it goes."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from bot.channels.telegram import Telegram, connect
from bot.delivery import Delivery, Pace
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.clock import SystemClock
from bot.places import gazetteer
from bot.store import Outcome
from tests.browser.desk import Desk
from tests.delivery.broadcasts.alerting import ACCOUNT, FIRST_CHAT
from tests.delivery.running import LABELS
from tests.desk.people import of_today
from tests.fakes.botapi import BLOCKED, TOKEN, BotApi, bot_api
from tests.store.helpers import works
from tests.web.serving import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

PEOPLE, PER_SECOND = 34, 6.0
TEXTS = {
    "русский": "Река поднимается. Уходите на высокое место сейчас.",
    "узбекский (латиница)": "Daryo koʻtarilmoqda. Hozir baland joyga chiqing.",
    "таджикский": "Дарё баланд мешавад. Ҳозир ба ҷои баланд равед.",
}
SPEAKS = ("ru", "uz", "tg")


@pytest_asyncio.fixture(loop_scope="session")
async def telegram(office: Site) -> AsyncIterator[BotApi]:
    """People on Telegram, and a second process that sends to them slowly. One of them has blocked the bot."""
    for at in range(PEOPLE):
        profile = {"language": SPEAKS[at % 3], "citizenship": "UZ", "country": "RU", "alerts": "all"}
        told = Outcome(profile=json.dumps(profile).encode(), session=b"{}")
        await office.store.take(works(str(FIRST_CHAT + at), account=ACCOUNT, outcome=told))
    index = Index(lambda: gazetteer(of_today().places).get)
    for one in (office.following, Following(office.store, index, SystemClock())):
        await one.follow()
    async with bot_api() as api:
        api.fail("sendMessage", BLOCKED)
        channel = Telegram(connect(TOKEN, api.base_url, 5), LABELS, PER_SECOND)
        channel.chat_pace = Pace(10_000, 1_000)
        store = office.store
        delivery = Delivery(store, [channel], of_today, broadcasts=store.broadcasts, audiences=index)
        await delivery.start()
        yield api
        await delivery.stop(2)
        await channel.close()


def number(desk: Desk, name: str) -> Locator:
    """What stands beside this word in the report."""
    return desk.page.get_by_role("row", name=name).get_by_role("cell")


async def read(desk: Desk) -> dict[str, int]:
    rows = await desk.page.locator("#rows .numbers tr").all_inner_texts()
    return {name: int(count) for name, count in (row.split("\t") for row in rows)}


async def presses(desk: Desk, name: str) -> None:
    await desk.page.get_by_role("button", name=name).click()


async def fills(desk: Desk) -> None:
    form = desk.page.locator("#alert")
    await form.get_by_label("Название для коллег").fill("Паводок")
    await form.get_by_label("Название источника").fill("Штаб")
    await form.get_by_label("Ссылка, https").fill("https://example.org/news")
    await form.get_by_label("Когда источник смотрели").fill(datetime.now(UTC).date().isoformat())
    await form.get_by_label("опасность для жизни").check()
    ends = datetime.now(UTC) + timedelta(days=2)
    await form.get_by_label("Действует до").fill(ends.strftime("%Y-%m-%dT12:00"))
    for language in TEXTS:
        await form.get_by_role("group", name="Язык").get_by_label(language).check()


async def writes(desk: Desk, texts: dict[str, str]) -> None:
    for language, text in texts.items():
        await desk.page.get_by_label(f"Текст, {language}").fill(text)
    await presses(desk, "Сохранить черновик")


async def test_an_alert_from_the_draft_to_its_correction(
    office: Site, desks: Any, telegram: BotApi, pictures: Path, tmp_path: Path
) -> None:
    clara: Desk = await desks("clara", "sender", "approver")
    boris: Desk = await desks("boris", "approver")
    with closing(sqlite3.connect(tmp_path / "data" / "safar.db")) as connection, connection:
        connection.execute("update staff set created = created - 2 * 86400")

    async def pictured(desk: Desk, name: str) -> None:
        await desk.fits(pictures / f"console-alert-{name}-360.png")

    # A draft that lacks a text, and its count.
    await clara.page.get_by_role("link", name="Сообщения").click()
    await expect(clara.page.get_by_text("Пока ни одного")).to_be_visible()
    await pictured(clara, "none")
    await clara.page.get_by_role("link", name="Новое сообщение").click()
    await fills(clara)
    await pictured(clara, "form")
    await writes(clara, {"русский": TEXTS["русский"]})
    await expect(clara.page.get_by_text("Текст, таджикский")).to_be_visible()
    await pictured(clara, "unfinished")
    await clara.page.get_by_role("link", name="Изменить").click()
    await writes(clara, TEXTS)
    await expect(clara.page.get_by_text("Текст, таджикский")).to_have_count(0)
    await expect(clara.page.get_by_text("Получат: 30 из 30")).to_be_visible()
    await expect(number(clara, "Telegram")).to_have_text("30")
    await expect(clara.page.get_by_text("таджикский, Telegram")).to_be_visible()
    await expect(clara.page.locator(".text", has_text=TEXTS["таджикский"]).first).to_be_visible()
    assert re.search(r"Напишите боту код \d{8}", await clara.page.locator("main").inner_text())
    await pictured(clara, "draft")

    # Proposed: whoever wrote it cannot let it out.
    await presses(clara, "Передать на проверку")
    await expect(clara.page.get_by_text("одобрить должен другой человек")).to_be_visible()
    await expect(clara.page.get_by_role("button", name="Одобрить")).to_have_count(0)
    await pictured(clara, "waits")

    # The second person reads it, types the number, and lets it out.
    await boris.page.get_by_role("link", name="Сообщения").click()
    await expect(boris.page.get_by_text("ждёт второго человека")).to_be_visible()
    await pictured(boris, "list")
    await boris.page.get_by_role("link", name="Паводок").click()
    await expect(boris.page.get_by_role("heading", name="Паводок")).to_be_visible()
    await pictured(boris, "proposed")
    await boris.page.get_by_label("Напишите это число").fill("300")
    await presses(boris, "Одобрить: отправить")
    await expect(boris.page.get_by_role("alert")).to_contain_text("Число не то")
    await boris.page.get_by_label("Напишите это число").fill("30")
    await presses(boris, "Одобрить: отправить")

    # Both see it go, without doing anything.
    for desk in (boris, clara):
        await expect(desk.page.get_by_role("button", name="Остановить")).to_be_visible()
    await expect(number(boris, "Отправлено")).not_to_have_text("0")
    seen = await read(boris)
    await pictured(boris, "sending")
    for desk in (boris, clara):
        await expect(desk.page.locator("#rows .tag")).to_have_text("закончено")
    assert 0 < seen["Отправлено"] < PEOPLE - 1

    report = await read(clara)
    assert report == {
        "Получателей": PEOPLE,
        "Отправлено": PEOPLE - 1,
        "Ещё ждут": 0,
        "Не дошло: человек заблокировал бота": 1,
    }
    assert len(telegram.made("sendMessage")) == PEOPLE
    await pictured(clara, "done")

    # It was wrong: a correction for those who got it.
    await presses(clara, "Исправление")
    await expect(clara.page.get_by_label("Текст, русский")).to_have_value(TEXTS["русский"])
    await writes(clara, {"русский": "Река опускается. Можно вернуться домой."})
    await expect(clara.page.get_by_role("heading", name="исправление Паводок")).to_be_visible()
    await expect(clara.page.get_by_text("Получат: 30.")).to_be_visible()
    await expect(clara.page.get_by_text("Это исправление").first).to_be_visible()
    await pictured(clara, "correction")
