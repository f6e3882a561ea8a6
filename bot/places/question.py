"""The words of a search for help: who wants what where, what was found, and why."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

import msgspec

from bot.catalogue import HelpPoint, WorkCalendar
from bot.places.directory import Entry
from bot.places.distance import kilometres
from bot.places.hours import Opening

Calendars = Mapping[str, WorkCalendar]
"""By country."""

# fmt: off
Code = Literal[
    "danger", "district", "near", "national", "home", "elsewhere", "own_citizenship", "every_citizenship", "language",
    "other_language", "unknown_language", "always", "open", "closed", "unknown_hours", "phone", "no_phone", "doubtful",
    "free", "paid", "asks_for_papers", "no_papers", "reports_to_police", "verified", "stale", "undated", "confidence",
    "reported", "instead_of",
]
# fmt: on
#: What stands where: their district, within reach, for the whole country, in their own country, for another region.
TIERS: Final[tuple[Code, ...]] = ("district", "near", "national", "home", "elsewhere")
#: The last tier in which the point is in the country where the person is, and for them.
COUNTRY: Final = TIERS.index("national")
_EVERYWHERE: Final = frozenset({"national", "home"})
#: Where the country is not known: where our people are.
NOWHERE: Final = ("RU", "KZ")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Who needs what, and where. Whatever is not known stays empty. ``repr`` shows no place (THREATS T27)."""

    need: str
    citizenship: str = ""
    language: str = ""
    country: str = ""
    #: ISO 3166-2.
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __repr__(self) -> str:
        return f"Wanted({self.need})"

    @property
    def countries(self) -> tuple[str, ...]:
        return (self.country,) if self.country else NOWHERE

    @property
    def spoken(self) -> str:
        """The language without its script."""
        return self.language.partition("_")[0]


class Reason(msgspec.Struct, frozen=True):
    """For programs and for editors. ``value``: a region, kilometres, a language, a date ..."""

    code: Code
    value: str = ""


class Candidate(NamedTuple):
    entry: Entry
    #: An index of ``TIERS``.
    tier: int

    @property
    def point(self) -> HelpPoint:
        return self.entry.point

    def kilometres_from(self, wanted: Wanted) -> float | None:
        """None where distance says nothing."""
        at = self.point.coordinates
        if (
            wanted.latitude is None
            or wanted.longitude is None
            or at is None
            or TIERS[self.tier] in {"national", "home"}
        ):
            return None
        return kilometres(wanted.latitude, wanted.longitude, at.lat, at.lon)


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """``instead`` surely answers, where the point has no phone or nobody has confirmed it. ``phones`` are those that
    work from where the person is."""

    point: HelpPoint
    reasons: tuple[Reason, ...]
    opening: Opening
    phones: tuple[str, ...]
    kilometres: float | None = None
    instead: HelpPoint | None = None


class Nearest(msgspec.Struct, frozen=True, kw_only=True):
    """``near``: something is for the person's region or within reach; it says nothing where no place was told."""

    found: tuple[Ranked, ...]
    near: bool
