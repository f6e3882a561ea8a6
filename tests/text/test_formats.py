"""Values as people read them; and whether CLDR has caught up with our own table."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import get_month_names
from babel.lists import format_list as babel_list
from babel.numbers import format_currency
from babel.units import format_unit

from bot.text import LANGUAGES, format_date, format_list, format_money, format_number, format_quantity
from bot.text.calendar import AND_OR, DATE, MONEY, MONTHS, UNITS

DAY = date(2026, 3, 5)
UPDATE = "CLDR has caught up: remove this row from bot/text/calendar.py and let Babel format it"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ru", "5 марта 2026 года"),
        ("uz", "2026-yil 5-mart"),
        ("uz_Cyrl", "2026 йил 5 март"),
        ("tg", "5 марти соли 2026"),
        ("ky", "2026-жылдын 5-марты"),
    ],
)
def test_a_date_is_written_as_people_write_it(language: str, expected: str) -> None:
    assert format_date(DAY, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_agrees_with_the_language_guide(language: str) -> None:
    path = Path(__file__).resolve().parents[2] / "../shared/language/calendar.yaml"
    if not path.exists():
        pytest.skip("needs the shared language guide beside the checkout")
    guide = yaml.safe_load(path.read_text("utf-8"))[language]
    lists = ("months_in_date", "months_izofa", "months_possessive", "months")
    months = next(guide[name] for name in lists if name in guide)

    for number, month in enumerate(months, 1):
        assert month in format_date(date(2026, number, 1), language)


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        (15, "ru", "15"),
        (15.0, "uz", "15"),
        (1234567, "ky", "1\xa0234\xa0567"),
        (1.5, "tg", "1,5"),
        (0, "uz_Cyrl", "0"),
        (-3, "ru", "-3"),
    ],
)
def test_a_number_has_our_spaces_and_comma(value: float, language: str, expected: str) -> None:
    assert format_number(value, language) == expected


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [(8900, "RUB", "8\xa0900\xa0₽"), (8900.5, "RUB", "8\xa0900,50\xa0₽"), (500, "KZT", "500\xa0₸")],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_money_shows_the_sign_and_hundredths_only_when_there_are_some(
    value: float, currency: str, expected: str, language: str
) -> None:
    assert format_money(value, currency, language) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1, "days", "1 день"),
        (2, "days", "2 дня"),
        (5, "days", "5 дней"),
        (11, "days", "11 дней"),
        (21, "days", "21 день"),
        (1.5, "days", "1,5 дня"),
        (0, "days", "0 дней"),
        (1, "working_days", "1 рабочий день"),
        (3, "working_days", "3 рабочих дня"),
        (7, "working_days", "7 рабочих дней"),
        (12, "months", "12 месяцев"),
        (2, "years", "2 года"),
        (5, "years", "5 лет"),
        (24, "hours", "24 часа"),
        (30, "percent", "30 %"),
        (3, "count", "3"),
        (500, "rub", "500 ₽"),
        (500, "kzt", "500 ₸"),
        (70, "usd", "70 $"),
        (2, "weeks", "2 недели"),
        (30, "minutes", "30 минут"),
        (1, "mrp", "1 МРП"),
        (21, "uzs", "21 сум"),
        (100, "tjs", "100 сомони"),
        (5, "kgs", "5 сомов"),
    ],
)
def test_a_russian_noun_agrees_with_its_number(value: float, unit: str, expected: str) -> None:
    assert format_quantity(value, unit, "ru").replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("language", "unit", "noun"),
    [
        ("uz", "days", "kun"),
        ("uz_Cyrl", "days", "кун"),
        ("tg", "days", "рӯз"),
        ("ky", "days", "күн"),
        ("uz", "working_days", "ish kuni"),
        ("uz_Cyrl", "working_days", "иш куни"),
        ("tg", "working_days", "рӯзи корӣ"),
        ("ky", "working_days", "жумуш күнү"),
        ("tg", "months", "моҳ"),
        ("ky", "years", "жыл"),
        ("ky", "weeks", "апта"),
        ("uz", "minutes", "daqiqa"),
        ("uz_Cyrl", "uzs", "сўм"),
        ("tg", "tjs", "сомонӣ"),
        ("uz", "kgs", "qirgʻiz somi"),
    ],
)
@pytest.mark.parametrize("value", [1, 2, 5, 15])
def test_elsewhere_a_noun_after_a_number_stays_singular(language: str, unit: str, noun: str, value: int) -> None:
    assert format_quantity(value, unit, language) == f"{value}\xa0{noun}"


def test_an_unknown_unit_is_an_error() -> None:
    with pytest.raises(KeyError):
        format_quantity(5, "fathoms", "ru")


@pytest.mark.parametrize(
    ("language", "both", "either"),
    [
        ("ru", "а, б и в", "а, б или в"),
        ("uz", "а, б va в", "а, б yoki в"),
        ("uz_Cyrl", "а, б ва в", "а, б ёки в"),
        ("tg", "а, б ва в", "а, б ё в"),
        ("ky", "а, б жана в", "а, б же в"),
    ],
)
def test_a_list_ends_with_and_or_with_or(language: str, both: str, either: str) -> None:
    assert format_list(["а", "б", "в"], language) == both
    assert format_list(["а", "б", "в"], language, or_=True) == either
    assert format_list(["а"], language) == "а"
    assert format_list([], language) == ""


@pytest.mark.parametrize("language", DATE)
def test_cldr_still_writes_dates_otherwise(language: str) -> None:
    assert babel_date(DAY, "long", locale=language) != format_date(DAY, language), UPDATE


@pytest.mark.parametrize("language", MONTHS)
def test_cldr_still_lacks_our_months(language: str) -> None:
    names = get_month_names("wide", context="format", locale=Locale.parse(language))
    assert tuple(names[month] for month in range(1, 13)) != MONTHS[language], UPDATE


@pytest.mark.parametrize("language", ["uz", "uz_Cyrl", "tg"])
def test_cldr_still_lacks_our_units(language: str) -> None:
    assert format_unit(3, "duration-day", locale=language) != f"3 {UNITS[language]['days'][0]}", UPDATE


@pytest.mark.parametrize("language", AND_OR)
def test_cldr_still_lacks_our_lists(language: str) -> None:
    assert babel_list(["а", "б", "в"], locale=language) != format_list(["а", "б", "в"], language), UPDATE


@pytest.mark.parametrize("language", ["uz", "uz_Cyrl", "tg", "ky"])
def test_cldr_still_lacks_our_signs_of_money(language: str) -> None:
    assert MONEY["RUB"] not in format_currency(5, "RUB", locale=language), UPDATE
