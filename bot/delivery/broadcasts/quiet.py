"""Quiet hours: nobody is woken by an alert unless it is about danger to life. Pure."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.delivery.broadcasts.model import Urgency
from bot.delivery.broadcasts.rule import Places, place_of

#: Local time: from this hour of the evening to that of the morning nothing is sent.
BEGIN: Final = time(21)
END: Final = time(8)
#: Where no city or region is known: of the country where the person is, else of the one that they come from.
_ZONES: Final = {
    "RU": "Europe/Moscow",
    "KZ": "Asia/Almaty",
    "UZ": "Asia/Tashkent",
    "TJ": "Asia/Dushanbe",
    "KG": "Asia/Bishkek",
}


def zone_of(profile: Mapping[str, str], places: Places) -> ZoneInfo:
    place = place_of(profile, places)
    if place is not None:
        return ZoneInfo(place.timezone)
    known = (_ZONES.get(profile.get(name, "")) for name in ("country", "citizenship"))
    return ZoneInfo(next(filter(None, known), _ZONES["RU"]))


def next_moment(now: datetime, profile: Mapping[str, str], places: Places, urgency: Urgency) -> datetime:
    """When this person may get it: ``now``, or the end of their quiet hours (UTC, as ``now`` is)."""
    if urgency == "life":
        return now
    local = now.astimezone(zone_of(profile, places))
    if END <= local.time() < BEGIN:
        return now
    day = local.date() + timedelta(days=local.time() >= BEGIN)
    return datetime.combine(day, END, local.tzinfo).astimezone(now.tzinfo)


def quiet(now: datetime, profile: Mapping[str, str], places: Places, urgency: Urgency) -> bool:
    return next_moment(now, profile, places, urgency) > now
