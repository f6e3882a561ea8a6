"""Days in a country, summed up: in a calendar year, or in any so many days. Day of entry and day of exit both count."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

_DAY: Final = timedelta(days=1)
#: Days that are looked ahead for the last lawful one.
_FURTHEST: Final = 1_100


class Stay(msgspec.Struct, frozen=True):
    """From the day of entry to the day of exit; None: the person is still there. Raises ``ValueError`` when the exit
    lies before the entry."""

    entered: date
    left: date | None = None

    def __post_init__(self) -> None:
        if self.left is not None and self.left < self.entered:
            raise ValueError("the exit lies before the entry")


class Window(msgspec.Struct, frozen=True):
    """``days`` None: the calendar year."""

    days: int | None

    def start(self, day: date) -> date:
        """The first day that counts together with ``day``."""
        if self.days is None:
            return date(day.year, 1, 1)
        return date.fromordinal(max(day.toordinal() - self.days + 1, 1))


def used(stays: Iterable[Stay], window: Window, day: date) -> int:
    """Days in the country up to ``day``, which counts, within the window; a day of exit and new entry counts once."""
    first = window.start(day)
    spans = sorted((max(stay.entered, first), min(stay.left or day, day)) for stay in stays)
    total, reached = 0, first - _DAY if first > date.min else None
    for start, end in spans:
        if reached is not None and start <= reached:
            start = reached + _DAY
        if start <= end:
            total += (end - start).days + 1
            reached = end
    return total


def last_lawful(stays: Sequence[Stay], window: Window, limit: int, since: date) -> date | None:
    """The last day of the stay that began on ``since`` and goes on, before the days run out: the day before ``since``
    when none were left. None when they never run out, or beyond the calendar.

    ``stays`` holds the others too.
    """
    day = since
    try:
        for _ in range(_FURTHEST):
            if used(stays, window, day) > limit:
                return day - _DAY
            day += _DAY
    except OverflowError:
        return None
    return None
