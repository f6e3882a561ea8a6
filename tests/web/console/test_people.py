"""Accounts in an admin's hand: roles, the end of one, and a way back in that takes two (THREATS T44)."""

import re
from datetime import timedelta

import pytest
import time_machine

from bot.staff import Totp
from tests.web.console.conftest import Open
from tests.web.console.staffing import Browser, person
from tests.web.serving import Site

LATER = timedelta(days=2)


@pytest.fixture
async def boss(safar: Site, opens: Open) -> Browser:
    page = await opens()
    await page.signs_in(await person(safar, "boss", "admin"))
    return page


def invitation(page: Browser) -> str:
    found = re.search(r'id="invitation">([A-Z2-7-]+)<', page.page)
    return found[1] if found else ""


async def test_whom_an_admin_invites_comes_in(safar: Site, boss: Browser, opens: Open) -> None:
    assert await boss.post("/console/staff", {"handle": "Anna", "role": ["caseworker", "editor"]}) == 200
    code = invitation(boss)
    page = await opens()
    await page.get("/console/invitation")
    await page.post("/console/invitation", {"handle": "anna", "invitation": code})
    assert page.path == "/console/welcome"
    await boss.get("/console/staff")
    assert code not in boss.page
    account = await safar.store.staff.account("anna")
    assert account is not None
    assert account.roles == {"caseworker", "editor"}
    assert account.organisation == "wages-desk"


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"handle": "anna", "role": []}, 422, "хотя бы одну роль"),
        ({"handle": "anna", "role": ["admin", "caseworker"]}, 422, "отдельно от других"),
        ({"handle": "anna", "role": ["root"]}, 422, "Такой роли нет"),
        ({"handle": "anna@ngo.example", "role": ["editor"]}, 422, "не почта"),
        ({"handle": "79001234567", "role": ["editor"]}, 422, "не телефон"),
        ({"handle": "boss", "role": ["editor"]}, 409, "уже есть"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    boss: Browser, fields: dict[str, object], status: int, says: str
) -> None:
    assert await boss.post("/console/staff", fields) == status
    assert says in boss.page.replace("\n", " ")


async def test_nobody_changes_their_own_account(safar: Site, boss: Browser) -> None:
    for act in ("roles", "disable", "reset"):
        await boss.get("/console/staff")
        assert await boss.post(f"/console/staff/boss/{act}", {"role": ["caseworker"]}) == 404
    account = await safar.store.staff.account("boss")
    assert account is not None
    assert account.roles == {"admin"}
    assert (account.state, account.reset_by) == ("active", "")


async def test_an_old_code_is_asked_for_again_and_the_form_is_not_lost(safar: Site, opens: Open) -> None:
    boss, page = await person(safar, "boss", "admin"), await opens()
    await page.signs_in(boss)
    await page.get("/console/staff")
    with time_machine.travel(safar.time.now() + timedelta(minutes=6), tick=True):
        form = {"handle": "anna", "role": ["caseworker", "editor"]}
        assert await page.post("/console/staff", form) == 403
        assert await safar.store.staff.account("anna") is None
        hidden = re.findall(r'<input type="hidden" name="(handle|role)" value="(\w+)">', page.page)
        assert hidden == [("handle", "anna"), ("role", "caseworker"), ("role", "editor")]
        assert await page.post("/console/staff", {**form, "code": "000000"}) == 403
        assert await page.post("/console/staff", {**form, "code": boss.code()}) == 200
        assert invitation(page)


class TestLostPhone:
    async def test_one_admin_alone_recovers_nobody(self, safar: Site, boss: Browser) -> None:
        await person(safar, "anna")
        for _ in range(3):
            await boss.get("/console/staff")
            await boss.post("/console/staff/anna/reset")
            assert boss.path == "/console/staff"
            assert invitation(boss) == ""
        account = await safar.store.staff.account("anna")
        assert account is not None
        assert account.state == "active"

    async def test_a_second_one_made_today_does_not_count(self, safar: Site, boss: Browser, opens: Open) -> None:
        await person(safar, "anna")
        second = await opens()
        await second.signs_in(await person(safar, "puppet", "admin"))
        await boss.get("/console/staff")
        await boss.post("/console/staff/anna/reset")
        await second.get("/console/staff")
        assert await second.post("/console/staff/anna/reset") == 403
        assert second.shows("больше суток")

    async def test_two_do(self, safar: Site, opens: Open) -> None:
        anna = await person(safar, "anna")
        admins = [await person(safar, "boss", "admin"), await person(safar, "second", "admin")]
        theirs = await opens()
        await theirs.signs_in(anna)
        with time_machine.travel(safar.time.now() + LATER, tick=True):
            for admin in admins:
                page = await opens()
                await page.signs_in(admin)
                await page.get("/console/staff")
                await page.post("/console/staff/anna/reset")
            assert invitation(page)
            await theirs.get("/console/inbox")
            assert theirs.path == "/console/sign-in"
            assert await theirs.gives_password(anna) == 401
            account = await safar.store.staff.account("anna")
            assert account is not None
            assert account.totp != bytes(20)
            assert Totp(account.totp).text() != anna.totp.text()
