"""The promises of a staff store, on each backend (THREATS T38, T41, T43, T44)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import DatabaseStore, Entry, Factor, Invitation, Keys, Location, StaffStore, open_store
from tests.marks import search_marks
from tests.store.backends import BACKENDS, place
from tests.store.conftest import clock, keys
from tests.store.helpers import NOON, Clock

__all__ = ["clock", "keys"]
ORG, OTHER = "wages-desk", "clinic"
SECRET = b"marked-totp-secret-1"
HASH = "$argon2id$marked-password"


def entry(handle: str = "boss", what: str = "staff-added") -> Entry:
    return Entry(handle=handle, what=what)  # type: ignore[arg-type]


def invitation(token: bytes = b"come-in", days: float = 3) -> Invitation:
    return Invitation(token=token, totp=SECRET, until=NOON + timedelta(days=days))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The key is not in the data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "safar.db"


@asynccontextmanager
async def opened(path: Location, keys: Keys, clock: Clock) -> AsyncIterator[DatabaseStore]:
    store = await open_store(path, keys, clock=clock)
    yield store
    await store.close()


@pytest.fixture(params=BACKENDS)
def where(request: pytest.FixtureRequest, path: Path, keys: Keys) -> Location:
    return place(request.param, path.parent, keys)


@pytest.fixture
async def staff(where: Location, keys: Keys, clock: Clock) -> AsyncIterator[StaffStore]:
    async with opened(where, keys, clock) as store:
        yield store.staff


async def joined(staff: StaffStore, handle: str = "anna", *roles: str, organisation: str = ORG) -> int:
    """A session named after the handle."""
    assert await staff.add(handle, organisation, roles or ("caseworker",), invitation(), entry())
    account = await staff.account(handle)
    assert account is not None
    await staff.begin(account.id, "joining", b"j-" + handle.encode())
    assert await staff.join(b"j-" + handle.encode(), HASH, 100, (b"c1", b"c2"), handle.encode(), entry(handle))
    return account.id


class TestAccounts:
    async def test_a_handle_is_never_anothers(self, staff: StaffStore) -> None:
        await joined(staff)
        await staff.disable(None, "anna", entry())
        assert not await staff.add("anna", OTHER, ("admin",), invitation(), entry())

    async def test_an_invitation_lets_in_once_and_for_three_days(self, staff: StaffStore, clock: Clock) -> None:
        await staff.add("anna", ORG, ("caseworker",), invitation(), entry())
        assert await staff.invited("anna", b"come-in")
        assert await staff.invited("anna", b"other") is None
        assert await staff.invited("boris", b"come-in") is None
        clock.advance(days=3, seconds=1)
        assert await staff.invited("anna", b"come-in") is None

    async def test_who_has_joined_is_not_invited_any_more(self, staff: StaffStore) -> None:
        await joined(staff)
        assert await staff.invited("anna", b"come-in") is None
        assert await staff.session(b"j-anna") is None
        account = await staff.account("anna")
        assert account is not None
        assert (account.state, account.password, account.totp, account.step) == ("active", HASH, SECRET, 100)

    async def test_an_admin_reaches_the_own_organisation_alone(self, staff: StaffStore) -> None:
        await joined(staff)
        until = NOON + timedelta(days=1)
        assert not await staff.set_roles(OTHER, "anna", ("admin",), entry())
        assert not await staff.disable(OTHER, "anna", entry())
        assert not await staff.reset(OTHER, "anna", invitation(), entry())
        assert not await staff.ask_reset(OTHER, "anna", "boss", until, entry())
        assert await staff.accounts(OTHER) == []
        assert await staff.session(b"anna")

    async def test_a_request_for_a_reset_ends_by_itself(self, staff: StaffStore, clock: Clock) -> None:
        await joined(staff)
        await staff.ask_reset(ORG, "anna", "boss", NOON + timedelta(days=1), entry())
        assert await staff.reset_asked_by(ORG, "anna") == "boss"
        assert await staff.reset_asked_by(OTHER, "anna") == ""
        clock.advance(days=1, seconds=1)
        assert await staff.reset_asked_by(ORG, "anna") == ""


class TestSessions:
    @pytest.mark.parametrize("act", ["roles", "disable", "reset", "password", "codes", "end"])
    async def test_what_changes_the_account_ends_its_sessions(self, staff: StaffStore, act: str) -> None:
        number = await joined(staff)
        await staff.begin(number, "full", b"second")
        match act:
            case "roles":
                await staff.set_roles(None, "anna", ("editor",), entry())
            case "disable":
                await staff.disable(None, "anna", entry())
            case "reset":
                await staff.reset(None, "anna", invitation(), entry())
            case "password":
                await staff.set_password(number, HASH, b"new", entry())
            case "codes":
                await staff.set_codes(number, (b"c",), b"new", entry())
            case "end":
                await staff.end_others(b"new", entry())
                await staff.end(b"anna", entry())
                await staff.end(b"second", entry())
        assert await staff.session(b"anna") is None
        assert await staff.session(b"second") is None
        assert (await staff.session(b"new") is not None) == (act in ("password", "codes"))

    async def test_a_session_is_idle_for_half_an_hour_at_most(self, staff: StaffStore, clock: Clock) -> None:
        await joined(staff)
        clock.advance(minutes=29)
        assert await staff.session(b"anna")
        clock.advance(minutes=2)
        assert await staff.session(b"anna") is None

    async def test_and_lasts_twelve_hours_whatever_one_does(self, staff: StaffStore, clock: Clock) -> None:
        await joined(staff)
        for _ in range(12 * 3):
            assert await staff.session(b"anna")
            clock.advance(minutes=20)
            await staff.touch(b"anna")
        assert await staff.session(b"anna") is None

    async def test_half_a_sign_in_lasts_a_quarter_of_an_hour(self, staff: StaffStore, clock: Clock) -> None:
        number = await joined(staff)
        await staff.begin(number, "password", b"half")
        clock.advance(minutes=15, seconds=1)
        await staff.touch(b"half")
        assert await staff.session(b"half") is None
        assert not await staff.second_factor(b"half", Factor(step=200), b"new", entry())


class TestSecondFactor:
    async def test_of_twenty_with_one_code_one_comes_in(self, staff: StaffStore) -> None:
        number = await joined(staff)
        for at in range(20):
            await staff.begin(number, "password", b"half%d" % at)
        done = await asyncio.gather(
            *(staff.second_factor(b"half%d" % at, Factor(step=101), b"in%d" % at, entry()) for at in range(20))
        )
        assert sum(done) == 1
        assert [await staff.session(b"in%d" % at) is not None for at in range(20)] == done

    async def test_a_step_never_comes_again_nor_an_earlier_one(self, staff: StaffStore) -> None:
        await joined(staff)
        assert await staff.confirm(b"anna", Factor(step=105), entry())
        assert not await staff.confirm(b"anna", Factor(step=105), entry())
        assert not await staff.confirm(b"anna", Factor(step=104), entry())

    async def test_a_recovery_code_counts_once_and_for_its_owner(self, staff: StaffStore) -> None:
        await joined(staff)
        await joined(staff, "boris")
        await staff.set_codes((await staff.account("boris")).id, (b"b1",), b"boris", entry())  # type: ignore[union-attr]
        assert not await staff.confirm(b"anna", Factor(code=b"b1"), entry())
        assert await staff.confirm(b"anna", Factor(code=b"c1"), entry())
        assert not await staff.confirm(b"anna", Factor(code=b"c1"), entry())


class TestTickets:
    async def test_the_thirty_first_in_an_hour_does_not_open(self, staff: StaffStore, clock: Clock) -> None:
        tickets = [b"ticket%d" % at for at in range(31)]
        for ticket in tickets[:30] * 2:
            assert await staff.open_ticket("anna", ticket, again=False)
        assert not await staff.open_ticket("anna", tickets[30], again=False)
        assert not await staff.open_ticket("anna", tickets[30], again=True)
        assert await staff.open_ticket("boris", tickets[30], again=False)
        assert await staff.open_ticket("anna", tickets[0], again=False)
        clock.advance(minutes=61)
        assert await staff.open_ticket("anna", tickets[30], again=False)

    async def test_each_opening_is_a_row_and_of_a_page_that_lies_open_one_in_ten_minutes(
        self, staff: StaffStore, clock: Clock
    ) -> None:
        for again in (False, False, True, True):
            await staff.open_ticket("anna", b"t", again=again)
        clock.advance(minutes=10)
        await staff.open_ticket("anna", b"t", again=True)
        assert [row.what for row in await staff.audit(None, 10)] == ["ticket-opened"] * 3

    async def test_the_audit_says_who_was_acted_on_and_keeps_to_the_organisation(self, staff: StaffStore) -> None:
        await joined(staff)
        await joined(staff, "carl", organisation=OTHER)
        await staff.record(Entry(handle="anna", what="staff-disabled", object=b"carl"))
        [newest, *_] = await staff.audit(ORG, 10)
        assert (newest.handle, newest.what, newest.whom) == ("anna", "staff-disabled", "")
        assert (await staff.audit(None, 1))[0].whom == "carl"
        assert {row.handle for row in await staff.audit(OTHER, 10)} == {"carl"}


async def test_no_secret_of_staff_is_found_in_the_files(path: Path, keys: Keys, clock: Clock) -> None:
    async with opened(path, keys, clock) as store:
        await joined(store.staff)
        await store.staff.begin(1, "full", b"marked-session")
        await store.staff.open_ticket("anna", b"marked-ticket-id", again=False)
    marks = [SECRET.decode(), HASH, "come-in", "marked-session", "marked-ticket-id"]
    assert search_marks(path.parent, marks) == []
    assert search_marks(path.parent, ["anna"]) != []
