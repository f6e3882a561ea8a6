"""``content/calendars``: our days off are those of the ``holidays`` library, which follows laws and decrees.

A decree that is newer than the library stands in ``NEWER`` until the library has it.
"""

from datetime import date, timedelta

import holidays
import pytest

from bot.catalogue import Catalogue
from bot.guidance.counting import is_known, is_worked

#: Country -> days that the content has by a newer decree.
NEWER: dict[str, set[date]] = {"RU": set(), "KZ": set()}


@pytest.mark.parametrize("country", ["RU", "KZ"])
def test_every_day_is_worked_or_off_as_the_library_says(content: Catalogue, country: str) -> None:
    calendar = content.calendars[country]
    library = holidays.country_holidays(country, years=sorted(calendar.years), language="en_US")
    day, end = date(min(calendar.years), 1, 1), date(max(calendar.years), 12, 31)
    while day <= end:
        if day not in NEWER[country] | calendar.expected:
            assert is_worked(day, calendar) == library.is_working_day(day), day
            assert is_known(day, calendar)
        day += timedelta(days=1)


@pytest.mark.parametrize("country", ["RU", "KZ"])
def test_a_day_that_the_library_only_estimates_is_expected_and_no_other(content: Catalogue, country: str) -> None:
    calendar = content.calendars[country]
    library = holidays.country_holidays(country, years=sorted(calendar.years), language="en_US")
    assert calendar.expected - NEWER[country] == {day for day, name in library.items() if "estimated" in name}


def test_the_years_of_both_countries_cover_the_next_year(content: Catalogue) -> None:
    assert all({2025, 2026, 2027} <= calendar.years for calendar in content.calendars.values())
