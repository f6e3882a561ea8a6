"""Who is led to whom: the routing table, consular districts, and what never happens."""

from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import yaml
from msgspec.structs import replace

from bot.catalogue import Catalogue, Coordinates, HelpPoint
from bot.places import MOST, Directory, Gazetteer, Nearest, Wanted, nearest
from bot.places.directory import dialled_from, is_sure

CASES: Final[list[dict[str, Any]]] = yaml.safe_load(Path(__file__).with_name("routing.yaml").read_text("utf-8"))
MOSCOW: Final = ZoneInfo("Europe/Moscow")
NOON: Final = datetime(2026, 11, 24, 12, tzinfo=MOSCOW)
LANGUAGE: Final = {"UZ": "uz", "TJ": "tg", "KG": "ky", "": "ru"}
GAZETTEER: Final = Gazetteer()

#: Region -> the consulate that answers for it, by citizenship; "" where the sources name none: the embassy.
DISTRICTS: Final = {
    "RU-MOW": ("uz-embassy-moscow", "", ""),
    "RU-TUL": ("uz-embassy-moscow", "", ""),
    "RU-SPE": ("uz-consulate-spb", "tj-consulate-spb", "kg-consulate-spb"),
    "RU-KGD": ("uz-consulate-spb", "tj-consulate-spb", "kg-consulate-spb"),
    "RU-KR": ("uz-consulate-spb", "tj-consulate-spb", "kg-consulate-spb"),
    "RU-NEN": ("uz-consulate-spb", "tj-consulate-spb", ""),
    "RU-SVE": ("uz-consulate-ekb", "tj-consulate-ekb", "kg-consulate-ekb"),
    "RU-TYU": ("uz-consulate-ekb", "tj-consulate-ekb", ""),
    "RU-KHM": ("uz-consulate-ekb", "tj-consulate-ekb", ""),
    "RU-NVS": ("uz-consulate-nsk", "tj-consulate-nsk", "kg-consulate-nsk"),
    "RU-ALT": ("uz-consulate-nsk", "tj-consulate-nsk", "kg-consulate-nsk"),
    "RU-KEM": ("uz-consulate-nsk", "tj-consulate-nsk", "kg-consulate-nsk"),
    "RU-KYA": ("uz-consulate-nsk", "tj-consulate-nsk", ""),
    "RU-PRI": ("uz-consulate-vvo", "", ""),
    "RU-SA": ("uz-consulate-vvo", "", ""),
    "RU-TA": ("uz-consulate-kzn", "", ""),
    "RU-BA": ("uz-consulate-kzn", "tj-consulate-ufa", ""),
    "RU-PER": ("uz-consulate-kzn", "", ""),
    "RU-ROS": ("uz-consulate-rnd", "", ""),
    "RU-KDA": ("uz-consulate-rnd", "", ""),
    "RU-STA": ("uz-consulate-rnd", "", ""),
    "KZ-75": ("uz-consulate-ala", "tj-consulate-ala", "kg-consulate-ala"),
    "KZ-31": ("uz-consulate-ala", "tj-consulate-ala", "kg-consulate-ala"),
    "KZ-27": ("uz-consulate-scn", "", "kg-embassy-astana"),
}


def asked(where: str, need: str, citizenship: str) -> Wanted:
    """``where``: a region, a country, or nothing. A region is asked from its main city."""
    region = GAZETTEER.region(where)
    main = GAZETTEER.get(region.main) if region else None
    return Wanted(
        need=need,
        citizenship=citizenship,
        language=LANGUAGE[citizenship],
        country=where[:2],
        region=where if region else "",
        latitude=main.latitude if main else None,
        longitude=main.longitude if main else None,
    )


def keys(found: Nearest) -> list[str]:
    return [one.point.key for one in found.found]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['who']}-{case['where']}-{case['need']}-{case['at']}")
def test_each_is_led_to_whom_the_table_says(catalogue: Catalogue, directory: Directory, case: dict[str, Any]) -> None:
    now = datetime.strptime(str(case["at"]), "%Y-%m-%d %H:%M").replace(tzinfo=MOSCOW)
    found = nearest(directory, asked(case["where"], case["need"], case["who"]), now, catalogue.calendars)

    first = case.get("first", [])
    assert keys(found)[: len(first)] == first
    assert set(case.get("has", [])) <= set(keys(found))
    assert set(case.get("never", [])).isdisjoint(keys(found))
    assert "last" not in case or keys(found)[-1] == case["last"]
    for key, codes in case.get("why", {}).items():
        said = {reason.code for one in found.found if one.point.key == key for reason in one.reasons}
        assert set(codes) <= said, key


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("region", DISTRICTS)
def test_the_consulate_is_that_of_the_district(catalogue: Catalogue, directory: Directory, region: str) -> None:
    for citizenship, consulate in zip(("UZ", "TJ", "KG"), DISTRICTS[region], strict=True):
        found = nearest(directory, asked(region, "documents", citizenship), NOON, catalogue.calendars)
        others = [one.point.key for one in found.found if one.point.kind == "consulate" and one.point.key != consulate]
        if consulate:
            assert consulate in keys(found), citizenship
        assert all("embassy" in key for key in others), citizenship
        if region.startswith("RU"):
            assert f"{citizenship.lower()}-embassy-moscow" in keys(found)


EVERYBODY: Final = list(product([*DISTRICTS, "RU", "KZ", "UZ-TK", "TJ-DU", "KG-GB", ""], ("", "UZ", "TJ", "KG")))


def test_what_never_happens(catalogue: Catalogue, directory: Directory) -> None:
    needs = {need for point in catalogue.points.values() for need in point.needs} | {"violence"}
    for (where, citizenship), need in product(EVERYBODY, sorted(needs)):
        wanted = asked(where, need, citizenship)
        found = nearest(directory, wanted, NOON, catalogue.calendars).found
        who = f"{citizenship} {where} {need}"
        assert len(found) <= MOST, who
        assert len({one.point.key for one in found}) == len(found), who
        for one in found:
            assert not citizenship or citizenship in one.point.citizenships, who
            assert is_sure(one.point) or one.instead is not None, f"{who}: {one.point.key} stands alone"
            assert one.instead is None or (
                is_sure(one.instead) and dialled_from(one.instead, where[:2] or one.point.country)
            ), who
        reporting = [one.point.reports_to_police == "yes" for one in found]
        assert reporting == sorted(reporting), f"{who}: what may report is not last"
        if found and not (found[0].point.kind == "consulate" and not found[0].point.doubtful):
            assert is_sure(found[0].point), f"{who}: {found[0].point.key} is first"


def test_in_danger_the_first_can_be_dialled_without_the_police_asking(
    catalogue: Catalogue, directory: Directory
) -> None:
    for (where, citizenship), need in product(EVERYBODY, ("health", "trafficking", "violence")):
        found = nearest(directory, asked(where, need, citizenship), NOON, catalogue.calendars).found
        if where[:2] not in {"TJ", "UZ", "KG"}:
            assert found[0].point.kind == "emergency"
            assert found[0].point.reports_to_police != "yes"


def test_the_same_question_has_the_same_answer(catalogue: Catalogue) -> None:
    points = list(catalogue.points.values())
    wanted = asked("RU-MOW", "legal", "TJ")
    forwards = nearest(Directory(points), wanted, NOON, catalogue.calendars)
    backwards = nearest(Directory(reversed(points)), wanted, NOON, catalogue.calendars)

    assert forwards == backwards


def test_three_who_had_no_answer_move_a_point_down(catalogue: Catalogue, directory: Directory) -> None:
    wanted = asked("RU-KDA", "wages", "UZ")
    two = nearest(directory, wanted, NOON, catalogue.calendars, {"uz-embassy-moscow": 2})
    three = nearest(directory, wanted, NOON, catalogue.calendars, {"uz-embassy-moscow": 3})

    assert keys(two)[0] == "uz-embassy-moscow"
    assert keys(three)[-1] == "uz-embassy-moscow"
    assert "reported" in {reason.code for reason in three.found[-1].reasons}


def test_where_nothing_is_near_the_line_and_the_consulate_are_named(catalogue: Catalogue, directory: Directory) -> None:
    found = nearest(directory, asked("RU-KAM", "family_tracing", "KG"), NOON, catalogue.calendars)

    assert not found.near
    assert keys(found)[0] == "ru-red-cross-tracing"
    assert "kg-embassy-moscow" in keys(found)


def local(point: HelpPoint, key: str, latitude: float, longitude: float, **other: Any) -> HelpPoint:
    there = Coordinates(lat=latitude, lon=longitude, precision="address")
    return replace(point, key=key, scope="local", coordinates=there, regions=frozenset(), doubtful=False, **other)


def test_of_two_places_the_nearer_comes_first_unless_it_is_closed(catalogue: Catalogue) -> None:
    line = catalogue.points["ru-rostrud-hotline"]
    near = local(line, "near", 45.04, 38.98, hours="Mo-Fr 09:00-18:00", timezone="Europe/Moscow")
    far = local(line, "far", 45.3, 39.2, hours="24/7")
    beyond = local(line, "beyond", 47.2, 39.7)
    directory = Directory([near, far, beyond])
    wanted = asked("RU-KDA", "wages", "")

    by_day = nearest(directory, wanted, NOON, catalogue.calendars)
    by_night = nearest(directory, wanted, NOON.replace(hour=23), catalogue.calendars)

    assert keys(by_day) == ["near", "far"]
    assert keys(by_night) == ["far", "near"]
    assert by_day.near


@pytest.mark.parametrize(
    ("change", "better"),
    [
        ({"languages": ("ru",)}, {"languages": ("uz",)}),
        ({"asks_for_papers": "yes"}, {"asks_for_papers": "no"}),
        ({"cost": "paid"}, {"cost": "free"}),
        ({"verified_on": date(2019, 1, 1)}, {"verified_on": date(2026, 10, 1)}),
        ({"confidence": "medium"}, {"confidence": "high"}),
        ({"doubtful": True}, {"doubtful": False}),
        ({"reports_to_police": "yes"}, {"reports_to_police": "unknown"}),
        ({"citizenships": frozenset({"UZ", "TJ", "KG"})}, {"citizenships": frozenset({"UZ"})}),
    ],
)
def test_of_two_that_are_alike_the_better_for_the_person_comes_first(
    catalogue: Catalogue, change: dict[str, Any], better: dict[str, Any]
) -> None:
    line = replace(catalogue.points["ru-rostrud-hotline"], hours="24/7")
    worse, good = replace(line, key="a", **change), replace(line, key="b", **better)

    assert keys(nearest(Directory([worse, good]), asked("RU", "wages", "UZ"), NOON, catalogue.calendars)) == ["b", "a"]


def test_no_place_shows_in_a_traceback() -> None:
    wanted = Wanted(need="wages", latitude=55.123456, longitude=37.654321, region="RU-MOW")

    assert "55" not in repr(wanted)
    assert "MOW" not in f"{wanted!r} {wanted}"
