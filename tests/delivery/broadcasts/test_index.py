"""The index counts exactly whom a look at each contact would count, whatever has happened to them."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.people import fill
from bot.conversation import takes_any_alerts
from bot.delivery.broadcasts import columns
from bot.delivery.broadcasts.counting import NotReady
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.reading import parse_rule
from bot.delivery.broadcasts.rule import EVERYBODY
from bot.delivery.clock import SystemClock
from bot.store import ChangesLost, Keys, Outcome, SqliteStore, create_key_file, load_keys
from tests.delivery.broadcasts.people import PLACES, TODAY, Someone, asked, count_by_hand, profiles, trees
from tests.store.helpers import NOON, Clock, works

BOTS = {"telegram": ("8000000001", "8000000002"), "whatsapp": ("100000000000001",), "web": ("web",)}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    key = tmp_path_factory.mktemp("key") / "master.key"
    create_key_file(key)
    return load_keys(key)


class World:
    """A store with an index, and beside them what everybody told, in the clear."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.index = Index(lambda: PLACES.get)
        self.following = Following(store, self.index, SystemClock())
        self.people: dict[tuple[str, str, str], Someone] = {}
        self._codes = 0

    async def says(self, who: tuple[str, str, str], profile: dict[str, str]) -> None:
        channel, account, name = who
        left = Outcome(profile=json.dumps(profile).encode(), session=b"s")
        await self.store.take(works(name, channel=channel, account=account, outcome=left))
        self.people[who] = Someone(profile=profile, channel=channel, account=account, seen=self.clock.now.date())

    async def erased(self, who: tuple[str, str, str]) -> None:
        await self.store.erase(*who)
        self.people.pop(who, None)

    async def marked(self, who: tuple[str, str, str], blocked: bool) -> None:
        await self.store.mark(*who, "blocked" if blocked else "active")
        if who in self.people:
            self.people[who].blocked = blocked

    async def moved(self, who: tuple[str, str, str], to: tuple[str, str, str]) -> None:
        """With it comes a chat for the last words in the one that was left, of nobody."""
        if who not in self.people or self.people[who].blocked or who == to:
            return
        self._codes += 1
        code = str(self._codes)
        channel, account, name = who
        await self.store.take(works(name, channel=channel, account=account, outcome=Outcome(move=code)))
        moved = await self.store.move(code, *to, lambda person: b"farewell")
        assert moved is not None
        today = self.clock.now.date()
        self.people[to] = Someone(profile=self.people[who].profile, channel=to[0], account=to[1], seen=today)
        self.people[who] = Someone(profile={}, channel=who[0], account=who[1], seen=today - timedelta(days=178))

    async def united(self, who: tuple[str, str, str], other: tuple[str, str, str]) -> None:
        """Whoever is known by either address is known by the first."""
        if who[:2] != other[:2] or who == other or not {who, other} & self.people.keys():
            return
        channel, account, name = who
        seen: list[dict[str, str]] = []

        def step(person: Any) -> Outcome:
            seen.append(json.loads(person.profile or b"{}"))
            return Outcome()

        work = works(name, step, channel=channel, account=account)
        await self.store.take(
            type(work)(**{**{f: getattr(work, f) for f in work.__struct_fields__}, "also": (other[2],)})
        )
        self.people.pop(other, None)
        today = self.clock.now.date()
        self.people[who] = Someone(profile=seen[0], channel=channel, account=account, seen=today)

    async def night(self, days: int) -> None:
        self.clock.advance(days=days)
        await self.store.trust_clock(self.clock.now)
        await self.store.retain(self.clock.now, takes_any_alerts)
        today = self.clock.now.date()
        for who, one in [*self.people.items()]:
            silent = (today - one.seen).days
            if silent > 395 or (silent > 180 and one.profile.get("alerts", "none") == "none"):
                del self.people[who]


@asynccontextmanager
async def world(keys: Keys) -> AsyncIterator[World]:
    with TemporaryDirectory() as folder:
        clock = Clock()
        store = await SqliteStore.open(Path(folder) / "safar.db", keys, clock=clock)
        yield World(store, clock)
        await store.close()


someone = st.sampled_from(
    [(c, account, str(n)) for c, accounts in BOTS.items() for account in accounts for n in range(3)]
)
happening = st.one_of(
    st.tuples(st.just("says"), someone, profiles),
    st.tuples(st.just("says"), someone, profiles),
    st.tuples(st.just("erased"), someone),
    st.tuples(st.just("marked"), someone, st.booleans()),
    st.tuples(st.just("moved"), someone, someone),
    st.tuples(st.just("united"), someone, someone),
    st.tuples(st.just("night"), st.sampled_from([1, 40, 200])),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(happening, max_size=25), st.integers(0, 25), st.lists(st.tuples(trees, asked), min_size=1, max_size=6))
def test_it_counts_whom_a_look_at_each_would_count(
    keys: Keys, happenings: list[tuple[Any, ...]], built_after: int, questions: list[tuple[Any, Any]]
) -> None:
    async def live() -> None:
        async with world(keys) as here:
            for number, (what, *arguments) in enumerate(happenings):
                if number == built_after or number % 7 == 6:
                    await here.following.follow()
                await getattr(here, what)(*arguments)
            await here.following.follow()
            today = here.clock.now.date()
            people = here.people.values()
            marks = {
                here.store.account_mark(channel, account): (channel, account)
                for channel, accounts in BOTS.items()
                for account in accounts
            }
            for rule, (organisation, urgency, topics) in questions:
                counted = here.index.count(rule, organisation, urgency, topics, today)
                assert counted == count_by_hand(people, rule, organisation, urgency, topics, today)
                got = [
                    one
                    for chunk in here.index.recipients(rule, organisation, urgency, topics, today, chunk=2)
                    for one in chunk
                ]
                assert len({number for number, _ in got}) == len(got) == counted.reached
                assert {marks[mark][0] for _, mark in got} == set(counted.by_channel)

    asyncio.run(live())


async def test_many_new_contacts_are_sorted_in_and_the_erased_leave_no_row(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_MOST_NEW", 20)
    async with world(keys) as here:
        await here.following.follow()
        for number in range(60):
            await here.says(("telegram", "8000000001", str(number)), {"language": "ru", "alerts": "all"})
            if number % 3 == 0:
                await here.erased(("telegram", "8000000001", str(number)))
            await here.following.follow()
        assert here.index.count(EVERYBODY, "o", "news", (), TODAY).reached == 40
        assert len(here.index._ready()) < 60


async def test_before_it_is_built_nothing_is_counted(keys: Keys) -> None:
    async with world(keys) as here:
        with pytest.raises(NotReady):
            here.index.count(EVERYBODY, "o", "news", (), TODAY)
        with pytest.raises(NotReady):
            here.index.recipients(EVERYBODY, "o", "news", (), TODAY)


async def test_recipients_are_those_of_the_moment_of_the_question(keys: Keys) -> None:
    async with world(keys) as here:
        for number in range(5):
            await here.says(("telegram", "8000000001", str(number)), {"alerts": "all"})
        await here.following.follow()
        recipients = here.index.recipients(EVERYBODY, "o", "news", (), TODAY, chunk=2)
        first = next(recipients)
        for number in range(5):
            await here.says(("telegram", "8000000001", str(number)), {"alerts": "none"})
        await here.following.follow()
        assert [len(first), *map(len, recipients)] == [2, 2, 1]
        assert [*here.index.recipients(EVERYBODY, "o", "news", (), TODAY)] == []


async def test_fallen_behind_it_is_built_anew(keys: Keys) -> None:
    async with world(keys) as here:
        await here.says(("telegram", "8000000001", "1"), {"alerts": "all"})
        await here.following.follow()
        await here.says(("telegram", "8000000001", "2"), {"alerts": "all"})
        for _ in range(3):
            await here.store.retain(here.clock.advance(seconds=130))
        with pytest.raises(ChangesLost):
            await here.store.changes(1)
        await here.following.follow()
        assert here.index.count(EVERYBODY, "o", "news", (), TODAY).reached == 2


async def test_it_follows_within_five_seconds_while_it_runs(keys: Keys) -> None:
    async with world(keys) as here:
        running = asyncio.create_task(here.following.run())
        for number in (1, 2):
            await here.says(("telegram", "8000000001", str(number)), {"alerts": "all"})
            begun = time.monotonic()
            while number == 1 and not here.following._seen:
                await asyncio.sleep(0.01)
            while here.index.count(EVERYBODY, "o", "news", (), TODAY).reached < number:
                await asyncio.sleep(0.05)
            assert time.monotonic() - begun < 5
        running.cancel()


async def test_twenty_thousand(keys: Keys, tmp_path: Path) -> None:
    """A smaller bound than the million of ``benchmarks/segments.py``, on a machine that does other things too."""
    path = tmp_path / "safar.db"
    fill(path, keys, 20_000)
    store = await SqliteStore.open(path, keys, clock=Clock(NOON))
    index = Index(lambda: PLACES.get)
    begun = time.process_time()
    await Following(store, index, SystemClock()).follow()
    assert time.process_time() - begun < 2
    assert index.megabytes < 3
    rule = parse_rule("all: [{citizenship: [TJ, UZ]}, {country: RU}, {not: {region: [RU-MOW]}}, {seen: 90}]", PLACES)
    took = []
    for _ in range(100):
        begun = time.thread_time()
        counted = index.count(rule, "this-team", "important", ("work",), TODAY)
        took.append(time.thread_time() - begun)
    assert 0 < counted.reached < counted.matching < 20_000
    assert sorted(took)[98] < 0.01
    await store.close()
