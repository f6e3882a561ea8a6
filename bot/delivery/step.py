"""One turn as the store runs it: session in, what it leaves behind out. Pure but for the two arguments of ``Steps``."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
from msgspec.structs import replace

from bot.catalogue import Catalogue, Target
from bot.conversation import (
    Count,
    Event,
    Forget,
    Hide,
    Knock,
    Move,
    Remind,
    Reply,
    Session,
    Shown,
    Told,
    Turn,
    Unanswered,
    Wake,
    turn,
)
from bot.conversation import pack as pack_session
from bot.conversation import unpack as unpack_session
from bot.conversation.tickets import Act
from bot.delivery.parcel import Parcel, pack
from bot.delivery.tickets import change_of, ticket_of
from bot.store import Outcome, Person, Timer
from bot.text import SOURCE

#: Runs in the store's writer thread. ``counts`` of it are read by the inbox after the commit, so that a batch that was
#: rolled back and done again counts once.
Step = Callable[[Person], Outcome]

_NEWS: Final = Event(kind="desk", code="news")
#: Events that the person did not send.
_UNASKED: Final = frozenset({"timeout", "desk"})
_MENU: Final = Event(kind="choice", choice=Target(kind="command", id="menu").token)
#: A flow whose replies, like those of hiding, go before all others.
_EMERGENCY: Final = "emergency."
_encode: Final = msgspec.json.Encoder().encode
#: A timer's body is the event that it will be.
timer_event: Final = msgspec.json.Decoder(Event).decode


class Alerts(Protocol):
    """``known``: all alerts that people may ask about; ``for_profile``: those that such a person sees on arrival, in a
    channel."""

    @property
    def known(self) -> Sequence[Shown]: ...

    def for_profile(self, profile: Mapping[str, str], channel: str) -> Sequence[Shown]: ...


class NoAlerts:
    known: tuple[Shown, ...] = ()

    def for_profile(self, profile: Mapping[str, str], channel: str) -> Sequence[Shown]:
        return ()


class Steps:
    """``catalogue`` gives the one that serves now, ``now`` the time in UTC, ``code`` a new one for moving to another
    chat, ``unanswered`` what is reported of help points, ``pushing`` the channels on which alerts are sent."""

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        now: Callable[[], datetime],
        code: Callable[[], str],
        unanswered: Callable[[], Mapping[str, int]],
        alerts: Alerts,
        pushing: Container[str],
    ) -> None:
        self._catalogue = catalogue
        self._now = now
        self._code = code
        self._unanswered = unanswered
        self._alerts = alerts
        self._pushing = pushing

    def turn(self, event: Event, channel: str, context: Mapping[str, Any], counts: list[str]) -> Step:
        """Take the event. ``counts`` is filled with the topics to count."""

        def step(person: Person) -> Outcome:
            session = _session(person)

            def alerts_for(profile: Mapping[str, str]) -> Sequence[Shown]:
                got = person.alerts()
                return [one for one in self._alerts.for_profile(profile, channel) if one.code not in got]

            taken = turn(
                session,
                event,
                self._catalogue(),
                self._now(),
                channel,
                code=self._code(),
                ticket=ticket_of(person),
                unanswered=self._unanswered(),
                alerts=self._alerts.known,
                alerts_for=alerts_for,
            )
            counts[:] = [effect.topic for effect in taken.effects if isinstance(effect, Count)]
            heard = session.last if event.kind in _UNASKED else None
            outcome = self._outcome(taken, context, person, heard)
            told = tuple(effect.code for effect in taken.effects if isinstance(effect, Told))
            return replace(outcome, alerts=told) if told and channel in self._pushing else outcome

        return step

    def menu(self, channel: str, context: Mapping[str, Any]) -> Step:
        """Instead of an event that cannot be taken: a fresh start of the conversation, with the menu (F21)."""

        def step(person: Person) -> Outcome:
            session = Session(profile=_session(person).profile, told=True)
            taken = turn(session, _MENU, self._catalogue(), self._now(), channel, ticket=ticket_of(person))
            return self._outcome(taken, context, person)

        return step

    def phrase(self, key: str, context: Mapping[str, Any]) -> Step:
        """One of the bot's own sentences; the session stays as it is."""

        def step(person: Person) -> Outcome:
            language = _session(person).profile.get("language", SOURCE)
            text = self._catalogue().phrases[key]
            reply = Reply(text=text.plain(language), language=text.forms[language].language)
            return Outcome(outbox=(self._packed(reply, context),))

        return step

    def farewell(self, person: Person) -> bytes:
        """The last words for a chat whose person moved to another one."""
        return self.phrase("moved-away", {})(person).outbox[0]

    def acted(self, person: Person, act: Act, *, tell: bool) -> Outcome:
        """What a caseworker did to the ticket; ``tell``: the person learns that there is news."""
        ticket, lines = act
        if not tell:
            return Outcome(ticket=change_of(person, ticket, lines))
        taken = turn(_session(person), _NEWS, self._catalogue(), self._now(), ticket=ticket)
        told = replace(taken, lines=(*lines, *taken.lines))
        return self._outcome(told, {}, person, _session(person).last)

    def nothing(self) -> Step:
        """The update is remembered, and that is all."""
        return lambda _: Outcome()

    def _outcome(self, taken: Turn, context: Mapping[str, Any], person: Person, heard: int | None = None) -> Outcome:
        kinds = {type(effect) for effect in taken.effects}
        urgent = not kinds.isdisjoint((Hide, Forget)) or any(key.startswith(_EMERGENCY) for key in taken.said)
        outbox = tuple(
            self._packed(reply, {} if place else context, urgent, heard) for place, reply in enumerate(taken.replies)
        )
        if Forget in kinds:
            return Outcome(outbox=outbox, forget=True)
        profile, session = pack_session(taken.session)
        return Outcome(
            profile=profile,
            session=session,
            outbox=outbox,
            timers=tuple(_timers(taken)),
            questions=tuple(_encode(effect) for effect in taken.effects if isinstance(effect, Unanswered)),
            move=next((effect.code for effect in taken.effects if isinstance(effect, Move)), ""),
            ticket=change_of(person, taken.ticket, taken.lines, opens=taken.opens),
            hide=Hide in kinds,
        )

    def _packed(
        self, reply: Reply, context: Mapping[str, Any], urgent: bool = False, heard: int | None = None
    ) -> bytes:
        """``heard``: when the person last wrote, if it was not just now."""
        now = int(self._now().timestamp())
        return pack(
            Parcel(reply=reply, made=now, heard=now if heard is None else heard, urgent=urgent, context=context)
        )


def _session(person: Person) -> Session:
    return unpack_session(person.profile, person.session)


def _timers(taken: Turn) -> list[Timer]:
    timers = []
    for effect in taken.effects:
        if isinstance(effect, Wake):
            timers.append(Timer(due=effect.due, body=_encode(Event(kind="timeout", code=effect.code))))
        elif isinstance(effect, Knock):
            body = _encode(Event(kind="desk", code=effect.code))
            timers.append(Timer(due=effect.due, body=body, kind="reminder"))
        elif isinstance(effect, Remind):
            token = Target(kind="flow", id=effect.flow).token
            timers.append(Timer(due=effect.due, body=_encode(Event(kind="timeout", code=token)), kind="reminder"))
    return timers
