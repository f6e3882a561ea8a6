"""Who comes in by the API, and how often (THREATS T29, T33, T44, T45, T52, T53)."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.store import Entry
from bot.web.api import DOORS, SCOPES
from tests.web.api.calling import FOREIGN, Caller, alert, served, token
from tests.web.console.conftest import opens
from tests.web.console.objects import everything
from tests.web.console.staffing import Browser, person
from tests.web.serving import Site, site

__all__ = ["opens"]
BODIES = {
    "draft": alert(),
    "change": alert(version=1),
    "count": {"segment": {"type": "all", "of": []}, "urgency": "news"},
}


def paths(key: str) -> list[tuple[str, str, object, str]]:
    """Every door: method, path on that alert, a right body, its scope."""
    return [(door.method, door.path.replace("{key}", key), BODIES.get(door.name), door.scope) for door in DOORS]


def test_there_is_no_door_by_which_an_alert_gets_out() -> None:
    assert [(door.name, door.scope) for door in DOORS] == [
        ("draft", "alerts:draft"),
        ("list", "alerts:read"),
        ("read", "alerts:read"),
        ("change", "alerts:draft"),
        ("report", "alerts:read"),
        ("count", "segments:count"),
    ]


async def test_a_program_is_an_editor_of_what_it_writes_and_no_approver(safar: Site, crm: Caller) -> None:
    made = await crm.drafts()
    assert (made["author"], made["editors"], made["state"]) == ("api:crm", ["api:crm"], "draft")
    key = bytes.fromhex(made["key"])
    assert await safar.store.broadcasts.propose("wages-desk", key, 1, Entry(handle="anna", what="alert-proposed"))
    (known,) = await safar.store.broadcasts.broadcasts("wages-desk")
    approving = Entry(handle="api:crm", what="alert-approved")
    assert await safar.store.broadcasts.approve("wages-desk", key, known.draft.digest, 1, approving) == "own"


async def test_every_wrong_token_gets_the_same_401(safar: Site, http: aiohttp.ClientSession, crm: Caller) -> None:
    over = await token(safar, "over", days=-1)
    ended = await token(safar, "ended")
    assert await safar.store.api.end_token(None, "ended", Entry(handle="boss", what="token-ended"))
    right = f"Bearer {crm.secret}"
    wrong = (
        "", "Bearer", "Bearer ", f"Basic {crm.secret}", f"{right}x", right[:-1], f"{right} ", f"Bearer  {crm.secret}",
        f"Bearer {over}", f"Bearer {ended}", f"Bearer safar_{secrets.token_urlsafe(32)}", "Bearer " + "я" * 20,
        "Bearer " + "x" * 8000,
    )  # fmt: skip
    seen = set()
    for given in wrong:
        for method, path, body, _ in paths("0" * 32):
            await crm.ask(method, path, body, authorization=given, idempotency_key="k")
            assert crm.status == 401, given
            assert crm.headers["www-authenticate"] == "Bearer"
            seen.add(str(crm.said))
    headers = [("authorization", right), ("authorization", right)]
    async with http.get(f"{safar.url}/api/v1/alerts", headers=headers) as twice:
        assert twice.status == 401
    assert len(seen) == 1


async def test_the_cookie_of_the_console_opens_nothing(safar: Site, opens: object, crm: Caller) -> None:
    page: Browser = await opens()  # type: ignore[operator]
    await page.signs_in(await person(safar, "anna", "sender"))
    async with page.http.get(f"{safar.url}/api/v1/alerts") as answer:
        assert answer.status == 401
    async with page.http.get(
        f"{safar.url}/api/v1/alerts", headers={"authorization": f"Bearer {page.cookie}"}
    ) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("scope", SCOPES)
async def test_a_scope_opens_its_own_doors(
    safar: Site, http: aiohttp.ClientSession, crm: Caller, scope: str, tmp_path: Path
) -> None:
    made = await crm.drafts()
    narrow = Caller(safar, http, await token(safar, "narrow", scopes=(scope,)))
    before = everything(tmp_path, but=("api_tokens",))
    for method, path, body, needed in paths(made["key"]):
        if needed != scope:
            assert await narrow.ask(method, path, body, idempotency_key="k2") == 403, path
            assert needed in narrow.said["detail"]
    assert everything(tmp_path, but=("api_tokens",)) == before


async def test_a_foreign_alert_is_as_one_that_never_was(
    safar: Site, http: aiohttp.ClientSession, crm: Caller, tmp_path: Path
) -> None:
    made = await crm.drafts()
    stranger = Caller(safar, http, await token(safar, "stranger", FOREIGN))
    before = everything(tmp_path, but=("api_tokens",))
    seen = set()
    for key in (made["key"], secrets.token_hex(16), "x", "%00", "a" * 3000):
        for method, path, body, _ in paths(key):
            if key in path:
                assert await stranger.ask(method, path, body) == 404, path
                seen.add(str(stranger.said))
    assert len(seen) == 1
    assert await stranger.ask("GET", "/alerts") == 200
    assert stranger.said == {"alerts": []}
    assert everything(tmp_path, but=("api_tokens",)) == before


async def test_more_than_so_many_a_minute_wait_and_others_do_not(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with site(tmp_path / "data", served=served, api_per_minute=5) as running:
        busy, other = [Caller(running, http, await token(running, label)) for label in ("busy", "other")]
        assert [await busy.ask("GET", "/alerts") for _ in range(7)] == [200] * 5 + [429] * 2
        assert 1 <= int(busy.headers["retry-after"]) <= 12
        assert await other.ask("GET", "/alerts") == 200


async def test_no_browser_of_another_site_is_let_in(safar: Site, crm: Caller) -> None:
    assert await crm.ask("OPTIONS", "/alerts", origin="https://evil.example") == 405
    assert await crm.ask("GET", "/alerts", origin="https://evil.example") == 200
    assert not [name for name in crm.headers if name.lower().startswith("access-control")]


async def test_an_unknown_address_or_method_is_told(crm: Caller) -> None:
    assert await crm.ask("GET", "/nothing") == 404
    assert crm.headers["content-type"] == "application/problem+json"
    assert await crm.ask("DELETE", "/alerts") == 405
    assert crm.headers["allow"] == "GET, HEAD, POST"


async def test_while_the_store_is_down_nothing_is_done_and_it_says_so(safar: Site, crm: Caller) -> None:
    await safar.store.close()
    assert await crm.ask("GET", "/alerts") == 503
    assert crm.said["type"] == "urn:safar:problem:store"


async def test_no_log_holds_a_token_or_a_word(safar: Site, crm: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    marks = ["marked-7001", "marked-7002", "marked-7003", crm.secret]
    with capture_logs() as lines:
        await crm.drafts("marked-7003", name="marked-7001", texts={"ru": "marked-7002"})
        await crm.ask("POST", "/alerts", raw=b'{"name": "marked-7001', idempotency_key="marked-7003")
        await crm.ask("GET", "/alerts/marked-7001?marked-7002=1", authorization="Bearer marked-7003")
        await safar.store.close()
        await crm.ask("POST", "/alerts", alert(name="marked-7001"), idempotency_key="marked-7003")
    said = "\n".join([*map(str, lines), *(record.getMessage() for record in caplog.records)])
    assert "api-store-failed" in said
    assert [mark for mark in marks if mark in said] == []


async def test_the_token_is_in_no_file(safar: Site, crm: Caller, tmp_path: Path) -> None:
    assert await crm.ask("GET", "/alerts") == 200
    await safar.store.close()
    with closing(sqlite3.connect(tmp_path / "data" / "safar.db")) as connection:
        (kept,) = connection.execute("select token from api_tokens").fetchone()
    assert len(kept) == 32
    assert not any(crm.secret.encode() in file.read_bytes() for file in (tmp_path / "data").iterdir())
