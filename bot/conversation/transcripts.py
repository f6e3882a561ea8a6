"""Plays the editors' tests: who writes what, and what is answered, in every language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from bot.catalogue import Catalogue, Finding, Place, Step, Target, Transcript
from bot.conversation.engine import turn
from bot.conversation.model import Event, Session, Turn
from bot.conversation.page import LIMIT
from bot.conversation.prepared import prepare
from bot.conversation.saved import pack, unpack
from bot.text import LANGUAGES

_SEES: Final = re.compile(r"([ -]*)sees:")
#: A member of a list that stands on lines of its own.
_ITEM: Final = re.compile(r"\s*- (?!taps|types|sends|sees|shows)")


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


class _Player:
    def __init__(self, transcript: Transcript, catalogue: Catalogue, language: str) -> None:
        self.transcript = transcript
        self.catalogue = catalogue
        self.language = language
        self.now = datetime.combine(transcript.today, time(9), UTC)
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
        self.turn = turn(unpack(*pack(session)), event, self.catalogue, self.now)

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

    def _tapped(self, name: str) -> str | None:
        """A choice of the last reply; articles, flows and commands also from buttons of long ago."""
        tokens = prepare(self.catalogue).tokens
        for token in self.session.offered:
            target = tokens[token]
            if name in {target.option, _public_name(target)}:
                return token
        return next(
            (token for token, target in tokens.items() if target.kind != "option" and _public_name(target) == name),
            None,
        )

    def _name(self, token: str) -> str:
        target = prepare(self.catalogue).tokens[token]
        return target.option or _public_name(target)

    def _finding(self, at: Place, what: str, remedy: str) -> Finding:
        return Finding(
            at=at, rule="transcript", what=f"{self.transcript.name} ({self.language}): {what}", remedy=remedy
        )


def _public_name(target: Target) -> str:
    """As a transcript writes it: ``article:wages``, ``flow:help``, ``menu``."""
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
