"""``kill -9`` and cut-off files: every acknowledged turn is there, once, and the file is whole (F1, F3, F5)."""

import asyncio
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store import Keys, SqliteStore, load_keys
from tests.store.helpers import Clock, everybody, let_out, staffed, works

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 6

#: Sends what waits; then takes, claims and settles as fast as it can, forty at a time; says what was acknowledged, a
#: line each.
CHILD = """
import asyncio, os, sys
from pathlib import Path
from bot.store import Outcome, Settled, SqliteStore, load_keys
from tests.store.helpers import works

async def main(path, key, start):
    store = await SqliteStore.open(Path(path), load_keys(Path(key)))
    mine = (await store.lease("telegram", str(start))).fence
    await store.recover()

    async def send(row):
        assert await store.claim([row.id], mine) == {row.id}
        await store.settle([Settled(id=row.id, state="sent", ref="s", fence=mine)])

    left = await store.unsent(["telegram"], 100_000)
    for row in left:
        await send(row)
    for row in left:
        os.write(1, b"sent %s %s\\n" % (row.address.encode(), row.body))

    async def talk(worker):
        number = start + worker
        while True:
            left = Outcome(profile=b"p", session=b"%d" % number, outbox=(b"%d" % number,))
            taken = await store.take(works(str(worker), update=str(number), ref="r", outcome=left))
            os.write(1, b"took %d %d\\n" % (worker, number))
            (row,) = taken.rows
            await send(row)
            os.write(1, b"sent %d %d\\n" % (worker, number))
            number += 40

    await asyncio.gather(*map(talk, range(40)))

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


async def test_killed_in_the_middle_of_writing_again_and_again(path: Path, keys: Keys, tmp_path: Path) -> None:
    seed = random.randrange(10_000)
    chance = random.Random(seed)
    took: dict[str, list[int]] = {}
    sent: set[int] = set()
    for number in range(ROUNDS):
        command = [sys.executable, "-c", CHILD, str(path), str(tmp_path / "master.key"), str(number * 1_000_000)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline()]
            await asyncio.sleep(chance.uniform(0.05, 0.5))
            child.kill()
            lines += child.stdout.readlines()
        for line in lines:
            if line.endswith("\n"):
                what, worker, update = line.split()
                if what == "took":
                    took.setdefault(worker, []).append(int(update))
                else:
                    sent.add(int(update))

        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",), seed
        store = await SqliteStore.open(path, load_keys(tmp_path / "master.key"))
        for worker, updates in took.items():
            known = (await store.take(works(worker, update=str(updates[-1])))).repeat
            assert known, (seed, worker)
        await store.close()

    assert sum(map(len, took.values())) > 100
    store = await SqliteStore.open(path, keys)
    await store.recover()
    all_updates = [(worker, update) for worker, updates in took.items() for update in updates]
    again = await asyncio.gather(*(store.take(works(worker, update=str(update))) for worker, update in all_updates))
    assert [taken.repeat for taken in again] == [True] * len(again), seed
    waiting = {int(row.body) for row in await store.unsent(["telegram"], 100_000)}
    assert waiting & sent == set(), seed
    # Neither said to be sent nor waiting: settled, but killed before it could say so.
    assert len({update for _, update in all_updates} - sent - waiting) <= 40 * ROUNDS, seed
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from failures").fetchone() == (0,), seed
    await store.close()


@pytest.mark.parametrize("seed", range(8))
async def test_a_wal_cut_at_any_byte_opens_with_all_that_was_durable_before(
    path: Path, keys: Keys, tmp_path: Path, seed: int
) -> None:
    """A power cut: each commit is acknowledged when its WAL frames are on disk; what is cut off came after."""
    chance = random.Random(seed)
    store = await SqliteStore.open(path, keys)
    wal, durable = path.with_name("safar.db-wal"), []
    for number in range(60):
        await store.take(works(str(number % 7), update=str(number)))
        durable.append(wal.stat().st_size)
    kept = chance.randrange(60)
    end = durable[kept] + chance.randrange(0, 4096)
    cut = tmp_path / "cut"
    cut.mkdir()
    shutil.copy(path, cut / "safar.db")
    (cut / "safar.db-wal").write_bytes(wal.read_bytes()[:end])
    await store.close()

    again = await SqliteStore.open(cut / "safar.db", keys)
    repeats = [(await again.take(works(str(number % 7), update=str(number)))).repeat for number in range(kept + 1)]
    await again.close()
    assert repeats == [True] * (kept + 1)


#: Claims recipients and settles them, four at a time, until it is killed; says each letter when it is sent.
SENDER = """
import asyncio, os, sys
from pathlib import Path
from bot.store import SqliteStore, load_keys
from bot.store.broadcast_protocol import DeliveryEnd

async def main(path, key, alert):
    store = await SqliteStore.open(Path(path), load_keys(Path(key)))
    lease = await store.lease("alerts", str(os.getpid()))
    os.write(1, b"recovered %d\\n" % await store.broadcasts.recover_deliveries())
    account = store.account_mark("telegram", "8000000001")
    while True:
        got = await store.broadcasts.claim_deliveries(bytes.fromhex(alert), account, lease, 0, 4, lambda _: "send")
        for row in got.rows:
            os.write(1, b"letter %s\\n" % row.address.encode())
        ends = [DeliveryEnd(id=row.id, state="sent", ref="1") for row in got.rows]
        await store.broadcasts.settle_deliveries(bytes.fromhex(alert), lease, ends)

asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3]))
"""


async def test_an_alert_that_is_killed_again_and_again_reaches_each_once_or_is_uncertain(
    path: Path, keys: Keys, tmp_path: Path
) -> None:
    """F34, T75: nobody gets it twice, and nobody is missed without being told."""
    people, clock = 3000, Clock(datetime.now(UTC))
    store = await SqliteStore.open(path, keys, clock=clock)
    await staffed(store.staff, clock, "anna", "boris")
    await asyncio.gather(*(store.take(works(str(number))) for number in range(people)))
    alert = await let_out(store.broadcasts)
    await store.broadcasts.enrol(alert.key, await everybody(store))
    await store.broadcasts.start(alert.key)
    await store.close()

    letters: list[str] = []
    chance = random.Random(seed := random.randrange(10_000))
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", SENDER, str(path), str(tmp_path / "master.key"), alert.key.hex()]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()
            await asyncio.sleep(chance.uniform(0.02, 0.2))
            child.kill()
            letters += [line.split()[1] for line in child.stdout.readlines() if line.endswith("\n")]

    assert len(letters) == len(set(letters)), seed
    store = await SqliteStore.open(path, keys)
    await store.lease("alerts", "the last one")
    await store.broadcasts.recover_deliveries()
    tally = await store.broadcasts.tally(None, alert.key)
    assert tally is not None
    assert tally.sending == 0, seed
    assert tally.sent + tally.uncertain + tally.due == tally.audience == people, seed
    assert len(letters) - tally.sent <= tally.uncertain <= 4 * ROUNDS, seed
    await store.close()
