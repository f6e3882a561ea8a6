"""Help points, and how to ask for help, as a loaded catalogue holds them."""

from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.catalogue.values import City, Coordinates, Page, PointKind, Told, Zone

if TYPE_CHECKING:
    from bot.catalogue.model import Place, Text


class HelpPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A place or line that helps. Only points that may be shown are in the catalogue; one without a phone is shown
    beside one that has a phone."""

    key: str
    name: "Text"
    kind: PointKind
    #: Nobody has confirmed that it still answers: said beside its phone, and never the only number of a text.
    doubtful: bool
    phones: tuple[str, ...]
    country: str
    citizenships: frozenset[str]
    needs: tuple[str, ...]
    #: Distance counts for a local point only; a regional one is for its ``districts`` or ``service_area``.
    scope: Literal["national", "regional", "local"]
    city: City | None
    coordinates: Coordinates | None
    #: Whom it is for, in Russian; None when nobody said.
    service_area: str | None
    #: Regions by their full Russian names: "Томская область"; federal districts where the source names no more.
    districts: tuple[str, ...]
    #: The same by ISO 3166-2: RU-TOM.
    regions: frozenset[str]
    address: str | None
    #: Everyone may be told the address: of a state office, or of a shelter that agreed.
    public_address: bool
    #: ``opening_hours`` of OpenStreetMap in ``timezone``, or ``unknown``.
    hours: str
    timezone: Zone | None
    #: Codes, as ``ru``.
    languages: tuple[str, ...]
    cost: Literal["free", "paid", "unknown"]
    #: The name alone, without @.
    telegram: str | None
    #: A number with +.
    whatsapp: str | None
    email: str | None
    website: str | None
    #: Whether it helps without a name.
    anonymous: Told
    asks_for_papers: Told
    reports_to_police: Told
    #: In place of what is ``Asked`` for its needs.
    bring: "Text | None"
    say: "Text | None"
    source: Page
    #: Last confirmed: by a call, else the first day that the page's date can mean; None when the page has no date.
    verified_on: date | None
    confidence: Literal["high", "medium", "low"]
    at: "Place"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How to ask for help of one kind. ``say``: its source is the Russian sentence to show or read aloud, its forms
    are what that means."""

    bring: "Text"
    say: "Text"
