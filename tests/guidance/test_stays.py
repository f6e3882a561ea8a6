"""Days in a country, summed up."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guidance.stays import Stay, Window, last_lawful, used

YEAR, ANY_180 = Window(None), Window(180)


def visit(entered: str, left: str = "") -> Stay:
    return Stay(date.fromisoformat(entered), date.fromisoformat(left) if left else None)


#: visits, window, day -> days used by then, counted by hand.
USED = [
    ([visit("2026-01-01", "2026-01-31")], YEAR, "2026-06-01", 31),
    ([visit("2026-01-01", "2026-01-01")], YEAR, "2026-06-01", 1),
    ([visit("2025-12-20", "2026-01-10")], YEAR, "2026-06-01", 10),
    ([visit("2026-01-01", "2026-01-10"), visit("2026-01-10", "2026-01-20")], YEAR, "2026-06-01", 20),
    ([visit("2026-01-01", "2026-01-10"), visit("2026-01-05", "2026-01-12")], YEAR, "2026-06-01", 12),
    ([visit("2026-02-01", "2026-02-28"), visit("2026-11-01")], YEAR, "2026-11-30", 58),
    ([visit("2028-02-01", "2028-02-29")], YEAR, "2028-06-01", 29),
    ([visit("2026-11-01")], YEAR, "2027-01-10", 10),
    ([visit("2026-11-01")], ANY_180, "2027-01-10", 71),
    # 180 days up to 30 November begin on 4 June
    ([visit("2026-06-01", "2026-06-10")], ANY_180, "2026-11-30", 7),
    ([visit("2027-01-01")], YEAR, "2026-11-30", 0),
]


@pytest.mark.parametrize(("visits", "window", "day", "days"), USED)
def test_days_of_presence_are_those_counted_by_hand(visits: list[Stay], window: Window, day: str, days: int) -> None:
    assert used(visits, window, date.fromisoformat(day)) == days


#: earlier visits, entry, window, limit -> the last lawful day.
LAWFUL = [
    ([], "2026-01-01", YEAR, 90, "2026-03-31"),
    ([], "2026-06-01", YEAR, 90, "2026-08-29"),
    ([visit("2026-01-01", "2026-01-31")], "2026-06-01", YEAR, 90, "2026-07-29"),
    # on 1 January the count begins anew: 61 days of one year and 90 of the next
    ([], "2026-11-01", YEAR, 90, "2027-03-31"),
    ([visit("2026-01-01", "2026-02-28")], "2026-11-01", YEAR, 90, "2026-12-01"),
    # nothing is left on the day of entry
    ([visit("2026-01-01", "2026-03-31")], "2026-06-01", YEAR, 90, "2026-05-31"),
    ([], "2026-11-01", ANY_180, 90, "2027-01-29"),
    ([visit("2026-07-01", "2026-07-29")], "2026-11-01", ANY_180, 90, "2027-01-29"),
    ([visit("2026-08-01", "2026-09-29")], "2026-10-15", ANY_180, 90, "2026-11-13"),
]


@pytest.mark.parametrize(("visits", "entry", "window", "limit", "last"), LAWFUL)
def test_the_last_lawful_day_is_that_counted_by_hand(
    visits: list[Stay], entry: str, window: Window, limit: int, last: str
) -> None:
    since = date.fromisoformat(entry)
    assert last_lawful([*visits, Stay(since)], window, limit, since) == date.fromisoformat(last)


def test_an_exit_before_the_entry_is_no_stay() -> None:
    with pytest.raises(ValueError, match="before the entry"):
        visit("2026-02-01", "2026-01-01")


DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))
VISITS = st.lists(st.builds(lambda day, days: Stay(day, day + timedelta(days=days)), DAYS, st.integers(0, 100)))
WINDOWS = st.sampled_from([YEAR, ANY_180, Window(365)])


@given(VISITS, WINDOWS, DAYS)
def test_nobody_is_there_for_more_days_than_the_window_has(visits: list[Stay], window: Window, day: date) -> None:
    days = {visit.entered + timedelta(days=n) for visit in visits for n in range((visit.left - visit.entered).days + 1)}  # type: ignore[operator]
    assert used(visits, window, day) == sum(window.start(day) <= one <= day for one in days)


@given(VISITS, WINDOWS, DAYS, st.integers(1, 90))
def test_the_last_lawful_day_is_the_last_within_the_limit(
    visits: list[Stay], window: Window, entry: date, limit: int
) -> None:
    visits = [*visits, Stay(entry)]
    last = last_lawful(visits, window, limit, entry)
    assert last is not None
    assert last >= entry - timedelta(days=1)
    assert last < entry or used(visits, window, last) <= limit
    assert used(visits, window, last + timedelta(days=1)) > limit


@given(VISITS, WINDOWS, DAYS)
def test_another_visit_never_gives_days(visits: list[Stay], window: Window, entry: date) -> None:
    alone = last_lawful([Stay(entry)], window, 90, entry)
    among = last_lawful([*visits, Stay(entry)], window, 90, entry)
    assert alone
    assert among
    assert among <= alone
