"""The shape of ``flows/<id>.yaml``."""

from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)

from bot.catalogue.legal import DeadlineEvent
from bot.catalogue.shapes.base import (
    BY_KIND,
    Answer,
    ChoiceId,
    Flag,
    Id,
    Shape,
    Slot,
    Span,
    Target,
    When,
    Words,
    bad_value,
    span,
)

NEED: Final = r"^(answers\.[a-z][a-z0-9_]{0,63}|[a-z][a-z_]{0,63})$"
NODE_KINDS: Final = ("ask", "say", "menu", "show", "do", "call", "end")


class Branch(Shape):
    when: When | None = None
    text: Words


class Way(Shape):
    when: When | None = None
    go: Id


class Choice(Shape):
    label: Words
    also: tuple[Words, ...] = Field(default=(), description="Other words that people may type for it.")
    when: When | None = None


class Line(Shape):
    go: str = Field(pattern=r"^((article|flow):)?[a-z0-9-]{1,64}$", description="article:ID, flow:ID or a node.")
    label: Words | None = Field(default=None, description="Needed when it goes to a node; else the title is shown.")
    also: tuple[Words, ...] = ()
    when: When | None = None


class Timeout(Shape):
    after: Span
    go: Id


class Remind(Shape):
    after: Span
    flow: Id


def _bound(value: Any) -> Any:
    if isinstance(value, str):
        if value == "today":
            return timedelta(0)
        if (found := span(value)) is not None:
            return found
        try:
            return date.fromisoformat(value) if value.count("-") == 2 else float(value)
        except ValueError:
            pass
    raise bad_value("an end of between is not understood", "write a number, a date, today, or -400 days")


Bound = Annotated[float | date | timedelta, BeforeValidator(_bound), WithJsonSchema({"type": ["string", "number"]})]
Branches = Annotated[
    Annotated[Words, Tag("<text>")] | Annotated[list[Branch], Field(min_length=1), Tag("<list>")], BY_KIND
]
Ways = Annotated[
    Annotated[Id, Tag("<text>")] | Annotated[list[Way], Field(min_length=1), Tag("<list>")],
    BY_KIND,
]
WaysByChoice = Annotated[
    Annotated[Id, Tag("<text>")]
    | Annotated[list[Way], Field(min_length=1), Tag("<list>")]
    | Annotated[dict[ChoiceId, Id], Field(min_length=1), Tag("<mapping>")],
    BY_KIND,
]
Choices = Annotated[
    dict[ChoiceId, Annotated[Annotated[Words, Tag("<text>")] | Annotated[Choice, Tag("<mapping>")], BY_KIND]],
    Field(min_length=1),
]
Plain = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]


def _or_true(schema: dict[str, Any]) -> None:
    """For editors' completion: `end: true` is no text to them."""
    schema["oneOf"] = [*schema["oneOf"], {"const": True}]


class Ask(Shape):
    """A question; waits for the answer."""

    ask: Words
    choices: Choices | None = None
    answer: Literal["text", "number", "money", "date", "phone", "city", "location", "yes_no"] | None = None
    many: Flag = False
    optional: Flag = False
    between: Annotated[list[Bound], Field(min_length=2, max_length=2)] | None = None
    save: Slot | None = None
    retry: Words | None = Field(default=None, description="The second, more exact question.")
    timeout: Timeout | None = None
    next: WaysByChoice

    @model_validator(mode="after")
    def _one_kind_of_answer(self) -> "Ask":
        if (self.choices is None) == (self.answer is None):
            raise bad_value("a question has either choices or answer", "keep one of them")
        if self.many and self.choices is None:
            raise bad_value("only choices can be many", "remove many")
        if self.between and self.answer not in {"number", "money", "date"}:
            raise bad_value("only a number, money or a date lies between", "remove between")
        if isinstance(self.next, dict) and self.choices is None and self.answer != "yes_no":
            raise bad_value(
                "only choices lead to different nodes by themselves", "write `next: NODE`, or a list with when"
            )
        return self


class Say(Shape):
    """A text; the flow goes on at once."""

    say: Branches
    next: Ways


class Menu(Shape):
    """Articles and flows to choose from."""

    menu: list[Annotated[Annotated[Target, Tag("<text>")] | Annotated[Line, Tag("<mapping>")], BY_KIND]] = Field(
        min_length=1
    )
    text: Branches
    timeout: Timeout | None = None


class Show(Shape):
    """An article, the person's legal terms, or the nearest help; the flow goes on after it."""

    show: str = Field(
        pattern=r"^(article:[a-z0-9-]{1,64}|deadlines|help)$", description="article:ID, deadlines, or help"
    )
    counted_from: dict[DeadlineEvent, Answer] | None = Field(
        default=None, min_length=1, description="Of deadlines: event: the answer that holds its date."
    )
    need: Annotated[str, StringConstraints(pattern=NEED)] | None = Field(
        default=None, description="Of help: a need of the help points, or the answer that holds it."
    )
    place: Slot | None = Field(default=None, description="Of help: what holds the person's place.")
    next: Ways

    @model_validator(mode="after")
    def _counted_from_something(self) -> "Show":
        if self.show == "deadlines" and self.counted_from is None:
            raise bad_value("deadlines are counted from nothing", "add counted_from: {entry: answers.NAME}")
        if self.show != "deadlines" and self.counted_from is not None:
            raise bad_value("only deadlines are counted from something", "remove counted_from")
        if self.show == "help" and self.need is None:
            raise bad_value("help needs a need", "add need: wages, or need: answers.NAME")
        if self.show != "help" and (self.need or self.place):
            raise bad_value("only help has a need and a place", "remove need and place")
        return self


Need = Annotated[str, StringConstraints(pattern=NEED)]


class HandOver(Shape):
    """A ticket for a person who answers; its first line is what was answered in this flow."""

    need: Need = Field(description="What kind of help: a need, or answers.NAME.")
    message: Answer | None = Field(default=None, description="The answer that holds the person's own words.")
    hours: Answer | None = Field(default=None, description="The answer that says when they may be answered.")


class Effects(Shape):
    set: dict[Slot, Plain] | None = None
    count: Id | None = Field(default=None, description="A topic: one more person asked for it.")
    remind: Remind | None = None
    route: Need | None = Field(
        default=None, description="Who can answer for this need: saves answers.person and answers.organisation."
    )
    hand_over: HandOver | None = None
    transfer: Literal["agree", "refuse"] | None = Field(default=None, description="Whether another may answer.")
    report: Literal["silent"] | None = Field(
        default=None, description="Ask which of the help points shown last does not answer."
    )
    check: Answer | None = Field(
        default=None, description="Say who sent the alert whose code is in that answer: saves answers.alert."
    )
    leave: Flag = Field(default=False, description="End the talk with the person who answers.")
    forget: Flag = False
    hide: Flag = False
    move: Flag = Field(default=False, description="A code that takes the person to another messenger.")


class Do(Shape):
    """Something that is done without words."""

    do: Effects
    next: Ways


class Call(Shape):
    """Another flow; comes back here."""

    call: Id
    next: Ways


class End(Shape):
    """The end of the flow: `true`, or a last text."""

    end: Branches = Field(json_schema_extra=_or_true)


def _kind(value: Any) -> str | None:
    found = [kind for kind in NODE_KINDS if isinstance(value, dict) and kind in value]
    return f"<{found[0]}>" if len(found) == 1 else None


Node = Annotated[
    Annotated[Ask, Tag("<ask>")]
    | Annotated[Say, Tag("<say>")]
    | Annotated[Menu, Tag("<menu>")]
    | Annotated[Show, Tag("<show>")]
    | Annotated[Do, Tag("<do>")]
    | Annotated[Call, Tag("<call>")]
    | Annotated[End, Tag("<end>")],
    Discriminator(_kind),
]


class Flow(Shape):
    """One conversation."""

    title: Words
    open_with: tuple[Words, ...] = Field(default=(), description="Words that open the flow from anywhere.")
    sensitive: Flag = Field(default=False, description="Who can see the chat is said before it begins.")
    start: Id = Field(description="The first node.")
    successors: dict[Id, Id] = Field(default={}, description="Removed node: the node that took its place.")
    nodes: dict[Id, Node] = Field(min_length=1)
