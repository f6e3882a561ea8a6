"""One turn under way: everything that changes while an event is taken. Made and dropped within ``turn``."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from bot.catalogue import Article, Ask, Branches, Expression, Flow, Go, Menu, Target, Text, holds
from bot.catalogue import Kind as NameKind
from bot.conversation.alerts import Shown
from bot.conversation.model import Choice, Effect, Frame, Reply, Session
from bot.conversation.page import Page
from bot.conversation.prepared import Prepared
from bot.conversation.rendering import rendered
from bot.conversation.tickets import Act, Line, Ticket
from bot.text import SOURCE, from_tag

#: Hours ahead of UTC, by the country where the person is: close enough for "today" where no city is known.
_AHEAD: Final = {
    country: timezone(timedelta(hours=hours))
    for country, hours in {"": 3, "RU": 3, "KZ": 5, "UZ": 5, "TJ": 5, "KG": 6}.items()
}
MAX_DEPTH: Final = 8
AlertsFor = Callable[[Mapping[str, str]], Sequence[Shown]]
#: Channels from whose chats the bot can remove nothing.
KEEPS: Final = frozenset({"whatsapp"})
_IDLE_SECONDS: Final = 30 * 60
#: A name that no file can write, for answers that are not finished.
_PICKED: Final = "picked:"


class Talk:
    """What is known of the person and what is being said to them."""

    __slots__ = (
        "alerted",
        "alerts",
        "alerts_for",
        "asked",
        "before",
        "channel",
        "code",
        "effects",
        "first",
        "forgotten",
        "idle",
        "language",
        "lines",
        "local",
        "looks",
        "lost",
        "misses",
        "now",
        "opens",
        "page",
        "plain",
        "points",
        "prepared",
        "profile",
        "said",
        "seconds",
        "session",
        "stack",
        "states",
        "steps",
        "then",
        "ticket",
        "today",
        "told",
        "unanswered",
        "zone",
    )

    def __init__(
        self,
        prepared: Prepared,
        session: Session,
        now: datetime,
        channel: str,
        language: str,
        code: str = "",
        ticket: Ticket | None = None,
        unanswered: Mapping[str, int] | None = None,
        alerts: Sequence[Shown] = (),
        alerts_for: AlertsFor | None = None,
    ) -> None:
        self.prepared = prepared
        self.session = session
        self.now = now
        self.channel = channel
        #: For moving to another chat.
        self.code = code
        #: Place of the first choice to show, where not all can be shown.
        self.first = 0
        self.profile = session.profile
        self.language = from_tag(session.profile.get("language", "")) or language or SOURCE
        self.zone: tzinfo = self._zone()
        #: The clock on the wall, about.
        self.local = now.astimezone(self.zone)
        self.today: date = self.local.date()
        self.ticket = ticket
        #: Help point -> reports that nobody answers there.
        self.unanswered = unanswered or {}
        #: All that are known, and those for a person of this profile, the newest first.
        self.alerts = alerts
        self.alerts_for = alerts_for
        #: Codes of those that were shown on arrival.
        self.alerted = session.alerted
        #: Messages of their own, before what the page gathers.
        self.before: list[Reply] = []
        self.opens = False
        self.lines: list[Line] = []
        self.stack = list(session.stack)
        self.misses = session.misses
        self.then = session.then
        self.asked = session.asked
        #: Help points shown in this turn.
        self.points: list[str] | None = None
        #: Nodes entered in this turn.
        self.steps = 0
        #: More than half an hour since the last event: nothing that was said before is said again (T20).
        self.seconds = int(now.timestamp())
        self.idle = self.seconds - session.last > _IDLE_SECONDS
        #: Another may hold the phone by then: who can see this is said again before the next hard topic (T18).
        self.told = session.told and not self.idle
        #: When help was looked up lately, seconds since 1970.
        self.looks = session.looks
        #: The place where the person stood is no more.
        self.lost = False
        self.forgotten = False
        self.page = Page()
        #: Nothing but the waiting question is said.
        self.plain = True
        #: States of the texts said: current, stale, missing.
        self.states: set[str] = set()
        self.effects: list[Effect] = []
        self.said: list[str] = []

    def _zone(self) -> tzinfo:
        """Of the city, else of the country."""
        place = self.prepared.gazetteer.get(self.profile.get("city", ""))
        if place is not None:
            try:
                return ZoneInfo(place.timezone)
            except ZoneInfoNotFoundError:  # a machine without zone files
                pass
        return _AHEAD.get(self.profile.get("country", ""), _AHEAD[""])

    # what expressions and texts see

    def lookup(self, kind: NameKind, name: str, at: str) -> Any:
        match kind:
            case "profile":
                return self.profile.get(name)
            case "answers":
                return self.stack[-1].answers.get(name) if self.stack else None
            case "fact":
                fact = self.prepared.catalogue.facts.get(name)
                value = fact.on(self.today, at) if fact else None
                return value.value if value else None
            case "channel":
                return self.channel
            case "today":
                return self.today

    # where the person stands

    @property
    def top(self) -> Frame:
        return self.stack[-1]

    def flow(self, frame: Frame) -> Flow:
        flow = self.prepared.catalogue.flow(frame.flow, frame.version)
        assert flow is not None, "frames of removed flows are dropped before anything else is done"
        return flow

    @property
    def waiting(self) -> Ask | Menu | None:
        """The node that waits for an answer."""
        return self._waits(self.top) if self.stack else None

    @property
    def can_go_back(self) -> bool:
        """There is a waiting node behind this one, in this flow or in one that called it or was interrupted by it."""
        return any(frame.path for frame in self.stack) or any(self._waits(frame) for frame in self.stack[:-1])

    def _waits(self, frame: Frame) -> Ask | Menu | None:
        node = self.flow(frame).nodes.get(frame.node)
        return node if isinstance(node, Ask | Menu) else None

    @property
    def new(self) -> bool:
        """Someone of whom not even the language is known, and who is in no conversation."""
        return not self.stack and "language" not in self.profile

    @property
    def at_home(self) -> bool:
        """The first node of the menu waits."""
        return self.top.flow == "menu" and self.top.node == self.flow(self.top).start

    @property
    def with_person(self) -> bool:
        """Somebody answers here: a ticket is open."""
        return self.ticket is not None and not self.ticket.closed

    def act(self, act: Act) -> None:
        self.ticket, lines = act
        self.lines += lines

    def rest(self) -> None:
        """After a long silence nobody is led back into what was under way (T20)."""
        if self.idle:
            self.stack.clear()
            self.then = ""

    def stand(self, node: str, path: tuple[str, ...] | None = None) -> None:
        """Move to another node of the present flow."""
        self.stack[-1] = replace(self.top, node=node, path=self.top.path if path is None else path)

    @property
    def picked(self) -> tuple[str, ...]:
        """What was chosen so far of a question that takes several answers."""
        picked = self.top.answers.get(f"{_PICKED}{self.top.node}")
        return tuple(picked) if isinstance(picked, list) else ()

    def pick(self, chosen: tuple[str, ...]) -> None:
        self.save(f"answers.{_PICKED}{self.top.node}", list(chosen) or None)

    def holds(self, when: Expression | None) -> bool:
        return holds(when, self)

    def way(self, ways: tuple[Go, ...]) -> str:
        for go in ways:
            if self.holds(go.when):
                return go.go
        return "end"

    def save(self, name: str, value: Any) -> None:
        """None takes the answer back. ``profile.language`` changes the language at once."""
        owner, _, field = name.partition(".")
        values = self.profile if owner == "profile" else self.top.answers
        values = {key: kept for key, kept in values.items() if key != field}
        if owner != "profile":
            self.stack[-1] = replace(self.top, answers=values if value is None else {**values, field: value})
            return
        if value is not None:
            values[field] = " ".join(value) if isinstance(value, list) else str(value)
        if field == "language":
            language = from_tag(values.get(field, ""))
            if language is None:
                return
            self.language = values[field] = language
        self.profile = values

    def serves(self, article: Article) -> bool:
        """Not known is not refused: a profile without citizenship or country hides nothing."""
        citizenship, country = self.profile.get("citizenship"), self.profile.get("country")
        return (not citizenship or citizenship in article.citizenships) and (
            not country or country in article.countries
        )

    # what is said

    def text(self, text: Text, values: Mapping[str, str] | None = None, between: str = "\n\n") -> None:
        words, bold, state = rendered(self, text, values)
        self.states.add(state)
        self.page.add(words, bold, between)

    def branches(self, branches: Branches, between: str = "\n\n") -> bool:
        """The first text whose condition holds; False when there is none."""
        for branch in branches:
            if self.holds(branch.when):
                self.text(branch.text, between=between)
                return True
        return False

    def phrase(self, key: str, values: Mapping[str, str] | None = None) -> None:
        """One of the bot's own sentences, as a message of its own."""
        text = self.prepared.catalogue.phrases.get(key)
        if text is not None:
            self.text(text, values)
            self.said.append(f"phrase:{key}")
            self.plain = False

    def words(self, key: str, values: Mapping[str, str] | None = None) -> str:
        """A phrase for inside another text: a heading, a label; the key itself where the phrase is missing."""
        text = self.prepared.catalogue.phrases.get(key)
        return rendered(self, text, values)[0] if text is not None else key

    def label(self, text: Text) -> str:
        return rendered(self, text)[0]

    def notes(self) -> list[str]:
        """What must be said of the translations, once for all texts of the turn."""
        return [self.words(f"{state}-note") for state in ("missing", "stale") if state in self.states][:1]

    def button(self, command: str, key: str) -> Choice:
        return self.choice(Target(kind="command", id=command), self.words(key))

    def language_button(self) -> Choice:
        """For someone whose language is only guessed: the word for it in all languages."""
        label = self.prepared.catalogue.phrases.get("language-button")
        words = dict.fromkeys(label.plain(code) for code in label.forms) if label else {}
        return self.choice(Target(kind="command", id="language"), " · ".join(words) or "language")

    def choice(self, target: Target, label: str) -> Choice:
        return Choice(id=target.token, label=label)
