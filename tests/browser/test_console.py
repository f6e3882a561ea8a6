"""The console in real browsers: caseworkers on bad lines, two at once, somebody who leaves, and hostile words."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from tests.browser.desk import Desk, another_page
from tests.browser.payloads import PAYLOADS
from tests.browser.tab import Tab, label, tab
from tests.web.console.objects import SAID, ticket
from tests.web.console.staffing import ADMIN, Person, person
from tests.web.serving import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def asks_for_person(phone: Tab) -> None:
    await phone.opens()
    await phone.taps("Русский")
    await phone.types("поговорить с человеком")
    for choice in (label("person.what.need"), label("person.need.wages"), "Да", label("person.hours.any")):
        await phone.taps(choice)
    await phone.types("Химки, 40 000")


async def test_from_open_to_closed_with_a_line_that_drops(browser: Browser, office: Site, desks: Any) -> None:
    anna: Desk = await desks("anna")
    await expect(anna.page.get_by_text("Сейчас никто не ждёт")).to_be_visible()
    async with tab(browser, office.url) as phone:
        await asks_for_person(phone)
        row = anna.page.locator(".inbox a")
        await anna.waits()
        await expect(row).to_have_count(1)
        await expect(anna.page).to_have_title("(1) Разговоры")
        assert "Химки" not in await anna.page.content()
        await row.click()
        await anna.shows("Химки, 40 000")

        await anna.page.wait_for_load_state()  # the page is whole, with what keeps an answer, before the line drops
        await anna.page.context.set_offline(True)
        await anna.sends("Есть договор?")
        await expect(anna.state).to_contain_text("отправим сами")
        assert await anna.draft.input_value() == "Есть договор?"
        await anna.page.context.set_offline(False)
        await anna.waits()
        await anna.shows("Есть договор?")
        await expect(anna.draft).to_have_value("")
        assert await anna.state.text_content() == ""

        await phone.page.get_by_text("Вам есть ответ").wait_for()
        await phone.types("1")
        await phone.page.get_by_text("Есть договор?").wait_for()
        await phone.types("Договора нет")
        await anna.waits()
        await anna.shows("Договора нет")

        await anna.page.get_by_text("Заметка, передача, закрыть").click()
        await anna.page.get_by_role("button", name="Закрыть разговор").click()
        await expect(anna.page.locator(".inbox a")).to_contain_text("закрыт")
        await anna.page.locator(".inbox a").click()
        assert "Химки" not in await anna.page.content()


async def test_an_answer_whose_confirmation_was_lost_arrives_once(office: Site, desks: Any) -> None:
    anna: Desk = await desks("anna")
    name = await ticket(office)
    await anna.opens(name)
    lost = 0

    async def lose(route: Route) -> None:
        nonlocal lost
        lost += 1
        if lost <= 2:
            await route.fetch()
            await route.abort()
        else:
            await route.continue_()

    await anna.page.route("**/answer", lose)
    await anna.page.locator("details summary").click()
    await anna.sends("Есть договор?")
    await expect(anna.state).to_contain_text("отправим сами")
    async with anna.page.expect_event("requestfailed"):
        await anna.waits()
    await anna.waits()
    await expect(anna.draft).to_have_value("")
    assert lost == 3
    await anna.page.reload()
    await anna.shows("Есть договор?")


async def test_two_who_answer_at_once(office: Site, desks: Any) -> None:
    anna, boris = await desks("anna"), await desks("boris")
    name = await ticket(office)
    for desk in (anna, boris):
        await desk.opens(name)
    await boris.draft.fill("Ответ Бориса")
    await anna.sends("Ответ Анны")
    await anna.shows("Ответ Анны")

    await boris.waits()
    await boris.shows("Ответ Анны")
    await expect(boris.state).to_contain_text("пришло новое")
    await boris.sends()
    await expect(boris.state).to_contain_text("ещё не отправлен")
    await expect(boris.page.locator(".lines .new")).to_contain_text("Ответ Анны")
    assert await boris.draft.input_value() == "Ответ Бориса"

    await boris.sends()
    await boris.shows("Ответ Бориса")
    await anna.waits()
    await anna.shows("Ответ Бориса")


async def test_a_person_who_erases_themselves_in_the_middle(browser: Browser, office: Site, desks: Any) -> None:
    anna: Desk = await desks("anna")
    async with tab(browser, office.url) as phone:
        await asks_for_person(phone)
        (one,) = await office.delivery.desk.inbox("wages-desk")
        await anna.opens(one.ticket.hex())
        await anna.shows("Химки")
        await anna.draft.fill("Я уже пишу вам")
        await phone.types("удалить")
        await phone.page.get_by_role("button", name=label("delete.sure.erase")).last.click()

        await anna.waits()
        await expect(anna.page.get_by_role("heading", name="Человек ушёл")).to_be_visible()
        assert "Химки" not in await anna.page.content()
        assert await anna.draft.input_value() == "Я уже пишу вам"
        assert await anna.page.get_by_role("button", name="Отправить").is_disabled()
        assert await office.delivery.desk.inbox("wages-desk") == []
        await anna.draft.fill("")


async def test_who_was_signed_out_keeps_the_text_and_sends_it_after_signing_in(office: Site, desks: Any) -> None:
    anna: Desk = await desks("anna")
    name = await ticket(office)
    await anna.opens(name)
    await anna.draft.fill("Есть договор?")
    await office.store.staff.set_roles(None, "anna", ("caseworker",), ADMIN)
    await anna.sends()
    await expect(anna.state).to_contain_text("Вы вышли")
    assert await anna.draft.input_value() == "Есть договор?"

    account = await office.store.staff.account("anna")
    assert account is not None
    async with anna.page.context.expect_page() as opened:
        await anna.page.get_by_role("link", name="Войдите в новой вкладке").click()
    other = Desk(Tab(await opened.value, office.url))
    anna_again = Person(office, "anna", account.totp, ())
    await other.signs_in(anna_again)
    await other.page.close()
    await anna.waits()
    await expect(anna.state).to_have_text("")
    await anna.sends()
    await anna.shows("Есть договор?")


def chunks(most: int) -> list[str]:
    """All payloads, in texts of at most so many characters."""
    texts = [""]
    for payload in PAYLOADS:
        if len(texts[-1]) + len(payload) > most:
            texts.append("")
        texts[-1] = f"{texts[-1]}\n{payload}".strip()
    return texts


async def test_hostile_words_are_shown_as_they_are_typed(office: Site, desks: Any, tmp_path: Path) -> None:
    assert len(PAYLOADS) >= 100
    anna: Desk = await desks("anna")
    boss: Desk = await desks("boss", "admin")

    async def in_conversations(said: list[tuple[str, str]]) -> None:
        async with another_page(anna) as desk:
            for name, text in said:
                await desk.opens(name)
                await desk.sends(text)
                await desk.shows_all([text] * 2)
                await desk.page.locator("details summary").click()
                await desk.page.locator("#note textarea").fill(text)
                await desk.page.get_by_role("button", name="Записать").click()
                await desk.shows_all([text] * 3)
                await desk.page.reload()
                await desk.shows_all([text] * 3)
                await desk.draft.fill(text)
                await office.delivery.desk.note("wages-desk", bytes.fromhex(name), "boris", text)
                await desk.sends()
                await expect(desk.state).to_contain_text("ещё не отправлен")
                assert await desk.draft.input_value() == text
                await desk.draft.fill("")

    async def in_forms(path: str, longest: int) -> None:
        async with another_page(boss) as desk:
            await desk.page.goto(f"{office.url}/console/{path}")
            for payload in [one for one in PAYLOADS if len(one) <= longest][:15]:
                if path == "staff":  # the form is asked to wait for a code, and lies hidden in that page
                    await desk.page.goto(f"{office.url}/console/{path}")
                await desk.page.locator("input[name=handle]").last.fill(payload)
                for field in ("password", "invitation"):
                    if await desk.page.locator(f"input[name={field}]").count():
                        await desk.page.locator(f"input[name={field}]").fill(payload)
                async with desk.page.expect_navigation():
                    await desk.page.locator("main form button").last.click()
                assert await desk.page.locator("input[name=handle]").last.input_value() == payload, path

    with closing(sqlite3.connect(tmp_path / "data" / "safar.db")) as connection, connection:
        connection.execute("update staff_sessions set confirmed = 0")
    said = [(await ticket(office, said=text), text) for text in chunks(2900)]
    await asyncio.gather(
        *(in_conversations(said[at::3]) for at in range(3)),
        *(in_forms(path, 32 if path == "staff" else 64) for path in ("sign-in", "invitation", "staff")),
    )


@pytest.mark.parametrize("width", [360, 1280])
async def test_every_page_fits_and_is_used_by_keyboard(
    browser: Browser, office: Site, pictures: Path, width: int
) -> None:
    names = [await ticket(office, urgent=urgent) for urgent in (False, True)]
    await office.delivery.desk.note("wages-desk", bytes.fromhex(names[0]), "boris", SAID)
    async with (
        tab(browser, office.url, viewport={"width": width, "height": 740}) as one,
        tab(browser, office.url, viewport={"width": width, "height": 740}) as two,
    ):
        anna, boss = Desk(one), Desk(two)
        await anna.page.goto(f"{office.url}/console/sign-in")
        await anna.page.keyboard.press("Tab")
        await anna.page.keyboard.type("anna")
        await anna.page.keyboard.press("Tab")
        await anna.page.keyboard.type("not this password")
        await anna.page.keyboard.press("Enter")
        await expect(anna.page.get_by_role("alert")).to_be_visible()
        await anna.signs_in(await person(office, "anna"))
        await boss.is_signed_in(await person(office, "boss", "admin"))
        for desk, path in (
            (anna, "sign-in"),
            (anna, "invitation"),
            (anna, "inbox"),
            (anna, f"tickets/{names[0]}"),
            (anna, "account"),
            (boss, "staff"),
        ):
            await desk.page.goto(f"{office.url}/console/{path}")
            for details in await desk.page.locator("details summary").all():
                await details.click()
            await desk.fits(pictures / f"console-{path.partition('/')[0]}-{width}.png")


async def test_urgent_ones_mark_the_title_and_ring(office: Site, desks: Any) -> None:
    anna: Desk = await desks("anna")
    await anna.tab.runs(
        "window.rings = 0, window.AudioContext = class extends AudioContext {"
        " createOscillator() { window.rings += 1; return super.createOscillator(); } }, 0"
    )
    await anna.page.get_by_role("button", name="Включить звук").click()
    assert await anna.tab.runs("window.rings") == 3
    await ticket(office, urgent=True)
    await anna.waits()
    await expect(anna.page).to_have_title("❗1 срочно · (1) Разговоры")
    assert await anna.tab.runs("window.rings") == 6
    async with anna.page.expect_response("**/live"):
        await anna.waits()
    await asyncio.sleep(0.2)
    assert await anna.tab.runs("window.rings") == 6
