"""A form counts only from our own page (THREATS T45), and what is read changes nothing."""

from pathlib import Path

import aiohttp
import pytest

from bot.staff import ROLES
from bot.web.console import DOORS
from bot.web.console.doors import Door
from tests.web.console.conftest import Open
from tests.web.console.objects import everything, things
from tests.web.console.staffing import Browser, person
from tests.web.console.test_doors import FIELDS, lacks, named, on
from tests.web.serving import Site

POSTS = [door for door in DOORS if door.method == "POST"]


async def forged(page: Browser, path: str, headers: dict[str, str], fields: dict[str, str], cookie: bool) -> int:
    jar = page.http.cookie_jar if cookie else aiohttp.DummyCookieJar()
    async with (
        aiohttp.ClientSession(cookie_jar=jar) as http,
        http.post(page.site.url + path, data=fields, headers=headers, allow_redirects=False) as response,
    ):
        return response.status


@pytest.mark.parametrize("role", ["caseworker", "admin"])
async def test_without_the_token_of_this_browser_nothing_is_done(
    safar: Site, opens: Open, tmp_path: Path, role: str
) -> None:
    page, other = await opens(), await opens()
    await page.signs_in(await person(safar, "me", role))
    await other.signs_in(await person(safar, "boris", role))
    await page.get("/console/account")
    await other.get("/console/account")
    own, good = await things(safar, "boris"), page.token
    ours, typed = {"origin": safar.url}, {"content-type": "text/plain"}
    forgeries: list[tuple[str, dict[str, str], str, bool]] = [
        ("no token", ours, "", True),
        ("another's token", ours, other.token, True),
        ("a wrong one", ours, "é" * 20, True),
        ("another site", {"origin": "https://evil.example"}, good, True),
        ("another port", {"origin": f"http://127.0.0.1:{safar.port + 1}"}, good, True),
        ("a hidden origin", {"origin": "null"}, good, True),
        ("another site by the browser's word", {"sec-fetch-site": "cross-site"}, good, True),
        ("another host of the site", {"sec-fetch-site": "same-site", **ours}, good, True),
        ("nowhere", {}, good, True),
        ("no cookie", ours, good, False),
        ("no form", {**ours, **typed}, good, True),
    ]
    before = everything(tmp_path)
    for door in POSTS:
        for name, headers, token, cookie in forgeries:
            status = await forged(page, on(door, own), headers, {**FIELDS, "token": token}, cookie)
            assert status == 403, (named(door), name)
    assert everything(tmp_path) == before


def read_status(door: Door, role: str) -> int:
    """Of what a browser of that role gets when it reads this address. A page that is not for it leads elsewhere."""
    reads = {one.path: one for one in DOORS if one.method == "GET"}
    if door.path not in reads:
        return 405
    return 403 if lacks(reads[door.path], role) else 200


@pytest.mark.parametrize("role", ROLES)
async def test_what_is_read_changes_nothing_but_the_audit(safar: Site, opens: Open, tmp_path: Path, role: str) -> None:
    page = await opens()
    await page.signs_in(await person(safar, "me", role))
    own = await things(safar, "me")
    before = everything(tmp_path, ("audit", "meta"))
    for door in DOORS:
        assert await page.get(on(door, own)) == read_status(door, role), named(door)
    assert everything(tmp_path, ("audit", "meta")) == before


async def test_a_form_that_is_too_large_or_has_too_many_fields_is_refused(safar: Site, opens: Open) -> None:
    page = await opens()
    await page.get("/console/sign-in")
    assert await page.post("/console/sign-in", {"handle": "a", "password": "x" * 1_000_000}) == 413
    await page.get("/console/sign-in")
    assert await page.post("/console/sign-in", {f"f{n}": "1" for n in range(100)}) == 400
