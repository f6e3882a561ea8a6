"""Plays the editors' tests: who writes what, and what is answered, in every language."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final

from msgspec.structs import replace

from bot.catalogue import Catalogue, Finding, Place, Step, Target, Transcript
from bot.conversation.alerts import Shown
from bot.conversation.engine import turn
from bot.conversation.model import Event, Session, Turn
from bot.conversation.page import LIMIT
from bot.conversation.prepared import prepare
from bot.conversation.saved import pack, unpack
from bot.conversation.tickets import Act, Ticket, answer, close, offer_transfer
from bot.text import LANGUAGES

_SEES: Final = re.compile(r"([ -]*)sees:")
#: A member of a list that stands on lines of its own.
_ITEM: Final = re.compile(r"\s*- (?!taps|types|sends|desk|sees|shows)")


def play(transcript: Transcript, catalogue: Catalogue) -> list[Finding]:
    """What differs from the transcript, in each of its languages; one finding for each place and difference."""
    found: dict[tuple[str, str], Finding] = {}
    for language in transcript.languages:
        for finding in _Player(transcript, catalogue, language).play():
            found.setdefault((str(finding.at), finding.what.partition(": ")[2]), finding)
    return list(found.values())


def rewritten(source: str, transcript: Transcript, catalogue: Catalogue) -> str:
    """The file with what is really seen in its first language in the place of every ``sees`` and ``ends_in``."""
    player = _Player(transcript, catalogue, transcript.languages[0])
    lines = source.split("\n")
    seen: dict[int, tuple[str, ...]] = {}
    for step in transcript.steps:
        for _ in player.act(step):
            pass
        if step.sees is not None:
            seen[step.at.line - 1] = player.turn.said
    for first in sorted(seen, reverse=True):
        start = next(at for at in range(first, len(lines)) if _SEES.match(lines[at]))
        end = start + 1
        while "[" not in lines[start] and end < len(lines) and _ITEM.match(lines[end]):
            end += 1
        head = _SEES.match(lines[start])
        assert head is not None
        lines[start:end] = [f"{head[1]}sees: [{', '.join(seen[first])}]"]
    return "\n".join(f"ends_in: {player.stands}" if line.startswith("ends_in:") else line for line in lines)


#: What caseworkers do in a transcript.
_ACTS: Final[Mapping[str, Callable[[Ticket, int], Act]]] = {
    "answers": lambda ticket, now: answer(ticket, "staff", "…", now),
    "closes": lambda ticket, now: close(ticket, "staff", now),
    "offers": lambda ticket, now: offer_transfer(ticket, "staff", ticket.organisation, now),
}


def _alert(transcript: Transcript, catalogue: Catalogue) -> Shown:
    """The alert of a transcript; that one text stands for all languages is told as for any other text."""
    return Shown(
        texts={"ru": "…"},
        organisation=next(iter(catalogue.organisations), ""),
        code="12345678",
        urgency="important",
        source_title="…",
        source_checked=transcript.today,
        ends=transcript.today,
    )


_made: Final[list[tuple[Catalogue, Catalogue]]] = []


def _staffed(catalogue: Catalogue) -> Catalogue:
    """The same catalogue with organisations that answer day and night; made once for all transcripts."""
    if not _made or _made[0][0] is not catalogue:
        answering = {key: replace(one, active=True, hours="24/7") for key, one in catalogue.organisations.items()}
        _made[:] = [(catalogue, replace(catalogue, organisations=answering))]
    return _made[0][1]


class _Player:
    def __init__(self, transcript: Transcript, catalogue: Catalogue, language: str) -> None:
        self.transcript = transcript
        self.catalogue = _staffed(catalogue) if transcript.staffed else catalogue
        self.language = language
        self.now = datetime.combine(transcript.today, time(9), UTC)
        self.alerts = (_alert(transcript, catalogue),) if transcript.alerts else ()
        self.turn = Turn(session=Session(), replies=())
        if transcript.flow:
            profile = {**transcript.profile, "language": language}
            self.take(Session(profile=profile), Event(kind="start", code=Target(kind="flow", id=transcript.flow).token))
        else:
            self.take(Session(profile=dict(transcript.profile)), Event(kind="start", language=language))

    @property
    def session(self) -> Session:
        return self.turn.session

    @property
    def stands(self) -> str:
        return f"{self.session.stack[-1].flow}.{self.session.stack[-1].node}" if self.session.stack else "nothing"

    def take(self, session: Session, event: Event) -> None:
        """The session goes through JSON, as between two messages; turns are ten seconds apart."""
        self.now += timedelta(seconds=10)
        self.turn = turn(
            unpack(*pack(session)),
            event,
            self.catalogue,
            self.now,
            ticket=self.turn.ticket,
            alerts=self.alerts,
            alerts_for=lambda _: self.alerts,
        )

    def play(self) -> Iterator[Finding]:
        for step in self.transcript.steps:
            yield from self.act(step)
            yield from self.compare(step)
        if self.stands != self.transcript.ends_in:
            yield self._finding(
                self.transcript.ends_at,
                f"it ends in {self.stands}, not in {self.transcript.ends_in}",
                "correct ends_in, or the flow",
            )

    def act(self, step: Step) -> Iterator[Finding]:
        event = self._event(step)
        if event is None:
            return
        if isinstance(event, Finding):
            yield event
            return
        self.take(self.session, event)
        for what in _faults(self.turn, self.session.profile.get("language", self.language)):
            yield self._finding(step.at, what, "correct the text")

    def compare(self, step: Step) -> Iterator[Finding]:
        if step.sees is not None and step.sees != self.turn.said:
            yield self._finding(
                step.at,
                f"sees {_list(self.turn.said)}, not {_list(step.sees)}",
                "correct sees, or the flow; --rewrite writes what is seen",
            )
        wanted = step.shows.get(self.language)
        if wanted is not None and not any(wanted in reply.text for reply in self.turn.replies):
            yield self._finding(step.at, f'nothing shows "{wanted}"', "correct shows, or the text")

    def _event(self, step: Step) -> Event | Finding | None:
        if step.desk:
            return self._desk(step)
        if step.types:
            languages = (self.language, *LANGUAGES[self.language].fallback, *step.types)
            text = next(step.types[code] for code in languages if code in step.types)
            return Event(kind="text", text=text, language=self.language)
        if step.sends:
            return Event(kind="location", latitude=55.75, longitude=37.62, language=self.language)
        if not step.taps:
            return None
        token = self._tapped(step.taps)
        if token is not None:
            return Event(kind="choice", choice=token, language=self.language)
        offered = _list([self._name(token) for token in self.session.offered])
        return self._finding(step.at, f'no choice "{step.taps}" is offered, but {offered}', "tap one of these")

    def _desk(self, step: Step) -> Event | Finding:
        ticket = self.turn.ticket
        if ticket is None or ticket.closed:
            return self._finding(step.at, "nobody answers: no ticket is open", "hand the person over before")
        if step.desk == "late":
            self.now = datetime.fromtimestamp(ticket.promised, UTC)
            return Event(kind="desk", code="late")
        act = _ACTS[step.desk](ticket, int(self.now.timestamp()))[0]
        self.turn = replace(self.turn, ticket=act)
        return Event(kind="desk", code="news")

    def _tapped(self, name: str) -> str | None:
        """A choice of the last reply; articles, flows and commands also from buttons of long ago."""
        for token in self.session.offered:
            if name == self._name(token):
                return token
        tokens = prepare(self.catalogue).tokens
        return next(
            (token for token, target in tokens.items() if target.kind != "option" and _public_name(target) == name),
            None,
        )

    def _name(self, token: str) -> str:
        target = prepare(self.catalogue).target(token)
        assert target is not None, "what is offered has a target"
        return _public_name(target)

    def _finding(self, at: Place, what: str, remedy: str) -> Finding:
        return Finding(
            at=at, rule="transcript", what=f"{self.transcript.name} ({self.language}): {what}", remedy=remedy
        )


def _public_name(target: Target) -> str:
    """As a transcript writes it: ``article:wages``, ``flow:help``, ``point:kg-embassy-moscow``, ``menu``, a choice."""
    if target.kind == "option":
        return target.option
    return target.id if target.kind == "command" else f"{target.kind}:{target.id}"


def _faults(taken: Turn, language: str) -> Iterator[str]:
    """What no reply may be, whatever a transcript expects."""
    for reply in taken.replies:
        if reply.language != language:
            yield f"a reply is in {reply.language}, not in {language}"
        if not reply.text.strip():
            yield "a reply is empty"
        if len(reply.text) > LIMIT:
            yield f"a reply has {len(reply.text)} characters, more than {LIMIT}"
        if "{" in reply.text or "}" in reply.text:
            yield "a brace is left in a reply"
        if not all(choice.label.strip() for choice in reply.choices):
            yield "a choice has no label"


def _list(keys: tuple[str, ...] | list[str]) -> str:
    return f"[{', '.join(keys)}]" if keys else "nothing"
