"""The tables of places and regions, made by ``tools/places.py`` and by hand."""

from typing import get_args

from bot.catalogue.values import Zone
from bot.places.table import PLACES_FILE, load_places, load_regions
from bot.text import keys


def test_the_table_is_of_a_size_that_a_repository_can_carry() -> None:
    assert len(load_places()) > 5000
    assert PLACES_FILE.stat().st_size < 1_200_000


def test_the_source_is_named_ids_are_unique_and_begin_with_the_region() -> None:
    source, *lines = PLACES_FILE.read_text("utf-8").splitlines()

    assert "GeoNames" in source
    assert "CC BY 4.0" in source

    assert len(lines) == len(load_places())
    assert [id for id, row in load_places().items() if not id.startswith(f"{row.place.region.lower()}-")] == []


def test_the_folded_names_are_those_that_folding_makes_today() -> None:
    """Else: python -m tools.places."""
    old = [
        id
        for id, row in load_places().items()
        if set(row.folded) != {key for name in row.place.names.values() for key in keys(name)}
    ]
    assert old == []


def test_every_place_lies_in_a_region_of_its_country_and_in_a_zone_of_ours() -> None:
    for row in load_places().values():
        place = row.place
        assert load_regions()[place.region].country == place.country
        assert place.timezone in get_args(Zone), place.id
        assert 35 <= place.latitude <= 82, place.id


def test_a_district_knows_its_city() -> None:
    districts = [row.place for row in load_places().values() if row.place.kind == "district"]

    assert len(districts) > 100
    assert {place.within for place in districts} == {
        "ru-mow-moscow",
        "ru-spe-saint-petersburg",
        "kz-75-almaty",
        "uz-tk-tashkent",
    }


def test_the_regions_are_those_of_the_five_countries() -> None:
    """ISO 3166-2 as the countries count them: 83 of Russia, 20 of Kazakhstan, 14, 5 and 9."""
    countries = [region.country for region in load_regions().values()]

    assert {country: countries.count(country) for country in dict.fromkeys(countries)} == {
        "RU": 83,
        "KZ": 20,
        "UZ": 14,
        "TJ": 5,
        "KG": 9,
    }


def test_a_region_has_names_a_main_city_and_in_russia_a_federal_district() -> None:
    for region in load_regions().values():
        assert region.main in load_places(), region.code
        assert set(region.names) == {"ru", "uz", "tg", "ky"}, region.code
        assert all(region.names.values()), region.code
        assert bool(region.federal_district) == (region.country == "RU"), region.code
    assert len({region.federal_district for region in load_regions().values()}) == 8 + 1
