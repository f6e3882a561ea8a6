"""Dates as people type them, in five variants and with any keyboard."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import LANGUAGES, format_date, parse_date

TODAY = date(2026, 11, 22)
MARCH = date(2026, 3, 5)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "5.3.2026",
            "05.03.2026",
            "05.03.26",
            "5.3.26",
            "05/03/2026",
            "5/3/26",
            "05-03-2026",
            "05 03 2026",
            "5,3,2026",
        ),
        *("2026-03-05", "2026.03.05", "2026/3/5", "05032026", "050326", "20260305", "5.03.2026г.", "05.03.2026 10:30"),
        *("5 марта 2026", "5 марта 2026 года", "5 марта 2026 г.", "5-го марта 2026", "5марта2026", "5 Мар 2026"),
        *("марта 5 2026", "я въехал 5 марта 2026 года", "5 март 2026", "5 марта 26"),
        *("2026-yil 5-mart", "5-mart 2026", "5 mart 2026 yil", "2026 yil 5 martda", "2026 йил 5 март", "5-мартда 2026"),
        *(
            "5 марти соли 2026",
            "5 марти 2026",
            "5-уми марти 2026",
            "2026-жылдын 5-марты",
            "5-март 2026-ж.",
            "5-мартта 2026",
        ),
        *("5.3", "05/03", "05.03", "5 марта", "5-mart", "5 марти", "5-марты", "5/3", "5 3"),
    ],
)
def test_the_fifth_of_march(typed: str) -> None:
    assert parse_date(typed, TODAY) == MARCH


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, ["сегодня", "Сегодня!", "bugun", "бугун", "имрӯз", "имруз", "имрўз", "бүгүн", "imruz", "segodnya"]),
        (
            -1,
            ["вчера", "Вчера.", "въехал вчера", "kecha", "кеча", "дирӯз", "дируз", "diruz", "кечээ", "кече", "vchera"],
        ),
        (-2, ["позавчера", "oʻtgan kuni", "avvalgi kuni", "аввалги куни", "парерӯз", "мурдагы күнү", "мурдагы куну"]),
        (1, ["завтра", "ertaga", "эртага", "пагоҳ", "пагох", "фардо", "эртең", "эртен"]),
        (2, ["послезавтра", "indinga", "индинга", "пасфардо", "бүрсүгүнү"]),
        (
            -3,
            ["3 дня назад", "три дня назад", "3 kun oldin", "uch kun avval", "3 кун олдин", "се рӯз пеш", "3 руз пеш"],
        ),
        (-3, ["3 күн мурун", "үч күн мурда", "3 кун мурун", "3 дня тому назад"]),
        (
            -7,
            ["неделю назад", "bir hafta oldin", "бир ҳафта олдин", "як ҳафта пеш", "бир апта мурун", "бир жума мурун"],
        ),
        (5, ["через 5 дней", "5 kundan keyin", "5 кундан кейин", "баъд аз 5 рӯз", "пас аз 5 руз", "5 күндөн кийин"]),
    ],
)
def test_a_day_may_be_told_from_today(days: int, words: list[str]) -> None:
    assert {word: parse_date(word, TODAY) for word in words} == dict.fromkeys(words, TODAY + timedelta(days))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("месяц назад", date(2026, 10, 22)),
        ("ikki oy oldin", date(2026, 9, 22)),
        ("2 моҳ пеш", date(2026, 9, 22)),
        ("3 ай мурун", date(2026, 8, 22)),
        ("год назад", date(2025, 11, 22)),
        ("bir yil oldin", date(2025, 11, 22)),
    ],
)
def test_months_and_years_are_counted_back(typed: str, day: date) -> None:
    assert parse_date(typed, TODAY) == day


def test_a_month_back_from_its_31st_is_its_last_day() -> None:
    assert parse_date("месяц назад", date(2026, 3, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("22.11", date(2026, 11, 22)),
        ("23.11", date(2026, 11, 23)),
        ("21 января", date(2027, 1, 21)),
        ("22 января", date(2026, 1, 22)),
        ("21.11", date(2026, 11, 21)),
        ("29 февраля", date(2024, 2, 29)),
    ],
)
def test_without_a_year_the_last_such_day_is_meant_unless_one_comes_within_60_days(typed: str, day: date) -> None:
    assert parse_date(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("5 марта прошлого года", 2025),
        ("o'tgan yil 5 mart", 2025),
        ("5 марти соли гузашта", 2025),
        ("былтыр 5-мартта", 2025),
        ("1 декабря этого года", 2026),
        ("1-dekabr bu yil", 2026),
        ("5 марта следующего года", 2027),
    ],
)
def test_a_year_may_be_named(typed: str, year: int) -> None:
    found = parse_date(typed, TODAY)

    assert found is not None
    assert found.year == year


@pytest.mark.parametrize(("typed", "year"), [("01.01.36", 2036), ("01.01.37", 1937), ("01.01.99", 1999)])
def test_two_figures_of_a_year_reach_ten_years_ahead(typed: str, year: int) -> None:
    assert parse_date(typed, TODAY) == date(year, 1, 1)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "31.02.2026",
            "29.02.2025",
            "32.01.2026",
            "00.01.2026",
            "12.13.2026",
            "03/25/2026",
            "31 апреля",
            "99.99",
            "0.0",
        ),
        *("", "март", "март 2026", "5", "5-го", "не помню", "давно", "10:30", "01.01.1800", "05.03.2126"),
    ],
)
def test_an_impossible_or_unsaid_date_is_none(typed: str) -> None:
    assert parse_date(typed, TODAY) is None


@pytest.mark.parametrize(
    "typed",
    [
        "5 марта или 6 марта",
        "05.03.2026 - 07.03.2026",
        "вчера или сегодня",
        "2-3 дня назад",
        "полгода назад",
        "1.5 года назад",
        "вчера 5 марта",
    ],
)
def test_what_can_be_two_days_is_none(typed: str) -> None:
    assert parse_date(typed, TODAY) is None


def test_two_ways_to_say_one_day_agree() -> None:
    assert parse_date("вчера, 21 ноября", TODAY) == date(2026, 11, 21)


@settings(deadline=None)
@given(st.dates(date(1960, 1, 1), date(2100, 12, 31)), st.sampled_from(list(LANGUAGES)))
def test_what_we_print_is_read_back(day: date, language: str) -> None:
    assert parse_date(format_date(day, language), TODAY) == day


@settings(deadline=None)
@given(st.text(alphabet="0123456789 .,-/:назадмесяцйгоднеделюkunoymartоктябрь") | st.text(), st.dates())
def test_no_text_and_no_day_breaks_the_reader(text: str, today: date) -> None:
    found = parse_date(text, today)

    assert found is None or isinstance(found, date)
