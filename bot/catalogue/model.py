"""What a loaded catalogue holds: typed, immutable, ready to be asked. Nothing here reads a file.

``bot.catalogue.load`` makes it from ``flows/``, ``content/`` and ``locales/``.
"""

from base64 import b32encode
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from bot.catalogue.expressions import Expression
from bot.catalogue.legal import DeadlineEvent, DeadlineRule, WorkCalendar
from bot.catalogue.organisations import Organisation
from bot.catalogue.points import Asked, HelpPoint
from bot.catalogue.values import Source, Unit, Wording
from bot.catalogue.words import PlaceNames, Term, Words


class Place(msgspec.Struct, frozen=True, order=True):
    """A position in a file, for the eyes of an editor: line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Slot(msgspec.Struct, frozen=True, kw_only=True, tag="slot"):
    """A declared placeholder: ``{fact:patent_month[moscow]}`` is of the kind fact, patent_month, "moscow"."""

    kind: Literal["fact", "point", "person", "answers", "profile", "today", "value"]
    name: str = ""
    #: fact: the key in brackets (a literal, or ``profile.x`` / ``answers.x``); point: the field after the dot.
    of: str = ""
    bold: bool = False

    def __str__(self) -> str:
        """The placeholder as the editor writes it, without bold marks."""
        match self.kind:
            case "fact":
                return f"{{fact:{self.name}[{self.of}]}}" if self.of else f"{{fact:{self.name}}}"
            case "point":
                return f"{{point:{self.name}.{self.of}}}" if self.of else f"{{point:{self.name}}}"
            case "person":
                return f"{{person.{self.name}}}"
            case "today":
                return "{today}"
            case "value":
                return f"{{{self.name}}}"
            case _:
                return f"{{{self.kind}.{self.name}}}"


class Literal_(msgspec.Struct, frozen=True, kw_only=True, tag="literal"):  # noqa: N801 - "Literal" is typing's
    text: str
    bold: bool = False


Part = Literal_ | Slot


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A text in one language. ``language`` is the one it is really in, which may be a fallback."""

    parts: tuple[Part, ...]
    language: str
    #: current: fits the source; stale: made for an older meaning of it; missing: shown in a fallback language.
    state: Literal["current", "stale", "missing"] = "current"


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text that a person reads. ``key`` is its gettext context (``flows.patent.citizenship.ask``)."""

    key: str
    source: str
    at: Place
    #: Every language of the registry has an entry.
    forms: Mapping[str, Form]

    def plain(self, language: str) -> str:
        """The words alone, of a text without placeholders: a label, a title of a page."""
        return "".join(part.text for part in self.forms[language].parts if isinstance(part, Literal_))


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """One of several texts, the first whose ``when`` holds; the last may stand without one."""

    when: Expression | None
    text: Text


Branches = tuple[Branch, ...]


class Go(msgspec.Struct, frozen=True, kw_only=True):
    """A way on: to a node of this flow, or to ``end``. The first whose ``when`` holds is taken."""

    go: str
    when: Expression | None = None


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """A choice of an ``ask``, or a line of a ``menu``.

    ``id`` of a menu's line is its target. ``token`` is its opaque public id, at most 16 ASCII characters, made from
    flow, node and id. ``target`` (menus): ``article:ID``, ``flow:ID``, or a node of this flow. ``label``
    of a target is its title.
    """

    id: str
    token: str
    label: Text
    #: Other words accepted for it, comma-separated in each language.
    also: Text | None = None
    target: str = ""
    when: Expression | None = None


AnswerKind = Literal["text", "number", "money", "date", "phone", "city", "location", "yes_no", "choice"]
#: An end of ``between``: a number, a date, or days from today.
Bound = float | date | timedelta


class Timeout(msgspec.Struct, frozen=True, kw_only=True):
    after: timedelta
    go: str


class Ask(msgspec.Struct, frozen=True, kw_only=True, tag="ask"):
    text: Text
    answer: AnswerKind
    next: tuple[Go, ...]
    #: By choice id (``yes``/``no`` for yes_no); ``next`` serves the others.
    next_by_choice: Mapping[str, str] = {}
    options: tuple[Option, ...] = ()
    many: bool = False
    #: The person may skip it: the word and the button come from the phrases.
    optional: bool = False
    between: tuple[Bound | None, Bound | None] | None = None
    #: ``profile.x`` or ``answers.x``.
    save: str = ""
    #: The second, more exact question.
    retry: Text | None = None
    timeout: Timeout | None = None


class Say(msgspec.Struct, frozen=True, kw_only=True, tag="say"):
    text: Branches
    next: tuple[Go, ...]


class Menu(msgspec.Struct, frozen=True, kw_only=True, tag="menu"):
    text: Branches
    options: tuple[Option, ...]
    timeout: Timeout | None = None


class Show(msgspec.Struct, frozen=True, kw_only=True, tag="show"):
    """An article, which ``id`` names; the legal terms of the person, counted from answers; or the nearest help with
    the need that ``id`` is or, as ``answers.x``, names."""

    what: Literal["article", "deadlines", "help"]
    next: tuple[Go, ...]
    id: str = ""
    #: Of help: ``profile.x`` or ``answers.x`` that holds the person's place; "" when there is none.
    place: str = ""
    #: Event -> the name of the answer that holds its date.
    counted_from: Mapping[DeadlineEvent, str] = {}


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """Open ``flow`` after that time: the argument of ``remind``."""

    after: timedelta
    flow: str


class Do(msgspec.Struct, frozen=True, kw_only=True, tag="do"):
    """``effects``: (name, argument), in file order.

    set: a mapping of ``profile.x`` / ``answers.x`` to str, int, float, bool or None; remind: a ``Reminder``;
    count: a topic; route: a need or ``answers.x``; hand_over: a ``HandOver``; transfer: agree or refuse; report:
    silent; check: the name of an answer; leave, forget and hide: True.
    """

    effects: tuple[tuple[str, Any], ...]
    next: tuple[Go, ...]


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    flow: str
    next: tuple[Go, ...]


class End(msgspec.Struct, frozen=True, kw_only=True, tag="end"):
    text: Branches = ()


Node = Ask | Say | Menu | Show | Do | Call | End


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` is a hash of its structure: nodes, choices and ways on, not of its words."""

    id: str
    title: Text
    start: str
    nodes: Mapping[str, Node]
    version: str
    at: Place
    #: Words that open the flow from anywhere, comma-separated in each language.
    open_with: Text | None = None
    #: Removed node -> the node that took its place.
    successors: Mapping[str, str] = {}
    #: About HIV, trafficking or detention: who can see this is said before it begins (T18).
    sensitive: bool = False


class Article(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    section: str
    title: Text
    #: What to do first, at most 80 words.
    answer: Branches
    #: Each entry is one step; a step whose branches all fail is left out.
    steps: tuple[Branches, ...]
    careful: Branches
    #: The one step that can be taken today.
    today: Branches
    citizenships: frozenset[str]
    countries: frozenset[str]
    questions: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    related: tuple[str, ...]
    sources: tuple[Source, ...]
    review_by: date
    verified: bool
    sensitive: bool
    #: For every language; shown to editors.
    wording: Mapping[str, Wording]
    at: Place
    #: Opaque public id of the article as a choice and as a deep link.
    token: str


class FactValue(msgspec.Struct, frozen=True, kw_only=True):
    """Valid on the days ``valid_from`` to ``valid_to``, both included; None is open.

    ``text`` is the value in every language where the unit is ``text``; ``value`` is then its source. It is a date where
    the unit is ``date``.
    """

    value: float | str | date
    text: Text | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A number or rule that the law changes. ``values`` has a key for each ``by``: a region, citizenship, country."""

    key: str
    what: str
    unit: Unit
    by: str
    values: Mapping[str, tuple[FactValue, ...]]
    source: Source
    confidence: Literal["high", "medium", "low"]
    owner: str
    recheck_every: timedelta
    at: Place

    def on(self, day: date, at: str = "") -> FactValue | None:
        """The value that is valid on ``day``, None when there is none: then the text says that it is being checked."""
        for value in self.values.get(at, ()):
            if (value.valid_from is None or value.valid_from <= day) and (
                value.valid_to is None or day <= value.valid_to
            ):
                return value
        return None


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """A need of the people we serve: ``by`` are targets (``article:ID``, ``flow:ID``); shown on the coverage page."""

    need: str
    by: tuple[str, ...]
    feature: str
    not_yet: str


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """What WhatsApp sends in a reply's place a day after the person's last message. ``name`` is the account's."""

    name: str
    body: Text
    #: They stand for the first choices of the reply, or for its ``payloads``.
    buttons: tuple[Text, ...] = ()
    #: Values of the body -> an example of each for Meta's reviewers.
    parameters: Mapping[str, str] = {}


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a token stands for. ``details`` is the long form of an article, ``command`` one of ``Words.commands``,
    ``help`` the nearest help with a need, ``point`` the card of a help point for the need that is its ``option``,
    ``silent`` a help point where nobody answers, ``save`` its number for the phone's address book; ``alert`` the alert
    with that code, ``alerts-off`` an organisation whose alerts the person refuses."""

    # fmt: off
    kind: Literal[
        "option", "article", "details", "flow", "language", "command", "place", "help", "point", "silent", "save",
        "alert", "alerts-off",
    ]
    # fmt: on
    #: The article, flow, language, command, place, need, help point, code or organisation; for an option its flow.
    id: str
    node: str = ""
    option: str = ""

    @property
    def token(self) -> str:
        """The opaque public id of this target (T26): 10 lower-case characters, the same after every restart."""
        return _token("\0".join((self.kind, self.id, self.node, self.option)))


@lru_cache(maxsize=65_536)
def _token(name: str) -> str:
    return b32encode(blake2b(name.encode(), digest_size=6).digest()).decode().rstrip("=").lower()


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All guidance and all conversations, as of one moment. ``version`` is a hash of the files."""

    version: str
    flows: Mapping[str, Flow]
    articles: Mapping[str, Article]
    facts: Mapping[str, Fact]
    points: Mapping[str, HelpPoint]
    organisations: Mapping[str, Organisation] = {}
    #: By need.
    asking: Mapping[str, Asked] = {}
    places: Mapping[str, PlaceNames] = {}
    deadlines: Mapping[str, DeadlineRule] = {}
    #: By country.
    calendars: Mapping[str, WorkCalendar] = {}
    #: The bot's own sentences, by key, from ``content/phrases.yaml``.
    phrases: Mapping[str, Text]
    words: Words
    terms: Mapping[str, Term]
    #: By number.
    needs: Mapping[str, Need]
    #: Kind of message that no article answers (a branch of danger, near, smalltalk ...) -> language -> examples.
    examples: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: By name.
    templates: Mapping[str, Template] = {}
    #: Older versions of flows that sessions may still stand in: (flow, version) -> Flow.
    archive: Mapping[tuple[str, str], Flow]
    #: Every public id (see ``token``) -> what it stands for.
    tokens: Mapping[str, Target]

    def flow(self, flow: str, version: str) -> Flow | None:
        """The flow in that version, else the current one, else None."""
        current = self.flows.get(flow)
        if current is not None and current.version == version:
            return current
        return self.archive.get((flow, version), current)
