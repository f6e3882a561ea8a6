"""Whether a help point is open, and when that changes: ``opening_hours`` of OpenStreetMap, time zones, holidays."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec
from opening_hours import OpeningHours, State

from bot.catalogue import WorkCalendar

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: A zone for those whose hours are the same everywhere.
_ANYWHERE: Final = "UTC"
#: A change later than that is none that a person waits for.
_MAX_DAYS: Final = 366
#: Saturday 15 and Sunday 16 March 2025 and the Monday after them, at noon: no holiday falls on them.
_WEEKEND: Final = (datetime(2025, 3, 15, 12), datetime(2025, 3, 16, 12))  # noqa: DTZ001 - any zone


class Timed(Protocol):
    """A help point, or an organisation."""

    @property
    def hours(self) -> str: ...

    @property
    def timezone(self) -> str | None: ...


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """``changes`` is when an open point closes or a closed one opens, aware, in its own zone; None: not known."""

    state: Literal["always", "open", "closed", "unknown"]
    changes: datetime | None = None


UNKNOWN: Final = Opening(state="unknown")


def opening(point: Timed, now: datetime, calendar: WorkCalendar | None) -> Opening:
    """``now`` is aware; ``calendar`` is that of the point's country.

    Days off are those of the calendar, for ``PH`` and for whoever keeps the hours of an office, closed on weekends.
    """
    if point.hours == "unknown":
        return UNKNOWN
    off = calendar.off if calendar else frozenset[date]()
    return _at(point.hours, point.timezone or _ANYWHERE, off, now.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _at(hours: str, zone: str, off: frozenset[date], now: datetime) -> Opening:
    timetable = _timetable(hours, zone, off)
    here = now.astimezone(ZoneInfo(zone))
    state, _ = timetable.state(here)
    changes = timetable.next_change(here)
    if changes is not None and (changes - here).days > _MAX_DAYS:
        changes = None
    if state == State.OPEN:
        return Opening(state="open" if changes else "always", changes=changes)
    return Opening(state="closed", changes=changes) if state == State.CLOSED else UNKNOWN


@lru_cache(maxsize=1024)
def _timetable(hours: str, zone: str, off: frozenset[date]) -> OpeningHours:
    """The library knows holidays of its own for some countries only, and no transfers by decree: it gets ours as
    dates."""
    dates = ",".join(f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}" for day in sorted(off))
    rules = list(_dated(hours, dates))
    if dates and "PH" not in hours and _rests(hours):
        rules.append(f"{dates} off")
    expression = "; ".join(rules) or "off"
    return OpeningHours(expression, timezone=ZoneInfo(zone), auto_country=False, auto_timezone=False)


def _dated(hours: str, dates: str) -> Iterator[str]:
    """The rules with days off as dates instead of ``PH``; without a calendar a rule for them says nothing."""
    for rule in hours.split("; "):
        days, _, what = rule.partition(" ")
        named = days.split(",")
        if "PH" not in named:
            yield rule
            continue
        others = ",".join(day for day in named if day != "PH")
        if others:
            yield f"{others} {what}"
        if dates:
            yield f"{dates} {what}"


def _rests(hours: str) -> bool:
    """Closed on Saturday and Sunday."""
    timetable = OpeningHours(hours, auto_country=False, auto_timezone=False)
    return not any(timetable.is_open(day) for day in _WEEKEND)
