"""The shape of ``content/organisations.yaml``: who answers people that ask for a person."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints, model_validator

from bot.catalogue.shapes.base import Flag, Id, Number, Shape, Words, bad_value
from bot.catalogue.shapes.content import LanguageCode, Need
from bot.catalogue.shapes.points import HOURS, REGION
from bot.catalogue.values import Zone

#: Longer than a week nobody waits for an answer.
_MOST_HOURS = 168
#: Who is written to more than once a day stops all alerts.
_MOST_ALERTS = 7


class Organisation(Shape):
    """Who answers. The id stands in open tickets and in accounts: change it only when there are none."""

    id: Id
    name: Words
    who: Words = Field(description="Who they are, in a sentence or two, for people who ask for a person.")
    languages: list[LanguageCode] = Field(min_length=1)
    needs: list[Need] = Field(min_length=1)
    countries: list[Literal["RU", "KZ", "UZ", "TJ", "KG"]] = Field(
        min_length=1, description="Where the people are whom they help."
    )
    regions: tuple[Annotated[str, StringConstraints(pattern=REGION)], ...] = Field(
        default=(), description="By ISO 3166-2; without them the whole countries."
    )
    hours: Annotated[str, StringConstraints(pattern=HOURS)]
    timezone: Zone = Field(description="Of the hours.")
    answers_within_hours: Number = Field(description="What people are promised, counted from when they are there.")
    urgent: Flag = Field(default=False, description="Takes what cannot wait: violence, trafficking, detention.")
    alerts_a_week: Number = Field(
        default=3, description="Alerts that it may send in seven days, besides those about danger to life."
    )
    status: Literal["active", "inactive"] = Field(description="Only an active one is offered to people.")

    @model_validator(mode="after")
    def _can_be_promised(self) -> "Organisation":
        if self.hours == "unknown":
            raise bad_value("people are told when somebody answers", "write hours as Mo-Fr 09:00-18:00, or 24/7")
        if not 0 < self.answers_within_hours <= _MOST_HOURS:
            what = f"nobody is promised an answer in {self.answers_within_hours:g} hours"
            raise bad_value(what, f"write answers_within_hours from 1 to {_MOST_HOURS}")
        if self.alerts_a_week not in range(_MOST_ALERTS + 1):
            what = f"{self.alerts_a_week:g} alerts a week are not possible"
            raise bad_value(what, f"write alerts_a_week from 0 to {_MOST_ALERTS}")
        return self


class Organisations(RootModel[list[Organisation]]):
    """Who answers people that ask for a person."""
