"""What every store must do, through the protocol alone. Another backend is one more word in ``BACKENDS``."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from bot.store import (
    ClockJumped,
    Moved,
    News,
    Outcome,
    Person,
    Settled,
    Store,
    StoreClosed,
    Taken,
    Timer,
    Work,
    create_key_file,
    load_keys,
    open_store,
)
from tests.store.backends import BACKENDS, place
from tests.store.helpers import NOON, Clock, fence, raising, works

ANNA, BORIS = "5000000001", "5000000002"
BOT = ("telegram", "8000000001")

Opener = Callable[[], Awaitable[Store]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=BACKENDS)
async def opener(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Opener]:
    """Opens the same database again and again, as a restart does."""
    create_key_file(tmp_path / "key")
    keys, opened = load_keys(tmp_path / "key"), list[Store]()
    where = place(request.param, tmp_path, keys)

    async def again() -> Store:
        opened.append(await open_store(where, keys, clock=clock))
        return opened[-1]

    yield again
    for store in opened:
        await store.close()


@pytest.fixture
async def store(opener: Opener) -> Store:
    return await opener()


async def person(store: Store, address: str = ANNA) -> Person:
    """What the store knows of an address; nothing is changed."""
    seen: list[Person] = []

    def look(known: Person) -> Outcome:
        seen.append(known)
        raise LookupError("only looking")

    await store.take(works(address, look))
    return seen[0]


def bodies(taken: Taken) -> list[bytes]:
    return [row.body for row in taken.rows]


class TestTake:
    async def test_a_new_person_has_neither_profile_nor_session(self, store: Store) -> None:
        assert await person(store) == Person()

    async def test_what_a_turn_leaves_is_there_for_the_next(self, store: Store) -> None:
        await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s")))

        assert await person(store) == Person(profile=b"p", session=b"s")

    async def test_none_leaves_what_is_there(self, store: Store) -> None:
        await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s")))
        await store.take(works(ANNA, outcome=Outcome(session=b"t")))
        await store.take(works(ANNA, outcome=Outcome()))

        assert await person(store) == Person(profile=b"p", session=b"t")

    @pytest.mark.parametrize("size", [0, 1, 251, 252, 253, 508, 509, 70_000])
    async def test_any_size_comes_back_whole(self, store: Store, size: int) -> None:
        text = bytes(i % 251 for i in range(size))
        taken = await store.take(works(outcome=Outcome(profile=text, session=text, outbox=(text,))))

        assert await person(store) == Person(profile=text, session=text)
        assert bodies(taken) == [row.body for row in await store.unsent(["telegram"], 10)] == [text]

    async def test_replies_come_back_with_ascending_ids_and_whom_to_answer(self, store: Store) -> None:
        taken = await store.take(works(ANNA, outcome=Outcome(outbox=(b"one", b"two", b"three"))))

        assert bodies(taken) == [b"one", b"two", b"three"]
        assert [row.id for row in taken.rows] == sorted({row.id for row in taken.rows})
        assert {(row.channel, row.account, row.address, row.attempts) for row in taken.rows} == {(*BOT, ANNA, 0)}
        assert {row.contact for row in taken.rows} == {taken.contact}

    async def test_an_update_is_taken_once(self, store: Store) -> None:
        turns: list[Person] = []

        def step(known: Person) -> Outcome:
            turns.append(known)
            return Outcome(session=b"s", outbox=(b"reply",))

        results = await asyncio.gather(*(store.take(works(ANNA, step, update="77")) for _ in range(100)))

        assert len(turns) == 1
        assert [result.repeat for result in results] == [False] + [True] * 99
        assert len(await store.unsent(["telegram"], 10)) == 1

    async def test_a_repeat_brings_back_what_is_unsent_of_it(self, store: Store) -> None:
        first = await store.take(works(update="77", outcome=Outcome(outbox=(b"one", b"two"))))
        await store.take(works(update="78", outcome=Outcome(outbox=(b"other",))))
        await store.settle([Settled(id=first.rows[0].id, state="sent")])

        repeat = await store.take(works(update="77", step=raising))

        assert repeat.repeat
        assert repeat.rows == first.rows[1:]

    async def test_updates_are_told_apart_by_channel_and_account(self, store: Store) -> None:
        for channel, account in (("telegram", "1"), ("telegram", "2"), ("whatsapp", "1")):
            taken = await store.take(works(ANNA, update="77", channel=channel, account=account))
            assert not taken.repeat

    async def test_one_address_on_two_accounts_is_two_people(self, store: Store) -> None:
        one = await store.take(works(ANNA, account="1"))
        two = await store.take(works(ANNA, account="2"))

        assert one.contact != two.contact

    async def test_a_raising_step_leaves_nothing_and_harms_nobody(self, store: Store) -> None:
        good = [works(str(n), update=f"good-{n}") for n in range(10)]
        poison = works(ANNA, raising, update="bad", ref="1")
        results = await asyncio.gather(*map(store.take, [*good[:5], poison, *good[5:]]))

        assert [type(result.error) for result in results] == [type(None)] * 5 + [ValueError] + [type(None)] * 5
        assert await person(store) == Person()
        assert len(await store.unsent(["telegram"], 100)) == 10
        assert not (await store.take(works(ANNA, update="bad"))).repeat

    async def test_a_poison_update_repeated_in_one_batch_fails_each_time(self, store: Store) -> None:
        results = await asyncio.gather(*(store.take(works(ANNA, raising, update="bad")) for _ in range(3)))

        assert [type(result.error) for result in results] == [ValueError] * 3

    @pytest.mark.parametrize("place", [0, 7, 19])
    async def test_a_value_that_no_database_takes_fails_alone(self, store: Store, place: int) -> None:
        several = [works(str(number), update=str(number), channel="sms") for number in range(20)]
        several[place] = works("1", update="x", channel="\ud800")
        said = await asyncio.gather(*map(store.take, several), return_exceptions=True)
        assert [at for at, one in enumerate(said) if not isinstance(one, Taken)] == [place]
        assert len(await store.unsent(["sms"], 100)) == 19
        assert (await store.take(works("2", update="2", channel="sms"))).repeat

    async def test_turns_of_one_contact_follow_one_another_in_the_order_of_the_calls(self, store: Store) -> None:
        def appending(letter: int) -> Callable[[Person], Outcome]:
            def step(known: Person) -> Outcome:
                session = (known.session or b"") + bytes((letter,))
                return Outcome(session=session, outbox=(session,))

            return step

        letters = bytes(range(200))
        calls = [works(address, appending(letter)) for letter in letters for address in (ANNA, BORIS)]
        await asyncio.gather(*map(store.take, calls))

        assert (await person(store, ANNA)).session == letters
        sent = [row.body for row in await store.unsent(["telegram"], 1000) if row.address == BORIS]
        assert sent == [letters[: n + 1] for n in range(200)]

    async def test_a_call_that_was_given_up_harms_nobody(self, store: Store) -> None:
        waiting = asyncio.ensure_future(store.take(works(ANNA, update="1")))
        await asyncio.sleep(0)
        waiting.cancel()

        assert not (await store.take(works(BORIS, update="2"))).repeat


class TestOutbox:
    async def test_unsent_leaves_out_other_channels_and_what_came_before(self, store: Store) -> None:
        first, second = (await store.take(works(outcome=Outcome(outbox=(b"1", b"2"))))).rows
        await store.take(works(channel="web", account="web"))

        assert await store.unsent(["telegram"], 10) == [first, second]
        assert await store.unsent(["telegram"], 1) == [first]
        assert await store.unsent(["telegram"], 10, first.id) == [second]
        assert len(await store.unsent(["telegram", "web"], 10)) == 3
        assert await store.unsent([], 10) == []

    async def test_pending_is_of_one_address(self, store: Store) -> None:
        mine = await store.take(works(ANNA, outcome=Outcome(outbox=(b"1", b"2"))))
        await store.take(works(BORIS))

        assert await store.pending(*BOT, ANNA) == list(mine.rows)
        assert await store.pending(*BOT, "nobody") == []

    async def test_a_row_is_claimed_once(self, store: Store) -> None:
        ids = [row.id for row in (await store.take(works(outcome=Outcome(outbox=(b"1", b"2", b"3"))))).rows]

        mine = await fence(store)
        claims = await asyncio.gather(
            store.claim(ids[:2], mine), store.claim(ids, mine), store.claim([*ids, 999_999], mine)
        )

        assert claims[0] == set(ids[:2])
        assert claims[1] == {ids[2]}
        assert claims[2] == set()
        assert await store.unsent(["telegram"], 10) == []

    async def test_none_is_claimed_before_an_older_one_of_the_same_contact(self, store: Store) -> None:
        """Which another process may have committed a moment ago."""
        older = (await store.take(works(ANNA))).rows[0].id
        his = (await store.take(works(BORIS))).rows[0].id
        newer = (await store.take(works(ANNA))).rows[0].id
        mine = await fence(store)

        assert await store.claim([newer, his], mine) == {his}
        assert await store.claim([older], mine) == {older}
        await store.settle([Settled(id=older, state="sent", fence=mine)])
        assert await store.claim([newer], mine) == {newer}

    async def test_nor_before_one_that_a_lost_process_was_sending(self, store: Store, clock: Clock) -> None:
        (first,), (second,) = (await store.take(works(ANNA))).rows, (await store.take(works(ANNA))).rows
        older, newer = first.id, second.id
        await store.claim([older], await fence(store))
        clock.advance(seconds=11)
        lease = await store.lease("telegram", "another process")
        assert lease is not None

        assert await store.claim([newer], lease.fence) == set()
        assert await store.recover() == 1
        assert await store.claim([older, newer], lease.fence) == {older, newer}

    async def test_sent_is_gone_and_failed_is_gone(self, store: Store) -> None:
        one, two = (await store.take(works(outcome=Outcome(outbox=(b"1", b"2"))))).rows
        await store.claim([one.id, two.id], await fence(store))
        mine = await fence(store)
        sent, failed = Settled(id=one.id, state="sent", fence=mine), Settled(id=two.id, state="failed", fence=mine)
        await store.settle([sent, failed])

        assert await store.unsent(["telegram"], 10) == []
        assert await store.recover() == 0
        assert await store.claim([one.id, two.id], await fence(store)) == set()

    async def test_retry_waits_until_due_and_counts_claims(self, store: Store, clock: Clock) -> None:
        (row,) = (await store.take(works())).rows
        await store.claim([row.id], await fence(store))
        due = clock.now + timedelta(seconds=30)
        await store.settle([Settled(id=row.id, state="retry", due=due, fence=await fence(store))])

        clock.advance(seconds=29)
        assert await store.unsent(["telegram"], 10) == []
        clock.advance(seconds=1)
        (again,) = await store.unsent(["telegram"], 10)
        assert (again.id, again.attempts) == (row.id, 1)

    async def test_whoever_hides_the_chat_is_not_told_what_waited_whichever_process_would_send_it(
        self, store: Store
    ) -> None:
        await store.take(works(ANNA, outcome=Outcome(outbox=(b"one", b"two"))))
        await store.take(works(BORIS, outcome=Outcome(outbox=(b"his",))))
        hidden = await store.take(works(ANNA, outcome=Outcome(outbox=(b"menu",), hide=True)))

        assert [row.body for row in await store.unsent(["telegram"], 10)] == [b"his", b"menu"]
        assert bodies(hidden) == [b"menu"]
        assert await store.failures("telegram") == [("hidden", 2)]

    async def test_settling_twice_or_what_is_gone_is_harmless(self, store: Store) -> None:
        (row,) = (await store.take(works())).rows
        for _ in range(2):
            await store.settle([Settled(id=row.id, state="sent", ref="9"), Settled(id=999_999, state="failed")])

        taken = await store.take(works(outcome=Outcome(hide=True)))
        assert taken.wipe == ("9",)

    async def test_after_a_crash_a_first_claim_waits_again_and_a_second_is_unclear(
        self, opener: Opener, clock: Clock
    ) -> None:
        store = await opener()
        first, second, idle = (await store.take(works(outcome=Outcome(outbox=(b"1", b"2", b"3"))))).rows
        await store.claim([first.id, second.id], await fence(store))
        await store.settle([Settled(id=second.id, state="retry", fence=await fence(store))])
        await store.claim([second.id], await fence(store))
        await store.close()

        store = await opener()

        assert await store.recover() == 0
        clock.advance(seconds=11)
        assert await store.recover() == 1
        assert [row.id for row in await store.unsent(["telegram"], 10)] == [first.id, idle.id]
        assert await store.recover() == 0

    async def test_ids_are_never_given_twice(self, opener: Opener) -> None:
        given: list[int] = []
        for _ in range(3):
            store = await opener()
            rows = (await store.take(works(outcome=Outcome(outbox=(b"x",) * 5)))).rows
            await store.settle([Settled(id=row.id, state="sent") for row in rows])
            given += [row.id for row in rows]
            await store.close()

        assert given == sorted(set(given))


class TestBlocked:
    @pytest.fixture
    async def blocked(self, store: Store) -> Taken:
        taken = await store.take(works(ANNA, outcome=Outcome(session=b"s", outbox=(b"1", b"2"))))
        await store.settle([Settled(id=taken.rows[0].id, state="failed", code="blocked", mark="blocked")])
        return taken

    async def test_nothing_more_is_sent(self, store: Store, blocked: Taken) -> None:
        assert await store.unsent(["telegram"], 10) == []

    async def test_no_timer_wakes(self, store: Store, blocked: Taken) -> None:
        assert (await store.take(works(contact=blocked.contact))).gone

    async def test_coming_back_by_mark(self, store: Store, blocked: Taken) -> None:
        await store.mark(*BOT, ANNA, "active")
        assert [row.body for row in await store.unsent(["telegram"], 10)] == [b"2"]
        await store.mark(*BOT, ANNA, "blocked")
        assert await store.unsent(["telegram"], 10) == []

    async def test_coming_back_by_writing(self, store: Store, blocked: Taken) -> None:
        await store.take(works(ANNA, outcome=Outcome(session=b"s")))
        assert [row.body for row in await store.unsent(["telegram"], 10)] == [b"2"]

    async def test_unknown_addresses_are_ignored(self, store: Store) -> None:
        await store.mark(*BOT, "nobody", "blocked")
        assert await person(store, "nobody") == Person()


class TestWipe:
    async def test_references_of_both_sides_under_48_hours_oldest_first(self, store: Store, clock: Clock) -> None:
        async def turn(number: int) -> None:
            (row,) = (await store.take(works(ANNA, ref=f"in-{number}"))).rows
            clock.advance(seconds=5)
            await store.settle([Settled(id=row.id, state="sent", ref=f"out-{number}")])

        for number in range(61):
            await turn(number)
            clock.advance(hours=1)
        await store.take(works(BORIS, ref="someone else's"))

        wipe = (await store.take(works(ANNA, ref="hide", outcome=Outcome(hide=True)))).wipe

        young = [f"{way}-{number}" for number in range(14, 61) for way in ("in", "out")]
        assert wipe == (*young, "hide")

    async def test_forgetting_wipes_too(self, store: Store) -> None:
        await store.take(works(ANNA, ref="in-1"))
        taken = await store.take(works(ANNA, ref="in-2", outcome=Outcome(forget=True)))

        assert taken.wipe == ("in-1", "in-2")


class TestOnePerson:
    """A person known by several addresses, as WhatsApp has them: a business-scoped id, a phone number that may be
    hidden or change."""

    async def person(self, store: Store, address: str, *also: str) -> bytes | None:
        """The profile that a turn from this address meets."""
        met: list[Person] = []

        def step(person: Person) -> Outcome:
            met.append(person)
            return Outcome()

        await store.take(replace(works(address, step=step, channel="whatsapp"), also=also))
        return met[0].profile

    async def told(self, store: Store, address: str, profile: bytes, *also: str, **outcome: Any) -> Taken:
        left = Outcome(profile=profile, **outcome)
        return await store.take(replace(works(address, outcome=left, channel="whatsapp"), also=also))

    async def test_who_was_known_by_the_phone_is_known_by_the_new_id(self, store: Store) -> None:
        await self.told(store, "998901234567", b"ours")
        assert await self.person(store, "UZ.1", "998901234567") == b"ours"
        assert await self.person(store, "UZ.1") == b"ours"
        assert await self.person(store, "998901234567") is None

    async def test_a_second_holder_of_the_number_is_somebody_else(self, store: Store) -> None:
        """A number that was given to another person: the first one is known by an id of their own by then."""
        await self.told(store, "UZ.1", b"first", "998901234567")
        assert await self.person(store, "UZ.2", "998901234567") is None
        assert await self.person(store, "UZ.1") == b"first"

    async def test_two_contacts_become_one_with_all_reminders_and_unsent_replies(self, store: Store) -> None:
        due = Timer(due=NOON, body=b"pay", kind="reminder")
        await self.told(store, "998901234567", b"by phone", outbox=(b"one",), timers=(due,))
        await self.told(store, "UZ.1", b"by id", outbox=(b"two",), timers=(due,))

        assert await self.person(store, "UZ.1", "998901234567") == b"by id"

        rows = await store.unsent(["whatsapp"], 10)
        assert [(row.address, row.body) for row in rows] == [("UZ.1", b"one"), ("UZ.1", b"two")]
        timers = await store.due_timers(NOON, 10)
        assert [timer.body for timer in timers] == [b"pay", b"pay"]
        assert len({timer.contact for timer in timers}) == 1
        assert await store.erase("whatsapp", "8000000001", "UZ.1")
        assert not await store.erase("whatsapp", "8000000001", "998901234567")

    async def test_one_that_says_more_wins(self, store: Store) -> None:
        await self.told(store, "998901234567", b"full")
        await store.take(works("UZ.1", outcome=Outcome(), channel="whatsapp"))
        assert await self.person(store, "UZ.1", "998901234567") == b"full"

    async def test_a_new_number_and_a_new_id(self, store: Store) -> None:
        await self.told(store, "UZ.1", b"ours")
        assert await self.person(store, "UZ.2", "UZ.1", "998901234567") == b"ours"
        assert await self.person(store, "UZ.1") is None

    async def test_addresses_within_one_batch(self, store: Store) -> None:
        first, second, third = await asyncio.gather(
            self.told(store, "998901234567", b"ours"),
            self.told(store, "UZ.1", b"ours", "998901234567"),
            self.told(store, "UZ.1", b"ours"),
        )
        assert first.contact == second.contact == third.contact


class TestReports:
    async def sent(self, store: Store) -> int:
        taken = await store.take(works(channel="whatsapp"))
        (row,) = taken.rows
        await store.claim([row.id], await fence(store))
        await store.settle([Settled(id=row.id, state="sent", reported=True, fence=await fence(store))])
        return row.id

    async def test_a_state_never_goes_back(self, store: Store) -> None:
        id = await self.sent(store)
        seen = []
        for state in ("sent", "read", "delivered", "failed", "sent"):
            await store.report([News(id=id, state=state, code="undeliverable")])
            seen += [name for name, count in (await store.deliveries()).items() if count]
        assert seen == ["sent", "read", "read", "read", "read"]

    async def test_news_may_come_before_the_answer_to_the_sending(self, store: Store) -> None:
        taken = await store.take(works(channel="whatsapp"))
        (row,) = taken.rows
        await store.claim([row.id], await fence(store))
        await store.report([News(id=row.id, state="delivered")])
        await store.settle([Settled(id=row.id, state="sent", reported=True, fence=await fence(store))])
        assert (await store.deliveries())["delivered"] == 1

    async def test_what_has_arrived_is_not_sent_again(self, store: Store) -> None:
        """T75: no answer came to the sending, so the row waits for its second try."""
        taken = await store.take(works(channel="whatsapp"))
        (row,) = taken.rows
        await store.claim([row.id], await fence(store))
        await store.settle([Settled(id=row.id, state="retry", due=NOON, fence=await fence(store))])
        await store.report([News(id=row.id, state="sent", whole=False)])
        assert len(await store.unsent(["whatsapp"], 10)) == 1
        await store.report([News(id=row.id, state="delivered")])
        assert await store.unsent(["whatsapp"], 10) == []
        assert await store.claim([row.id], await fence(store)) == set()

    async def test_many_in_one_call_and_of_nobody(self, store: Store) -> None:
        id = await self.sent(store)
        await store.report([News(id=id, state="delivered"), News(id=id, state="read"), News(id=99_999, state="read")])
        assert await store.deliveries() == {"sent": 0, "failed": 0, "delivered": 0, "read": 1}

    async def test_failures_are_told_by_code_for_one_channel(self, store: Store) -> None:
        for number, code in enumerate(("payment", "undeliverable", "undeliverable")):
            taken = await store.take(works(str(number), channel="whatsapp"))
            await store.settle([Settled(id=taken.rows[0].id, state="failed", code=code)])
        taken = await store.take(works("9"))
        await store.settle([Settled(id=taken.rows[0].id, state="failed", code="blocked")])
        assert await store.failures("whatsapp") == [("undeliverable", 2), ("payment", 1)]

    async def test_they_go_after_30_days(self, store: Store, clock: Clock) -> None:
        await self.sent(store)
        for _ in range(31):
            await store.retain(clock.advance(days=1))
        assert sum((await store.deliveries()).values()) == 0


class TestMove:
    """T24: ten minutes, one use, both sides told, no history."""

    CODE = "4711209355821"

    async def offered(self, store: Store, address: str = "5000000001", **outcome: Any) -> Taken:
        left = Outcome(profile=b"ours", session=b"talk", move=self.CODE, **outcome)
        return await store.take(works(address, outcome=left))

    async def moved(self, store: Store, address: str = "UZ.1", channel: str = "whatsapp") -> Moved | None:
        return await store.move(self.CODE, channel, "1065", address, lambda person: b"bye " + (person.profile or b""))

    async def known(self, store: Store, channel: str, account: str, address: str) -> Person:
        met: list[Person] = []

        def step(person: Person) -> Outcome:
            met.append(person)
            return Outcome()

        await store.take(works(address, step=step, channel=channel, account=account))
        return met[0]

    async def test_the_profile_comes_over_and_the_talk_does_not(self, store: Store) -> None:
        await self.offered(store)
        assert await self.moved(store) is not None
        there = await self.known(store, "whatsapp", "1065", "UZ.1")
        assert (there.profile, there.session) == (b"ours", None)
        assert (await self.known(store, "telegram", "8000000001", "5000000001")).profile is None

    async def test_both_sides_are_told(self, store: Store) -> None:
        await self.offered(store, outbox=(b"unsent",))
        moved = await self.moved(store)
        assert moved is not None
        assert moved.farewell is not None
        (row,) = await store.unsent(["telegram", "whatsapp"], 10)
        assert (row.channel, row.address, row.body) == ("telegram", "5000000001", b"bye ours")
        assert row.id == moved.farewell.id

    async def test_reminders_of_both_come_together(self, store: Store) -> None:
        wait, due = Timer(due=NOON, body=b"wait"), Timer(due=NOON, body=b"pay", kind="reminder")
        await self.offered(store, timers=(wait, due))
        there = works("UZ.1", channel="whatsapp", account="1065", outcome=Outcome(profile=b"x", timers=(wait, due)))
        await store.take(there)
        await self.moved(store)
        timers = await store.due_timers(NOON, 10)
        assert [(timer.channel, timer.account, timer.body) for timer in timers] == [("whatsapp", "1065", b"pay")] * 2
        assert (await self.known(store, "whatsapp", "1065", "UZ.1")).profile == b"ours"

    async def test_one_use(self, store: Store) -> None:
        await self.offered(store)
        assert await self.moved(store) is not None
        again = await self.moved(store)
        assert again is not None
        assert again.farewell is None
        assert await self.moved(store, "UZ.2") is None
        assert await self.moved(store, "5000000001", "telegram") is None

    async def test_two_at_once_and_one_wins(self, store: Store) -> None:
        await self.offered(store)
        both = await asyncio.gather(self.moved(store, "UZ.1"), self.moved(store, "UZ.2"))
        assert [moved is not None for moved in both] == [True, False]

    async def test_ten_minutes(self, store: Store, clock: Clock) -> None:
        await self.offered(store)
        clock.advance(seconds=601)
        assert await self.moved(store) is None

    async def test_a_new_code_ends_the_last_one_and_an_unknown_one_is_nothing(self, store: Store) -> None:
        await self.offered(store)
        await store.take(works(outcome=Outcome(move="1" * 13)))
        assert await self.moved(store) is None

    async def test_not_into_the_same_chat(self, store: Store) -> None:
        await self.offered(store)
        assert await store.move(self.CODE, "telegram", "8000000001", "5000000001", lambda _: b"") is None

    async def test_an_erased_person_moves_nowhere(self, store: Store) -> None:
        await self.offered(store)
        await store.erase("telegram", "8000000001", "5000000001")
        assert await self.moved(store) is None

    async def test_the_chat_that_was_left_is_soon_forgotten(self, store: Store, clock: Clock) -> None:
        await self.offered(store)
        await self.moved(store)
        for _ in range(3):
            await store.retain(clock.advance(days=1))
        assert not await store.erase("telegram", "8000000001", "5000000001")
        assert await store.erase("whatsapp", "1065", "UZ.1")


class TestTimers:
    async def test_due_ones_come_oldest_first_to_the_second(self, store: Store, clock: Clock) -> None:
        at = [timedelta(hours=h) for h in (5, 1, 30, 3)]
        timers = tuple(Timer(due=NOON + due, body=f"{due}".encode(), kind="reminder") for due in at)
        taken = await store.take(works(outcome=Outcome(timers=timers)))

        async def due(after: timedelta, limit: int = 10) -> list[bytes]:
            return [timer.body for timer in await store.due_timers(NOON + after, limit)]

        assert await due(timedelta(hours=1, seconds=-1)) == []
        assert await due(timedelta(hours=1)) == [b"1:00:00"]
        assert await due(timedelta(hours=29)) == [b"1:00:00", b"3:00:00", b"5:00:00"]
        assert await due(timedelta(hours=31), 2) == [b"1:00:00", b"3:00:00"]
        (first, *_) = await store.due_timers(NOON + timedelta(days=9), 10)
        assert (first.contact, first.channel, first.account, first.kind) == (taken.contact, *BOT, "reminder")

    async def test_a_wait_replaces_the_last_wait_and_no_reminder(self, store: Store) -> None:
        def leaves(body: bytes, kind: Literal["wait", "reminder"] = "wait", address: str = ANNA) -> Work:
            return works(address, outcome=Outcome(timers=(Timer(due=NOON, body=body, kind=kind),)))

        await asyncio.gather(*map(store.take, [leaves(b"1"), leaves(b"2", "reminder"), leaves(b"3")]))
        await store.take(leaves(b"4", address=BORIS))
        await store.take(leaves(b"5"))

        assert {timer.body for timer in await store.due_timers(NOON, 10)} == {b"2", b"4", b"5"}

    async def test_a_timer_finds_its_contact(self, store: Store) -> None:
        first = await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s")))
        seen: list[Person] = []

        def step(known: Person) -> Outcome:
            seen.append(known)
            return Outcome(session=b"t", outbox=(b"wake up",))

        taken = await store.take(works(contact=first.contact, step=step))

        assert seen == [Person(profile=b"p", session=b"s")]
        assert [(row.account, row.address, row.body) for row in taken.rows] == [("8000000001", ANNA, b"wake up")]
        assert (await person(store)).session == b"t"

    async def test_a_dropped_timer_comes_no_more(self, store: Store) -> None:
        await store.take(works(outcome=Outcome(timers=(Timer(due=NOON, body=b"x"),))))
        (timer,) = await store.due_timers(NOON, 10)
        for _ in range(2):
            await store.drop_timer(timer.id)

        assert await store.due_timers(NOON, 10) == []


class TestErasure:
    async def full(self, store: Store) -> Taken:
        taken = await store.take(
            works(
                ANNA,
                update="1",
                ref="2",
                outcome=Outcome(profile=b"p", session=b"s", outbox=(b"1", b"2"), timers=(Timer(due=NOON, body=b"t"),)),
            )
        )
        await store.claim([taken.rows[0].id], await fence(store))
        return taken

    async def gone(self, store: Store, before: Taken) -> None:
        """Nothing revives the person, not even what was under way."""
        mine = await fence(store)
        await store.settle([Settled(id=row.id, state="sent", ref="9", fence=mine) for row in before.rows])
        assert await store.unsent(["telegram"], 10) == []
        assert await store.due_timers(NOON + timedelta(days=99), 10) == []
        assert (await store.take(works(contact=before.contact))).gone
        assert await person(store) == Person()

    async def test_from_outside(self, store: Store) -> None:
        before = await self.full(store)

        assert await store.erase(*BOT, ANNA)
        await self.gone(store, before)
        assert not await store.erase(*BOT, ANNA)

    async def test_from_the_chat_the_last_words_come_back_unstored(self, store: Store) -> None:
        before = await self.full(store)

        taken = await store.take(works(ANNA, update="3", outcome=Outcome(session=b"z", forget=True, outbox=(b"bye",))))

        assert [(row.id, row.address, row.body) for row in taken.rows] == [(0, ANNA, b"bye")]
        await self.gone(store, before)
        repeat = await store.take(works(ANNA, update="3"))
        assert (repeat.repeat, repeat.contact) == (True, b"")

    async def test_a_stranger_can_ask_to_be_forgotten(self, store: Store) -> None:
        taken = await store.take(works(ANNA, update="1", outcome=Outcome(session=b"z", forget=True, outbox=(b"bye",))))

        assert bodies(taken) == [b"bye"]
        assert await person(store) == Person()

    async def test_it_wins_over_turns_around_it(self, store: Store) -> None:
        calls = [works(ANNA), works(ANNA, outcome=Outcome(forget=True)), works(ANNA, outcome=Outcome(session=b"new"))]
        first, _, last = await asyncio.gather(*map(store.take, calls))

        assert first.contact != last.contact
        assert await person(store) == Person(session=b"new")
        assert await store.unsent(["telegram"], 10) == []

    async def test_an_erasure_and_a_turn_called_after_it_keep_their_order(self, store: Store) -> None:
        await self.full(store)
        new = works(ANNA, outcome=Outcome(session=b"new"))
        erased, _ = await asyncio.gather(store.erase(*BOT, ANNA), store.take(new))

        assert erased
        assert await person(store) == Person(session=b"new")

    async def test_others_stay(self, store: Store) -> None:
        await self.full(store)
        await store.take(works(BORIS, outcome=Outcome(session=b"s", outbox=(b"1",))))
        await store.erase(*BOT, ANNA)

        assert await person(store, BORIS) == Person(session=b"s")
        assert len(await store.unsent(["telegram"], 10)) == 1


class TestRetention:
    async def live(self, store: Store, clock: Clock, days: int) -> None:
        """Days pass, and the job runs every day."""
        for _ in range(days):
            await store.retain(clock.advance(days=1))

    async def test_a_session_lasts_30_idle_days(self, store: Store, clock: Clock) -> None:
        await store.take(works(outcome=Outcome(profile=b"p", session=b"s")))
        await self.live(store, clock, 30)
        assert await person(store) == Person(profile=b"p", session=b"s")

        clock.advance(days=1)
        assert await person(store) == Person(profile=b"p")
        await store.retain(clock.now)
        assert await person(store) == Person(profile=b"p")

    async def test_an_expired_session_does_not_come_back_with_the_next_turn(self, store: Store, clock: Clock) -> None:
        await store.take(works(outcome=Outcome(profile=b"p", session=b"s")))
        clock.advance(days=31)
        await store.take(works(outcome=Outcome(profile=b"q")))

        assert await person(store) == Person(profile=b"q")

    async def test_a_contact_lasts_180_silent_days(self, store: Store, clock: Clock) -> None:
        first = await store.take(works(outcome=Outcome(profile=b"p", session=b"s")))
        await self.live(store, clock, 100)
        await store.take(works(contact=first.contact, outcome=Outcome(session=b"reminded")))
        await self.live(store, clock, 80)
        assert (await person(store)).profile == b"p"

        await self.live(store, clock, 1)
        assert await person(store) == Person()

    async def test_an_update_is_remembered_for_8_days(self, store: Store, clock: Clock) -> None:
        await store.take(works(update="77"))
        await self.live(store, clock, 8)
        assert (await store.take(works(update="77"))).repeat

        await self.live(store, clock, 1)
        assert not (await store.take(works(update="77"))).repeat

    async def test_a_reply_waits_a_day_and_then_fails_visibly(self, store: Store, clock: Clock) -> None:
        await store.take(works())
        await self.live(store, clock, 1)
        assert len(await store.unsent(["telegram"], 10)) == 1

        removed = await store.retain(clock.advance(days=1))
        assert removed["outbox"] == 1
        assert await store.unsent(["telegram"], 10) == []

    async def test_a_question_is_read_for_30_days(self, store: Store, clock: Clock) -> None:
        await store.take(works(ANNA, outcome=Outcome(questions=(b"first", b"second"))))
        await self.live(store, clock, 30)
        await store.take(works(BORIS, outcome=Outcome(questions=(b"third",))))
        assert await store.kept_questions() == [b"first", b"second", b"third"]
        await self.live(store, clock, 1)
        assert await store.kept_questions() == [b"third"]

    async def test_a_question_goes_with_its_person(self, store: Store) -> None:
        await store.take(works(ANNA, outcome=Outcome(questions=(b"first",))))
        await store.erase(*BOT, ANNA)
        assert await store.kept_questions() == []

    async def test_references_go_after_48_hours_to_the_second(self, store: Store, clock: Clock) -> None:
        await store.take(works(ref="1"))
        clock.advance(seconds=10)
        await store.take(works(ref="2"))
        await store.retain(clock.advance(hours=23))

        assert (await store.retain(clock.advance(hours=24)))["messages"] == 0
        assert (await store.retain(clock.advance(minutes=59, seconds=55)))["messages"] == 1
        assert (await store.retain(clock.advance(seconds=10)))["messages"] == 1

    @pytest.mark.parametrize("leap", [timedelta(hours=24.1), timedelta(hours=-24.1), timedelta(days=999)])
    async def test_a_leap_of_the_clock_stops_the_job_until_a_person_says_that_it_is_right(
        self, store: Store, clock: Clock, leap: timedelta
    ) -> None:
        await store.take(works(outcome=Outcome(profile=b"p")))
        for _ in range(2):
            with pytest.raises(ClockJumped, match="safar erase --expired"):
                await store.retain(NOON + leap)
        assert (await person(store)).profile == b"p"

    async def test_a_clock_in_1970_removes_nothing(self, store: Store) -> None:
        with pytest.raises(ClockJumped):
            await store.retain(datetime(1970, 1, 1, tzinfo=UTC))

    async def test_many_rows_go_in_one_run(self, store: Store, clock: Clock) -> None:
        await asyncio.gather(*(store.take(works(str(n), update=str(n), ref=str(n))) for n in range(1200)))
        await self.live(store, clock, 1)
        assert (await store.retain(clock.advance(days=1)))["messages"] == 1200
        await self.live(store, clock, 5)
        assert (await store.retain(clock.advance(days=1)))["updates"] == 0
        assert (await store.retain(clock.advance(days=1)))["updates"] == 1200


class TestFlowsAndCounts:
    async def test_flow_versions_are_kept(self, opener: Opener) -> None:
        store = await opener()
        for version in ("v1", "v2", "v1"):
            await store.keep_flow("wages", version, f"source {version}".encode())
        await store.close()

        assert await (await opener()).kept_flows() == [("wages", "v1", b"source v1"), ("wages", "v2", b"source v2")]

    async def test_sums_are_told_by_the_beginning_of_their_topic_the_largest_first(self, store: Store) -> None:
        await store.add_counts(NOON, [("unanswered:wages", 2), ("unanswered:patent", 3), ("wages", 9)])
        await store.add_counts(NOON + timedelta(hours=1), [("unanswered:wages", 5)])
        assert await store.sums("unanswered:") == [("unanswered:wages", 7), ("unanswered:patent", 3)]

    async def test_counts_add_up(self, store: Store) -> None:
        await store.add_counts(NOON, [("wages", 2), ("patent", 1), ("wages", 1)])
        await store.add_counts(NOON, [])


class TestClosing:
    async def test_everything_that_waited_is_done_and_later_calls_are_refused(self, opener: Opener) -> None:
        store = await opener()
        waiting = [asyncio.ensure_future(store.take(works(str(n), update=str(n)))) for n in range(300)]
        await asyncio.sleep(0)
        await store.close()
        await store.close()

        assert [one.repeat for one in await asyncio.gather(*waiting)] == [False] * 300
        with pytest.raises(StoreClosed):
            await store.take(works())
        again = await opener()
        repeats = await asyncio.gather(*(again.take(works(str(n), update=str(n))) for n in range(300)))
        assert [one.repeat for one in repeats] == [True] * 300
