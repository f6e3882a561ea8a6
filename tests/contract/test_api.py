"""The promises of an API store, on each backend: tokens, asking once, and webhooks (THREATS T29, T38, T52, T76)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import AskedOtherwise, DatabaseStore, Entry, Invitation, Keys, Once, Webhook, WebhookCall, open_store
from bot.store.api_protocol import CALL_SECONDS
from bot.store.broadcast_protocol import Broadcast, Draft
from tests.marks import search_marks
from tests.store.backends import BACKENDS, place
from tests.store.conftest import clock, keys
from tests.store.helpers import NOON, Clock

__all__ = ["clock", "keys"]
ORG, OTHER = "wages-desk", "clinic"
SECRET, URL = b"marked-secret-6001", "https://hooks.example.org/marked-6002"
DRAFT = Draft(body=b"{}", digest=b"d" * 32, starts=None, ends=NOON + timedelta(days=3))


def entry(what: Any = "token-added", handle: str = "boss") -> Entry:
    return Entry(handle=handle, what=what)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The key is not in the data folder."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "safar.db"


@pytest.fixture(params=BACKENDS)
async def store(request: pytest.FixtureRequest, path: Path, keys: Keys, clock: Clock) -> AsyncIterator[DatabaseStore]:
    store = await open_store(place(request.param, path.parent, keys), keys, clock=clock)
    yield store
    await store.close()


async def add(store: DatabaseStore, label: str = "crm", organisation: str = ORG, days: int = 30) -> None:
    until = NOON.date() + timedelta(days=days)
    secret = SECRET + label.encode()
    assert await store.api.add_token(label, organisation, ("alerts:read",), secret, until, entry())


async def approved(store: DatabaseStore, organisation: str = ORG) -> Broadcast:
    """Written by a program, let out by two people."""
    made = await store.broadcasts.add(organisation, DRAFT, entry("alert-drafted", "api:crm"))
    assert await store.broadcasts.propose(organisation, made.key, 1, entry("alert-proposed"))
    said = await store.broadcasts.approve(
        organisation, made.key, DRAFT.digest, 50, entry("alert-approved", f"eye-{organisation}")
    )
    assert said == "approved"
    return made


async def approver(store: DatabaseStore, clock: Clock, organisation: str = ORG) -> None:
    """An account that is old enough."""
    invitation = Invitation(token=b"t", totp=b"x" * 20, until=clock.now + timedelta(days=3))
    handle = f"eye-{organisation}"
    assert await store.staff.add(handle, organisation, ("approver",), invitation, entry("staff-added"))
    account = await store.staff.account(handle)
    assert account is not None
    await store.staff.begin(account.id, "joining", b"j" + handle.encode())
    assert await store.staff.join(b"j" + handle.encode(), "hash", 1, (), b"s" + handle.encode(), entry("joined"))
    clock.advance(hours=25)


async def ended(store: DatabaseStore, organisation: str = ORG) -> Broadcast:
    made = await approved(store, organisation)
    assert await store.broadcasts.turn(None, made.key, ("approved",), "cancelled", "expired")
    return made


class TestTokens:
    async def test_a_secret_is_known_to_its_last_day_and_not_longer(self, store: DatabaseStore, clock: Clock) -> None:
        await add(store, days=2)
        clock.advance(days=2)
        found = await store.api.token(SECRET + b"crm")
        assert found is not None
        assert (found.label, found.handle, found.organisation, found.made_by) == ("crm", "api:crm", ORG, "boss")
        assert found.scopes == {"alerts:read"}
        clock.advance(hours=12)
        assert await store.api.token(SECRET + b"crm") is None

    async def test_no_other_secret_is_known(self, store: DatabaseStore) -> None:
        await add(store)
        for wrong in (b"", SECRET, SECRET + b"crn", SECRET.upper(), b"\xff" * 5000):
            assert await store.api.token(wrong) is None

    async def test_that_it_was_used_is_kept_by_the_day(self, store: DatabaseStore, clock: Clock) -> None:
        await add(store)
        assert [one.used for one in await store.api.tokens(ORG)] == [None]
        await store.api.token(SECRET + b"crm")
        assert [one.used for one in await store.api.tokens(ORG)] == [date(2026, 3, 10)]
        clock.advance(days=1, hours=3)
        await store.api.token(SECRET + b"crm")
        assert [one.used for one in await store.api.tokens(ORG)] == [date(2026, 3, 11)]

    async def test_an_admin_reaches_the_own_organisation_alone(self, store: DatabaseStore) -> None:
        await add(store, "theirs", OTHER)
        assert await store.api.tokens(ORG) == []
        assert not await store.api.end_token(ORG, "theirs", entry("token-ended"))
        assert await store.api.token(SECRET + b"theirs") is not None
        assert [one.label for one in await store.api.tokens(None)] == ["theirs"]

    async def test_ended_it_is_unknown_and_its_label_stays_taken(self, store: DatabaseStore) -> None:
        await add(store)
        assert await store.api.end_token(ORG, "crm", entry("token-ended"))
        assert await store.api.token(SECRET + b"crm") is None
        assert [one.ended for one in await store.api.tokens(ORG)] == [True]
        assert not await store.api.end_token(ORG, "crm", entry("token-ended"))
        assert not await store.api.add_token("crm", OTHER, (), b"new", date(2026, 4, 1), entry())

    async def test_making_and_ending_are_rows_of_the_audit_and_so_is_what_it_does(self, store: DatabaseStore) -> None:
        await add(store)
        await store.broadcasts.add(ORG, DRAFT, entry("alert-drafted", "api:crm"))
        await store.api.end_token(ORG, "crm", entry("token-ended"))
        rows = [(one.handle, one.what) for one in await store.staff.audit(None, 10)]
        assert rows == [("boss", "token-ended"), ("api:crm", "alert-drafted"), ("boss", "token-added")]
        assert [one.handle for one in await store.staff.audit(ORG, 10)] == ["api:crm"]
        assert await store.staff.audit(OTHER, 10) == []


class TestOnce:
    async def ask(self, store: DatabaseStore, key: bytes = b"k", body: bytes = b"b", token: int = 1) -> bytes:
        once = Once(token=token, key=key, body=body)
        made = await store.broadcasts.add(ORG, DRAFT, entry("alert-drafted", "api:crm"), once)
        return made.key

    @pytest.fixture(autouse=True)
    async def tokens(self, store: DatabaseStore) -> dict[str, int]:
        for label in ("crm", "other"):
            await add(store, label)
        return {one.label: one.id for one in await store.api.tokens(ORG)}

    async def test_twenty_at_once_make_one_draft(self, store: DatabaseStore, tokens: dict[str, int]) -> None:
        keys = await asyncio.gather(*(self.ask(store, token=tokens["crm"]) for _ in range(20)))
        assert len(set(keys)) == 1
        assert len(await store.broadcasts.broadcasts(ORG)) == 1
        assert [one.what for one in await store.staff.audit(None, 50)].count("alert-drafted") == 1

    async def test_another_body_is_refused_and_takes_nobody_along(
        self, store: DatabaseStore, tokens: dict[str, int]
    ) -> None:
        me = tokens["crm"]
        await self.ask(store, token=me)
        asked = [self.ask(store, body=b"c", token=me), self.ask(store, key=b"k2", token=me)]
        refused, made = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(refused, AskedOtherwise)
        assert isinstance(made, bytes)
        assert len(await store.broadcasts.broadcasts(ORG)) == 2

    async def test_the_key_of_another_token_is_another_key(self, store: DatabaseStore, tokens: dict[str, int]) -> None:
        first, second = [await self.ask(store, token=one) for one in tokens.values()]
        assert first != second

    async def test_it_is_remembered_for_24_hours(
        self, store: DatabaseStore, tokens: dict[str, int], clock: Clock
    ) -> None:
        me = tokens["crm"]
        first = await self.ask(store, token=me)
        clock.advance(hours=23, minutes=59)
        assert await self.ask(store, token=me) == first
        clock.advance(minutes=2)
        assert await self.ask(store, body=b"new", token=me) != first

    async def test_the_clean_up_forgets_it(self, store: DatabaseStore, tokens: dict[str, int], clock: Clock) -> None:
        await self.ask(store, token=tokens["crm"])
        await store.retain(clock.now)
        removed = 0
        for _ in range(3):
            clock.advance(hours=20)
            removed += (await store.retain(clock.now))["api_answers"]
        assert removed == 1

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=12))
    async def test_whatever_is_asked_at_once_a_key_stands_for_one_body_and_one_draft(
        self, store: DatabaseStore, tokens: dict[str, int], asked: list[tuple[int, int, int]]
    ) -> None:
        salt = len(await store.broadcasts.broadcasts(ORG, limit=10_000)).to_bytes(4, "big")
        ids = list(tokens.values())
        got = await asyncio.gather(
            *(self.ask(store, salt + b"k%d" % key, b"b%d" % body, ids[who]) for key, body, who in asked),
            return_exceptions=True,
        )
        first: dict[tuple[int, int], tuple[int, bytes]] = {}
        for (key, body, who), result in zip(asked, got, strict=True):
            if isinstance(result, bytes):
                assert first.setdefault((key, who), (body, result)) == (body, result)
            else:
                assert isinstance(result, AskedOtherwise)
                assert first[key, who][0] != body
        assert len({made for _, made in first.values()}) == len(first)


class TestWebhooks:
    async def test_the_address_and_its_secret_come_back_to_their_organisation(self, store: DatabaseStore) -> None:
        await store.api.set_webhook(ORG, URL, b"s1", entry("webhook-set"))
        assert await store.api.webhook(ORG) == Webhook(organisation=ORG, url=URL, secrets=(b"s1",))
        assert await store.api.webhook(OTHER) is None

    async def test_while_a_secret_is_changed_both_sign(self, store: DatabaseStore, clock: Clock) -> None:
        for secret in (b"s1", b"s2"):
            await store.api.set_webhook(ORG, URL, secret, entry("webhook-set"))
        await store.api.set_webhook(ORG, URL + "/new", b"", entry("webhook-set"))
        found = await store.api.webhook(ORG)
        assert found == Webhook(organisation=ORG, url=URL + "/new", secrets=(b"s2", b"s1"))
        clock.advance(hours=72, seconds=1)
        found = await store.api.webhook(ORG)
        assert found is not None
        assert found.secrets == (b"s2",)

    async def test_neither_address_nor_secret_nor_token_is_in_any_file(self, store: DatabaseStore, path: Path) -> None:
        await add(store)
        await store.api.set_webhook(ORG, URL, b"marked-6003", entry("webhook-set"))
        assert search_marks(path.parent, ["marked-secret-6001", "marked-6002", "marked-6003"]) == []


class TestCalls:
    @pytest.fixture(autouse=True)
    async def people(self, store: DatabaseStore, clock: Clock) -> None:
        for organisation in (ORG, OTHER):
            await approver(store, clock, organisation)
        await store.api.set_webhook(ORG, URL, b"s1", entry("webhook-set"))

    async def test_the_end_of_an_alert_is_told_once_to_its_organisation(self, store: DatabaseStore) -> None:
        made = await ended(store)
        await ended(store, OTHER)
        (call,) = await store.api.claim_calls(10)
        assert (call.organisation, call.broadcast, call.event, call.reason) == (ORG, made.key, "cancelled", "expired")
        assert len(call.message) == 16
        assert await store.api.claim_calls(10) == []

    @pytest.mark.parametrize(("reason", "told"), [("outage", 1), ("audience-moved", 1), ("staff", 0)])
    async def test_a_pause_is_told_when_nobody_asked_for_it(self, store: DatabaseStore, reason: str, told: int) -> None:
        made = await approved(store)
        assert await store.broadcasts.turn(None, made.key, ("approved",), "paused", reason)
        assert len(await store.api.claim_calls(10)) == told

    async def test_no_other_step_is_told(self, store: DatabaseStore) -> None:
        made = await approved(store)
        assert await store.broadcasts.turn(None, made.key, ("approved",), "enrolling")
        await store.broadcasts.start(made.key)
        assert await store.api.claim_calls(10) == []
        assert await store.broadcasts.turn(None, made.key, ("sending",), "done")
        assert [one.event for one in await store.api.claim_calls(10)] == ["done"]

    async def test_of_many_who_claim_at_once_each_call_is_ones(self, store: DatabaseStore) -> None:
        for _ in range(30):
            await ended(store)
        claimed = await asyncio.gather(*(store.api.claim_calls(4) for _ in range(12)))
        ids = [call.id for calls in claimed for call in calls]
        assert len(ids) == len(set(ids)) == 30

    async def test_a_process_that_dies_leaves_its_call_to_another_under_the_same_name(
        self, store: DatabaseStore, clock: Clock
    ) -> None:
        await ended(store)
        (dead,) = await store.api.claim_calls(10)
        clock.advance(seconds=CALL_SECONDS - 1)
        assert await store.api.claim_calls(10) == []
        clock.advance(seconds=1)
        (taken,) = await store.api.claim_calls(10)
        assert (taken.message, taken.tries) == (dead.message, dead.tries + 1)
        assert not await store.api.settle_call(dead, "done", 200)
        assert await store.api.settle_call(taken, "waiting", 500, clock.now + timedelta(minutes=5))

    async def test_it_waits_until_it_is_due(self, store: DatabaseStore, clock: Clock) -> None:
        await ended(store)
        (call,) = await store.api.claim_calls(10)
        await store.api.settle_call(call, "waiting", 503, clock.now + timedelta(minutes=5))
        clock.advance(minutes=4)
        assert await store.api.claim_calls(10) == []
        clock.advance(minutes=1)
        (again,) = await store.api.claim_calls(10)
        assert (again.status, again.tries) == (503, 2)

    @pytest.mark.parametrize("state", ["done", "given-up"])
    async def test_what_is_over_is_shown_and_not_claimed(self, store: DatabaseStore, clock: Clock, state: Any) -> None:
        await ended(store)
        (call,) = await store.api.claim_calls(10)
        assert await store.api.settle_call(call, state, 200)
        clock.advance(days=1)
        assert await store.api.claim_calls(10) == []
        assert [one.state for one in await store.api.calls(ORG, 10)] == [state]
        assert await store.api.calls(OTHER, 10) == []

    async def test_a_receiver_that_is_gone_ends_what_waits_until_an_admin_sets_it_anew(
        self, store: DatabaseStore
    ) -> None:
        for _ in range(2):
            await ended(store)
        first, _ = await store.api.claim_calls(10)
        await store.api.settle_call(first, "ended", 410)
        assert {one.state for one in await store.api.calls(ORG, 10)} == {"ended"}
        await ended(store)
        assert len(await store.api.calls(ORG, 10)) == 2
        found = await store.api.webhook(ORG)
        assert found is not None
        assert found.ended
        await store.api.set_webhook(ORG, URL, b"", entry("webhook-set"))
        await ended(store)
        assert len(await store.api.claim_calls(10)) == 1

    async def test_dropped_nothing_more_is_told(self, store: DatabaseStore) -> None:
        await ended(store)
        assert await store.api.drop_webhook(ORG, entry("webhook-dropped"))
        assert not await store.api.drop_webhook(ORG, entry("webhook-dropped"))
        await ended(store)
        assert await store.api.claim_calls(10) == []
        assert await store.api.webhook(ORG) is None

    async def test_the_clean_up_forgets_calls_after_30_days(self, store: DatabaseStore, clock: Clock) -> None:
        await ended(store)
        (call,) = await store.api.claim_calls(10)
        assert isinstance(call, WebhookCall)
        clock.now = call.made + timedelta(days=30)
        await store.trust_clock(clock.now)
        assert (await store.retain(clock.now))["webhook_calls"] == 0
        clock.advance(hours=24)
        assert (await store.retain(clock.now))["webhook_calls"] == 1
