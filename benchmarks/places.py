"""Finding a typed place and the nearest one: load, memory, time per look-up, right and wrong answers.

python -m benchmarks.places --json [--rounds 5]

The texts are the two tables of ``tests/places``; "hard" are texts that name nothing, which cost most.
"""

import argparse
import json
import statistics
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from random import Random

from bot.catalogue import load
from bot.places import Gazetteer
from bot.places.table import load_places
from bot.text import clean

ROOT = Path(__file__).resolve().parents[1]
TABLES = ("typed.tsv", "held_out.tsv")
HARD = ("потерял паспорт в метро", "абракадабрамимо", "помогите пожалуйста", "х" * 4096, "куда-то туда " * 300)


def rows(table: str) -> list[list[str]]:
    lines = (ROOT / "tests" / "places" / table).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e3


def spread(times: list[float]) -> dict[str, float]:
    at = statistics.quantiles(times, n=100)
    return {"p50_ms": round(at[49], 3), "p99_ms": round(at[98], 3), "max_ms": round(max(times), 3)}


def shares(places: Gazetteer, table: str) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for typed, _, expected in rows(table):
        found = places.find(clean(typed)).place
        seen = found.id if found else "?"
        counts["right" if seen == expected else "asked" if seen == "?" else "wrong"] += 1
    return {"rows": counts.total(), **{kind: round(counts[kind] / counts.total(), 4) for kind in ("right", "wrong")}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    catalogue = load(ROOT, as_of=date.today()).catalogue
    assert catalogue is not None
    load_ms = milliseconds(lambda: Gazetteer(catalogue.places.values()))
    load_places.cache_clear()
    tracemalloc.start()
    places = Gazetteer(catalogue.places.values())
    places.nearest(55, 37)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    texts = [clean(typed) for table in TABLES for typed, *_ in rows(table)]
    random = Random(1)
    spots = [(random.uniform(41, 66), random.uniform(30, 130)) for _ in range(1000)]
    finds = [milliseconds(partial(places.find, text)) for _ in range(options.rounds) for text in texts]
    hard = [milliseconds(partial(places.find, clean(text))) for _ in range(40) for text in HARD]
    near = [milliseconds(partial(places.nearest, *spot)) for spot in spots]
    report = {
        "places": len(list(places.ids)),
        "load_ms": round(load_ms, 1),
        "memory_mb": round(held / 1e6, 1),
        "find": spread(finds),
        "hard": spread(hard),
        "nearest": spread(near),
        **{table.partition(".")[0]: shares(places, table) for table in TABLES},
    }
    if options.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
