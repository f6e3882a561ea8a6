"""A person in a conversation: ``says``, ``taps``, ``sees``. The session goes through JSON before every turn."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.catalogue import Catalogue, Target
from bot.conversation import Effect, Event, Reply, Session, Shown, Turn, pack, turn, unpack

NOON = datetime(2026, 3, 31, 9, 0, tzinfo=UTC)


class Chat:
    def __init__(self, catalogue: Catalogue, channel: str = "web", now: datetime = NOON, **profile: str) -> None:
        self.catalogue = catalogue
        self.channel = channel
        self.now = now
        self.session = Session(profile=profile, last=int(now.timestamp()))
        self.turn: Turn = Turn(session=self.session, replies=())
        #: Those that are known, and those for whoever takes any.
        self.alerts: tuple[Shown, ...] = ()
        self.valid: tuple[Shown, ...] = ()

    def sends(self, kind: Any, **event: Any) -> "Chat":
        session = unpack(*pack(self.session))
        assert session == self.session
        self.turn = turn(
            session,
            Event(kind=kind, **event),
            self.catalogue,
            self.now,
            self.channel,
            alerts=self.alerts,
            alerts_for=lambda _: self.valid,
        )
        self.session = self.turn.session
        return self

    def says(self, text: str) -> "Chat":
        return self.sends("text", text=text)

    def taps(self, label: str) -> "Chat":
        """A button of the last reply."""
        return self.sends("choice", choice=self.button(label))

    def opens(self, flow: str) -> "Chat":
        """A button of long ago that leads to a flow."""
        return self.sends("choice", choice=Target(kind="flow", id=flow).token)

    def waits(self, **time: float) -> "Chat":
        self.now += timedelta(**time)
        return self

    def button(self, label: str) -> str:
        found = [choice.id for choice in self.reply.choices if choice.label.removeprefix("✓ ") == label]
        assert found, f"{label!r} is not among {self.labels}"
        return found[0]

    @property
    def reply(self) -> Reply:
        assert self.turn.replies, "nothing was said"
        return self.turn.replies[-1]

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.reply.choices]

    @property
    def text(self) -> str:
        return "\n\n".join(reply.text for reply in self.turn.replies)

    @property
    def effects(self) -> tuple[Effect, ...]:
        return self.turn.effects

    @property
    def stands(self) -> str:
        return f"{self.session.stack[-1].flow}.{self.session.stack[-1].node}" if self.session.stack else "nothing"

    def sees(self, *said: str) -> "Chat":
        assert self.turn.said == said, self.text
        return self
