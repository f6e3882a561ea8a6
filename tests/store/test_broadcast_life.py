"""Whatever is done in whatever order: nothing sends without two people, and the report adds up (T33, F33, F34)."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.store import Entry, Lease, News, Outcome, SqliteStore, create_key_file, load_keys
from bot.store.broadcast_protocol import DeliveryEnd
from tests.store.helpers import NOON, Clock, draft, everybody, let_out, staffed, works

_T = TypeVar("_T")
HANDLES = ("anna", "boris", "carl", "vera")
#: A sync of a disk takes long, and there are thousands.
SHARED_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
SENDS = {"approved", "enrolling", "sending", "paused", "done"}
people = st.sampled_from(HANDLES)
addresses = st.sampled_from([str(number) for number in range(8)])
states = st.sampled_from(["sending"] * 8 + ["draft", "proposed", "cancelled", *sorted(SENDS)])


class Life(RuleBasedStateMachine):
    """One alert is under way, two more are written meanwhile; ``letters``: how often each was sent to whom."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=SHARED_MEMORY))
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        create_key_file(self.folder / "key")
        self.path = self.folder / "safar.db"
        self.keys: list[bytes] = []
        self.hands: dict[bytes, set[str]] = {}
        self.version: dict[bytes, int] = {}
        self.approved: dict[bytes, str] = {}
        self.letters: Counter[tuple[bytes, int]] = Counter()
        self.repeats: Counter[bytes] = Counter()
        self.holders = 0
        self.open()
        self.do(staffed(self.store.staff, self.clock, "anna", "boris", "carl"))
        self.do(staffed(self.store.staff, self.clock, "vera", days=0))
        for number in range(6):
            self.do(self.store.take(works(str(number), outcome=Outcome(profile=b"p"))))
        first = self.do(let_out(self.broadcasts, counted=6)).key
        self.keys.append(first)
        self.hands[first], self.version[first], self.approved[first] = {"anna"}, 1, "boris"
        self.enrol(0)

    def do(self, call: Coroutine[Any, Any, _T]) -> _T:
        return self.loop.run_until_complete(call)

    def open(self) -> None:
        self.holders += 1
        self.store = self.do(SqliteStore.open(self.path, load_keys(self.folder / "key"), clock=self.clock))
        self.broadcasts = self.store.broadcasts

    def lease(self) -> Lease:
        lease = self.do(self.store.lease("alerts", str(self.holders)))
        assert lease is not None
        return lease

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.do(self.store.close())
            self.loop.close()
            shutil.rmtree(self.folder)

    @rule(who=people)
    def write(self, who: str) -> None:
        if len(self.keys) < 3:
            corrects = self.keys[0] if len(self.keys) == 2 else b""
            told = draft(b"%d" % len(self.keys), corrects=corrects)
            key = self.do(self.broadcasts.add("org", told, Entry(handle=who, what="alert-drafted"))).key
            self.keys.append(key)
            self.hands[key], self.version[key] = {who}, 1

    @precondition(lambda self: self.keys)
    @rule(who=people, which=st.integers(0, 2))
    def edit(self, who: str, which: int) -> None:
        key = self.keys[which % len(self.keys)]
        told = draft(b"edited %d" % self.version[key])
        saved = self.do(
            self.broadcasts.save("org", key, self.version[key], told, Entry(handle=who, what="alert-saved"))
        )
        if saved is not None:
            self.hands[key].add(who)
            self.version[key] += 1
            self.approved.pop(key, None)

    @precondition(lambda self: self.keys)
    @rule(proposer=people, who=people, which=st.integers(0, 2))
    def approve(self, proposer: str, who: str, which: int) -> None:
        key = self.keys[which % len(self.keys)]
        entry = Entry(handle=proposer, what="alert-proposed")
        self.do(self.broadcasts.propose("org", key, self.version[key], entry))
        found = self.do(self.broadcasts.broadcast(None, key))
        assert found is not None
        entry = Entry(handle=who, what="alert-approved")
        if self.do(self.broadcasts.approve("org", key, found.draft.digest, 6, entry)) == "approved":
            assert who != "vera" or self.clock.now >= NOON + timedelta(days=1)
            self.approved[key] = who

    @precondition(lambda self: self.keys)
    @rule(which=st.integers(0, 2), after=states)
    def turn(self, which: int, after: Any) -> None:
        key = self.keys[which % len(self.keys)]
        found = self.do(self.broadcasts.broadcast(None, key))
        assert found is not None
        self.do(self.broadcasts.turn(None, key, (found.state,), after))

    @precondition(lambda self: self.approved)
    @rule(which=st.integers(0, 2))
    def enrol(self, which: int) -> None:
        key = list(self.approved)[which % len(self.approved)]
        self.do(self.broadcasts.turn(None, key, ("approved", "paused"), "enrolling"))
        self.do(self.broadcasts.enrol(key, self.do(everybody(self.store))))
        self.do(self.broadcasts.enrol_corrected(key))
        self.do(self.broadcasts.start(key))

    @precondition(lambda self: self.approved)
    @rule(
        which=st.integers(0, 2),
        words=st.lists(st.sampled_from(["send", "send", "later", "no"]), min_size=1, max_size=4),
        ends=st.lists(st.sampled_from(["sent", "failed", "uncertain", "skipped", "delivered", *[""] * 5]), min_size=4),
    )
    def send(self, which: int, words: list[str], ends: list[Any]) -> None:
        """Some of what is claimed stays in the air until a crash; of some the messenger tells first."""
        key, said = list(self.approved)[which % len(self.approved)], iter(words)
        lease, account = self.lease(), self.store.account_mark("telegram", "8000000001")
        claim = self.broadcasts.claim_deliveries(key, account, lease, 0, len(words), lambda _: next(said))
        for row, end in zip(self.do(claim).rows, ends, strict=False):
            self.letters[key, int.from_bytes(row.contact, "big")] += 1
            if end == "delivered":
                self.do(self.store.report([News(id=row.id, state="delivered")]))
            elif end:
                self.do(self.broadcasts.settle_deliveries(key, lease, [DeliveryEnd(id=row.id, state=end, code="x")]))

    @precondition(lambda self: self.approved)
    @rule(which=st.integers(0, 2), flying=st.integers(0, 3))
    def crash(self, which: int, flying: int) -> None:
        """Another process goes on: what was in the air is unclear."""
        self.send(which, ["send"] * flying, [""] * flying)
        self.do(self.store.close())
        self.open()
        self.lease()
        self.do(self.broadcasts.recover_deliveries())

    @precondition(lambda self: self.keys)
    @rule(which=st.integers(0, 2), repeat=st.booleans())
    def decide(self, which: int, repeat: bool) -> None:
        key = self.keys[which % len(self.keys)]
        entry = Entry(handle="anna", what="alert-decided")
        if self.do(self.broadcasts.decide_uncertain("org", key, repeat=repeat, entry=entry)) and repeat:
            self.repeats[key] += 1

    @rule(address=addresses)
    def erase(self, address: str) -> None:
        self.do(self.store.erase("telegram", "8000000001", address))

    @rule(address=addresses)
    def arrive(self, address: str) -> None:
        self.do(self.store.take(works(address, outcome=Outcome(profile=b"p"))))

    @rule(days=st.sampled_from([1, 1, 31]))
    def pass_days(self, days: int) -> None:
        self.do(self.store.trust_clock(self.clock.advance(days=days)))
        self.do(self.store.retain(self.clock.now))

    @invariant()
    def two_people_and_a_report_that_adds_up(self) -> None:
        keys = getattr(self, "keys", [])
        for key, found in zip(keys, self.do(self.all_of(self.broadcasts.broadcast, keys)), strict=True):
            assert found is not None
            assert set(found.editors) == self.hands[key]
            if found.state in SENDS:
                assert found.approver == self.approved[key]
                assert found.approver not in self.hands[key]
        for tally in self.do(self.all_of(self.broadcasts.tally, keys)):
            assert tally is not None
            parts = (tally.due, tally.sending, tally.sent, tally.uncertain, tally.left, tally.read, tally.delivered)
            assert min(parts) >= 0
            assert sum(parts[:5]) + sum(n for _, n in tally.failed + tally.skipped) == tally.audience

    async def all_of(self, ask: Callable[[None, bytes], Coroutine[Any, Any, _T]], keys: list[bytes]) -> list[_T]:
        return await asyncio.gather(*(ask(None, key) for key in keys))

    @invariant()
    def the_sums_count_what_is_there(self) -> None:
        with closing(sqlite3.connect(self.path)) as connection:
            rows = connection.execute(
                "select broadcast, state, code, reached, count(*) from broadcast_deliveries group by 1, 2, 3, 4"
            ).fetchall()
            sums = {tuple(row[:4]): row[4] for row in connection.execute("select * from broadcast_sums")}
        assert all(sums[tuple(row[:4])] >= row[4] for row in rows)
        if self.clock.now < NOON + timedelta(days=30):
            assert {key: n for key, n in sums.items() if n} == {tuple(row[:4]): row[4] for row in rows}

    @invariant()
    def nobody_is_sent_it_again_by_itself(self) -> None:
        for (key, _), letters in getattr(self, "letters", {}).items():
            assert letters <= 1 + self.repeats[key]


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
