"""The shape of ``content/deadlines/*.yaml``: legal terms."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints, Tag, model_validator

from bot.catalogue.legal import DeadlineEvent, DeadlineKind
from bot.catalogue.shapes.base import BY_KIND, Day, FactKey, Flag, Id, Shape, Span, Words, bad_value
from bot.catalogue.shapes.content import Citizenship, Confidence, Country, Page


class TermFact(Shape):
    """A length of time: the number comes from a fact."""

    fact: FactKey
    of: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = Field(
        default=None, description="The key of the value, where the fact differs by status or region."
    )
    day_of_next_month: Flag = Field(
        default=False, description="The fact is no length of time, but that day of the month after the event."
    )


Term = Annotated[
    Annotated[Literal["same_day"], Tag("<text>")] | Annotated[TermFact, Tag("<mapping>")],
    BY_KIND,
]
Window = Annotated[
    Annotated[Literal["calendar_year"], Tag("<text>")] | Annotated[TermFact, Tag("<mapping>")],
    BY_KIND,
]


class DeadlineRule(Shape):
    """A legal term: who, from which event, how long, what to do and what follows."""

    title: Words = Field(description="The duty in a few words.")
    for_: list[Citizenship] = Field(alias="for", min_length=1)
    in_: Country = Field(alias="in")
    kind: DeadlineKind = Field(
        default="duty",
        description="duty, advice: the person's last day. owed: the last day of an employer or office. "
        "earliest: the first day on which something may be done. "
        "worsens: the last day before what has gone wrong grows worse: no time that is allowed.",
    )
    event: DeadlineEvent
    direction: Literal["after", "before"] = "after"
    term: Term = Field(description="same_day, or {fact: KEY}.")
    lasts: TermFact | None = Field(
        default=None, description="What begins with the event lasts so long; the term is counted from its last day."
    )
    window: Window | None = Field(default=None, description="Days in the country are summed up within it.")
    counts_first_day: Flag = Field(default=True, description="The day of the event is day 1: the safe side.")
    at_office: Flag = Field(default=False, description="It is done at an office, which is closed on days off.")
    unless: tuple[DeadlineEvent, ...] = Field(default=(), description="It does not hold for who told one of these.")
    one_of: Id | None = Field(default=None, description="Of the rules with this name the earliest date holds.")
    starts: DeadlineEvent | None = Field(default=None, description="The event that its date is.")
    once_past: Flag = Field(default=False, description="It says nothing before its event has come.")
    repeats: Flag = Field(default=False, description="It is due again and again after the same term.")
    sensitive: Flag = False
    action: Words = Field(description="What to do, one or two short sentences.")
    consequence: Words = Field(description="What happens when it is missed.")
    source: Page
    checked_on: Day
    confidence: Confidence
    status: Literal["in_force", "proposed"] = Field(description="proposed: a bill, which is never shown.")
    owner: Words
    recheck_every: Span

    @model_validator(mode="after")
    def _can_be_counted(self) -> "DeadlineRule":
        if self.term == "same_day" and (self.direction == "before" or self.window or self.repeats):
            raise bad_value("the same day is neither before, nor a window, nor repeated", "name a fact as its term")
        if self.window and (self.event != "entry" or self.direction == "before" or self.lasts):
            raise bad_value("a window is counted after entry", "write event: entry, without direction and lasts")
        return self


class Deadlines(RootModel[dict[Id, DeadlineRule]]):
    """Legal terms by id."""
