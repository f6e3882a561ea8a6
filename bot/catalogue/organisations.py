"""Who answers people that ask for a person, as a loaded catalogue holds them."""

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from bot.catalogue.values import Zone

if TYPE_CHECKING:
    from bot.catalogue.model import Place, Text


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """Only who is ``active`` is offered to people: nobody is promised a person who does not exist."""

    id: str
    name: "Text"
    #: Who they are, in a sentence or two.
    who: "Text"
    #: Codes of our languages.
    languages: tuple[str, ...]
    needs: frozenset[str]
    countries: frozenset[str]
    #: ISO 3166-2; empty: the whole countries.
    regions: frozenset[str]
    #: ``opening_hours`` of OpenStreetMap in ``timezone``.
    hours: str
    timezone: Zone
    #: Counted from when they are there.
    answers_within: timedelta
    #: Takes what cannot wait: violence, trafficking, detention.
    urgent: bool
    active: bool
    #: Alerts that it may send in seven days, besides those about danger to life.
    alerts_a_week: int = 3
    at: "Place"


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """Open a ticket for ``need`` (or the need in that answer) with the answers of the flow as its first line. The
    names of answers: ``message`` is what the person wrote, ``hours`` when they may be answered."""

    need: str
    message: str = ""
    hours: str = ""
