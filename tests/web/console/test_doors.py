"""Who may open which door, on whose things (THREATS T29, T44): every route, every role, things of others."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from bot.staff import RIGHT_NAMES, RIGHTS, ROLES
from bot.web import Console, Services, create
from bot.web.console import DOORS
from bot.web.console.doors import Door
from tests.web.console.conftest import Open
from tests.web.console.objects import FOREIGN, NAMED, SAID, everything, things, ticket
from tests.web.console.staffing import PASSWORD, Browser, person
from tests.web.serving import LEAVE_URL, Site

#: Fields that every form of the console would understand.
FIELDS = {
    "handle": "newcomer",
    "role": "caseworker",
    "text": "marked answer",
    "seen": "0",
    "to": FOREIGN,
    "old": PASSWORD,
    "new": "lantern quarry oboe 44",
    "again": "lantern quarry oboe 44",
    "version": "1",
    "reason": "marked reason",
    "label": "newcomer",
    "scope": "alerts:read",
    "days": "30",
    "url": "https://hooks.example.org/in",
}
GUARDED = [door for door in DOORS if door.needs != "nothing"]


def named(door: Door) -> str:
    return f"{door.method} {door.path}"


def on(door: Door, names: dict[str, str]) -> str:
    """Its address, on these things."""
    return door.path.format_map(names)


def lacks(door: Door, role: str) -> bool:
    return door.needs in RIGHT_NAMES and door.needs not in RIGHTS[role]


async def knock(page: Browser, door: Door, names: dict[str, str], token: str) -> int:
    path = on(door, names)
    return await (page.get(path) if door.method == "GET" else page.post(path, FIELDS, token=token))


def test_the_application_has_no_other_door() -> None:
    nothing: Any = None
    console = Console(staff=nothing, sign_in=nothing, desk=nothing, office=nothing, api=nothing, catalogue=nothing)
    services = Services(
        inbox=nothing, store=nothing, catalogue=nothing, web=nothing, hub=nothing, leave_url=LEAVE_URL, console=console
    )
    routes = [route for route in create(services)._app.routes if route.path.startswith("/console")]  # type: ignore[attr-defined]
    assert sorted((route.path, *sorted(route.methods - {"HEAD"})) for route in routes) == sorted(
        (door.path, door.method) for door in DOORS
    )


def test_without_a_console_there_is_no_door() -> None:
    nothing: Any = None
    services = Services(inbox=nothing, store=nothing, catalogue=nothing, web=nothing, hub=nothing, leave_url=LEAVE_URL)
    routes = create(services)._app.routes  # type: ignore[attr-defined]
    assert not [route.path for route in routes if "console" in route.path]


def test_no_role_has_a_right_that_is_not_written_down() -> None:
    assert {role: sorted(rights) for role, rights in RIGHTS.items()} == {
        "editor": ["alerts", "texts"],
        "sender": ["alerts", "cancel", "pause", "send", "texts"],
        "approver": ["alerts", "approve", "pause"],
        "caseworker": ["tickets"],
        "admin": ["alerts", "cancel", "pause", "small", "staff"],
    }


async def test_a_stranger_and_one_who_gave_only_the_password_get_nothing(
    safar: Site, opens: Open, tmp_path: Path
) -> None:
    anna, theirs = await person(safar, "anna"), await things(safar, "anna")
    stranger, half = await opens(), await opens()
    await stranger.get("/console/sign-in")
    await half.gives_password(anna)
    await half.get("/console/sign-in")
    before = everything(tmp_path)
    for door in GUARDED:
        for page in (stranger, half):
            if page is half and door.needs == "password":
                continue
            got = await knock(page, door, theirs, page.token)
            if door.method == "GET" and not door.live:
                assert (got, page.path) == (200, "/console/sign-in"), named(door)
            else:
                assert got == 401, named(door)
            assert not shown(page), named(door)
            await page.get("/console/sign-in")
    assert everything(tmp_path) == before


def shown(page: Browser) -> list[str]:
    """What of the things of an organisation a page shows."""
    return [one for one in (SAID, NAMED, f"program-{FOREIGN}", f"sender-{FOREIGN}") if one in page.page]


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_its_own_doors_and_nobody_elses_things(
    safar: Site, opens: Open, tmp_path: Path, role: str
) -> None:
    me, page = await person(safar, "me", role), await opens()
    await person(safar, "stranger", organisation=FOREIGN)
    foreign = await things(safar, "stranger", FOREIGN)
    never = {"ticket": secrets.token_hex(16), "alert": secrets.token_hex(16), "label": "nothing", "handle": "nobody"}
    await page.signs_in(me)
    await page.get("/console/account")
    token = page.token
    before = everything(tmp_path)
    for door in GUARDED:
        seen = []
        for names in (foreign, never, dict.fromkeys(never, "x"), dict.fromkeys(never, "%27--")):
            if door.needs in ("joining", "password"):
                wanted = 200 if door.method == "GET" else 401
            elif not lacks(door, role) and "{" not in door.path:
                if door.method == "POST":
                    continue  # its own: see the next test
                wanted = 200
            else:
                wanted = 403 if lacks(door, role) else 404
            assert await knock(page, door, names, token) == wanted, (named(door), names)
            assert not shown(page), named(door)
            seen.append((page.path if wanted == 200 else "", page.page))
        assert len(set(seen)) <= 1, named(door)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_each_door_that_is_its_own(safar: Site, opens: Open, role: str) -> None:
    page = await opens()
    await page.signs_in(await person(safar, "me", role))
    own = [door for door in GUARDED if door.needs not in ("joining", "password") and not lacks(door, role)]
    for door in sorted((one for one in own if "{" not in one.path), key=lambda one: one.path == "/console/sign-out"):
        await page.get("/console/account")
        wanted = (
            422 if door.path == "/console/alerts" and door.method == "POST" else 200
        )  # its fields are not filled in
        assert await knock(page, door, {}, page.token) == wanted, named(door)
    assert page.path == "/console/sign-in"


async def test_a_ticket_of_others_looks_like_one_that_never_was(safar: Site, opens: Open) -> None:
    page = await opens()
    await page.signs_in(await person(safar, "me"))
    foreign = await ticket(safar, FOREIGN)
    seen = []
    for thing in (foreign, secrets.token_hex(16), "zz", "a" * 500):
        assert await page.get(f"/console/tickets/{thing}") == 404
        seen.append(page.page)
    assert len(set(seen)) == 1


async def test_an_admin_sees_no_ticket_and_a_caseworker_no_staff(safar: Site, opens: Open) -> None:
    own = await ticket(safar)
    boss, anna = await opens(), await opens()
    await boss.signs_in(await person(safar, "boss", "admin"))
    await anna.signs_in(await person(safar, "anna"))
    assert boss.path == "/console/staff"
    assert await boss.get("/console/inbox") == 403
    assert await boss.get(f"/console/tickets/{own}") == 403
    assert await anna.get("/console/staff") == 403
    assert await anna.get(f"/console/tickets/{own}") == 200
    assert anna.shows(SAID)
