"""What measuring costs a turn: processor seconds of the calls that a turn makes, of the real ``Metrics``.

A turn is one ``took``, one ``waited`` and one ``ended`` in the event loop, and its share of a ``committed`` in the
store's thread (a turn takes two transactions, which it shares with others; counted here as one of its own).
"""

import argparse
import json
import time
from collections.abc import Callable

from bot.app.metrics import Metrics


def cost(call: Callable[[], None], times: int = 100_000, rounds: int = 7) -> float:
    """Microseconds of the processor, of the best round."""
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(times):
            call()
        best = min(best, time.process_time() - began)
    return round(best / times * 1e6, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    metrics = Metrics(dict)
    report = {
        "took": cost(lambda: metrics.took("telegram", "taken", 0.0123)),
        "waited": cost(lambda: metrics.waited("telegram", "reply", 0.0)),
        "ended": cost(lambda: metrics.ended("telegram", "reply", "sent")),
        "committed": cost(lambda: metrics.committed(40, 0.0123, True)),
    }
    report["a_turn"] = round(sum(report.values()), 2)
    print(json.dumps(report, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
