"""Tokens and webhooks in the console: an admin makes and ends them; each secret is shown once (T29, T44, T48)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.store import Entry
from tests.web.console.conftest import Open
from tests.web.console.objects import FOREIGN
from tests.web.console.staffing import ORGANISATION, Browser, person
from tests.web.serving import Site

NEW = {"label": "crm", "scope": ["alerts:draft", "alerts:read"], "days": "30"}
URL = "https://hooks.example.org/in"


@pytest.fixture
async def boss(safar: Site, opens: Open) -> Browser:
    page = await opens()
    await page.signs_in(await person(safar, "boss", "admin"))
    await page.get("/console/tokens")
    return page


def secret(page: Browser) -> str:
    found = re.search(r'id="secret">([^<]+)<', page.page)
    assert found, page.page
    return found[1]


async def test_a_new_token_is_shown_once_and_opens_what_it_says(safar: Site, boss: Browser) -> None:
    assert await boss.post("/console/tokens", NEW) == 200
    shown = secret(boss)
    headers = {"authorization": f"Bearer {shown}"}
    async with boss.http.get(f"{safar.url}/api/v1/alerts", headers=headers) as answer:
        assert answer.status == 200
    async with boss.http.post(f"{safar.url}/api/v1/segments/count", json={}, headers=headers) as answer:
        assert answer.status == 403
    assert await boss.get("/console/tokens") == 200
    assert shown not in boss.page
    assert boss.shows("crm")
    (kept,) = await safar.store.api.tokens(ORGANISATION)
    assert (kept.made_by, kept.until) == ("boss", datetime.now(UTC).date() + timedelta(days=30))
    assert [one.what for one in await safar.store.staff.audit(ORGANISATION, 1)] == ["token-added"]


async def test_ended_it_opens_nothing(safar: Site, boss: Browser) -> None:
    await boss.post("/console/tokens", NEW)
    shown = secret(boss)
    await boss.get("/console/tokens")
    assert await boss.post("/console/tokens/crm/end") == 200
    assert boss.shows("закончен")
    async with boss.http.get(f"{safar.url}/api/v1/alerts", headers={"authorization": f"Bearer {shown}"}) as answer:
        assert answer.status == 401
    assert await boss.post("/console/tokens", NEW) == 409


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"label": "+79001234567"}, "Имя программы"),
        ({"scope": []}, "что программе можно"),
        ({"scope": ["alerts:approve"]}, "что программе можно"),
        ({"days": "366"}, "от 1 до 365"),
        ({"days": "0"}, "от 1 до 365"),
        ({"days": "999999999999999999999"}, "от 1 до 365"),
        ({"days": "³"}, "от 1 до 365"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    safar: Site, boss: Browser, changed: dict[str, object], said: str
) -> None:
    assert await boss.post("/console/tokens", {**NEW, **changed}) == 422
    assert boss.shows(said)
    assert await safar.store.api.tokens(None) == []


async def test_an_old_code_is_asked_for_again(safar: Site, opens: Open) -> None:
    page, boss = await opens(), await person(safar, "boss", "admin")
    await page.signs_in(boss)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        for path, fields in (("/console/tokens", NEW), ("/console/webhook", {"url": URL})):
            await page.get("/console/tokens")
            assert await page.post(path, fields) == 403
        assert await safar.store.api.tokens(None) == []
        assert await safar.store.api.webhook(ORGANISATION) is None


async def test_another_organisations_token_is_out_of_reach(safar: Site, boss: Browser) -> None:
    until = datetime.now(UTC).date()
    entry = Entry(handle="other", what="token-added")
    assert await safar.store.api.add_token("theirs", FOREIGN, ("alerts:read",), b"x", until, entry)
    assert await boss.get("/console/tokens") == 200
    assert not boss.shows("theirs")
    assert await boss.post("/console/tokens/theirs/end") == 404
    assert await safar.store.api.token(b"x") is not None


async def test_a_webhook_is_set_its_secret_shown_once_and_renewed(safar: Site, boss: Browser) -> None:
    assert await boss.post("/console/webhook", {"url": URL}) == 200
    first = secret(boss)
    assert first.startswith("whsec_")
    await boss.get("/console/tokens")
    assert URL in boss.page
    assert first not in boss.page
    assert await boss.post("/console/webhook", {"url": URL + "/2"}) == 200
    assert boss.path == "/console/tokens"
    assert await boss.post("/console/webhook", {"url": URL, "renew": "1"}) == 200
    assert secret(boss) != first
    known = await safar.store.api.webhook(ORGANISATION)
    assert known is not None
    assert (known.url, len(known.secrets)) == (URL, 2)
    await boss.get("/console/tokens")
    assert await boss.post("/console/webhook/drop") == 200
    assert await safar.store.api.webhook(ORGANISATION) is None


@pytest.mark.parametrize(
    "url", ["http://hooks.example.org", "https://10.0.0.1/", "https://a:b@example.org", "javascript:1"]
)
async def test_a_webhook_that_leads_elsewhere_is_refused_and_what_was_typed_stays(
    safar: Site, boss: Browser, url: str
) -> None:
    assert await boss.post("/console/webhook", {"url": url}) == 422
    assert url in boss.page
    assert await safar.store.api.webhook(ORGANISATION) is None
