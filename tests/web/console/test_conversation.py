"""Inbox and conversation: what is answered arrives once, what two write at once is told, what is read is counted."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from structlog.testing import capture_logs

from bot.store import Entry
from tests.desk.test_web import asks_for_person
from tests.web.console.conftest import Open
from tests.web.console.objects import FOREIGN, SAID, everything, ticket
from tests.web.console.staffing import ADMIN, Browser, person
from tests.web.serving import Page, Site, texts, token


@pytest.fixture
async def anna(safar: Site, opens: Open) -> Browser:
    page = await opens()
    await page.signs_in(await person(safar, "anna"))
    return page


@pytest.fixture
async def boris(safar: Site, opens: Open) -> Browser:
    page = await opens()
    await page.signs_in(await person(safar, "boris"))
    return page


def seen(page: Browser) -> str:
    return page.page.split('data-seen="')[1].split('"')[0]


async def audited(safar: Site, handle: str = "anna") -> list[str]:
    return [row.what for row in await safar.store.staff.audit(None, 100) if row.handle == handle][::-1]


async def test_the_inbox_shows_urgent_ones_first_and_nothing_that_anybody_wrote(safar: Site, anna: Browser) -> None:
    await ticket(safar)
    urgent = await ticket(safar, urgent=True)
    foreign = await ticket(safar, FOREIGN)
    await anna.get("/console/inbox")
    assert anna.page.index(urgent) < anna.page.rindex("/console/tickets/")
    assert f'data-urgent="{urgent}"' in anna.page
    assert anna.shows("узбекский (латиница)")
    assert anna.shows("ждёт")
    assert SAID not in anna.page
    assert foreign not in anna.page


async def test_from_question_to_closing(safar: Site, anna: Browser) -> None:
    async with Page(safar) as phone:
        await asks_for_person(phone)
        await anna.get("/console/inbox")
        (one,) = await safar.delivery.desk.inbox("wages-desk")
        path = f"/console/tickets/{one.ticket.hex()}"
        await anna.get(path)
        assert anna.shows("Химки, 40 000")
        await anna.post(f"{path}/note", {"text": "позвонить в инспекцию", "seen": seen(anna)})
        assert anna.shows("Заметка")
        await anna.post(f"{path}/answer", {"text": "Есть договор?", "seen": seen(anna)})
        assert anna.status == 200
        assert "позвонить" not in texts(await phone.waits())
        assert "Есть договор?" in texts(await phone.says("1"))

        await anna.post(f"{path}/transfer", {"to": FOREIGN})
        assert anna.shows("Человека спросили")
        await anna.post(f"{path}/close")
        assert anna.path == "/console/inbox"
        await anna.get(path)
        assert anna.shows("Разговор закрыт")
        assert not anna.shows("Химки")
        assert not anna.shows("инспекцию")
        assert await anna.post(f"{path}/answer", {"text": "Ещё", "seen": "0"}) == 409
    assert await audited(safar) == [
        "signed-in",
        "ticket-opened",
        "ticket-noted",
        "ticket-opened",
        "ticket-answered",
        "ticket-opened",
        "transfer-offered",
        "ticket-opened",
        "ticket-closed",
        "ticket-opened",
        "ticket-opened",
    ]


async def test_of_two_who_answer_at_once_the_second_reads_the_first_and_keeps_the_draft(
    safar: Site, anna: Browser, boris: Browser
) -> None:
    path = f"/console/tickets/{await ticket(safar)}"
    await anna.get(path)
    await boris.get(path)
    statuses = await asyncio.gather(
        anna.post(f"{path}/answer", {"text": "Ответ Анны", "seen": seen(anna)}),
        boris.post(f"{path}/answer", {"text": "Ответ Бориса", "seen": seen(boris)}),
    )
    assert sorted(statuses) == [200, 409]
    late, first = (boris, "Анны") if boris.status == 409 else (anna, "Бориса")
    assert late.shows(f"Ответ {first}")
    assert late.shows("ещё не отправлен")
    assert "Ответ " in late.page.split("<textarea")[1].split("</textarea>")[0]
    assert await late.post(f"{path}/answer", {"text": "Дополню", "seen": seen(late)}) == 200


async def test_a_form_that_comes_twice_is_one_answer(safar: Site, anna: Browser) -> None:
    name = await ticket(safar)
    path = f"/console/tickets/{name}"
    await anna.get(path)
    form = {"text": "  Есть договор?\n", "seen": seen(anna)}
    for _ in range(3):
        assert await anna.post(f"{path}/answer", form) == 200
    notes = {"text": "позвонить", "seen": form["seen"]}
    assert set(await asyncio.gather(*(anna.post(f"{path}/note", notes) for _ in range(5)))) == {200}
    await anna.get(path)
    assert anna.page.count("Есть договор?") == 1
    assert anna.page.count("позвонить") == 1
    assert (await audited(safar)).count("ticket-answered") == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 3001])
async def test_an_empty_or_too_long_answer_is_refused_and_kept(safar: Site, anna: Browser, text: str) -> None:
    path = f"/console/tickets/{await ticket(safar)}"
    await anna.get(path)
    assert await anna.post(f"{path}/answer", {"text": text, "seen": seen(anna)}) == 422
    assert f">{text}</textarea>" in anna.page


async def test_a_person_who_erased_themselves_is_told_and_nothing_of_them_shows(safar: Site, anna: Browser) -> None:
    async with Page(safar) as phone:
        await asks_for_person(phone)
        (one,) = await safar.delivery.desk.inbox("wages-desk")
        path = f"/console/tickets/{one.ticket.hex()}"
        await anna.get(path)
        await phone.says("удалить")
        await phone.does(kind="choice", choice=token("option", "delete", "sure", "erase"))
        assert await anna.post(f"{path}/answer", {"text": "Вы здесь?", "seen": seen(anna)}) == 410
        assert anna.shows("Человек ушёл")
        assert anna.shows("Вы здесь?")
        assert "Химки" not in anna.page
        for again in (path, f"{path}/live"):
            assert await anna.get(again) == 410


async def test_the_thirty_first_ticket_in_an_hour_stays_shut_and_rings(
    safar: Site, anna: Browser, boris: Browser
) -> None:
    names = [await ticket(safar) for _ in range(31)]
    with capture_logs() as logs:
        assert [await anna.get(f"/console/tickets/{name}") for name in names] == [200] * 30 + [429]
        assert await anna.get(f"/console/tickets/{names[30]}/live") == 429
    assert SAID not in anna.page
    alarms = [line for line in logs if line["event"] == "mass-reading-stopped"]
    assert len(alarms) == 2
    assert all(line["log_level"] == "error" for line in alarms)
    assert "anna" not in str(alarms)
    assert await anna.get(f"/console/tickets/{names[0]}") == 200
    assert await boris.get(f"/console/tickets/{names[30]}") == 200
    assert (await audited(safar)).count("reading-stopped") == 2


async def test_a_failure_of_the_store_keeps_what_was_typed_possible_to_send(safar: Site, anna: Browser) -> None:
    path = f"/console/tickets/{await ticket(safar)}"
    await anna.get(path)
    form = {"text": "Есть договор?", "seen": seen(anna)}
    await safar.store.close()
    assert await anna.post(f"{path}/answer", form) == 503
    assert anna.shows("Ничего не записано и не отправлено")


async def test_a_page_that_only_looks_by_itself_is_out_after_half_an_hour(safar: Site, anna: Browser) -> None:
    path = f"/console/tickets/{await ticket(safar)}"
    await anna.get(path)
    for minutes, status in ((20, 200), (31, 401)):
        with time_machine.travel(safar.time.now() + timedelta(minutes=minutes), tick=True):
            assert await anna.get(f"{path}/live") == status
    assert SAID not in anna.page


async def test_whoever_does_something_stays_in(safar: Site, anna: Browser) -> None:
    path = f"/console/tickets/{await ticket(safar)}"
    for minutes in (20, 40, 60):
        with time_machine.travel(safar.time.now() + timedelta(minutes=minutes), tick=True):
            await anna.get(path)
            assert anna.path == path


async def test_the_audit_holds_no_ticket_by_name(safar: Site, anna: Browser, tmp_path: Path) -> None:
    name = await ticket(safar)
    await anna.get(f"/console/tickets/{name}")
    await safar.store.staff.record(Entry(handle="anna", what="ticket-closed", object=bytes.fromhex(name)))
    assert name not in str(everything(tmp_path)["audit"]).replace("\\x", "")
    assert bytes.fromhex(name) not in [row[4] for row in everything(tmp_path)["audit"]]
    assert ADMIN.what in {row[3] for row in everything(tmp_path)["audit"]}
