"""Who answers a person that asks for one. Pure: the same question at the same moment leads to the same organisation."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from bot.catalogue import Organisation, WorkCalendar
from bot.places.hours import opening

#: What cannot wait: it goes first to those who take it.
URGENT: Final = frozenset({"violence", "trafficking", "detention"})
#: What most people of the region read; of two who do not speak the person's own language the one who speaks this.
_COMMON: Final = "ru"
#: Uzbek is one language in two scripts.
_SAME: Final = {"uz_Cyrl": "uz"}


class Seeker(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for a person. Whatever is not known stays empty and shuts nobody out."""

    need: str
    language: str
    country: str = ""
    #: ISO 3166-2.
    region: str = ""


class Answerer(msgspec.Struct, frozen=True, kw_only=True):
    """``by``: when an answer is promised at the latest, aware."""

    organisation: Organisation
    by: datetime
    there_now: bool


def route(
    organisations: Iterable[Organisation],
    seeker: Seeker,
    calendars: Mapping[str, WorkCalendar],
    now: datetime,
    *,
    but: str = "",
) -> Answerer | None:
    """The best of those who are active and serve the need and the place, ``but`` not that one; None: nobody does.

    For what is urgent first who takes it; then the person's language, their own region, who is there now, and who
    promises soonest.
    """
    fitting = [promise(one, calendars, now) for one in organisations if one.id != but and serves(one, seeker)]
    return min(fitting, key=lambda one: _rank(one, seeker), default=None)


def serves(organisation: Organisation, seeker: Seeker) -> bool:
    return (
        organisation.active
        and seeker.need in organisation.needs
        and (not seeker.country or seeker.country in organisation.countries)
        and (not (seeker.region and organisation.regions) or seeker.region in organisation.regions)
    )


def promise(organisation: Organisation, calendars: Mapping[str, WorkCalendar], now: datetime) -> Answerer:
    """Their hours are those of an office at home: holidays are those of the country of most people whom they serve."""
    calendar = next((calendars[country] for country in sorted(organisation.countries) if country in calendars), None)
    hours = opening(organisation, now, calendar)
    there_now = hours.state in {"always", "open"}
    begins = now if there_now or hours.changes is None else hours.changes
    return Answerer(organisation=organisation, by=begins + organisation.answers_within, there_now=there_now)


def _rank(answerer: Answerer, seeker: Seeker) -> tuple[object, ...]:
    one = answerer.organisation
    spoken = {_SAME.get(language, language) for language in one.languages}
    language = _SAME.get(seeker.language, seeker.language)
    return (
        seeker.need in URGENT and not one.urgent,
        0 if language in spoken else 1 if _COMMON in spoken else 2,
        not (seeker.region and seeker.region in one.regions),
        not answerer.there_now,
        answerer.by,
        one.id,
    )
