"""The shape of ``flows/transcripts/<flow>.<case>.yaml``: the editors' tests."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from bot.catalogue.shapes.base import BY_KIND, Day, Flag, Id, Shape, Words
from bot.catalogue.shapes.content import Citizenship, Country, LanguageCode
from bot.catalogue.values import AlertChoice

Typed = Annotated[
    Annotated[Words, Tag("<text>")] | Annotated[dict[LanguageCode, Words], Tag("<mapping>")],
    BY_KIND,
]


class Profile(Shape):
    citizenship: Citizenship | None = None
    country: Country | None = None
    city: Words | None = None
    region: Words | None = None
    stage: Literal["before", "there", "back"] | None = None
    alerts: AlertChoice | None = None
    alerts_without: Words | None = None
    follows: Words | None = None


class Turn(Shape):
    """What the person does, or what the bot answers to it."""

    taps: Words | None = Field(default=None, description="A choice id, article:ID, flow:ID or a command.")
    types: Typed | None = None
    sends: Literal["location"] | None = None
    desk: Literal["answers", "closes", "offers", "late"] | None = Field(
        default=None, description="What a caseworker does: answers, ends the talk, offers another; or is late."
    )
    sees: list[Words] | None = Field(default=None, description="Keys of what is said, in order.")
    shows: dict[LanguageCode, Words] = Field(default={}, description="A part of the answer, by language.")


class Transcript(Shape):
    """Who writes what, and what is answered; played in every language."""

    title: Words
    today: Day
    profile: Profile = Profile()
    flow: Id | None = Field(default=None, description="Opened first; without it the contact is new.")
    staffed: Flag = Field(default=False, description="All organisations answer, day and night.")
    alerts: Flag = Field(default=False, description="There is an alert, for everybody; its code is 1234 5678.")
    languages: tuple[LanguageCode, ...] = ()
    turns: list[Turn] = Field(min_length=1)
    ends_in: Words = Field(description="flow.node, or nothing")
