"""The parts of a card: what a help point is told about, and what of it must not be told (THREATS T25, T27, T60)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from bot.catalogue import Asked, Coordinates, HelpPoint, Text
from bot.places.directory import dialled_from
from bot.places.hours import Opening
from bot.places.question import Ranked
from bot.places.reasons import is_stale

#: Who fled from somebody must not be found by an address (T60).
HIDDEN: Final = frozenset({"trafficking", "violence"})
#: Where the person speaks Russian to whoever helps.
_SPEAKS_RUSSIAN: Final = frozenset({"RU", "KZ"})

Warning_ = Literal["reports_to_police", "asks_for_papers", "stale"]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """``phones`` are those that work from where the person is; of a doubtful point that is said beside them.
    ``instead`` and its phones stand in where there are none."""

    point: HelpPoint
    opening: Opening
    phones: tuple[str, ...]
    instead: HelpPoint | None
    instead_phones: tuple[str, ...]
    kilometres: float | None
    #: Empty where there is none to tell.
    address: str
    #: Of the door, never of a city, and never where somebody may hide.
    pin: Coordinates | None
    bring: Text | None
    #: Its source is the Russian sentence.
    say: Text | None
    warnings: tuple[Warning_, ...]


def card(found: Ranked, need: str, country: str, asking: Mapping[str, Asked], now: datetime) -> Card:
    """``country``: where the person is, "" when that is not known."""
    point, instead = found.point, found.instead
    told = point.public_address or not (need in HIDDEN or HIDDEN.intersection(point.needs) or point.kind == "shelter")
    place = point.coordinates
    is_door = place is not None and place.precision == "address" and point.public_address
    asked = asking.get(need)
    is_short = point.kind == "emergency"
    return Card(
        point=point,
        opening=found.opening,
        phones=found.phones,
        instead=instead,
        instead_phones=dialled_from(instead, country or point.country) if instead else (),
        kilometres=found.kilometres if told and point.kind != "hotline" and point.scope != "national" else None,
        address=point.address or "" if told else "",
        pin=place if is_door and need not in HIDDEN else None,
        bring=None if is_short else point.bring or (asked.bring if asked else None),
        say=(point.say or (asked.say if asked else None)) if (country or point.country) in _SPEAKS_RUSSIAN else None,
        warnings=tuple(_warnings(point, now)),
    )


def _warnings(point: HelpPoint, now: datetime) -> list[Warning_]:
    warnings: list[Warning_] = []
    if point.reports_to_police == "yes":
        warnings.append("reports_to_police")
    elif point.asks_for_papers == "yes":
        warnings.append("asks_for_papers")
    if is_stale(point, now):
        warnings.append("stale")
    return warnings
