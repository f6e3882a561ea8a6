"""The words of a conversation: event in, turn out. Plain data that survives JSON."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from bot.conversation.tickets import Line, Ticket

EventKind = Literal[
    "start",
    "text",
    "choice",
    "location",
    "voice",
    "file",
    "contact",
    "edited",
    "forwarded",
    "moved",
    "timeout",
    "desk",
    "unsupported",
    "resume",
]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came in, whatever the channel.

    Names, usernames, phone numbers, IP addresses and files have no field here (THREATS T10): they end in
    ``channels.parse``. ``repr`` shows the kind alone, so that no log or traceback can show what a person wrote.
    """

    kind: EventKind
    #: What was typed, at most 4,096 code points, cut before anything else looks at it (T64).
    text: str = ""
    #: The ``Choice.id`` that was tapped.
    choice: str = ""
    #: The opaque code behind a deep link (T26), or of the reminder that woke the conversation; of a ``desk`` event
    #: what happened to the ticket: ``news`` or ``late``.
    code: str = ""
    #: A language code given by the app; serves the first greeting at most.
    language: str = ""
    #: Degrees; used in this turn and dropped (T27).
    latitude: float | None = None
    longitude: float | None = None

    def __repr__(self) -> str:
        return f"Event({self.kind})"


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A button. ``id`` is opaque, at most 16 ASCII characters, stable across restarts and languages."""

    id: str
    label: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    url: str


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map: a help point, never the person."""

    latitude: float
    longitude: float
    title: str
    address: str


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A help point for the phone's address book. ``phones``: at least one, the best first, as one would dial them."""

    name: str
    phones: tuple[str, ...]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that lies in public at ``url`` (https). ``name`` is what the person sees and keeps it under."""

    url: str
    name: str
    kind: Literal["document", "image"]


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What goes out, before a channel shapes it: one reply is one message wherever it can be.

    ``text`` is plain, without markup; ``bold`` holds (start, end) in code points of it. ``choices`` are all the
    choices, however many the channel can show at once. ``replaces`` allows the channel to put this reply in the
    place of the message whose button was tapped. ``language`` is the language of the text (for screen readers).
    ``template`` names what in ``content/templates`` says the same where only templates may be sent (WhatsApp, a day
    after the person's last message), filled with ``parameters``; its buttons are the first of ``choices``, unless
    ``payloads`` say what they give.
    """

    text: str
    language: str
    bold: tuple[tuple[int, int], ...] = ()
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    pin: Pin | None = None
    card: Card | None = None
    file: File | None = None
    asks_location: bool = False
    #: What the waiting node expects, so that a page can offer a fitting keyboard: "", text, number, date, phone ...
    expects: str = ""
    replaces: bool = False
    template: str = ""
    parameters: dict[str, str] = {}
    payloads: tuple[str, ...] = ()


class Remind(msgspec.Struct, frozen=True, kw_only=True, tag="remind"):
    """Open ``flow`` at ``due`` (UTC) with a neutral first line (T19, T20)."""

    due: datetime
    flow: str


class Wake(msgspec.Struct, frozen=True, kw_only=True, tag="wake"):
    """Send a ``timeout`` event at ``due`` (UTC), unless the session has moved on from ``code`` by then."""

    due: datetime
    code: str


class Forget(msgspec.Struct, frozen=True, tag="forget"):
    """*Delete me*: erase the contact in the transaction of this turn (T14), and its recent messages (T17)."""


class Hide(msgspec.Struct, frozen=True, tag="hide"):
    """Remove the recent messages from the chat as far as the channel allows (T21)."""


class Move(msgspec.Struct, frozen=True, tag="move"):
    """The person may come over to another channel with ``code`` (T24)."""

    code: str

    def __repr__(self) -> str:
        return "Move()"


class Count(msgspec.Struct, frozen=True, tag="count"):
    """One more person asked for ``topic``; summed without a contact, hour-sharp at most (T12)."""

    topic: str


class Told(msgspec.Struct, frozen=True, tag="told"):
    """The alert with this code was shown, as it would have been sent."""

    code: str


class Unanswered(msgspec.Struct, frozen=True, tag="unanswered"):
    """A question without an answer, of someone who agreed that editors read it; scrubbed of all that could name
    anybody (T13). ``nearest`` is the article that came nearest, "" when none did."""

    words: str
    language: str
    nearest: str

    def __repr__(self) -> str:
        return "Unanswered()"


class Knock(msgspec.Struct, frozen=True, kw_only=True, tag="knock"):
    """Send a ``desk`` event with ``code`` at ``due`` (UTC)."""

    due: datetime
    code: Literal["news", "late"]


Effect = Remind | Wake | Knock | Forget | Hide | Move | Count | Told | Unanswered


class Frame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flow under way: where it stands, in which version, what was answered in it."""

    flow: str
    version: str
    node: str
    #: Waiting nodes passed in this flow, oldest first, for *back*.
    path: tuple[str, ...] = ()
    #: What ``answers.*`` holds: str, int, float, bool, list of str; dates as ISO strings.
    answers: dict[str, Any] = {}


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a contact stands. The last frame of ``stack`` is the one that waits for an answer."""

    #: language, citizenship, country, city, stage: only what the person chose to tell.
    profile: dict[str, str] = {}
    stack: tuple[Frame, ...] = ()
    #: ``Choice.id`` of the choices last offered, in their order, so that "2" means the second of them.
    offered: tuple[str, ...] = ()
    #: Answers in a row that the waiting node could not take.
    misses: int = 0
    #: Turns so far; a timeout that names another number comes too late.
    turns: int = 0
    #: Who can see this chat was said in this session (T18).
    told: bool = False
    #: Language of the letters of someone new, until they choose one.
    guess: str = ""
    #: Token of what a deep link asked for, opened once the language is chosen.
    then: str = ""
    #: The last reply held nothing but the waiting question: its message may be replaced.
    bare: bool = False
    #: Place of the first of the ``offered`` choices that was shown, where a channel shows only some at a time.
    first: int = 0
    #: Keys of the help points shown last, for the question whether they answer.
    points: tuple[str, ...] = ()
    #: When a person was asked for in the last day, seconds since 1970 (T66).
    asked: tuple[int, ...] = ()
    #: When the last event came, seconds since 1970: after 30 idle minutes nothing is repeated (T20).
    last: int = 0
    #: When help points were looked up within the last hour, seconds since 1970: 20 at most (T60).
    looks: tuple[int, ...] = ()
    #: Codes of the alerts that were shown on arrival, oldest first.
    alerted: tuple[str, ...] = ()


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    session: Session
    replies: tuple[Reply, ...]
    effects: tuple[Effect, ...] = ()
    #: Keys of what was said, in order, for transcripts: ``wages.region`` (flow.node), ``article:wages-unpaid``,
    #: ``details:wages-unpaid``, ``phrase:not-understood``. The same in every language.
    said: tuple[str, ...] = ()
    #: As it is after the turn; ``opens``: it is a new one. ``lines`` are what the turn adds to it.
    ticket: Ticket | None = None
    opens: bool = False
    lines: tuple[Line, ...] = ()
