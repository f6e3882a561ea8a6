"""Durable turns a second: Safar's store beside the bare sqlite3 group commit that writes the same rows.

``python -m benchmarks.store [--json] [--seconds 0.5] [--rounds 15] [--in-flight 32] [--contacts 20000] [--folder F]
[--postgresql]``

A turn: an update's id is remembered, the contact's row read and written back with a new session, the reply put into the
outbox, the message's reference kept; then the commit, with ``synchronous=FULL``. Both write rows of the same tables and
sizes into files that were filled alike, in short slices by turns. The bare one seals nothing, opens nothing, runs no
step: it writes bytes that are ready, each statement by itself. Rows are counted at the end.

``--postgresql``: the same on a PostgreSQL of the tests, which is started for it and shares the machine, beside bare
asyncpg with a group commit.
"""

import argparse
import asyncio
import json
import os
import queue
import random
import resource
import shutil
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from bot.store import (
    Outcome,
    Person,
    PostgresUrl,
    Settled,
    SqliteStore,
    Work,
    create_key_file,
    load_keys,
    migrate_store,
    open_store,
)

PROFILE = json.dumps({"language": "uz", "citizenship": "UZ", "country": "RU", "city": "Москва"}).encode()
SESSION = b'{"stack":[{"flow":"wages","version":"3f1c0a9b","node":"region","path":["start"]}],"turns":%d}'
SESSION_PADDING = b" " * 250
BODY = json.dumps({"text": "Ish haqingizni vaqtida olmagan boʻlsangiz, avval yozma talab qoʻying. " * 8}).encode()

#: The store's own; both sides run with them.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": "on",
    "secure_delete": "on",
    "temp_store": "memory",
    "wal_autocheckpoint": 4000,
    "cache_size": -65536,
}
COUNTED = ("updates", "outbox", "messages")

Turn = Callable[[int, int], Awaitable[Any]]


def new_session(number: int) -> bytes:
    return SESSION % number + SESSION_PADDING


def work(contact: int, number: int) -> Work:
    def step(person: Person) -> Outcome:
        return Outcome(profile=PROFILE, session=new_session(number), outbox=(BODY,))

    return Work(
        channel="telegram", account="8000000001", address=str(contact), update=str(number), ref=str(number), step=step
    )


class Bare:
    """One thread, prepared statements, waiting turns share a commit: the fastest plain way that was measured."""

    def __init__(self, path: Path) -> None:
        c = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for name, value in PRAGMAS.items():
            c.execute(f"pragma {name}={value}")
        self.connection = c
        self.loop = asyncio.get_running_loop()
        self.queue: queue.SimpleQueue[Any] = queue.SimpleQueue()
        one = c.execute("select session from contacts limit 1").fetchone()
        self.session = one[0]
        self.lookups = [row[0] for row in c.execute("select lookup from contacts")]
        self.body = c.execute("select body from outbox limit 1").fetchone()[0]
        self.ref = c.execute("select ref from messages limit 1").fetchone()[0]
        self.day = c.execute("select max(day) from updates").fetchone()[0]
        self.id = c.execute("select value from meta where name = 'next_id'").fetchone()[0] + 10_000
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def write(self, contact: int) -> bool:
        c = self.connection
        key = random.randbytes(16)
        if c.execute("insert or ignore into updates (key, day) values (?, ?)", (key, self.day)).rowcount == 0:
            return False
        row, _, _, _ = c.execute(
            "select c.id, c.profile, c.session, k.wrapped from contacts c join contact_keys k on k.contact = c.id "
            "where c.lookup = ?",
            (self.lookups[contact],),
        ).fetchone()
        # As after sealing, no byte is what it was: SQLite does not write a page that stays the same.
        c.execute("update contacts set session = ? where id = ?", (key + self.session[16:], row))
        self.id += 2
        c.execute(
            "insert into outbox (id, contact, update_key, state, attempts, due, day, body) "
            "values (?, ?, ?, 'waiting', 0, 0, ?, ?)",
            (self.id, row, key, self.day, self.body),
        )
        c.execute(
            "insert into messages (id, contact, day, ref) values (?, ?, ?, ?)", (self.id + 1, row, self.day, self.ref)
        )
        return True

    def run(self) -> None:
        while True:
            batch = [self.queue.get()]
            while len(batch) < 512:
                try:
                    batch.append(self.queue.get_nowait())
                except queue.Empty:
                    break
            calls = [call for call in batch if call is not None]
            self.connection.execute("begin immediate")
            done = [(future, self.write(contact)) for future, contact in calls]
            self.connection.execute("commit")
            self.loop.call_soon_threadsafe(self.tell, done)
            if len(calls) < len(batch):
                return

    @staticmethod
    def tell(done: list[tuple[asyncio.Future[bool], bool]]) -> None:
        for future, result in done:
            future.set_result(result)

    async def turn(self, contact: int, number: int) -> bool:
        future = self.loop.create_future()
        self.queue.put((future, contact))
        return bool(await future)

    async def close(self) -> None:
        self.queue.put(None)
        await asyncio.to_thread(self.thread.join)
        self.connection.close()


async def load(turn: Turn, contacts: int, in_flight: int, seconds: float) -> dict[str, float]:
    """A closed loop: each of ``in_flight`` workers starts its next turn when the last one is durable."""
    random_contact = random.Random(7).randrange
    busy: set[int] = set()
    took: list[float] = []
    number = int(time.time_ns() // 1000)
    clock = time.perf_counter
    start = clock()

    async def worker() -> None:
        nonlocal number
        while (begun := clock()) - start < seconds:
            number += 1
            mine = number
            while (contact := random_contact(contacts)) in busy:
                pass
            busy.add(contact)
            await turn(contact, mine)
            busy.discard(contact)
            took.append(clock() - begun)

    before = time.process_time()
    await asyncio.gather(*(worker() for _ in range(in_flight)))
    elapsed, cpu = clock() - start, time.process_time() - before
    took.sort()
    return {
        "turns": len(took),
        "turns_per_second": len(took) / elapsed,
        "cpu_us_per_turn": cpu / len(took) * 1e6,
        "p50_ms": took[len(took) // 2] * 1e3,
        "p99_ms": took[int(len(took) * 0.99)] * 1e3,
    }


async def measure(folder: Path, key: Path, args: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    """All ways in turns, a short slice each, so that a noisy neighbour meets them all alike."""
    store = await SqliteStore.open(folder / "safar.db", load_keys(key))
    lease = await store.lease("telegram", "benchmark")
    assert lease is not None
    bare = Bare(folder / "bare.db")
    closing: list[Callable[[], Awaitable[None]]] = []

    async def take(contact: int, number: int) -> None:
        taken = await store.take(work(contact, number))
        assert len(taken.rows) == 1

    async def take_and_send(contact: int, number: int) -> None:
        taken = await store.take(work(contact, number))
        row = taken.rows[0].id
        assert await store.claim([row], lease.fence) == {row}
        await store.settle([Settled(id=row, state="sent", ref=str(number), fence=lease.fence)])

    ways: dict[str, Turn] = {"bare": bare.turn, "safar": take, "safar_with_sending": take_and_send}
    if args.postgresql:
        ways |= await shared_ways(folder, key, closing)
    results: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for turn in ways.values():
        await load(turn, args.contacts, args.in_flight, args.seconds / 2)
    for _ in range(args.rounds):
        for way, turn in ways.items():
            results[way].append(await load(turn, args.contacts, args.in_flight, args.seconds))
    await store.close()
    await bare.close()
    for close in closing:
        await close()
    return results


async def shared_ways(folder: Path, key: Path, closing: list[Callable[[], Awaitable[None]]]) -> dict[str, Turn]:
    """On two databases that are filled like the file."""
    from benchmarks.bare_postgres import BarePostgres
    from tests import postgres

    urls = [PostgresUrl(postgres.shared().new()) for _ in range(2)]
    for url in urls:
        await asyncio.to_thread(migrate_store, folder / "moved.db", url, load_keys(key))
    bare = await BarePostgres.open(urls[0].secret)
    store = await open_store(urls[1], load_keys(key))
    closing += [bare.close, store.close]

    async def take(contact: int, number: int) -> None:
        taken = await store.take(work(contact, number))
        assert len(taken.rows) == 1

    return {"bare_postgresql": bare.turn, "safar_postgresql": take}


async def fill(path: Path, key: Path, contacts: int) -> None:
    store = await SqliteStore.open(path, load_keys(key))
    for start in range(0, contacts, 1000):
        await asyncio.gather(*(store.take(work(c, -c - 1)) for c in range(start, min(start + 1000, contacts))))
    await store.close()


def check_rows(folder: Path, results: dict[str, list[dict[str, float]]], contacts: int) -> None:
    """Every counted turn left its update, and each file as many replies or messages as updates."""
    turns = {way: sum(int(result["turns"]) for result in found) for way, found in results.items()}
    for name, ways in (("bare", ("bare",)), ("safar", ("safar", "safar_with_sending"))):
        with closing(sqlite3.connect(folder / f"{name}.db")) as c:
            rows = {table: c.execute(f"select count(*) from {table}").fetchone()[0] for table in COUNTED}
        assert rows["updates"] >= contacts + sum(turns[way] for way in ways), (name, rows, turns)
        assert rows["messages"] + rows["outbox"] == 2 * rows["updates"], (name, rows)


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        key = folder / "key"
        create_key_file(key)
        uvloop.run(fill(folder / "safar.db", key, args.contacts))
        for name in ("bare.db", "moved.db"):
            shutil.copy(folder / "safar.db", folder / name)
        results = uvloop.run(measure(folder, key, args))
        check_rows(folder, results, args.contacts)
    medians = {
        way: {name: round(statistics.median(result[name] for result in found), 2) for name in found[0]}
        for way, found in results.items()
    }
    ratios = compared(results["safar"], results["bare"])
    if args.postgresql:
        shared = compared(results["safar_postgresql"], results["bare_postgresql"])
        medians["postgresql"] = {"ratio": round(statistics.median(shared), 3)}
    return {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "in_flight": args.in_flight,
        "rounds": args.rounds,
        "seconds": args.seconds,
        "contacts": args.contacts,
        "cores": os.cpu_count(),
        "max_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        **medians,
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "target": 0.7,
    }


def compared(safar: list[dict[str, float]], bare: list[dict[str, float]]) -> list[float]:
    return [one["turns_per_second"] / other["turns_per_second"] for one, other in zip(safar, bare, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, help="where the databases go: a folder on the disk to be measured")
    parser.add_argument("--postgresql", action="store_true")
    report = run(args := parser.parse_args())
    if args.json:
        print(json.dumps(report))
        return
    print(f"{'':20s}{'turns/s':>10s}{'p50 ms':>8s}{'p99 ms':>8s}{'cpu µs/turn':>13s}")
    ways = ["bare", "safar", "safar_with_sending"]
    for way in [*ways, "bare_postgresql", "safar_postgresql"] if args.postgresql else ways:
        r = report[way]
        print(f"{way:20s}{r['turns_per_second']:10.0f}{r['p50_ms']:8.2f}{r['p99_ms']:8.2f}{r['cpu_us_per_turn']:13.0f}")
    if args.postgresql:
        print(f"ratio safar / bare on PostgreSQL {report['postgresql']['ratio']}")
    print(f"ratio safar / bare {report['ratio']} (target {report['target']}), rounds {report['ratios']}")


if __name__ == "__main__":
    main()
