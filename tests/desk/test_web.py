"""The same talk on the web page, which asks for what is new: from open to closed, and erased."""

from pathlib import Path

from tests.desk.people import ANNA, WAGES, of_today
from tests.web.serving import Page, Site, site, texts, token


async def asks_for_person(page: Page) -> None:
    await page.opens()
    await page.taps(token("option", "language", "choose", "ru"))
    await page.says("поговорить с человеком")
    for node, choice in (("what", "need"), ("need", "wages"), ("agree", "yes"), ("hours", "any")):
        await page.taps(token("option", "person", node, choice))
    assert "Передали" in texts(await page.says("Химки, 40 000"))


async def the_ticket(running: Site) -> bytes:
    (summary,) = await running.delivery.desk.inbox(WAGES)
    return summary.ticket


async def test_from_open_to_closed(tmp_path: Path) -> None:
    async with site(tmp_path, served=of_today) as running, Page(running) as page:
        await asks_for_person(page)
        desk, ticket = running.delivery.desk, await the_ticket(running)
        found = await desk.open(WAGES, ticket, ANNA)
        assert found is not None
        assert await desk.answer(WAGES, ticket, ANNA, "Здравствуйте", found.lines[-1].id) == "sent"
        notice = await page.waits()
        assert texts(notice).startswith("Вам есть ответ.")
        assert "Здравствуйте" not in texts(notice)

        assert "Здравствуйте" in texts(await page.says("1"))
        assert await desk.close(WAGES, ticket, ANNA)
        assert texts(await page.waits()).startswith("Для вас есть новость.")
        assert "Человек закончил этот разговор" in texts(await page.says("1"))


async def test_erased_in_the_middle(tmp_path: Path) -> None:
    async with site(tmp_path, served=of_today) as running, Page(running) as page:
        await asks_for_person(page)
        desk, ticket = running.delivery.desk, await the_ticket(running)
        await page.says("удалить")
        await page.taps(token("option", "delete", "sure", "erase"))

        assert await desk.answer(WAGES, ticket, ANNA, "Вы здесь?", 0) == "gone"
        assert await desk.has_left(WAGES, ticket)
        assert await desk.inbox(WAGES) == []
