"""What an index of contacts stands on, with every store: all of them once, and then each that changes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation import takes_any_alerts
from bot.store import ChangesLost, Known, Outcome, Settled, StoreClosed, create_key_file, load_keys, open_store
from bot.store.store import DatabaseStore as Store
from tests.store.backends import BACKENDS, place
from tests.store.helpers import Clock, fence, works

ANNA, BORIS = "5000000001", "5000000002"
BOT = ("telegram", "8000000001")
KEPT = b'{"alerts":"life"}'


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BACKENDS)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    create_key_file(tmp_path / "key")
    keys = load_keys(tmp_path / "key")
    store = await open_store(place(request.param, tmp_path, keys), keys, clock=clock)
    yield store
    await store.close()


async def everybody(store: Store, chunk: int = 2_000) -> dict[int, Known]:
    return {known.number: known async for known_ in store.scan(chunk) for known in known_}


def number_of(contact: bytes) -> int:
    return int.from_bytes(contact, "big")


class TestScan:
    async def test_each_is_told_once_however_small_the_pages_are(self, store: Store) -> None:
        for address in range(23):
            await store.take(works(str(address), outcome=Outcome(profile=b"p%d" % address)))
        pages = [page async for page in store.scan(5)]

        assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
        numbers = [known.number for page in pages for known in page]
        assert numbers == sorted(set(numbers))
        assert {known.profile for page in pages for known in page} == {b"p%d" % address for address in range(23)}

    async def test_what_is_known(self, store: Store, clock: Clock) -> None:
        taken = await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s")))
        assert await everybody(store) == {
            number_of(taken.contact): Known(
                number=number_of(taken.contact),
                channel="telegram",
                account=store.account_mark(*BOT),
                active=True,
                seen_day=int(clock.now.timestamp() // 86_400),
                profile=b"p",
            )
        }

    async def test_turns_go_on_meanwhile(self, store: Store) -> None:
        for address in range(50):
            await store.take(works(str(address)))
        async for _ in store.scan(5):
            await asyncio.wait_for(store.take(works(ANNA)), 5)

    async def test_a_closed_store_tells_nothing(self, store: Store) -> None:
        await store.close()
        with pytest.raises(StoreClosed):
            await everybody(store)


class TestChanges:
    seen: int

    async def changed(self, store: Store) -> Known:
        """The only contact that changed since the last look."""
        self.seen, known = await store.changes(self.seen)
        assert len(known) == 1
        return known[0]

    @pytest.fixture
    async def anna(self, store: Store) -> int:
        taken = await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s", outbox=(b"r",))))
        self.seen, known = await store.changes(0)
        assert [one.number for one in known] == [number_of(taken.contact)]
        return number_of(taken.contact)

    async def test_nothing_that_an_index_keeps(self, store: Store, anna: int, clock: Clock) -> None:
        await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s2", outbox=(b"r",))))
        await store.take(works(contact=anna.to_bytes(8, "big"), outcome=Outcome(session=b"s3")))
        assert (await store.changes(self.seen))[1] == []

    async def test_a_profile(self, store: Store, anna: int) -> None:
        await store.take(works(ANNA, outcome=Outcome(profile=b"p2")))
        assert (await self.changed(store)).profile == b"p2"
        assert (await store.changes(self.seen))[1] == [], "it is told once"

    async def test_many_changes_of_one_are_told_as_it_is_now(self, store: Store, anna: int) -> None:
        for number in range(5):
            await store.take(works(ANNA, outcome=Outcome(profile=b"p%d" % number)))
        assert (await self.changed(store)).profile == b"p4"

    async def test_a_new_day(self, store: Store, anna: int, clock: Clock) -> None:
        clock.advance(days=1)
        await store.take(works(ANNA, outcome=Outcome()))
        assert (await self.changed(store)).seen_day == int(clock.now.timestamp() // 86_400)

    async def test_blocked_and_back(self, store: Store, anna: int) -> None:
        await store.mark(*BOT, ANNA, "blocked")
        assert not (await self.changed(store)).active
        await store.mark(*BOT, ANNA, "blocked")
        assert (await store.changes(self.seen))[1] == []
        await store.take(works(ANNA, outcome=Outcome()))
        assert (await self.changed(store)).active

    async def test_blocked_by_a_sending(self, store: Store, anna: int) -> None:
        (row,) = await store.unsent(["telegram"], 10)
        held = await fence(store)
        await store.claim([row.id], held)
        await store.settle([Settled(id=row.id, state="failed", code="x", mark="blocked", fence=held)])
        assert not (await self.changed(store)).active

    async def test_an_erasure(self, store: Store, anna: int) -> None:
        await store.erase(*BOT, ANNA)
        assert await self.changed(store) == Known(number=anna)

    async def test_an_erasure_from_the_chat(self, store: Store, anna: int) -> None:
        await store.take(works(ANNA, outcome=Outcome(forget=True)))
        assert await self.changed(store) == Known(number=anna)

    async def test_a_move_and_the_chat_that_is_left(self, store: Store, anna: int) -> None:
        await store.take(works(ANNA, outcome=Outcome(move="1234")))
        await store.move("1234", "whatsapp", "100000000000001", BORIS, lambda person: b"farewell")
        self.seen, known = await store.changes(self.seen)
        came, left = sorted(known, key=lambda one: one.number != anna)
        assert (came.number, came.channel, came.profile) == (anna, "whatsapp", b"p")
        assert came.account == store.account_mark("whatsapp", "100000000000001") != left.account
        assert (left.channel, left.profile) == ("telegram", None)

    async def test_two_that_become_one(self, store: Store, anna: int) -> None:
        boris = number_of((await store.take(works(BORIS, outcome=Outcome(session=b"s")))).contact)
        self.seen, _ = await store.changes(self.seen)
        work = works(BORIS, outcome=Outcome())
        await store.take(
            type(work)(channel=work.channel, account=work.account, address=BORIS, also=(ANNA,), step=work.step)
        )
        self.seen, known = await store.changes(self.seen)
        assert {one.number: one.profile for one in known} == {anna: b"p", boris: None}

    async def test_who_is_forgotten_in_time(self, store: Store, anna: int, clock: Clock) -> None:
        clock.advance(days=181)
        await store.trust_clock(clock.now)
        await store.retain(clock.now)
        assert await self.changed(store) == Known(number=anna)

    async def test_they_are_remembered_for_two_minutes(self, store: Store, anna: int, clock: Clock) -> None:
        await store.retain(clock.now)
        await store.take(works(ANNA, outcome=Outcome(profile=b"p2")))
        await store.retain(clock.advance(seconds=119))
        assert (await store.changes(self.seen))[1]
        await store.retain(clock.advance(seconds=61))
        await store.retain(clock.advance(seconds=61))
        with pytest.raises(ChangesLost):
            await store.changes(self.seen)
        self.seen, known = await store.changes(0)
        assert known == []
        await store.take(works(ANNA, outcome=Outcome(profile=b"p3")))
        assert (await self.changed(store)).profile == b"p3"


class TestWhoTakesAlerts:
    async def people(self, store: Store, clock: Clock, days: int) -> set[bytes | None]:
        for address, profile in ((ANNA, KEPT), (BORIS, b'{"alerts":"none"}'), ("3", b"{}"), ("4", b"unreadable")):
            await store.take(works(address, outcome=Outcome(profile=profile, session=b"s")))
        await store.take(works("5", outcome=Outcome(session=b"s")))
        clock.advance(days=days)
        await store.trust_clock(clock.now)
        await store.retain(clock.now, takes_any_alerts)
        return {known.profile for known in (await everybody(store)).values()}

    async def test_stays_beyond_180_silent_days(self, store: Store, clock: Clock) -> None:
        assert await self.people(store, clock, 181) == {KEPT}

    async def test_nobody_leaves_on_the_180th(self, store: Store, clock: Clock) -> None:
        assert len(await self.people(store, clock, 180)) == 5

    async def test_is_asked_each_year_and_has_a_month_to_answer(self, store: Store, clock: Clock) -> None:
        assert await self.people(store, clock, 395) == {KEPT}
        await store.retain(clock.advance(days=1), takes_any_alerts)
        assert await everybody(store) == {}

    async def test_a_thousand_are_looked_at_in_one_run(self, store: Store, clock: Clock) -> None:
        works_ = [works(str(n), outcome=Outcome(profile=KEPT if n % 3 else b"{}")) for n in range(1_200)]
        await asyncio.gather(*map(store.take, works_))
        clock.advance(days=181)
        await store.trust_clock(clock.now)
        assert (await store.retain(clock.now, takes_any_alerts))["contacts"] == 400
        assert len(await everybody(store)) == 800
