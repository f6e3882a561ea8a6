"""Days, working days, weeks, months: from a day to the last day of a term.

No rule of ours moves a last day from a day off to the next working day: no source in ``content/deadlines`` says so, and
a person who comes a day too early loses nothing.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import count as numbers
from typing import Final

import msgspec

from bot.catalogue import WorkCalendar

#: Of a country whose calendar we lack.
_WEEKEND: Final = frozenset({5, 6})
_DAY: Final = timedelta(days=1)
#: A longer term is a mistake of typing: a century.
_LONGEST: Final = 36_525


class Reckoned(msgspec.Struct, frozen=True):
    """A day; ``is_estimate``: not all days off on the way to it are known."""

    day: date
    is_estimate: bool = False


def is_worked(day: date, calendar: WorkCalendar | None) -> bool:
    """A holiday that is only expected counts as worked: the earlier date is the safe one."""
    if calendar is None:
        return day.weekday() not in _WEEKEND
    return day in calendar.worked or (day.weekday() not in calendar.weekend and day not in calendar.off)


def is_known(day: date, calendar: WorkCalendar | None) -> bool:
    """Whether it is certain that the day is worked, or that it is not."""
    return calendar is not None and day.year in calendar.years and day not in calendar.expected


def after(
    start: date, value: float, unit: str, calendar: WorkCalendar | None, *, counts_first: bool
) -> Reckoned | None:
    """The last day of a term that begins with ``start``, or on the day after it. None beyond the calendar, and for
    what cannot be counted: half a month, no days at all.

    Of a term in hours the day on which it can end at the earliest.
    """
    return _reckoned(_AFTER, start, value, unit, calendar, counts_first)


def before(end: date, value: float, unit: str, calendar: WorkCalendar | None) -> Reckoned | None:
    """The last day that is at least so long before ``end``; see ``after``.

    Of hours it is the last day that has passed in full: at what hour of ``end`` the event comes nobody has told.
    """
    return _reckoned(_BEFORE, end, value, unit, calendar, False)


def next_month(start: date, day: float) -> Reckoned | None:
    """That day of the month after the month of ``start``."""
    try:
        first = months_later(start.replace(day=1), 1)
        return Reckoned(first.replace(day=min(int(day), monthrange(first.year, first.month)[1]))) if day >= 1 else None
    except (OverflowError, ValueError):
        return None


def last_worked(day: date, not_before: date, calendar: WorkCalendar | None) -> date | None:
    """The last day, up to ``day``, on which an office is open; None when there is none since ``not_before``."""
    while day >= not_before:
        if is_worked(day, calendar):
            return day
        day -= _DAY
    return None


def months_later(day: date, months: int) -> date:
    """31 January + 1 month is 28 or 29 February. Raises ``OverflowError`` beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


_Way = Callable[[date, int, bool, WorkCalendar | None], Reckoned]


def _reckoned(
    ways: Mapping[str, _Way], day: date, value: float, unit: str, calendar: WorkCalendar | None, counts_first: bool
) -> Reckoned | None:
    if unit not in ways or value != int(value) or not 1 <= value <= _LONGEST:
        return None
    try:
        return ways[unit](day, int(value), counts_first, calendar)
    except OverflowError:
        return None


def _days_after(day: date, value: int, counts_first: bool, _: WorkCalendar | None) -> Reckoned:
    return Reckoned(day + timedelta(days=value - counts_first))


def _months_after(day: date, value: int, counts_first: bool, _: WorkCalendar | None) -> Reckoned:
    return Reckoned(months_later(day, value) - (_DAY if counts_first else timedelta(0)))


def _working_days(days: Iterator[date], value: int, calendar: WorkCalendar | None) -> Reckoned:
    known = True
    for day in days:
        known = known and is_known(day, calendar)
        value -= is_worked(day, calendar)
        if not value:
            return Reckoned(day, not known)
    raise OverflowError("the calendar has ended")


def _onwards(day: date, step: int) -> Iterator[date]:
    return (day + timedelta(days=step * number) for number in numbers())


_AFTER: Final[Mapping[str, _Way]] = {
    "hours": lambda day, value, first, _: Reckoned(day + timedelta(days=value // 24)),
    "days": _days_after,
    "weeks": lambda day, value, first, calendar: _days_after(day, value * 7, first, calendar),
    "months": _months_after,
    "years": lambda day, value, first, calendar: _months_after(day, value * 12, first, calendar),
    "working_days": lambda day, value, first, calendar: _working_days(
        _onwards(day if first else day + _DAY, 1), value, calendar
    ),
}
_BEFORE: Final[Mapping[str, _Way]] = {
    "hours": lambda day, value, first, _: Reckoned(day - timedelta(days=-(-value // 24) + 1)),
    "days": lambda day, value, first, _: Reckoned(day - timedelta(days=value)),
    "weeks": lambda day, value, first, _: Reckoned(day - timedelta(days=value * 7)),
    "months": lambda day, value, first, _: Reckoned(months_later(day, -value)),
    "years": lambda day, value, first, _: Reckoned(months_later(day, -value * 12)),
    "working_days": lambda day, value, first, calendar: _working_days(_onwards(day - _DAY, -1), value, calendar),
}
