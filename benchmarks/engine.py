"""The pure engine: turns per second on one core, time to load and check the catalogue, memory after it.

python -m benchmarks.engine --json
"""

import argparse
import gc
import json
import resource
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from bot.answers import Corridor
from bot.catalogue import Catalogue, Target, load
from bot.conversation import Event, Session, pack, prepare, turn, unpack

NOW = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]


def conversation(catalogue: Catalogue) -> list[Event]:
    """A menu, a flow with two questions answered by button and by word, back, the menu."""
    menu = catalogue.flows["menu"]
    option = next(option for option in menu.nodes[menu.start].options if ":" not in option.target)  # type: ignore[union-attr]
    return [
        Event(kind="choice", choice=Target(kind="command", id="menu").token),
        Event(kind="choice", choice=option.token),
        Event(kind="choice", choice=Target(kind="flow", id="registration").token),
        Event(kind="text", text="1"),
        Event(kind="text", text="назад"),
        Event(kind="text", text="язык"),
        Event(kind="text", text="Русский"),
        Event(kind="text", text="меню"),
    ]


def turns_per_second(catalogue: Catalogue, events: list[Event], through_json: bool, seconds: float = 1.0) -> float:
    """Median of five rounds, in this process's own time. ``through_json``: packed and unpacked between turns, as the
    store does."""
    rounds = []
    for _ in range(5):
        session = Session(profile={"language": "uz", "citizenship": "UZ", "country": "RU"})
        done, started = 0, time.process_time()
        while (passed := time.process_time() - started) < seconds:
            for event in events:
                if through_json:
                    session = unpack(*pack(session))
                session = turn(session, event, catalogue, NOW).session
            done += len(events)
        rounds.append(done / passed)
    return statistics.median(rounds)


def measure() -> dict[str, float]:
    started = time.perf_counter()
    loaded = load(ROOT, as_of=NOW.date())
    loading = time.perf_counter() - started
    assert loaded.catalogue is not None, "the catalogue has errors: safar check"
    catalogue = loaded.catalogue
    started = time.perf_counter()
    prepared = prepare(catalogue)
    preparing = time.perf_counter() - started
    gc.collect()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    events = conversation(catalogue)
    gc.freeze()
    started = time.perf_counter()
    for _ in range(200):
        prepared.answers.ask("хозяин не отдаёт деньги за работу на стройке", Corridor(citizenship="UZ", country="RU"))
    finding = (time.perf_counter() - started) / 200
    return {
        "load_and_check_seconds": round(loading, 3),
        "prepare_seconds": round(preparing, 3),
        "rss_after_load_mb": round(memory, 1),
        "menu_turns_per_second": round(turns_per_second(catalogue, events[:3], through_json=False)),
        "mixed_turns_per_second": round(turns_per_second(catalogue, events, through_json=False)),
        "mixed_turns_per_second_through_json": round(turns_per_second(catalogue, events, through_json=True)),
        "question_milliseconds": round(finding * 1000, 3),
        "articles": len(catalogue.articles),
        "flows": len(catalogue.flows),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    result = measure()
    if parser.parse_args().json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:40} {value:>12,}")


if __name__ == "__main__":
    main()
