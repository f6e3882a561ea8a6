"""Growth from a thousand contacts to a million, on both stores; and one, two and four processes on one PostgreSQL.

``python -m benchmarks.growth --json [--sizes 1000,100000,1000000] [--stores sqlite,postgresql] [--processes 1,2,4]``

One SQLite file of sealed contacts (``benchmarks.people``) grows from size to size; at each it is copied, and moved to a
PostgreSQL of the tests. All databases are then measured side by side, in short slices by turns, so that a noisy machine
is noisy for all of them. It needs some 5 kB of temporary folder (TMPDIR) for each contact of the largest size.

- ``size``: bytes of the database alone (SQLite: the file; PostgreSQL: the database) and bytes a contact.
- ``turn``: one turn at a time of somebody chosen among all contacts, real engine and content, up to the durable commit
  (no HTTP, no sending): p50 and p99 in ms, the processor's time of this process in ms a turn. A contact's row is seldom
  in the store's own cache, but the system may well hold the file in memory.
- ``count``: the 20 nested rules of ``benchmarks.segments``, counted by the index: p50 and p99 in ms, also of the
  processor; what it took to build, in seconds, beside nothing else.
- ``start``: a ``safar run`` with the content in its cache: seconds, and of the processor, until it serves and until its
  index is built.
- ``ratios``: the largest size to the smallest.
- ``processes``: turns a second of so many ``safar run`` under forty webhooks at once, p50 and p99 of the answer in ms.
  Then 200 people write six times each without waiting, each message to the next process; the messenger reads what every
  chat was told: ``wrong`` are those who did not get each answer once and in order. Any makes the exit code 1.
"""

import argparse
import gc
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
import uvloop

from benchmarks.alert import TOKEN, Peer
from benchmarks.people import ACCOUNTS, TODAY, address, channel_of, fill
from benchmarks.segments import RULES, count, part_of
from benchmarks.turns import SAY, _on_core, cpu_seconds, free_port, rss_mb, settings
from bot.conversation import Event, prepare
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.reading import parse_rule
from bot.delivery.clock import SystemClock
from bot.delivery.moving import new_code
from bot.delivery.step import NoAlerts, Steps
from bot.places import gazetteer
from bot.store import Keys, Location, PostgresUrl, Work, create_key_file, load_keys, migrate_store, open_store
from tests import postgres, real

NOW: Final = datetime.fromtimestamp(TODAY * 86_400 + 43_200, UTC)
#: People who write without waiting, and how often each does.
_PEOPLE: Final = 200
_WRITES: Final = 6
#: A start that takes longer has failed.
_START_SECONDS: Final = 600.0


class Grown(NamedTuple):
    """A database with so many contacts."""

    store: str
    contacts: int
    where: Location

    def ask(self, expression: str, table: str = "contacts") -> int:
        if isinstance(self.where, Path):
            with closing(sqlite3.connect(self.where)) as connection:
                return int(connection.execute(f"select {expression} from {table}").fetchone()[0])
        return int(postgres.query(self.where.secret, f"select {expression} from safar.{table}")[0][0])

    def bytes(self) -> int:
        if isinstance(self.where, Path):
            return self.where.stat().st_size
        return self.ask("pg_database_size(current_database())", "meta")


def say(*words: object) -> None:
    print(f"{time.strftime('%H:%M:%S')} ", *words, file=sys.stderr, flush=True)


def grow(folder: Path, keys: Keys, sizes: Sequence[int], stores: Sequence[str]) -> Iterator[Grown]:
    growing, people = folder / "growing.db", 0
    for size in sizes:
        seconds = fill(growing, keys, size - people, first=people)
        say(f"{size - people:,} contacts made in {seconds:.1f} s")
        people = size
        path = folder / str(size) / "data" / "safar.db"
        path.parent.mkdir(parents=True)
        shutil.copy(growing, path)
        if "postgresql" in stores:
            postgres.shared().run(f"create database growth_{size}")
            url, began = PostgresUrl(postgres.shared().url(f"growth_{size}")), time.perf_counter()
            migrate_store(path, url, keys)
            say(f"{size:,} contacts moved to PostgreSQL and compared in {time.perf_counter() - began:.1f} s")
            yield Grown("postgresql", size, url)
        if "sqlite" in stores:
            yield Grown("sqlite", size, path)
    growing.unlink()


async def measure_turns(all_grown: Sequence[Grown], keys: Keys, rounds: int, slice_: int) -> list[dict[str, Any]]:
    """For each database, in their order. The first round is not counted."""
    catalogue = real.catalogue()
    prepare(catalogue)
    steps = Steps(lambda: catalogue, lambda: NOW, new_code, dict, NoAlerts(), ())
    stores = [await open_store(one.where, keys, clock=lambda: NOW) for one in all_grown]
    took: list[list[float]] = [[] for _ in all_grown]
    worked = [0.0] * len(all_grown)
    chance, updates = random.Random(3), iter(range(10**9))
    gc.collect()
    gc.freeze()
    for number in range(rounds + 1):
        for at in random.Random(number).sample(range(len(all_grown)), len(all_grown)):
            works = []
            for text in (SAY * slice_)[:slice_]:
                who, update = chance.randrange(all_grown[at].contacts), f"growth-{next(updates)}"
                channel = channel_of(who)
                step = steps.turn(Event(kind="text", text=text), channel, {}, [])
                account = ACCOUNTS[channel]
                works.append(Work(channel=channel, account=account, address=address(who), update=update, step=step))
            cpu, times = time.process_time(), []
            for work in works:
                began = time.perf_counter()
                taken = await stores[at].take(work)
                times.append((time.perf_counter() - began) * 1e3)
                assert taken.rows, taken.error
            if number:
                worked[at] += time.process_time() - cpu
                took[at] += times
    for store, one in zip(stores, all_grown, strict=True):
        await store.close()
        assert one.ask("count(*)") == one.contacts, "a turn of somebody new"
    return [
        {**_parts(times), "cpu_ms": round(cpu / len(times) * 1e3, 3), "turns": len(times)}
        for times, cpu in zip(took, worked, strict=True)
    ]


async def measure_counts(all_grown: Sequence[Grown], keys: Keys, rounds: int) -> list[dict[str, Any]]:
    places = gazetteer({})
    rules = [parse_rule(text, places) for text in RULES]
    indexes, rows = [], list[dict[str, Any]]()
    for one in all_grown:
        store = await open_store(one.where, keys, clock=lambda: NOW)
        index, cpu, began = Index(lambda: places.get), time.process_time(), time.perf_counter()
        await Following(store, index, SystemClock()).follow()
        built = {"build_seconds": time.perf_counter() - began, "build_cpu_seconds": time.process_time() - cpu}
        rows.append({name: round(value, 2) for name, value in {**built, "index_mb": index.megabytes}.items()})
        await store.close()
        indexes.append(index)
    figures: list[list[tuple[float, float, int]]] = [[] for _ in indexes]
    for _ in range(rounds):
        for rule in rules:
            for index, some in zip(indexes, figures, strict=True):
                some.append(count(index, rule))
    for row, some in zip(rows, figures, strict=True):
        row |= _parts([clock for clock, _, _ in some])
        row |= {f"cpu_{name}": value for name, value in _parts([cpu for _, cpu, _ in some]).items()}
    return rows


def _parts(times: list[float]) -> dict[str, float]:
    return {"p50_ms": part_of(sorted(times), 0.5), "p99_ms": part_of(sorted(times), 0.99)}


class Bot(NamedTuple):
    pid: int
    port: int
    watched: int
    began: float

    def wait(self) -> dict[str, float]:
        """Until it serves, and until its index is built."""
        figures = {}
        looks = (("serves", f":{self.port}/healthz", b"ok"), ("index", f":{self.watched}/readyz", b'"index":true'))
        for name, place, mark in looks:
            while mark not in _answer(f"http://127.0.0.1{place}"):
                assert time.perf_counter() < self.began + _START_SECONDS, f"{name}: not in time"
                time.sleep(0.05)
            figures[f"{name}_seconds"] = round(time.perf_counter() - self.began, 2)
            figures[f"{name}_cpu_seconds"] = round(cpu_seconds(self.pid), 2)
        return figures | {"rss_mb": rss_mb(self.pid)}


def _answer(url: str) -> bytes:
    """Empty while there is none."""
    try:
        with urllib.request.urlopen(url, timeout=_START_SECONDS) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.read()
    except OSError:
        return b""


@contextmanager
def running(folder: Path, grown: Grown, port: int, api_port: int, core: int | None) -> Iterator[Bot]:
    watched = free_port()
    environment = settings("telegram", str(folder), port, f"http://127.0.0.1:{api_port}") | {
        "SAFAR_CACHE_DIR": str(folder / "cache"),
        "SAFAR_METRICS_LISTEN": f"127.0.0.1:{watched}",
        "TELEGRAM_TOKEN": TOKEN,
    }
    if isinstance(grown.where, Path):
        environment["SAFAR_DATA_DIR"] = str(grown.where.parent)
    else:
        environment["SAFAR_DATABASE_URL"] = grown.where.secret
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot.cli", "run"]
    with _on_core(core, command, env=environment, stdout=subprocess.DEVNULL) as process:
        yield Bot(process.pid, port, watched, began)


@contextmanager
def messenger(api_port: int, *ports: int) -> Iterator[Peer]:
    """Telegram, which posts to bots at these ports."""
    command = [sys.executable, "-m", "benchmarks.alert_peer", f"--api-port={api_port}", "--host=bench.example"]
    command += [f"--hook=http://127.0.0.1:{port}/telegram" for port in ports]
    with _on_core(None, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield Peer(process)


def measure_starts(folder: Path, all_grown: Sequence[Grown]) -> list[dict[str, float]]:
    """The first fills the cache of the content, and is not counted."""
    port, api_port, rows = free_port(), free_port(), []
    with messenger(api_port, port):
        for one in (all_grown[0], *all_grown):
            with running(folder, one, port, api_port, 0) as bot:
                rows.append(bot.wait())
            say(f"start on {one.store} with {one.contacts:,}: {rows[-1]}")
    return rows[1:]


def measure_processes(folder: Path, grown: Grown, number: int, seconds: float) -> dict[str, Any]:
    """On a copy: each messenger counts its updates from the beginning."""
    name = f"growth_{grown.contacts}_{number}"
    postgres.shared().run(f"create database {name} template growth_{grown.contacts}")
    copy = grown._replace(where=PostgresUrl(postgres.shared().url(name)))
    api_port, ports = free_port(), [free_port() for _ in range(number)]
    with ExitStack() as stack:
        peer = stack.enter_context(messenger(api_port, *ports))
        each = [stack.enter_context(running(folder, copy, port, api_port, None)) for port in ports]
        for bot in each:
            bot.wait()
        peer.order(saturate=2)
        cpu = sum(cpu_seconds(bot.pid) for bot in each)
        load = peer.order(saturate=seconds)
        cpu = sum(cpu_seconds(bot.pid) for bot in each) - cpu
        burst = peer.order(burst=_PEOPLE)
    wrong = burst["lost_or_repeated"] if burst["answers"] == _WRITES else burst["people"]
    row = {key: load[key] for key in ("turns_per_second", "p50_ms", "p99_ms", "turns")}
    row |= {"cpu_ms_per_turn": round(cpu / load["turns"] * 1e3, 2), "checked": burst["people"], "wrong": wrong}
    say(f"{number} processes: {row}")
    return {"processes": number, **row}


def compare(rows: Sequence[dict[str, Any]], what: str, figures: Sequence[str]) -> dict[str, float]:
    found = {}
    for store in dict.fromkeys(row["store"] for row in rows):
        some = [row[what] for row in rows if row["store"] == store and what in row]
        for figure in figures if len(some) > 1 else ():
            found[f"{store}_{what}_{figure}"] = round(some[-1][figure] / some[0][figure], 2)
    return found


def run(args: argparse.Namespace) -> dict[str, Any]:
    report: dict[str, Any] = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key").mkdir()
        create_key_file(folder / "key" / "master.key")
        keys = load_keys(folder / "key" / "master.key")
        all_grown = sorted(grow(folder, keys, args.sizes, args.stores), key=lambda one: (one.store, one.contacts))
        rows: list[dict[str, Any]] = [
            {"store": one.store, "contacts": one.contacts, "bytes": one.bytes()} for one in all_grown
        ]
        turns = uvloop.run(measure_turns(all_grown, keys, args.rounds, args.slice))
        for row, turn in zip(rows, turns, strict=True):
            row |= {"bytes_per_contact": round(row["bytes"] / row["contacts"]), "turn": turn}
            say(f"turns on {row['store']} with {row['contacts']:,}: {turn}")
        counted = [one for one in all_grown if one.store == all_grown[0].store]
        for row, counts in zip(rows, uvloop.run(measure_counts(counted, keys, 10)), strict=False):
            row["count"] = counts
            say(f"counts of {row['contacts']:,}: {counts}")
        for row, start in zip(rows, measure_starts(folder, all_grown), strict=True):
            row["start"] = start
        report |= {"rows": rows, "ratios": compare(rows, "turn", ("p50_ms", "cpu_ms"))}
        report["ratios"] |= compare(rows, "start", ("serves_seconds", "serves_cpu_seconds"))
        shared = [one for one in all_grown if one.store == "postgresql"]
        if shared and args.processes:
            middle = shared[len(shared) // 2]
            report["processes_contacts"] = middle.contacts
            report["processes"] = [measure_processes(folder, middle, n, args.seconds) for n in args.processes]
    return report


def main() -> int:
    def numbers(text: str) -> list[int]:
        return sorted(int(part) for part in text.split(",") if part)

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sizes", type=numbers, default=[1_000, 100_000, 1_000_000])
    parser.add_argument("--stores", type=lambda text: text.split(","), default=["sqlite", "postgresql"])
    parser.add_argument("--processes", type=numbers, default=[1, 2, 4], help="none where this is empty")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--slice", type=int, default=40, help="turns on one database before the next")
    parser.add_argument("--seconds", type=float, default=8, help="of the load on processes")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    report = run(args := parser.parse_args())
    print(json.dumps(report, indent=None if args.json else 2))
    return 1 if any(row["wrong"] for row in report.get("processes", ())) else 0


if __name__ == "__main__":
    sys.exit(main())
