"""What every store of broadcasts must do, through the protocol alone (THREATS T11, T14, T29, T33, T35, T36, T75)."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.store import DatabaseStore as Store
from bot.store import Entry, Lease, News, Outcome, Person, Timer, sending_name
from bot.store.broadcast_protocol import (
    Broadcast,
    BroadcastStore,
    ClaimedDeliveries,
    DeliveryEnd,
    DueDelivery,
    Judge,
    Tally,
)
from bot.store.staff_protocol import What
from tests.contract.test_store import clock, opener, store
from tests.store.helpers import NOON, Clock, draft, everybody, let_out, send_to_all, staffed, works

__all__ = ["clock", "opener", "store"]
BOT = ("telegram", "8000000001")


def by(handle: str, what: What = "alert-saved") -> Entry:
    return Entry(handle=handle, what=what)


def always(_: DueDelivery) -> str:
    return "send"


@pytest.fixture
async def alerts(store: Store, clock: Clock) -> BroadcastStore:
    """anna writes, boris approves, vera is new here; all of one organisation."""
    await staffed(store.staff, clock, "anna", "boris")
    await staffed(store.staff, clock, "vera", days=0)
    return store.broadcasts


async def people(store: Store, count: int = 3) -> None:
    for number in range(1, count + 1):
        await store.take(works(str(number), outcome=Outcome(profile=b"p%d" % number, session=b"s")))


async def leased(store: Store, holder: str = "this process") -> Lease:
    lease = await store.lease("alerts", holder)
    assert lease is not None
    return lease


async def under_way(store: Store, count: int = 3, **more: Any) -> bytes:
    """An alert to so many people, none of whom has got it yet."""
    await people(store, count)
    key = (await let_out(store.broadcasts, draft(**more), counted=count)).key
    await store.broadcasts.enrol(key, await everybody(store))
    assert await store.broadcasts.start(key) == count
    return key


async def claimed(
    store: Store, key: bytes, judge: Judge = always, *, after: int = 0, limit: int = 100, lease: Lease | None = None
) -> ClaimedDeliveries:
    mine = lease or await leased(store)
    return await store.broadcasts.claim_deliveries(key, store.account_mark(*BOT), mine, after, limit, judge)


async def settled(store: Store, key: bytes, *results: DeliveryEnd, lease: Lease | None = None) -> None:
    await store.broadcasts.settle_deliveries(key, lease or await leased(store), results)


async def tally(store: Store, key: bytes) -> Tally:
    """It adds up, whatever happened."""
    found = await store.broadcasts.tally(None, key)
    assert found is not None
    parts = found.due + found.sending + found.sent + found.uncertain + found.left
    assert parts + sum(n for _, n in found.failed + found.skipped) == found.audience
    assert min(found.due, found.sending, found.sent, found.uncertain, found.left, found.read) >= 0
    return found


async def state_of(alerts: BroadcastStore, key: bytes) -> str:
    found = await alerts.broadcast(None, key)
    assert found is not None
    return found.state


class TestLife:
    async def proposed(self, alerts: BroadcastStore) -> Broadcast:
        written = await alerts.add("org", draft(), by("anna"))
        assert await alerts.propose("org", written.key, 1, by("anna"))
        return written

    async def test_what_was_written_comes_back(self, alerts: BroadcastStore) -> None:
        told = draft(b"text" * 500, corrects=b"another")
        written = await alerts.add("org", told, by("anna"))
        assert await alerts.broadcast("org", written.key) == written
        assert written.draft == told
        assert (written.state, written.version, written.author, written.editors) == ("draft", 1, "anna", ("anna",))
        assert (len(written.key), len(written.code), written.approver, written.created) == (16, 8, "", NOON)

    async def test_a_save_of_an_older_version_is_refused(self, alerts: BroadcastStore) -> None:
        written = await alerts.add("org", draft(), by("anna"))
        saved = await alerts.save("org", written.key, 1, draft(b"two"), by("carl"))
        assert saved is not None
        assert (saved.version, saved.draft.body, saved.editors) == (2, b"two", ("anna", "carl"))
        assert await alerts.save("org", written.key, 1, draft(b"three"), by("anna")) is None
        assert not await alerts.propose("org", written.key, 1, by("anna"))

    async def test_a_second_person_lets_it_out(self, alerts: BroadcastStore) -> None:
        written = await self.proposed(alerts)
        assert await alerts.approve("org", written.key, written.draft.digest, 42, by("boris")) == "approved"
        found = await alerts.broadcast("org", written.key)
        assert found is not None
        assert (found.state, found.approver, found.counted) == ("approved", "boris", 42)

    @pytest.mark.parametrize(
        ("handle", "said"), [("anna", "own"), ("vera", "young"), ("nobody", "gone"), ("olga", "gone"), ("carl", "gone")]
    )
    async def test_nobody_else_does(
        self, store: Store, alerts: BroadcastStore, clock: Clock, handle: str, said: str
    ) -> None:
        """olga is of another organisation, carl has not the role any more."""
        await staffed(store.staff, clock, "olga", organisation="other")
        await staffed(store.staff, clock, "carl")
        await store.staff.set_roles("org", "carl", ("sender",), by("boss"))
        written = await self.proposed(alerts)
        assert await alerts.approve("org", written.key, written.draft.digest, 0, by(handle)) == said
        assert await state_of(alerts, written.key) == "proposed"

    async def test_who_left_approves_nothing_and_who_approved_may_leave(
        self, store: Store, alerts: BroadcastStore
    ) -> None:
        written, other = await self.proposed(alerts), await self.proposed(alerts)
        assert await alerts.approve("org", written.key, written.draft.digest, 0, by("boris")) == "approved"
        await store.staff.disable("org", "boris", by("boss"))
        assert await alerts.approve("org", other.key, other.draft.digest, 0, by("boris")) == "gone"
        assert await alerts.turn("org", written.key, ("approved",), "paused", "staff")

    async def test_an_editor_is_an_author(self, alerts: BroadcastStore) -> None:
        written = await self.proposed(alerts)
        saved = await alerts.save("org", written.key, 1, draft(b"two"), by("boris"))
        assert saved is not None
        await alerts.propose("org", written.key, 2, by("anna"))
        assert await alerts.approve("org", written.key, saved.draft.digest, 0, by("boris")) == "own"

    async def test_an_account_may_approve_after_a_day(self, alerts: BroadcastStore, clock: Clock) -> None:
        written = await self.proposed(alerts)
        clock.advance(hours=23, minutes=59)
        assert await alerts.approve("org", written.key, written.draft.digest, 0, by("vera")) == "young"
        clock.advance(minutes=1)
        assert await alerts.approve("org", written.key, written.draft.digest, 0, by("vera")) == "approved"

    async def test_what_was_not_looked_at_is_not_approved(self, alerts: BroadcastStore) -> None:
        written = await self.proposed(alerts)
        assert await alerts.approve("org", written.key, draft(b"other").digest, 0, by("boris")) == "stale"

    async def test_an_edit_voids_the_approval(self, alerts: BroadcastStore) -> None:
        written = await self.proposed(alerts)
        await alerts.approve("org", written.key, written.draft.digest, 5, by("boris"))
        saved = await alerts.save("org", written.key, 1, draft(b"two"), by("anna"))
        assert saved is not None
        assert (saved.state, saved.approver, saved.counted) == ("draft", "", None)
        assert await alerts.approve("org", written.key, saved.draft.digest, 5, by("boris")) == "gone"

    async def test_no_turn_leads_past_the_second_person(self, alerts: BroadcastStore) -> None:
        for state in ("approved", "enrolling", "sending", "paused", "done"):
            written = await self.proposed(alerts)
            assert not await alerts.turn("org", written.key, ("proposed",), state)
            assert await alerts.turn("org", written.key, ("proposed",), "draft")
            assert not await alerts.turn("org", written.key, ("draft",), state)
            assert await state_of(alerts, written.key) == "draft"

    async def test_what_is_cancelled_stays_so(self, alerts: BroadcastStore) -> None:
        key = (await let_out(alerts)).key
        assert await alerts.turn("org", key, ("enrolling",), "cancelled", "staff")
        for state in ("draft", "sending", "paused", "done"):
            assert not await alerts.turn("org", key, ("cancelled",), state)
        assert await state_of(alerts, key) == "cancelled"

    async def test_what_has_begun_is_not_edited(self, alerts: BroadcastStore) -> None:
        key = (await let_out(alerts)).key
        assert await alerts.save("org", key, 1, draft(b"two"), by("anna")) is None
        assert not await alerts.turn("org", key, ("enrolling",), "draft")

    async def test_a_turn_is_compared_and_set(self, alerts: BroadcastStore) -> None:
        key = (await let_out(alerts)).key
        both = [alerts.turn(None, key, ("enrolling",), "paused", reason) for reason in ("one", "two")]
        assert sorted(await asyncio.gather(*both)) == [False, True]

    async def test_an_organisation_reaches_its_own(self, alerts: BroadcastStore) -> None:
        written = await self.proposed(alerts)
        key, digest = written.key, written.draft.digest
        assert await alerts.broadcast("other", key) is None
        assert await alerts.save("other", key, 1, draft(b"x"), by("olga")) is None
        assert not await alerts.propose("other", key, 1, by("olga"))
        assert await alerts.approve("other", key, digest, 0, by("olga")) == "gone"
        assert not await alerts.turn("other", key, ("proposed",), "cancelled", "staff")
        assert await alerts.decide_uncertain("other", key, repeat=True, entry=by("olga")) == 0
        assert await alerts.tally("other", key) is None
        assert await alerts.broadcasts("other") == []
        assert await alerts.broadcast("org", key) == await alerts.broadcast(None, key)

    async def test_lists_are_newest_first_by_state_and_limited(self, alerts: BroadcastStore) -> None:
        keys = [(await alerts.add("org", draft(), by("anna"))).key for _ in range(3)]
        await alerts.propose("org", keys[0], 1, by("anna"))
        assert [one.key for one in await alerts.broadcasts("org")] == keys[::-1]
        assert [one.key for one in await alerts.broadcasts(None, ("draft",))] == keys[:0:-1]
        assert [one.key for one in await alerts.broadcasts("org", ("draft", "proposed"), 2)] == keys[:0:-1]

    async def test_a_code_is_known_once_somebody_got_it(self, store: Store, alerts: BroadcastStore) -> None:
        broadcast = await let_out(alerts)
        assert await alerts.by_code(broadcast.code) is None
        await alerts.start(broadcast.key)
        await alerts.hold(broadcast.key, NOON)
        found = await alerts.by_code(broadcast.code)
        assert found is not None
        assert (found.key, found.began) == (broadcast.key, NOON)

    async def test_each_act_of_staff_stands_in_the_audit(self, store: Store, alerts: BroadcastStore) -> None:
        key = (await let_out(alerts)).key
        await alerts.turn("org", key, ("enrolling",), "paused", "staff", by("boris", "alert-paused"))
        await alerts.turn("org", key, ("enrolling",), "paused", "staff", by("boris", "alert-paused"))
        rows = [(row.handle, row.what) for row in await store.staff.audit("org", 4)]
        assert rows == [
            ("boris", "alert-paused"),
            ("boris", "alert-approved"),
            ("anna", "alert-proposed"),
            ("anna", "alert-drafted"),
        ]


class TestEnrolling:
    async def test_each_person_is_written_down_once(self, store: Store, alerts: BroadcastStore) -> None:
        await people(store, 5)
        everyone, key = await everybody(store), (await let_out(alerts)).key
        for some in (everyone[:3], everyone, everyone[::-1], []):
            await alerts.enrol(key, some)
        assert await alerts.start(key) == 5
        assert await alerts.start(key) == 5, "it may be asked again"
        assert (await tally(store, key)).due == 5

    async def test_many_at_once(self, store: Store, alerts: BroadcastStore) -> None:
        await asyncio.gather(*(store.take(works(str(number))) for number in range(2500)))
        everyone, key = await everybody(store), (await let_out(alerts)).key
        await alerts.enrol(key, everyone * 2)
        assert await alerts.start(key) == 2500
        rows, after = set[int](), 0
        while (got := await claimed(store, key, after=after, limit=256)).rows:
            rows.update(row.id for row in got.rows)
            after = got.last
        assert len(rows) == 2500
        assert after == 0

    async def test_who_is_gone_or_blocked_is_not(self, store: Store, alerts: BroadcastStore) -> None:
        await people(store)
        everyone, key = await everybody(store), (await let_out(alerts)).key
        await store.erase(*BOT, "1")
        await store.mark(*BOT, "2", "blocked")
        await alerts.enrol(key, everyone)
        assert await alerts.start(key) == 1

    async def test_only_while_it_enrols(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store)
        await store.take(works("4"))
        await alerts.enrol(key, await everybody(store))
        await alerts.enrol_again(key)
        assert (await tally(store, key)).due == 3
        await alerts.enrol(b"unknown", await everybody(store))
        assert await alerts.start(b"unknown") == 0

    async def test_after_a_crash_in_the_middle_it_begins_anew(self, store: Store, alerts: BroadcastStore) -> None:
        await people(store)
        everyone, key = await everybody(store), (await let_out(alerts)).key
        await alerts.enrol(key, everyone[:2])
        await alerts.enrol_again(key)
        assert (await tally(store, key)).audience == 0
        await alerts.enrol(key, everyone[2:])
        assert await alerts.start(key) == 1

    async def test_a_correction_goes_to_who_got_or_may_have_got_it(self, store: Store, alerts: BroadcastStore) -> None:
        """T35: and to nobody else."""
        key = await under_way(store, 6)
        got = (await claimed(store, key, limit=5)).rows
        ends: tuple[Any, ...] = ("sent", "uncertain", "failed", "skipped")
        await settled(
            store, key, *(DeliveryEnd(id=row.id, state=e, code="x") for row, e in zip(got, ends, strict=False))
        )
        await alerts.turn("org", key, ("sending",), "cancelled", "staff")
        correction = (await let_out(alerts, draft(b"correction", corrects=key))).key
        await alerts.enrol_corrected(correction)
        await alerts.enrol_corrected(correction)
        assert await alerts.start(correction) == 3
        told = {row.address for row in (await claimed(store, correction)).rows}
        assert told == {got[0].address, got[1].address, got[4].address}, "sent, uncertain, and the one in the air"

    async def test_who_was_shown_it_in_a_conversation_gets_it_no_more_and_gets_its_correction(
        self, store: Store, alerts: BroadcastStore
    ) -> None:
        """T35, also of somebody who came later."""
        key = await under_way(store, 3)
        found = await alerts.broadcast(None, key)
        assert found is not None
        asked: list[Collection[str]] = []

        def shown(person: Person) -> Outcome:
            asked.append(person.alerts())
            return Outcome(profile=b"p", session=b"s", alerts=(found.code, "00000000"))

        [first] = (await claimed(store, key, limit=1)).rows
        await settled(store, key, DeliveryEnd(id=first.id, state="sent"))
        due = next(str(number) for number in range(1, 4) if str(number) != first.address)
        for address in (first.address, due, "new", "new"):
            assert (await store.take(works(address, shown))).error is None
        assert [found.code in one for one in asked] == [True, False, False, True]
        now = await tally(store, key)
        assert (now.audience, now.sent, now.due) == (4, 3, 1)
        [left] = (await claimed(store, key)).rows
        assert left.address not in (first.address, due, "new")

        await settled(store, key, DeliveryEnd(id=left.id, state="failed", code="x"))
        await alerts.turn("org", key, ("sending",), "cancelled", "staff")
        assert (await store.take(works("later", shown))).error is None
        correction = (await let_out(alerts, draft(b"correction", corrects=key))).key
        await alerts.enrol_corrected(correction)
        await alerts.start(correction)
        told = {row.address for row in (await claimed(store, correction)).rows}
        assert told == {first.address, due, "new"}

    async def test_one_that_corrects_nothing_has_nobody(self, store: Store, alerts: BroadcastStore) -> None:
        key = (await let_out(alerts)).key
        await alerts.enrol_corrected(key)
        assert await alerts.start(key) == 0


class TestClaiming:
    async def test_a_row_comes_opened_and_once(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store)
        first, second = await asyncio.gather(claimed(store, key), claimed(store, key))
        assert second.rows == ()
        assert sorted((row.channel, row.account, row.address, row.profile, row.session) for row in first.rows) == [
            (*BOT, str(n), b"p%d" % n, b"s") for n in (1, 2, 3)
        ]
        assert {len(row.contact) for row in first.rows} == {8}
        assert (await tally(store, key)).sending == 3

    async def test_a_cursor_goes_on_and_comes_to_an_end(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 5)
        first = await claimed(store, key, lambda _: "later", limit=3)
        assert (first.rows, first.later) == ((), 3)
        second = await claimed(store, key, after=first.last, limit=3)
        assert (len(second.rows), second.later, second.last) == (2, 0, 0)
        assert [row.id > first.last for row in second.rows] == [True, True]
        nothing = await claimed(store, key, after=first.last, limit=0)
        assert (nothing.rows, nothing.last) == ((), first.last)
        assert len((await claimed(store, key)).rows) == 3, "who was put off is due from the beginning"

    async def test_the_judge_decides(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store)
        words = {"1": "send", "2": "later", "3": "opted-out"}
        got = await claimed(store, key, lambda row: words[row.address])
        assert ([row.address for row in got.rows], got.later) == (["1"], 1)
        found = await tally(store, key)
        assert (found.due, found.sending, found.skipped) == (1, 1, (("opted-out", 1),))

    async def test_what_the_judge_raises_is_its_callers_alone(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store)

        def broken(_: DueDelivery) -> str:
            raise LookupError("judge")

        got, taken = await asyncio.gather(
            claimed(store, key, broken), store.take(works("9", update="u")), return_exceptions=True
        )
        assert isinstance(got, LookupError)
        assert not isinstance(taken, BaseException)
        assert (await store.take(works("9", update="u"))).repeat
        assert (await tally(store, key)).due == 3

    async def test_who_blocked_the_bot_meanwhile_is_skipped_and_who_is_erased_is_not_there(
        self, store: Store, alerts: BroadcastStore
    ) -> None:
        key = await under_way(store)
        await store.mark(*BOT, "1", "blocked")
        await store.erase(*BOT, "2")
        assert [row.address for row in (await claimed(store, key)).rows] == ["3"]
        found = await tally(store, key)
        assert (found.audience, found.left, found.skipped) == (3, 1, (("blocked", 1),))

    async def test_a_session_lasts_30_idle_days(self, store: Store, alerts: BroadcastStore, clock: Clock) -> None:
        key = await under_way(store, 1)
        clock.advance(days=31)
        assert [row.session for row in (await claimed(store, key)).rows] == [None]

    async def test_a_session_is_opened_only_where_it_is_asked_for(self, store: Store, alerts: BroadcastStore) -> None:
        key, mine = await under_way(store, 1), await leased(store)
        account = store.account_mark(*BOT)
        claim = await alerts.claim_deliveries(key, account, mine, 0, 10, always, sessions=False)
        assert [(row.profile, row.session) for row in claim.rows] == [(b"p1", None)]

    @pytest.mark.parametrize("state", ["approved", "enrolling", "paused", "done", "cancelled"])
    async def test_nothing_but_what_sends(self, store: Store, alerts: BroadcastStore, state: str) -> None:
        key = await under_way(store)
        assert await alerts.turn(None, key, ("sending",), state)  # type: ignore[arg-type]
        assert (await claimed(store, key)).rows == ()

    async def test_nothing_before_the_hold_ends(self, store: Store, alerts: BroadcastStore, clock: Clock) -> None:
        key = await under_way(store)
        await alerts.hold(key, NOON + timedelta(minutes=2))
        clock.advance(seconds=119)
        assert (await claimed(store, key)).rows == ()
        clock.advance(seconds=1)
        assert len((await claimed(store, key)).rows) == 3
        await alerts.hold(key, NOON)
        found = await alerts.broadcast(None, key)
        assert found is not None
        assert found.began == NOON

    async def test_nothing_under_a_lease_that_is_anothers(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        key = await under_way(store)
        old = await leased(store, "a")
        clock.advance(seconds=11)
        await leased(store, "b")
        assert (await claimed(store, key, lease=old)).rows == ()

    async def test_accounts_are_apart(self, store: Store, alerts: BroadcastStore) -> None:
        await store.take(works("1"))
        await store.take(works("2", account="77"))
        key, other = (await let_out(alerts)).key, store.account_mark("telegram", "77")
        await alerts.enrol(key, await everybody(store))
        await alerts.start(key)
        assert [row.address for row in (await claimed(store, key)).rows] == ["1"]
        mine = await leased(store)
        got = await alerts.claim_deliveries(key, other, mine, 0, 10, always)
        assert [row.address for row in got.rows] == ["2"]

    async def test_an_account_for_which_people_wait_and_from_which_nobody_sends_is_unattended(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        await store.take(works("1"))
        await store.take(works("2", account="77"))
        key, mark, other = (await let_out(alerts)).key, store.account_mark(*BOT), store.account_mark("telegram", "77")
        await alerts.enrol(key, await everybody(store))
        assert await alerts.unattended_accounts(key) == [], "it has not begun"
        await alerts.start(key)
        assert await alerts.unattended_accounts(key) == sorted((mark, other))
        assert await store.lease(sending_name("telegram", mark), "a")
        assert await alerts.unattended_accounts(key) == [other]
        clock.advance(seconds=11)
        assert await alerts.unattended_accounts(key) == sorted((mark, other)), "whoever sent from it is silent"
        lease = await leased(store, "b")
        await alerts.claim_deliveries(key, other, lease, 0, 10, always)
        assert await alerts.unattended_accounts(key) == [mark], "nobody waits for the other one any more"
        await alerts.turn("org", key, ("sending",), "paused", "staff")
        assert await alerts.unattended_accounts(key) == []


class TestSettling:
    async def test_what_was_taken_by_a_claim_without_an_answer_is_due_again(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        key, mine = await under_way(store, 4), await leased(store)
        lost, held, also_lost = (row.id for row in (await claimed(store, key, limit=3, lease=mine)).rows)
        assert sorted(await alerts.release_deliveries(key, mine, {held})) == [lost, also_lost]
        found = await tally(store, key)
        assert (found.due, found.sending) == (3, 1)
        assert [row.id for row in (await claimed(store, key, limit=2, lease=mine)).rows] == [lost, also_lost]

        clock.advance(seconds=11)
        theirs = await leased(store, "b")
        assert await alerts.release_deliveries(key, theirs, ()) == []
        assert (await tally(store, key)).sending == 3

    async def test_each_end_is_counted(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 6)
        ids = [row.id for row in (await claimed(store, key)).rows]
        ends: tuple[Any, ...] = ("sent", "failed", "uncertain", "skipped", "due", "failed")
        codes = ("ignored", "flood", "timeout", "expired", "ignored", "gone")
        await settled(
            store, key, *(DeliveryEnd(id=i, state=e, code=c) for i, e, c in zip(ids, ends, codes, strict=True))
        )
        found = await tally(store, key)
        assert (found.sent, found.uncertain, found.due, found.sending) == (1, 1, 1, 0)
        assert (sorted(found.failed), found.skipped) == ([("flood", 1), ("gone", 1)], (("expired", 1),))
        assert [row.id for row in (await claimed(store, key)).rows] == [ids[4]]

    async def test_twice_or_of_another_or_of_nobody_is_ignored(self, store: Store, alerts: BroadcastStore) -> None:
        key, other = await under_way(store), await under_way(store)
        ids = [row.id for row in (await claimed(store, key)).rows]
        await settled(store, other, *(DeliveryEnd(id=id, state="sent") for id in ids))
        await settled(store, key, *(DeliveryEnd(id=id, state="sent") for id in [*ids, *ids, 999_999]))
        await settled(store, key, *(DeliveryEnd(id=id, state="failed", code="x") for id in ids))
        assert (await tally(store, key)).sent == 3
        assert (await tally(store, other)).due == 3

    async def test_what_was_sent_can_be_hidden(self, store: Store, alerts: BroadcastStore) -> None:
        """T17: its reference is kept as that of a reply."""
        key = await under_way(store, 1)
        (row,) = (await claimed(store, key)).rows
        await settled(store, key, DeliveryEnd(id=row.id, state="sent", ref="77"))
        assert (await store.take(works("1", outcome=Outcome(hide=True)))).wipe == ("77",)

    async def test_who_blocked_us_gets_nothing_more(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 1)
        await store.take(works("1", outcome=Outcome(outbox=(b"reply",))))
        (row,) = (await claimed(store, key)).rows
        await settled(store, key, DeliveryEnd(id=row.id, state="failed", code="blocked", mark="blocked"))
        assert await store.unsent(["telegram"], 10) == []

    async def test_under_an_old_fence_it_is_ignored(self, store: Store, alerts: BroadcastStore, clock: Clock) -> None:
        """F27: rows of a lost process are uncertain, and its late word changes nothing."""
        key = await under_way(store)
        old = await leased(store, "a")
        rows = (await claimed(store, key, lease=old)).rows
        clock.advance(seconds=11)
        new = await leased(store, "b")
        assert await alerts.recover_deliveries() == 3
        assert await alerts.recover_deliveries() == 0
        await settled(store, key, *(DeliveryEnd(id=row.id, state="sent") for row in rows), lease=old)
        assert (await tally(store, key)).uncertain == 3
        assert (await claimed(store, key, lease=new)).rows == (), "what may have arrived is not sent by itself (T75)"

    async def test_what_a_living_lease_claimed_stays(self, store: Store, alerts: BroadcastStore, clock: Clock) -> None:
        key = await under_way(store)
        await claimed(store, key)
        clock.advance(seconds=9)
        assert await alerts.recover_deliveries() == 0


class TestUncertain:
    @pytest.fixture
    async def key(self, store: Store, alerts: BroadcastStore) -> bytes:
        key = await under_way(store)
        rows = (await claimed(store, key)).rows
        await settled(store, key, *(DeliveryEnd(id=row.id, state="uncertain", code="timeout") for row in rows))
        return key

    async def test_a_person_has_them_sent_once_more(self, store: Store, alerts: BroadcastStore, key: bytes) -> None:
        await alerts.turn(None, key, ("sending",), "done")
        assert await alerts.decide_uncertain("org", key, repeat=True, entry=by("anna", "alert-decided")) == 3
        assert await state_of(alerts, key) == "sending"
        assert len((await claimed(store, key)).rows) == 3

    async def test_or_leaves_them(self, store: Store, alerts: BroadcastStore, key: bytes) -> None:
        assert await alerts.decide_uncertain("org", key, repeat=False, entry=by("anna", "alert-decided")) == 3
        assert await alerts.decide_uncertain("org", key, repeat=False, entry=by("anna", "alert-decided")) == 0
        assert (await tally(store, key)).failed == (("unclear", 3),)
        assert [row.what for row in await store.staff.audit(None, 2)] == ["alert-decided", "alert-approved"]

    async def test_what_is_cancelled_is_not_repeated(self, store: Store, alerts: BroadcastStore, key: bytes) -> None:
        await alerts.turn(None, key, ("sending",), "cancelled", "staff")
        assert await alerts.decide_uncertain("org", key, repeat=True, entry=by("anna", "alert-decided")) == 0
        assert (await tally(store, key)).uncertain == 3


class TestStanding:
    """What those who watch over a store see of all alerts together (T71)."""

    @staticmethod
    async def counted(store: Store) -> tuple[int, int, int]:
        told = (await store.standing()).recipients
        assert told.keys() == {"due", "sending", "uncertain"}
        return told["due"], told["sending"], told["uncertain"]

    async def test_who_waits_is_on_the_way_or_waits_for_a_decision_is_counted(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        assert await self.counted(store) == (0, 0, 0)
        key = await under_way(store, 5)
        assert await self.counted(store) == (5, 0, 0)
        await claimed(store, key, limit=3)
        assert await self.counted(store) == (2, 3, 0)
        clock.advance(seconds=11)
        assert await alerts.recover_deliveries() == 3
        assert await self.counted(store) == (2, 0, 3)
        await alerts.turn(None, key, ("sending",), "paused", "staff")
        assert await self.counted(store) == (2, 0, 3)
        await alerts.turn(None, key, ("paused",), "done", "expired")
        assert await self.counted(store) == (0, 0, 3), "what was due is skipped"
        await alerts.decide_uncertain("org", key, repeat=False, entry=by("anna", "alert-decided"))
        assert await self.counted(store) == (0, 0, 0)

    async def test_of_one_that_is_cancelled_nobody_is(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 3)
        (row, *_) = (await claimed(store, key, limit=2)).rows
        await settled(store, key, DeliveryEnd(id=row.id, state="uncertain", code="no-answer"))
        assert await self.counted(store) == (1, 1, 1)
        await alerts.turn(None, key, ("sending",), "cancelled", "staff")
        assert await self.counted(store) == (0, 0, 0)

    async def test_whose_rows_are_past_their_time_nobody_can_decide_on(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        key = await under_way(store, 1, days=60)
        (row,) = (await claimed(store, key)).rows
        await settled(store, key, DeliveryEnd(id=row.id, state="uncertain", code="no-answer"))
        await alerts.turn(None, key, ("sending",), "done")
        for _ in range(30):
            await store.retain(clock.advance(days=1))
        assert await self.counted(store) == (0, 0, 1)
        await store.retain(clock.advance(days=1))
        assert await self.counted(store) == (0, 0, 0)
        assert (await tally(store, key)).uncertain == 1


class TestNews:
    @pytest.mark.parametrize(
        ("told", "sent", "delivered", "read"),
        [
            (("sent",), 1, 0, 0),
            (("delivered",), 1, 1, 0),
            (("read", "delivered", "sent", "failed"), 1, 1, 1),
            (("failed",), 0, 0, 0),
            (("failed", "sent"), 0, 0, 0),
            (("failed", "delivered"), 1, 1, 0),
        ],
    )
    @pytest.mark.parametrize("before", ["sending", "sent", "uncertain"])
    async def test_a_state_never_goes_back(
        self,
        store: Store,
        alerts: BroadcastStore,
        told: tuple[str, ...],
        sent: int,
        delivered: int,
        read: int,
        before: str,
    ) -> None:
        """F23; and what was open is settled by it (T75)."""
        key = await under_way(store, 1)
        (row,) = (await claimed(store, key)).rows
        if before != "sending":
            await settled(store, key, DeliveryEnd(id=row.id, state=before, code="x"))  # type: ignore[arg-type]
        for state in told:
            await store.report([News(id=row.id, state=state, code="undeliverable")])  # type: ignore[arg-type]
        found = await tally(store, key)
        assert (found.sent, found.delivered, found.read) == (sent, delivered, read)
        assert found.failed == (() if sent else (("undeliverable", 1),))

    async def test_what_has_arrived_is_not_sent_again(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 1)
        (row,) = (await claimed(store, key)).rows
        await settled(store, key, DeliveryEnd(id=row.id, state="due"))
        await store.report([News(id=row.id, state="sent", whole=False)])
        assert (await tally(store, key)).due == 1
        await store.report([News(id=row.id, state="sent"), News(id=row.id, state="read"), News(id=77, state="read")])
        assert (await claimed(store, key)).rows == ()
        assert (await tally(store, key)).read == 1


class TestEnding:
    @pytest.mark.parametrize(("state", "why"), [("cancelled", "cancelled"), ("done", "expired")])
    async def test_what_was_due_is_skipped(self, store: Store, alerts: BroadcastStore, state: str, why: str) -> None:
        key = await under_way(store)
        rows = (await claimed(store, key, limit=1)).rows
        await alerts.turn(None, key, ("sending",), state, "x")  # type: ignore[arg-type]
        await settled(store, key, DeliveryEnd(id=rows[0].id, state="sent"))
        found = await tally(store, key)
        assert (found.due, found.sent, found.skipped) == (0, 1, ((why, 2),))

    async def test_after_30_days_sums_are_left_and_after_two_years_nothing(
        self, store: Store, alerts: BroadcastStore, clock: Clock
    ) -> None:
        """T11, T36."""
        key = await under_way(store, 4)
        rows = (await claimed(store, key, limit=3)).rows
        ends = [DeliveryEnd(id=row.id, state="sent") for row in rows[:2]]
        await settled(store, key, *ends, DeliveryEnd(id=rows[2].id, state="failed", code="flood"))
        await store.report([News(id=rows[0].id, state="read")])
        await alerts.turn(None, key, ("sending",), "done")
        before = await tally(store, key)
        for _ in range(30):
            assert (await store.retain(clock.advance(days=1)))["broadcast_deliveries"] == 0
        assert (await store.retain(clock.advance(days=1)))["broadcast_deliveries"] == 4
        assert await tally(store, key) == before
        assert await store.erase(*BOT, rows[0].address)
        assert await tally(store, key) == before, "nobody is to be found in a sum"

        for _ in range(699):
            await store.retain(clock.advance(days=1))
        assert await alerts.broadcast(None, key) is not None
        await store.retain(clock.advance(days=1))
        await store.retain(clock.advance(days=1))
        assert await alerts.broadcast(None, key) is None


class TestPeople:
    async def test_who_is_erased_leaves_the_count_that_adds_up(self, store: Store, alerts: BroadcastStore) -> None:
        """F33."""
        key = await under_way(store, 4)
        rows = (await claimed(store, key, limit=2)).rows
        for row in rows:
            await store.erase(*BOT, row.address)
        await settled(store, key, *(DeliveryEnd(id=row.id, state="sent", ref="1") for row in rows))
        found = await tally(store, key)
        assert (found.audience, found.left, found.due, found.sent) == (4, 2, 2, 0)

    async def test_two_contacts_that_become_one_get_it_once(self, store: Store, alerts: BroadcastStore) -> None:
        """Whoever was told in one chat is not told again in the other."""
        key = await under_way(store, 2)
        got = (await claimed(store, key, limit=1)).rows
        await settled(store, key, DeliveryEnd(id=got[0].id, state="sent", ref="5"))
        told, other = got[0].address, "2" if got[0].address == "1" else "1"
        for of in (told, other):  # either may be the one that stays
            await store.take(works(of, outcome=Outcome(profile=b"p", timers=(Timer(due=NOON, body=b"t"),))))
        await store.take(replace(works("new", outcome=Outcome()), also=(told, other)))
        assert (await claimed(store, key)).rows == ()
        found = await tally(store, key)
        assert (found.sent, found.due, found.left) == (1, 0, 1)

    async def test_who_moves_gets_it_there(self, store: Store, alerts: BroadcastStore) -> None:
        key = await under_way(store, 2)
        await store.take(works("1", outcome=Outcome(move="4711209355821")))
        assert await store.move("4711209355821", "telegram", "77", "1000", lambda _: b"bye")
        assert [row.address for row in (await claimed(store, key)).rows] == ["2"]
        there = store.account_mark("telegram", "77")
        got = await alerts.claim_deliveries(key, there, await leased(store), 0, 10, always)
        assert [(row.account, row.address) for row in got.rows] == [("77", "1000")]


class TestSegments:
    async def test_each_save_is_a_version_of_its_own(self, store: Store, alerts: BroadcastStore, clock: Clock) -> None:
        for body in (b"one", b"two" * 300):
            await alerts.save_segment("org", "miners", body, by("anna", "segment-saved"))
        await alerts.save_segment("org", "all", b"all", by("boris", "segment-saved"))
        await alerts.save_segment("other", "miners", b"theirs", by("olga", "segment-saved"))
        assert [(one.name, one.version, one.body, one.by, one.at) for one in await alerts.segments("org")] == [
            ("all", 1, b"all", "boris", NOON),
            ("miners", 2, b"two" * 300, "anna", NOON),
            ("miners", 1, b"one", "anna", NOON),
        ]
        assert [row.what for row in await store.staff.audit(None, 3)] == ["segment-saved"] * 3


async def test_all_of_it_is_there_after_a_restart(opener: Callable[[], Awaitable[Store]], clock: Clock) -> None:
    store = await opener()
    await staffed(store.staff, clock, "anna", "boris")
    await people(store, 3)
    broadcast = await let_out(store.broadcasts)
    await send_to_all(store, store.broadcasts, broadcast)
    before = await store.broadcasts.broadcast(None, broadcast.key), await tally(store, broadcast.key)
    await store.close()
    store = await opener()
    assert (await store.broadcasts.broadcast(None, broadcast.key), await tally(store, broadcast.key)) == before
