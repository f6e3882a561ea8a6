"""Days counted by hand, and what must hold for any day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Catalogue
from bot.guidance.counting import after, before, is_worked, last_worked, next_month

DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 30))
ANY_DAY = st.dates()
UNITS = st.sampled_from(["hours", "days", "weeks", "months", "years", "working_days"])
VALUES = st.integers(1, 400)
COUNTRIES = st.sampled_from(["RU", "KZ", "none"])

#: start, value, unit, country, whether the first day counts -> the last day. Counted on a wall calendar.
AFTER = [
    # calendar days
    ("2026-11-01", 15, "days", "RU", True, "2026-11-15"),
    ("2026-11-01", 15, "days", "RU", False, "2026-11-16"),
    ("2026-11-01", 30, "days", "RU", True, "2026-11-30"),
    ("2026-02-01", 30, "days", "RU", True, "2026-03-02"),
    ("2028-02-01", 30, "days", "RU", True, "2028-03-01"),
    ("2026-01-01", 90, "days", "RU", True, "2026-03-31"),
    ("2028-01-01", 90, "days", "RU", True, "2028-03-30"),
    ("2026-10-15", 90, "days", "RU", True, "2027-01-12"),
    ("2026-11-27", 10, "days", "RU", False, "2026-12-07"),
    ("2026-12-31", 1, "days", "RU", True, "2026-12-31"),
    ("2026-12-31", 1, "days", "RU", False, "2027-01-01"),
    ("2026-03-01", 2, "weeks", "RU", True, "2026-03-14"),
    # months and years; the last day of a month; 29 February
    ("2026-01-31", 1, "months", "RU", False, "2026-02-28"),
    ("2028-01-31", 1, "months", "RU", False, "2028-02-29"),
    ("2026-01-31", 1, "months", "RU", True, "2026-02-27"),
    ("2026-12-30", 2, "months", "RU", False, "2027-02-28"),
    ("2026-11-20", 2, "months", "RU", True, "2027-01-19"),
    ("2026-11-20", 12, "months", "RU", True, "2027-11-19"),
    ("2028-02-29", 12, "months", "RU", False, "2029-02-28"),
    ("2028-02-29", 3, "years", "RU", False, "2031-02-28"),
    ("2026-03-05", 1, "years", "RU", False, "2027-03-05"),
    # working days of Russia: New Year, women's day, May, Russia Day, unity day
    ("2026-12-30", 3, "working_days", "RU", False, "2027-01-13"),
    ("2026-12-30", 3, "working_days", "RU", True, "2027-01-12"),
    ("2025-12-29", 2, "working_days", "RU", False, "2026-01-12"),
    ("2026-03-06", 3, "working_days", "RU", False, "2026-03-12"),
    ("2026-04-30", 3, "working_days", "RU", False, "2026-05-06"),
    ("2026-04-27", 7, "working_days", "RU", True, "2026-05-06"),
    ("2026-05-08", 3, "working_days", "RU", False, "2026-05-14"),
    ("2026-06-01", 10, "working_days", "RU", False, "2026-06-16"),
    ("2026-11-03", 3, "working_days", "RU", False, "2026-11-09"),
    ("2026-11-07", 3, "working_days", "RU", True, "2026-11-11"),
    # a Saturday that is worked by decree
    ("2025-10-30", 3, "working_days", "RU", False, "2025-11-05"),
    ("2027-02-19", 2, "working_days", "RU", False, "2027-02-24"),
    # working days of Kazakhstan: Nauryz, May, New Year, a Sunday that is worked
    ("2026-03-20", 3, "working_days", "KZ", True, "2026-03-27"),
    ("2026-05-06", 5, "working_days", "KZ", False, "2026-05-15"),
    ("2026-12-31", 3, "working_days", "KZ", True, "2027-01-06"),
    ("2025-01-02", 2, "working_days", "KZ", False, "2025-01-06"),
    # hours: the day on which the time can be over at the earliest
    ("2026-11-28", 3, "hours", "RU", False, "2026-11-28"),
    ("2026-11-28", 48, "hours", "RU", False, "2026-11-30"),
]
BEFORE = [
    ("2027-02-01", 2, "months", "RU", "2026-12-01"),
    ("2026-05-31", 3, "months", "RU", "2026-02-28"),
    ("2026-03-10", 1, "days", "RU", "2026-03-09"),
    ("2026-03-15", 1, "weeks", "RU", "2026-03-08"),
    ("2028-02-29", 1, "years", "RU", "2027-02-28"),
    # at what hour the event comes is not known: the last whole day that is early enough
    ("2027-02-01", 72, "hours", "RU", "2027-01-28"),
    ("2026-12-01", 4, "hours", "RU", "2026-11-29"),
    ("2027-11-19", 10, "working_days", "RU", "2027-11-03"),
    ("2026-01-12", 3, "working_days", "RU", "2025-12-26"),
    ("2026-03-26", 1, "working_days", "KZ", "2026-03-20"),
]


@pytest.mark.parametrize(("start", "value", "unit", "country", "first", "last"), AFTER)
def test_a_term_after_a_day_ends_where_it_does_by_hand(
    content: Catalogue, start: str, value: int, unit: str, country: str, first: bool, last: str
) -> None:
    found = after(date.fromisoformat(start), value, unit, content.calendars[country], counts_first=first)
    assert found is not None
    assert (found.day.isoformat(), found.is_estimate) == (last, False)


@pytest.mark.parametrize(("end", "value", "unit", "country", "last"), BEFORE)
def test_a_term_before_a_day_ends_where_it_does_by_hand(
    content: Catalogue, end: str, value: int, unit: str, country: str, last: str
) -> None:
    found = before(date.fromisoformat(end), value, unit, content.calendars[country])
    assert found is not None
    assert (found.day.isoformat(), found.is_estimate) == (last, False)


def test_beyond_the_years_that_are_known_a_working_day_is_an_estimate(content: Catalogue) -> None:
    found = after(date(2027, 12, 30), 3, "working_days", content.calendars["RU"], counts_first=True)
    assert found is not None
    assert found.is_estimate


def test_a_holiday_that_is_only_expected_counts_as_worked_and_makes_an_estimate(content: Catalogue) -> None:
    found = after(date(2026, 5, 25), 3, "working_days", content.calendars["KZ"], counts_first=False)
    assert found is not None
    assert (found.day, found.is_estimate) == (date(2026, 5, 28), True)


def test_without_a_calendar_every_working_day_is_an_estimate() -> None:
    found = after(date(2026, 11, 6), 3, "working_days", None, counts_first=True)
    assert found is not None
    assert (found.day, found.is_estimate) == (date(2026, 11, 10), True)


@pytest.mark.parametrize(
    ("day", "number", "last"),
    [("2026-11-30", 10, "2026-12-10"), ("2026-12-01", 10, "2027-01-10"), ("2026-01-31", 31, "2026-02-28")],
)
def test_a_day_of_the_next_month(day: str, number: int, last: str) -> None:
    found = next_month(date.fromisoformat(day), number)
    assert found is not None
    assert found.day.isoformat() == last


@pytest.mark.parametrize("value", [0, -3, 0.5, 10**9])
def test_what_cannot_be_counted_has_no_day(value: float) -> None:
    assert after(date(2026, 1, 1), value, "days", None, counts_first=True) is None
    assert before(date(2026, 1, 1), value, "days", None) is None


def test_what_is_no_length_of_time_has_no_day() -> None:
    assert after(date(2026, 1, 1), 5, "rub", None, counts_first=True) is None


def test_the_last_open_day_is_looked_for_down_to_the_first_possible_one(content: Catalogue) -> None:
    calendar = content.calendars["RU"]
    assert last_worked(date(2026, 5, 10), date(2026, 5, 1), calendar) == date(2026, 5, 8)
    assert last_worked(date(2026, 5, 10), date(2026, 5, 9), calendar) is None


@given(ANY_DAY, VALUES, UNITS, COUNTRIES, st.booleans())
def test_a_term_never_ends_before_it_begins(
    content: Catalogue, start: date, value: int, unit: str, country: str, first: bool
) -> None:
    calendar = content.calendars.get(country)
    later, earlier = after(start, value, unit, calendar, counts_first=first), before(start, value, unit, calendar)
    assert later is None or later.day >= start
    assert earlier is None or earlier.day < start


@given(DAYS, VALUES, UNITS, COUNTRIES, st.booleans(), st.integers(1, 60))
def test_a_later_event_has_no_earlier_end(
    content: Catalogue, start: date, value: int, unit: str, country: str, first: bool, later: int
) -> None:
    calendar, other = content.calendars.get(country), start + timedelta(days=later)
    one, two = (after(day, value, unit, calendar, counts_first=first) for day in (start, other))
    assert one
    assert two
    assert one.day <= two.day
    one, two = (before(day, value, unit, calendar) for day in (start, other))
    assert one
    assert two
    assert one.day <= two.day


@given(DAYS, st.integers(1, 40), UNITS, COUNTRIES)
def test_to_count_the_first_day_is_the_safe_side(
    content: Catalogue, start: date, value: int, unit: str, country: str
) -> None:
    calendar = content.calendars.get(country)
    safe, plain = (after(start, value, unit, calendar, counts_first=first) for first in (True, False))
    assert safe
    assert plain
    assert safe.day <= plain.day


@given(DAYS, st.integers(1, 60), COUNTRIES, st.booleans())
def test_working_days_end_on_a_working_day_and_are_as_many_as_asked(
    content: Catalogue, start: date, value: int, country: str, first: bool
) -> None:
    calendar = content.calendars.get(country)
    found = after(start, value, "working_days", calendar, counts_first=first)
    assert found
    assert is_worked(found.day, calendar)
    days = [start + timedelta(days=number) for number in range(not first, (found.day - start).days + 1)]
    assert sum(is_worked(day, calendar) for day in days) == value
