"""The screens of alerts: a form that loses nothing, findings in Russian, numbers that are asked for."""

import inspect
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.catalogue import source
from bot.conversation import alert_texts
from bot.delivery.broadcasts import checking, reading
from bot.delivery.broadcasts.courses import DAILY
from bot.delivery.broadcasts.model import Alert, unpack
from bot.delivery.broadcasts.office import MOVED
from bot.delivery.broadcasts.reading import write_rule
from bot.delivery.broadcasts.refusals import Finding
from bot.delivery.broadcasts.rule import All, Is
from bot.delivery.failures import FAILURES
from bot.store import Account
from bot.store.broadcast_protocol import Broadcast
from bot.text import LANGUAGES
from bot.web.console import alert_form, alert_words
from tests.delivery.broadcasts import alerts
from tests.delivery.broadcasts.offices import seen
from tests.desk.people import of_today
from tests.store.helpers import everybody
from tests.web.api.calling import people
from tests.web.console.conftest import Open
from tests.web.console.objects import alert
from tests.web.console.staffing import ORGANISATION, Browser, person
from tests.web.serving import Site

FIELDS = {
    "name": "Касса закрыта",
    "text_ru": "Касса сегодня не работает.",
    "source_title": "Объявление кассы",
    "source_url": "https://example.org/news",
    "source_checked": date.today().isoformat(),
    "urgency": "important",
    "in_language": ["ru"],
    "ends": f"{date.today() + timedelta(days=3)}T12:00",
    "repeat": "",
}
Signed = Callable[..., Awaitable[Browser]]


@pytest.fixture
def signed(safar: Site, opens: Open) -> Signed:
    async def signed_in(handle: str, *roles: str) -> Browser:
        page = await opens()
        await page.signs_in(await person(safar, handle, *roles))
        return page

    return signed_in


async def account(safar: Site, handle: str) -> Account:
    found = await safar.store.staff.account(handle)
    assert found is not None
    return found


async def test_the_longest_texts_in_every_language_are_taken(signed: Signed) -> None:
    anna = await signed("anna", "sender")
    await anna.get("/console/alerts/new")
    most = int(re.findall(r'name="text_tg"[^>]*maxlength="(\d+)"', anna.page)[0])
    texts = {f"text_{code}": "ў" * most for code in LANGUAGES}
    every = {"in_country": ["RU", "KZ"], "topic": ["work", "money"], "rule": "region: RU-MOW"}
    assert await anna.post("/console/alerts", {**FIELDS, **every, **texts}) == 200, anna.page
    await anna.get(f"{anna.path}/edit")
    assert anna.page.count("ў" * most) == len(LANGUAGES)
    assert len(re.findall(r'value="(?:work|money|RU|KZ)" checked', anna.page)) == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Напишите название для коллег"),
        ({"ends": ""}, "Напишите день и час"),
        ({"source_checked": "вчера"}, "Напишите день, когда источник смотрели"),
        ({"urgency": "panic"}, "Выберите, насколько это срочно"),
        ({"in_seen": "давно"}, "Напишите число дней"),
        ({"rule": "planet: Mars"}, "Строка 1: «planet» — о таком спросить нельзя. Можно: all, any, "),
        ({"rule": "country: RU\ntopic: wrk"}, "Строка 2: «wrk» — такого значения здесь не бывает. Может быть, «work»?"),
        ({"rule": "country: [RU"}, "Строка 2: так не прочитать."),
    ],
)
async def test_what_cannot_be_read_is_told_beside_its_field_and_nothing_typed_is_lost(
    signed: Signed, changes: dict[str, Any], said: str
) -> None:
    anna = await signed("anna", "sender")
    await anna.get("/console/alerts/new")
    assert await anna.post("/console/alerts", {**FIELDS, **changes}) == 422
    assert anna.shows(said)
    assert anna.shows("Касса сегодня не работает.")


async def test_what_is_to_be_mended_is_said_in_russian(safar: Site, signed: Signed) -> None:
    anna = await signed("anna", "sender")
    await anna.get("/console/alerts/new")
    wrong = {"text_ru": "Звоните +7 900 123-45-67. Пришлите деньги.", "in_language": ["ru", "tg"]}
    assert await anna.post("/console/alerts", {**FIELDS, **wrong}) == 200
    assert anna.shows("Текст, русский: «+7 900 123-45-67» — телефон набран вручную")
    assert anna.shows("Текст, таджикский: текста нет")
    assert await anna.post(f"{anna.path}/propose", {"version": "1"}) == 409
    assert anna.shows("Сначала исправьте")


async def test_the_price_is_that_of_templates_alone(safar: Site, signed: Signed) -> None:
    key = await alert(safar)
    await people(safar, 12, channel="whatsapp")
    boris = await signed("boris", "approver")
    await boris.get(f"/console/alerts/{key}")
    assert boris.shows("платных шаблонов до 20")
    assert boris.shows("Кто откроет шаблон, получит ещё одно платное сообщение")


def test_every_rule_has_its_russian() -> None:
    listed = re.search(r"``rule``: (.*?)\.\"\"\"", inspect.getsource(alert_texts.AlertFinding), re.DOTALL)
    assert listed
    rules = {*re.split(r",\s+", listed[1]), *re.findall(r'rule="([a-z-]+)"', inspect.getsource(checking))}
    assert set(alert_words.FINDINGS) == rules
    parts = {at for at in re.findall(r'at="([a-z_.]+)"', inspect.getsource(checking)) if at != "texts."}
    for at in parts:
        assert alert_words.part(Finding(at=at, rule="empty", what="", remedy=""))


@pytest.mark.parametrize("word", [DAILY, *(code for code, row in FAILURES.items() if row.way == "again")])
def test_whatever_stops_it_by_itself_is_said_in_russian(word: str) -> None:
    assert "Отправка продолжится сама" in alert_words.reason(word)


def test_every_fault_of_a_rule_has_its_russian() -> None:
    rules = re.findall(r'_find\([^"]*"([a-z-]+)"', inspect.getsource(reading))
    rules += re.findall(r'rule="([a-z-]+)"', inspect.getsource(reading) + inspect.getsource(source))
    assert set(alert_words.RULES) == {*rules} - {"unreadable"}  # of a file on a disk


async def test_the_number_that_is_shown_is_the_one_to_type(safar: Site, signed: Signed, tmp_path: Path) -> None:
    """T34"""
    boris, key = await signed("boris", "approver"), await alert(safar, by="anna")
    with closing(sqlite3.connect(tmp_path / "data" / "safar.db")) as connection, connection:
        connection.execute("update staff set created = created - 200000")
    await people(safar, 43)
    seen(await safar.office.propose(await account(safar, "anna"), bytes.fromhex(key), 1))
    path = f"/console/alerts/{key}"
    await boris.get(path)
    assert boris.shows("Получат 40. Напишите это число")
    digest, shown = (re.findall(rf'name="{name}" value="(\w+)"', boris.page)[0] for name in ("digest", "shown"))
    assert await boris.post(f"{path}/approve", {"digest": digest, "shown": shown, "typed": "43"}) == 409
    assert await boris.post(f"{path}/approve", {"digest": digest, "shown": shown, "typed": "40"}) == 200

    broadcasts = safar.store.broadcasts
    assert await broadcasts.turn(None, bytes.fromhex(key), ("approved",), "enrolling")
    await broadcasts.enrol(bytes.fromhex(key), await everybody(safar.store))
    await broadcasts.start(bytes.fromhex(key), MOVED)
    await boris.get(path)
    assert not boris.shows(alert_words.UNATTENDED)
    audience = len(await everybody(safar.store))
    assert audience % 10
    for page in (path, f"{path}/live"):
        await boris.get(page)
        assert not re.search(rf'[">]{audience}["<]', boris.page)
    await boris.get(path)
    [number] = re.findall(r"Получателей теперь ([^.]+)\.", boris.page)
    assert await boris.post(f"{path}/resume", {"typed": number}) == 200, boris.page
    assert boris.shows("отправляется")
    assert boris.shows(alert_words.UNATTENDED)


async def test_who_wrote_it_is_offered_no_approval(safar: Site, signed: Signed) -> None:
    """T33"""
    clara = await signed("clara", "sender", "approver")
    await people(safar, 12)
    await clara.get("/console/alerts/new")
    assert await clara.post("/console/alerts", FIELDS) == 200
    assert await clara.post(f"{clara.path}/propose", {"version": "1"}) == 200
    assert clara.shows("одобрить должен другой человек")
    assert "/approve" not in clara.page
    assert await clara.post(f"{clara.path}/approve", {"digest": "00", "shown": "10", "typed": "10"}) == 409


@pytest.mark.parametrize(
    "asked",
    [Is(key="citizenship", values=("ZZ",)), Is(key="country", values=("UZ",)), Is(key="channel", values=("web",))],
)
def test_what_has_no_box_is_written_out_and_not_lost(asked: Is) -> None:
    fields = alert_form.fields_of(alerts.alert(segment=asked), UTC)
    assert fields["rule"] == write_rule(asked)
    assert not fields[f"in_{asked.key}"]


#: As a program or a file may write it; the form ticks boxes in its own order, and knows no seconds.
OF_THE_FORM = All(of=(Is(key="country", values=("RU",)), Is(key="language", values=("ru",))))


def as_a_browser_sends(one: Alert) -> dict[str, Any]:
    """The form as it opens."""
    zone = ZoneInfo(of_today().organisations[ORGANISATION].timezone)
    fields = alert_form.fields_of(one, zone)
    return {name: fields.all(name) for name, _ in fields.pairs}


@pytest.mark.parametrize("role", ["editor", "sender"])
async def test_whoever_mends_a_word_changes_nothing_else(safar: Site, signed: Signed, role: str) -> None:
    key = await alert(safar, segment=OF_THE_FORM, segment_from="kamchatka@1")
    page = await signed("olga", role)
    await page.get(f"/console/alerts/{key}/edit")
    assert ("Насколько срочно" in page.page) is (role == "sender")
    before = unpack((await kept(safar, key)).draft.body)
    sent = {**as_a_browser_sends(before), "version": "1", "text_ru": "Касса закрыта."}
    assert await page.post(f"/console/alerts/{key}/save", sent) == 200, page.page
    after = unpack((await kept(safar, key)).draft.body)
    assert after == replace(before, texts={"ru": "Касса закрыта."})


async def test_of_an_editor_nothing_but_texts_is_read(safar: Site, signed: Signed) -> None:
    key = await alert(safar)
    olga = await signed("olga", "editor")
    await olga.get(f"/console/alerts/{key}/edit")
    sent = {**FIELDS, "version": "1", "urgency": "life", "text_ru": "Касса закрыта."}
    assert await olga.post(f"/console/alerts/{key}/save", sent) == 200
    after = unpack((await kept(safar, key)).draft.body)
    assert (after.urgency, after.texts) == ("important", {"ru": "Касса закрыта."})


async def test_another_rule_has_another_origin(safar: Site, signed: Signed) -> None:
    key = await alert(safar, segment=OF_THE_FORM, segment_from="kamchatka@1")
    anna = await signed("anna", "sender")
    await anna.get(f"/console/alerts/{key}/edit")
    assert await anna.post(f"/console/alerts/{key}/save", {**FIELDS, "version": "1"}) == 200
    after = unpack((await kept(safar, key)).draft.body)
    assert (after.segment, after.segment_from) == (Is(key="language", values=("ru",)), "")


async def kept(safar: Site, key: str) -> Broadcast:
    found = await safar.store.broadcasts.broadcast(None, bytes.fromhex(key))
    assert found is not None
    return found
