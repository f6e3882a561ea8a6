"""The shape of ``content/help_points/``: places and lines that help."""

from typing import Annotated, Final, Literal

import opening_hours
from pydantic import AfterValidator, Field, RootModel, StringConstraints, model_validator

from bot.catalogue.shapes.base import Day, Flag, Number, Shape, Words, bad_value
from bot.catalogue.shapes.content import Citizenship, Confidence, Country, Need, Page
from bot.catalogue.values import PointKind, Precision, Told, Zone

_DAY: Final = "(Mo|Tu|We|Th|Fr|Sa|Su|PH)"
_DAYS: Final = f"{_DAY}(-{_DAY})?(,{_DAY}(-{_DAY})?)*"
_TIME: Final = r"([01][0-9]|2[0-4]):[0-5][0-9]"
_TIMES: Final = f"{_TIME}-{_TIME}(,{_TIME}-{_TIME})*"
_RULE: Final = f"{_DAYS} ({_TIMES}|off)"
#: What we use of the ``opening_hours`` of OpenStreetMap, https://wiki.openstreetmap.org/wiki/Key:opening_hours.
HOURS: Final = f"^(unknown|24/7|{_RULE}(; {_RULE})*)$"
REGION: Final = r"^(RU|KZ|UZ|TJ|KG)-[A-Z0-9]{1,3}$"
EMAIL: Final = r"^[a-z0-9][a-z0-9._-]*@[a-z0-9-]+(\.[a-z0-9-]+)+$"
TELEGRAM: Final = r"^[A-Za-z][A-Za-z0-9_]{3,31}$"
WHATSAPP: Final = r"^\+[0-9]{8,15}$"
#: The five countries lie between these degrees.
_LATITUDES: Final = (35, 82)
_LONGITUDES: Final = (19, 180)


def _hours(value: str) -> str:
    """What has the form may still be no time: ``24:30``."""
    if value != "unknown" and not opening_hours.validate(value):
        raise bad_value(f'"{value[:40]}" are no opening hours', "write them like Mo-Fr 09:00-18:00; Sa 10:00-14:00")
    return value


class City(Shape):
    ru: Words
    en: Words


class PointPage(Page):
    """Where a help point was found."""

    date_inferred: Flag = Field(default=False, description="The date was read out of the text, not printed as one.")


class HelpPoint(Shape):
    """A place or line that helps."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    name: Words
    kind: PointKind
    needs: list[Need] = Field(min_length=1)
    serves: list[Citizenship] = Field(min_length=1)
    country: Country
    city: City | None = Field(default=None, description="Where the office is, in Russian and English.")
    lat: Number | None = None
    lon: Number | None = None
    geo_precision: Precision | None = Field(default=None, description="What lat and lon mark: the door, or the city.")
    scope: Literal["national", "regional", "local"] = Field(
        description="Reachable from the whole country; for one district; in one place."
    )
    service_area: Words | None = Field(default=None, description="Whom it is for, in the words of the source.")
    districts: tuple[Words, ...] = Field(default=(), description="The regions that it answers for, by full name.")
    regions: tuple[Annotated[str, StringConstraints(pattern=REGION)], ...] = Field(
        default=(), description="The same by ISO 3166-2: RU-MOW, KZ-79. They come before distance."
    )
    phones: tuple[Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{1,24}$")], ...] = ()
    telegram: Annotated[str, StringConstraints(pattern=TELEGRAM)] | None = None
    whatsapp: Annotated[str, StringConstraints(pattern=WHATSAPP)] | None = None
    email: Annotated[str, StringConstraints(pattern=EMAIL)] | None = None
    website: Words | None = Field(default=None, description="https only.")
    hours: Annotated[str, StringConstraints(pattern=HOURS), AfterValidator(_hours)] = "unknown"
    timezone: Zone | None = Field(default=None, description="Of the hours.")
    languages: tuple[Words, ...] = ()
    cost: Literal["free", "paid", "unknown"]
    address: Words | None = None
    public_address: Flag = Field(
        default=False, description="The address is meant for everyone: of a state office, or of a shelter that agreed."
    )
    anonymous: Told = Field(default="unknown", description="Helps without a name.")
    asks_for_papers: Told = "unknown"
    reports_to_police: Told = "unknown"
    bring: Words | None = Field(default=None, description="What to bring, where content/asking.yaml does not fit.")
    say: Words | None = Field(default=None, description="One Russian sentence to show or read aloud, likewise.")
    source: PointPage
    verified_on: Day | None = Field(
        default=None, description="Last confirmed: by a call, else the first day that the page's date can mean."
    )
    confidence: Confidence
    status: Literal["active", "unknown", "closed", "undesirable"]
    marks: tuple[Literal["undesirable_ru", "foreign_agent"], ...] = ()
    note: Words | None = Field(default=None, description="For editors.")

    @model_validator(mode="after")
    def _stands_somewhere(self) -> "HelpPoint":
        given = [one is not None for one in (self.lat, self.lon, self.geo_precision)]
        if any(given) and not all(given):
            raise bad_value("lat, lon and geo_precision stand together", "write all three, or none")
        for name, degrees, (least, most) in (("lat", self.lat, _LATITUDES), ("lon", self.lon, _LONGITUDES)):
            if degrees is not None and not least <= degrees <= most:
                what = f"{name} {degrees:g} is in none of the five countries"
                raise bad_value(what, "write degrees, north as lat: 55.7558 and east as lon: 37.6173")
        abroad = [code for code in self.regions if code[:2] != self.country]
        if abroad:
            raise bad_value(f"{abroad[0]} is not in {self.country}", "name regions of the point's own country")
        if self.scope != "national" and self.city is None:
            raise bad_value(f"a {self.scope} point has no city", "add city: {ru: ..., en: ...}")
        return self


class Asked(Shape):
    """How to ask for help of one kind."""

    bring: Words = Field(description="What to bring, or to have at hand when calling.")
    say: Words = Field(description="One Russian sentence to show or read aloud; the others hold its meaning.")


class Asking(RootModel[dict[Need, Asked]]):
    """What to bring and to say, by need."""


class HelpPoints(RootModel[list[HelpPoint]]):
    """Help points."""
