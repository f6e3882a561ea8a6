"""The help points of this repository: never more than was found out, and nobody led into danger.

What was found out lies in ``../shared/facts/help-points.yaml``, compiled from stored pages on 2026-11-21.
"""

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.catalogue import Catalogue
from bot.catalogue.draft import Entry
from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales
from bot.catalogue.shapes import HelpPoint
from bot.places import Directory, Gazetteer
from tests import real

ROOT = Path(__file__).resolve().parents[1]
FOUND = ROOT.parent / "shared" / "facts" / "help-points.yaml"
AS_OF = date(2026, 11, 21)

#: From the safest to show to the least.
STATUS: Final = ("active", "unknown", "closed", "undesirable")
CONFIDENCE: Final = ("high", "medium", "low")

Found = dict[str, dict[str, Any]]
Points = dict[str, HelpPoint]


@pytest.fixture(scope="module")
def points() -> Points:
    draft, _ = read_draft(ROOT, Locales(messages={}), AS_OF)
    entries: dict[str, Entry[HelpPoint]] = dict(draft.points)
    return {key: entry.shape for key, entry in entries.items()}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return real.catalogue()


@pytest.fixture(scope="module")
def found() -> Found:
    if not FOUND.exists():
        pytest.skip(f"the research is not beside this checkout ({FOUND})")
    rows: list[dict[str, Any]] = yaml.safe_load(FOUND.read_text(encoding="utf-8"))
    return {row["id"]: row for row in rows}


def test_an_organisation_whose_name_may_be_an_offence_is_never_shown(points: Points, catalogue: Catalogue) -> None:
    marked = {key for key, point in points.items() if point.marks}

    assert "ru-memorial-warning" in marked
    assert {points[key].status for key in marked}.isdisjoint({"active"})
    assert marked.isdisjoint(catalogue.points)


def test_no_shelter_gives_its_address(points: Points) -> None:
    shelters = [point for point in points.values() if point.kind == "shelter"]

    assert shelters
    assert [point.id for point in shelters if point.address or point.geo_precision == "address"] == []


def test_an_address_is_public_only_at_a_state_office(points: Points) -> None:
    assert {point.kind for point in points.values() if point.public_address} <= {"consulate", "government"}


def test_what_people_see_has_some_confidence_and_a_way_to_call(catalogue: Catalogue) -> None:
    """A point without a phone is shown with another one that surely answers: tests/places/test_ranking.py."""
    directory = Directory(catalogue.points.values())
    for point in catalogue.points.values():
        assert point.confidence != "low", point.key
        assert point.phones or directory.lines(point.country, ""), point.key


def test_no_region_is_invented(points: Points, found: Found) -> None:
    """Only who answers for a region has one, in its own country; where no words of the source name an area, none."""
    for key, point in points.items():
        assert not point.regions or point.districts or found[key]["service_area"], key
        assert {code[:2] for code in point.regions} <= {point.country}, key


def test_every_region_is_one_of_the_map(points: Points) -> None:
    named = {code for point in points.values() for code in point.regions}
    gazetteer = Gazetteer()

    assert named
    assert [code for code in named if gazetteer.region(code) is None] == []


def test_every_country_has_a_number_that_is_sure_for_every_danger(catalogue: Catalogue) -> None:
    sure = [point for point in catalogue.points.values() if point.kind == "emergency" and not point.doubtful]
    for country in ("RU", "KZ", "UZ", "TJ", "KG"):
        assert {"health", "detention"} <= {need for point in sure if point.country == country for need in point.needs}


def test_every_point_that_was_found_is_kept(points: Points, found: Found) -> None:
    assert points.keys() == found.keys()


def test_no_number_and_no_address_is_invented(points: Points, found: Found) -> None:
    for key, point in points.items():
        row = found[key]
        assert list(point.phones) == row["phones"], key
        assert point.whatsapp == row["whatsapp"], key
        assert point.email == row["email"], key
        assert point.telegram == (row["telegram"] and row["telegram"].removeprefix("https://t.me/")), key
        assert point.website in {None, row["website"]}, key
        assert point.address in {None, row["address"]}, key
        assert point.source.url in {None, row["source"]["url"]}, key
        assert point.verified_on is None or str(point.verified_on).startswith(row["source"]["date_of_page"]), key


def test_a_point_stands_where_it_was_found(points: Points, found: Found) -> None:
    for key, point in points.items():
        row = found[key]
        assert (point.country, point.kind, point.scope) == (row["country"], row["kind"], row["scope"]), key
        assert (set(point.serves), set(point.needs)) == (set(row["serves"]), set(row["needs"])), key
        if point.city is not None:
            assert (point.city.ru, point.city.en) == (row["city"]["ru"], row["city"]["en"]), key
            assert (point.lat, point.lon, point.geo_precision) == (row["lat"], row["lon"], row["geo_precision"]), key
        assert point.timezone in {None, row["timezone"]}, key


def test_hours_are_those_that_were_found(points: Points, found: Found) -> None:
    """Or stand in its note: that a call centre works round the clock."""
    for key, point in points.items():
        row = found[key]
        assert point.hours in {"unknown", row["hours"]} or point.hours in row["note"], key


def test_nothing_is_surer_than_it_was_found(points: Points, found: Found) -> None:
    for key, point in points.items():
        row = found[key]
        assert STATUS.index(point.status) >= STATUS.index(row["status"]), key
        assert CONFIDENCE.index(point.confidence) >= CONFIDENCE.index(row["confidence"]), key
        assert point.anonymous != "yes" or row["anonymous"] == "yes", key
