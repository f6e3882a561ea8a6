"""The nearest help among 10,000 help points: one look-up, beside a full scan that only sorts by distance.

``python -m benchmarks.nearest [--json]``. One core; the points are made by a fixed seed, many in few cities, as they
are in life. Times are those of the processor, so that what else runs on the machine does not count.
"""

import argparse
import json
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from bot.catalogue import Catalogue, Coordinates, HelpPoint, load
from bot.places import Directory, Wanted, kilometres, nearest

ROOT: Final = Path(__file__).resolve().parents[1]
POINTS, LOOKS, WARM_UP = 10_000, 3_000, 300
TARGET_P99_MS: Final = 5.0
SEED: Final = 20261128
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
NEEDS: Final = (
    "documents", "legal", "wages", "detention", "health", "hiv", "tb", "food", "shelter", "children", "psychological",
    "repatriation", "family_tracing", "trafficking",
)  # fmt: skip
HOURS: Final = (
    "unknown",
    "24/7",
    "Mo-Fr 09:00-18:00",
    "Mo-Su 08:00-20:00",
    "Mo,We,Fr 10:00-17:00",
    "Tu-Sa 12:00-21:00",
)
#: Where people and points are, and how many of a hundred.
CITIES: Final = (
    ("RU", "RU-MOW", 55.75, 37.62, "Europe/Moscow", 40),
    ("RU", "RU-SPE", 59.94, 30.31, "Europe/Moscow", 20),
    ("RU", "RU-SVE", 56.84, 60.61, "Asia/Yekaterinburg", 10),
    ("RU", "RU-NVS", 55.03, 82.92, "Asia/Novosibirsk", 10),
    ("RU", "RU-KDA", 45.04, 38.98, "Europe/Moscow", 8),
    ("KZ", "KZ-75", 43.24, 76.91, "Asia/Almaty", 8),
    ("KZ", "KZ-79", 42.32, 69.6, "Asia/Almaty", 4),
)


def made(catalogue: Catalogue, chance: random.Random) -> list[HelpPoint]:
    like = catalogue.points["ru-rostrud-hotline"]
    weights = [city[-1] for city in CITIES]
    points = []
    for number in range(POINTS):
        country, region, latitude, longitude, zone, _ = chance.choices(CITIES, weights)[0]
        scope = chance.choices(("national", "regional", "local"), (2, 18, 80))[0]
        points.append(
            replace(
                like,
                key=f"made-{number}",
                kind=chance.choice(("ngo", "legal", "clinic", "government", "hotline")),
                doubtful=chance.random() < 0.3,
                phones=("+70000000000",) if chance.random() < 0.7 else (),
                country=country,
                citizenships=frozenset(chance.choice((("UZ", "TJ", "KG"), ("UZ",), ("TJ",), ("KG",)))),
                needs=tuple(chance.sample(NEEDS, chance.randint(1, 3))),
                scope=scope,
                coordinates=Coordinates(
                    lat=latitude + chance.gauss(0, 0.3), lon=longitude + chance.gauss(0, 0.4), precision="address"
                ),
                regions=frozenset({region} if scope == "regional" else ()),
                hours=chance.choice(HOURS),
                timezone=zone,
                languages=chance.choice((("ru",), ("ru", "uz"), ("ru", "tg"), ("ru", "ky"), ())),
                verified_on=date(2026, 11, 1) - timedelta(days=chance.randint(0, 2500)),
            )
        )
    return points


def asked(chance: random.Random) -> Wanted:
    country, region, latitude, longitude, _, _ = chance.choices(CITIES, [city[-1] for city in CITIES])[0]
    return Wanted(
        need=chance.choice(NEEDS),
        citizenship=chance.choice(("UZ", "TJ", "KG", "")),
        language=chance.choice(("ru", "uz", "tg", "ky")),
        country=country,
        region=region,
        latitude=latitude + chance.gauss(0, 0.1),
        longitude=longitude + chance.gauss(0, 0.1),
    )


def scanned(points: list[HelpPoint], wanted: Wanted) -> list[HelpPoint]:
    """What a directory without thought does: every point that has the need, by distance alone."""
    fitting = [
        (
            kilometres(wanted.latitude or 0, wanted.longitude or 0, one.coordinates.lat, one.coordinates.lon),
            one.key,
            one,
        )
        for one in points
        if one.coordinates is not None and wanted.need in one.needs
        if not wanted.citizenship or wanted.citizenship in one.citizenships
    ]
    return [one for _, _, one in sorted(fitting)[:5]]


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def measure() -> dict[str, Any]:
    loaded = load(ROOT, as_of=NOW.date())
    assert loaded.catalogue is not None
    catalogue, chance = loaded.catalogue, random.Random(SEED)
    points = made(catalogue, chance)
    began = time.process_time()
    directory = Directory(points)
    built = time.process_time() - began
    questions = [asked(chance) for _ in range(WARM_UP + LOOKS)]
    ours, naive = [], []
    for number, wanted in enumerate(questions):
        # Each look is in another minute: no opening hours are worked out beforehand.
        now = NOW + timedelta(minutes=number)
        began = time.process_time()
        nearest(directory, wanted, now, catalogue.calendars)
        ours.append((time.process_time() - began) * 1000)
        began = time.process_time()
        scanned(points, wanted)
        naive.append((time.process_time() - began) * 1000)
    ours, naive = ours[WARM_UP:], naive[WARM_UP:]
    return {
        "points": POINTS,
        "looks": LOOKS,
        "build_ms": round(built * 1000, 1),
        "p50_ms": round(statistics.median(ours), 3),
        "p99_ms": round(percentile(ours, 0.99), 3),
        "most_ms": round(max(ours), 3),
        "scan_p50_ms": round(statistics.median(naive), 3),
        "scan_p99_ms": round(percentile(naive, 0.99), 3),
        "target_p99_ms": TARGET_P99_MS,
        "passed": percentile(ours, 0.99) <= TARGET_P99_MS,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    result = measure()
    if parser.parse_args().json:
        print(json.dumps(result))
    else:
        print("\n".join(f"{name:14} {value}" for name, value in result.items()))
    raise SystemExit(0 if result["passed"] else 1)


if __name__ == "__main__":
    main()
