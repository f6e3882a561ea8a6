"""The index that counts segments, at a million contacts: the time to build it, its memory, how soon it answers.

``python -m benchmarks.segments [--json] [--people 1000000] [--database FILE --key KEYFILE] [--folder F]``

Without a database one is filled first. While the index is built turns are taken, and the loop is asked every 10 ms how
late it is. Then 20 rules, nested with and, or and not, are counted 20 times each, and 50 people write for the first
time: how long until the index counts them. Beside the time on the clock stands that of the processor, which says more
on a machine that does other things too.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import structlog
import uvloop

from benchmarks.people import ACCOUNTS, TODAY, address, fill
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.reading import parse_rule
from bot.delivery.broadcasts.rule import Rule
from bot.delivery.clock import SystemClock
from bot.places import gazetteer
from bot.store import Outcome, Person, SqliteStore, Work, keys_for

DAY: Final = date.fromordinal(date(1970, 1, 1).toordinal() + TODAY)
RULES: Final = (
    "all: []",
    "language: tg",
    "citizenship: [TJ, UZ]",
    "{citizenship: UZ, country: RU}",
    "{all: [{citizenship: [TJ, UZ]}, {country: RU}, {not: {region: [RU-MOW]}}, {seen: 90}]}",
    "{region: [RU-MOW, RU-MOS], seen: 30}",
    "city: [ru-mow-moscow, ru-spe-saint-petersburg, ru-sve-yekaterinburg]",
    "not: {city: [ru-mow-moscow]}",
    "any: [{language: [uz, uz_Cyrl]}, {citizenship: UZ}]",
    "{topic: [documents, work], country: KZ}",
    "{stage: before, citizenship: KG}",
    "{channel: [whatsapp], language: [ru]}",
    "all: [{any: [{region: RU-MOW}, {region: RU-SPE}]}, {not: {any: [{language: ru}, {stage: back}]}}, {seen: 60}]",
    "any: [{all: [{country: RU}, {citizenship: TJ}]}, {all: [{country: KZ}, {citizenship: KG}]}, {stage: before}]",
    "not: {any: [{country: [RU, KZ]}, {seen: 30}]}",
    "not: {not: {not: {topic: health}}}",
    "all: [{region: [RU-MOW, RU-SPE, RU-SVE, RU-NVS, RU-TA, RU-BA, RU-CHE, RU-SAM, RU-KDA, RU-ROS, RU-PER, RU-VOR]}]",
    "{country: [UZ, TJ, KG], seen: 180}",
    "all: [{any: [{topic: work}, {topic: money}]}, {any: [{channel: telegram}, {channel: web}]}, {country: RU}]",
    "{language: [ru, uz, tg, ky], citizenship: [UZ, TJ, KG], country: [RU, KZ], stage: [there, before], seen: 120}",
)


async def measure(path: Path, keyfile: Path) -> dict[str, Any]:
    places = gazetteer({})
    store = await SqliteStore.open(
        path, keys_for(keyfile, path), clock=lambda: datetime.fromtimestamp(TODAY * 86_400 + 43_200, UTC)
    )
    index = Index(lambda: places.get)
    following = Following(store, index, SystemClock())
    rules = [parse_rule(text, places) for text in RULES]

    before, cpu, begun = _rss(), time.process_time(), time.perf_counter()
    building = asyncio.create_task(following.follow())
    lags, turns = await asyncio.gather(_lags(building), _turns(store, building))
    await building
    built, cpu, after = time.perf_counter() - begun, time.process_time() - cpu, _rss()

    held = index.megabytes
    took, worked, reached = [], [], []
    for rule in rules:
        for _ in range(20):
            figures = count(index, rule)
            took.append(figures[0])
            worked.append(figures[1])
        reached.append(figures[2])
    took.sort()
    worked.sort()

    running = asyncio.create_task(following.run())
    delays = sorted([await _delay(store, index, rules[0], number) for number in range(50)])
    running.cancel()
    at = time.perf_counter()
    chunks = [len(chunk) for chunk in index.recipients(rules[0], "this-team", "important", (), DAY)]
    recipients = time.perf_counter() - at
    await store.close()
    return {
        "build_seconds": round(built, 1),
        "build_cpu_seconds": round(cpu, 1),
        "index_mb": round(held, 1),
        "rss_growth_mb": round((after - before) / 2**20, 1),
        "loop_lag_ms": {"p50": part_of(lags, 0.5), "p99": part_of(lags, 0.99), "max": round(lags[-1], 1)},
        "turn_while_building_ms": {"p50": part_of(turns, 0.5), "p99": part_of(turns, 0.99), "turns": len(turns)},
        "count_ms": {"p50": part_of(took, 0.5), "p99": part_of(took, 0.99), "max": round(took[-1], 1)},
        "count_cpu_ms": {"p50": part_of(worked, 0.5), "p99": part_of(worked, 0.99), "max": round(worked[-1], 1)},
        "follow_seconds": {"p50": part_of(delays, 0.5), "max": round(delays[-1], 2)},
        "recipients": sum(chunks),
        "recipients_seconds": round(recipients, 2),
        "reached": reached,
    }


def count(index: Index, rule: Rule) -> tuple[float, float, int]:
    """By the clock and of the processor, in ms, and how many it reaches."""
    at, work = time.perf_counter(), time.thread_time()
    found = index.count(rule, "this-team", "important", ("work",), DAY)
    return (time.perf_counter() - at) * 1e3, (time.thread_time() - work) * 1e3, found.reached


def part_of(ordered: list[float], part: float) -> float:
    return round(ordered[int(len(ordered) * part)], 2)


def _rss() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def _lags(building: asyncio.Task[None]) -> list[float]:
    late = [0.0]
    while not building.done():
        at = time.perf_counter()
        await asyncio.sleep(0.01)
        late.append((time.perf_counter() - at) * 1e3 - 10)
    return sorted(late)


def _says(number: int) -> Work:
    def step(person: Person) -> Outcome:
        return Outcome(profile=person.profile, session=b"s%d" % number, outbox=(b"reply",))

    return Work(
        channel="telegram", account=ACCOUNTS["telegram"], address=address(number), update=f"t{number}", step=step
    )


async def _turns(store: SqliteStore, building: asyncio.Task[None]) -> list[float]:
    took = [0.0]
    number = 0
    while not building.done():
        at = time.perf_counter()
        await store.take(_says(number := number + 1))
        took.append((time.perf_counter() - at) * 1e3)
        await asyncio.sleep(0.02)
    return sorted(took)


async def _delay(store: SqliteStore, index: Index, everybody: Any, number: int) -> float:
    """Seconds from the turn of somebody new to the index that counts them."""
    profile = b'{"language":"ru","alerts":"all"}'
    before = index.count(everybody, "this-team", "news", (), DAY).matching
    work = Work(
        channel="telegram",
        account=ACCOUNTS["telegram"],
        address=f"{time.time_ns()}-{number}",
        step=lambda person: Outcome(profile=profile),
    )
    begun = time.perf_counter()
    await store.take(work)
    while index.count(everybody, "this-team", "news", (), DAY).matching == before:
        await asyncio.sleep(0.05)
    return time.perf_counter() - begun


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        path, key = args.database or Path(name) / "safar.db", args.key or Path(name) / "key"
        filled = None if args.database else fill(path, keys_for(key, path), args.people)
        return {
            "when": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "fill_seconds": filled and round(filled, 1),
            **uvloop.run(measure(path, key)),
            "targets": {"build_seconds": 20, "count_ms": 100, "follow_seconds": 5, "index_mb": 100},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path, help="one that benchmarks.people filled")
    parser.add_argument("--key", type=Path)
    parser.add_argument("--folder", type=Path, help="where the database goes")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    report = run(args := parser.parse_args())
    if args.json:
        print(json.dumps(report))
        return
    for name, value in report.items():
        print(f"{name:24s}{value}")


if __name__ == "__main__":
    main()
