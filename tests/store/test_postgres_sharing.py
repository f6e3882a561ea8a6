"""Several processes on one PostgreSQL: whatever is true of one is true of all of them together (F25, F27)."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Entry, Factor, Invitation, Keys, Outcome, Person, PostgresUrl, Settled, Taken, open_store
from bot.store import verify_audit as verify
from bot.store.store import DatabaseStore
from tests import postgres
from tests.store.backends import place
from tests.store.helpers import NOON, Clock, fence, works

ROOT = Path(__file__).resolve().parents[2]
BOT = ("telegram", "8000000001")

Pair = tuple[DatabaseStore, DatabaseStore]


@pytest.fixture
def url(tmp_path: Path, keys: Keys) -> PostgresUrl:
    where = place("postgresql", tmp_path, keys)
    assert isinstance(where, PostgresUrl)
    return where


@pytest.fixture
async def pair(url: PostgresUrl, keys: Keys, clock: Clock) -> AsyncIterator[Pair]:
    """As two processes: nothing is shared but the database."""
    pair = await open_store(url, keys, clock=clock), await open_store(url, keys, clock=clock)
    yield pair
    for store in pair:
        await store.close()


def counting(known: Person) -> Outcome:
    """Each turn is the one after the last."""
    number = int(known.session or b"0") + 1
    return Outcome(session=b"%d" % number, outbox=(b"%d" % number,))


async def test_no_turn_is_lost_and_the_replies_of_each_person_keep_their_order(pair: Pair) -> None:
    people = [str(number) for number in range(12)]
    turns = [(store, address) for address in people for store in pair for _ in range(15)]
    random.Random(5).shuffle(turns)
    await asyncio.gather(*(store.take(works(address, counting)) for store, address in turns))

    for address in people:
        rows = await pair[0].pending(*BOT, address)
        assert [int(row.body) for row in rows] == list(range(1, 31)), address


async def test_one_update_that_reaches_both_is_one_turn(pair: Pair) -> None:
    taken = await asyncio.gather(*(store.take(works(str(n % 7), update=str(n))) for n in range(60) for store in pair))
    assert sorted(one.repeat for one in taken) == [False] * 60 + [True] * 60
    assert len(await pair[0].unsent(["telegram"], 1000)) == 60


async def test_a_new_person_who_reaches_both_is_one_contact(pair: Pair) -> None:
    for number in range(20):
        one, two = await asyncio.gather(*(store.take(works(str(number), counting)) for store in pair))
        assert one.contact == two.contact
        assert sorted(row.body for taken in (one, two) for row in taken.rows) == [b"1", b"2"]


async def test_two_that_claim_get_different_rows(pair: Pair) -> None:
    left = Outcome(outbox=(b"x",) * 40)
    ids = [row.id for row in (await pair[0].take(works(outcome=left))).rows]
    mine = await fence(pair[0])
    halves = await asyncio.gather(*(store.claim(ids[n:] + ids[:n], mine) for n in range(0, 40, 4) for store in pair))
    assert sorted(one for half in halves for one in half) == ids


async def test_a_lease_is_one_processs_until_it_is_past(pair: Pair, clock: Clock) -> None:
    first = await pair[0].lease("sender", "one")
    assert first is not None
    assert await pair[1].lease("sender", "two") is None
    clock.advance(seconds=11)
    second = await pair[1].lease("sender", "two")
    assert second is not None
    assert second.fence > first.fence
    (row,) = (await pair[0].take(works())).rows
    assert await pair[0].claim([row.id], first.fence) == set()
    assert await pair[1].claim([row.id], second.fence) == {row.id}
    await pair[0].settle([Settled(id=row.id, state="failed", fence=first.fence)])
    await pair[1].settle([Settled(id=row.id, state="sent", ref="9", fence=second.fence)])
    assert await pair[0].failures("telegram") == []


async def test_an_erasure_wins_over_turns_elsewhere(pair: Pair) -> None:
    for _ in range(10):
        before = await pair[0].take(works("1", counting))
        turns = [asyncio.ensure_future(pair[1].take(works("1", counting))) for _ in range(5)]
        assert await pair[0].erase(*BOT, "1")
        taken: list[Taken] = await asyncio.gather(*turns)
        assert (await pair[1].take(works(contact=before.contact))).gone
        left = [one for one in taken if one.contact != before.contact]
        assert [int(row.body) for row in await pair[0].pending(*BOT, "1")] == list(range(1, len(left) + 1))
        await pair[0].erase(*BOT, "1")


async def test_the_audit_of_both_is_one_chain(pair: Pair, url: PostgresUrl, keys: Keys) -> None:
    entries = [Entry(handle="anna", what="ticket-opened", object=b"%d" % number) for number in range(40)]
    await asyncio.gather(*(store.staff.record(entry) for entry in entries for store in pair))
    assert len(await pair[0].staff.audit(None, 1000)) == 80
    assert await asyncio.to_thread(verify, url, keys) is None


async def test_a_one_time_code_counts_once(pair: Pair) -> None:
    staff = pair[0].staff
    entry = Entry(handle="anna", what="staff-added")
    invitation = Invitation(token=b"come", totp=b"s" * 20, until=NOON)
    assert await staff.add("anna", "o", ("caseworker",), invitation, entry)
    account = await staff.account("anna")
    assert account is not None
    await staff.begin(account.id, "joining", b"j")
    assert await staff.join(b"j", "hash", 100, (b"c",), b"full", entry)
    for number in range(2):
        await staff.begin(account.id, "password", b"%d" % number)
    done = await asyncio.gather(
        *(
            store.staff.second_factor(b"%d" % number, Factor(step=200), b"new%d" % number, entry)
            for number, store in enumerate(pair)
        )
    )
    assert sorted(done) == [False, True]


async def test_sums_of_both_add_up(pair: Pair) -> None:
    topics = [(f"t{number}", 1) for number in range(20)]
    await asyncio.gather(*(store.add_counts(NOON, random.sample(topics, 20)) for store in pair for _ in range(10)))
    assert {number for _, number in await pair[0].sums("t")} == {20}


CHILD = """
import asyncio, os, sys
from pathlib import Path
from bot.store import Outcome, PostgresUrl, load_keys, open_store
from tests.store.helpers import works

def counting(known):
    return Outcome(session=b"%d" % (int(known.session or b"0") + 1), outbox=(b"x",))

async def main(url, key, start):
    store = await open_store(PostgresUrl(url), load_keys(Path(key)))

    async def talk(worker):
        for number in range(10**9):
            await store.take(works(str(worker), counting, update=f"{start}-{worker}-{number}"))
            os.write(1, b"%d %d\\n" % (worker, number))

    await asyncio.gather(*map(talk, range(20)))

asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3]))
"""


async def test_processes_killed_in_the_middle_leave_every_turn_that_was_told_once(
    url: PostgresUrl, keys: Keys, tmp_path: Path
) -> None:
    told: dict[tuple[str, int], int] = {}
    for round_ in range(2):
        children = [
            subprocess.Popen(
                [sys.executable, "-c", CHILD, url.secret, str(tmp_path / "master.key"), f"{round_}{name}"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in "ab"
        ]
        for name, child in zip("ab", children, strict=True):
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(50)]
            os.kill(child.pid, 9)
            for line in [*lines, *child.stdout.readlines()]:
                if line.endswith("\n"):
                    worker, number = map(int, line.split())
                    told[f"{round_}{name}", worker] = number
            child.wait()
            child.stdout.close()

    store = await open_store(url, keys)
    for (child_name, worker), last in told.items():
        again = await store.take(works(str(worker), counting, update=f"{child_name}-{worker}-{last}"))
        assert again.repeat
    turns = postgres.query(url.secret, "select count(*) from safar.updates")[0][0]
    assert turns >= sum(last + 1 for last in told.values())
    last_turns = [int((await store.take(works(str(worker), counting))).rows[0].body) for worker in range(20)]
    assert sum(last_turns) == turns + 20
    rows = postgres.query(url.secret, "select count(*) from safar.outbox")[0][0]
    assert rows == turns + 20
    await store.close()
