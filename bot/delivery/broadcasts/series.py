"""Alerts that come again: each date's draft is prepared by itself, and let out by two people like any other. Pure."""

import calendar
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec
from msgspec.structs import replace

from bot.delivery.broadcasts.model import PREPARE_DAYS, Alert, Repeat
from bot.store.broadcast_protocol import Broadcast

_MONTHS: Final[dict[Repeat, int]] = {"monthly": 1, "yearly": 12}


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be drafted in the name of whoever wrote the first one."""

    organisation: str
    author: str
    alert: Alert


def due(known: Iterable[tuple[Broadcast, Alert]], now: datetime) -> list[Next]:
    """The next of each series whose date is less than ``PREPARE_DAYS`` ahead. A series ends when its newest alert was
    cancelled, or says that it is sent once; a date that went by is left out."""
    series: dict[str, list[tuple[Broadcast, Alert]]] = {}
    for broadcast, alert in known:
        if alert.starts is not None:
            series.setdefault(alert.series or broadcast.key.hex(), []).append((broadcast, alert))
    found = []
    for name, alerts in series.items():
        alerts.sort(key=lambda one: one[1].starts or now)
        first, (newest, alert) = alerts[0][1], alerts[-1]
        if (
            not alert.repeat
            or newest.state == "cancelled"
            or (newest.state in ("draft", "proposed") and not alert.series)
        ):
            continue
        assert alert.starts is not None, "only those are kept"
        assert first.starts is not None
        starts = _after(first.starts, max(alert.starts, now), _MONTHS[alert.repeat])
        if starts - timedelta(days=PREPARE_DAYS) <= now:
            coming = replace(
                alert,
                frozen={},
                series=name,
                starts=starts,
                ends=starts + (alert.ends - alert.starts),
                small_reason="",
                small_by="",
            )
            found.append(Next(organisation=newest.organisation, author=newest.author, alert=coming))
    return found


def _after(first: datetime, moment: datetime, months: int) -> datetime:
    """The first of the dates, counted from ``first``, that is later; the 31st is the last day of a shorter month."""
    step = 0
    date = first
    while date <= moment:
        step += months
        years, month = divmod(first.month - 1 + step, 12)
        year = first.year + years
        day = min(first.day, calendar.monthrange(year, month + 1)[1])
        date = first.replace(year=year, month=month + 1, day=day)
    return date
