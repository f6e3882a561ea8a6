import pytest

from bot.places import Place, Region, kilometres

MOSCOW = Place(
    id="ru-mow-moscow",
    names={"ru": "Москва", "uz": "Moskva", "tg": "Маскав"},
    country="RU",
    region="RU-MOW",
    latitude=55.75222,
    longitude=37.61556,
    timezone="Europe/Moscow",
)
MOSCOW_REGION = Region(code="RU-MOS", names={"ru": "Московская область"}, country="RU", main="ru-mow-moscow")


@pytest.mark.parametrize(
    ("language", "name"),
    [("ru", "Москва"), ("uz", "Moskva"), ("uz_Cyrl", "Москва"), ("tg", "Маскав"), ("ky", "Москва")],
)
def test_a_place_has_a_name_in_every_language(language: str, name: str) -> None:
    assert MOSCOW.name(language) == name


def test_a_name_without_an_uzbek_form_is_the_russian_one_in_latin_letters() -> None:
    assert MOSCOW_REGION.name("uz") == "Moskovskaya oblast"
    assert MOSCOW_REGION.name("uz_Cyrl") == MOSCOW_REGION.name("ky") == "Московская область"


@pytest.mark.parametrize(
    ("there", "km"),
    [((59.93863, 30.31413), 634), ((41.26465, 69.21627), 2790), ((55.75222, 37.61556), 0)],
    ids=["saint petersburg", "tashkent", "the same"],
)
def test_distance_is_that_of_the_maps(there: tuple[float, float], km: int) -> None:
    assert MOSCOW.kilometres_to(*there) == pytest.approx(km, rel=0.006)


def test_the_other_side_of_the_earth_is_half_its_girth_away() -> None:
    assert kilometres(10, 20, -10, -160) == pytest.approx(20_015, abs=1)
