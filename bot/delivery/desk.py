"""Where a caseworker sits: the tickets of an organisation, as the console shows and answers them (T29, T30).

Every call names the organisation, and a ticket that is not its own gives the same answer as one that never was.
``staff`` is the account that acts, as the console names it. ``repr`` of what is personal shows nothing of it. Every
call can raise StoreError.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec
import structlog

from bot.catalogue import Catalogue
from bot.conversation import tickets
from bot.conversation.tickets import LONGEST, Act, By, Ticket
from bot.delivery.clock import Clock
from bot.delivery.inbox import Inbox
from bot.delivery.step import Steps
from bot.delivery.tickets import open_head, open_line, ticket_of
from bot.store import Outcome, Person, Store, StoreError, Work
from bot.store import Ticket as Kept
from bot.text import LANGUAGES, clean

#: What can become of an answer. ``stale``: somebody wrote meanwhile, and nothing was sent. ``gone``: there is nobody
#: to answer any more, or the ticket is closed or not theirs.
Answered = Literal["sent", "stale", "gone"]

_log = structlog.get_logger()


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Line(_Quiet, frozen=True, kw_only=True):
    """``note`` is between caseworkers. ``system`` tells what happened: ``text`` is then one of ``tickets.Happened``."""

    id: int
    by: By
    #: The account that wrote it; empty for the person and the system.
    staff: str = ""
    #: UTC.
    at: datetime
    text: str


class Summary(_Quiet, frozen=True, kw_only=True):
    """What the inbox shows: nothing that anybody wrote."""

    #: Sixteen random bytes.
    ticket: bytes
    organisation: str
    need: str
    #: A variant's tag: ru, uz-Latn, uz-Cyrl, tg, ky.
    language: str
    #: An ISO 3166 code, RU or KZ; empty when the person did not say.
    country: str
    #: As the person gave it; may be empty.
    region: str
    urgent: bool
    state: Literal["waiting", "answered", "closed"]
    opened: datetime
    #: Since when the person waits for an answer; None when nobody waits.
    waiting_since: datetime | None = None
    #: Until when an answer was promised; None when nobody waits.
    promised: datetime | None = None
    #: How many there are.
    lines: int
    #: The account that answered last; empty before the first answer.
    taken_by: str = ""
    #: The organisation to which a transfer was offered, while the person has not answered.
    transfer_to: str = ""
    #: When the person may be answered, in Russian; empty for any time (T32). Replies wait for it by themselves.
    safe_hours: str = ""


class Conversation(_Quiet, frozen=True, kw_only=True):
    summary: Summary
    lines: Sequence[Line]


class Desk:
    """``catalogue`` gives the one that serves now."""

    def __init__(
        self, store: Store, steps: Steps, inbox: Inbox, catalogue: Callable[[], Catalogue], clock: Clock
    ) -> None:
        self._store = store
        self._steps = steps
        self._inbox = inbox
        self._catalogue = catalogue
        self._clock = clock

    async def inbox(self, organisation: str) -> list[Summary]:
        """Open tickets and those closed within 24 hours: urgent first, then who waits longest."""
        kept = await self._store.tickets(organisation)
        return sorted((_summary(one, open_head(one.head)) for one in kept), key=_order)

    async def open(self, organisation: str, ticket: bytes, staff: str) -> Conversation | None:
        """None: not theirs, destroyed, or never was. ``staff`` is for the audit of who has read what."""
        found = await self._store.ticket(organisation, ticket)
        if found is None:
            return None
        kept, bodies = found
        _log.info("ticket-read", staff=staff)
        lines = [(number, open_line(body)) for number, body in bodies]
        return Conversation(
            summary=_summary(kept, open_head(kept.head)),
            lines=[
                Line(id=number, by=line.by, staff=line.staff, at=_moment(line.at), text=line.text)
                for number, line in lines
            ],
        )

    async def has_left(self, organisation: str, ticket: bytes) -> bool:
        """The person has left and erased everything while this ticket was open; known for 14 days."""
        return await self._store.ticket_erased(organisation, ticket)

    async def answer(self, organisation: str, ticket: bytes, staff: str, text: str, seen: int) -> Answered:
        """``seen``: the id of the last line that the caseworker saw. Raises ValueError for an empty or long text."""
        words = _checked(text)
        return await self._act(
            organisation, ticket, lambda known: tickets.answer(known, staff, words, self._seconds()), seen=seen
        )

    async def note(self, organisation: str, ticket: bytes, staff: str, text: str) -> bool:
        """A line that only caseworkers see. False: no such open ticket. Raises ValueError as ``answer`` does."""
        words = _checked(text)
        done = await self._act(
            organisation, ticket, lambda known: tickets.note(known, staff, words, self._seconds()), tell=False
        )
        return done == "sent"

    async def close(self, organisation: str, ticket: bytes, staff: str) -> bool:
        """The talk is over; its text and its key are destroyed 24 hours later. False: no such open ticket."""
        done = await self._act(organisation, ticket, lambda known: tickets.close(known, staff, self._seconds()))
        return done == "sent"

    async def offer_transfer(self, organisation: str, ticket: bytes, to: str, staff: str) -> bool:
        """Ask the person whether ``to`` may read the ticket; it moves only after their yes. False: no such open ticket,
        or no such active organisation."""
        other = self._catalogue().organisations.get(to)
        if other is None or not other.active or to == organisation:
            return False
        done = await self._act(
            organisation, ticket, lambda known: tickets.offer_transfer(known, staff, to, self._seconds())
        )
        return done == "sent"

    async def _act(
        self,
        organisation: str,
        ticket: bytes,
        act: Callable[[Ticket], Act],
        *,
        seen: int | None = None,
        tell: bool = True,
    ) -> Answered:
        """In the writer thread, between turns of the person and acts of others: nobody comes between look and act."""
        become: Answered = "gone"
        if not ticket:
            return become

        def step(person: Person) -> Outcome:
            nonlocal become
            known = ticket_of(person)
            if person.ticket is None or known is None or not person.ticket.open:
                become = "gone"
                return Outcome()
            if seen is not None and person.ticket.last != seen:
                become = "stale"
                return Outcome()
            become = "sent"
            return self._steps.acted(person, act(known), tell=tell)

        work = Work(channel="", account="", ticket=ticket, organisation=organisation, step=step)
        taken = await self._store.take(work)
        if taken.error is not None:
            _log.error("desk-failed", error=type(taken.error).__name__)
            raise StoreError("Nothing was sent or written: try again, and look into the log if it happens again.")
        self._inbox.send_on(taken)
        return "gone" if taken.gone else become

    def _seconds(self) -> int:
        return int(self._clock.now().timestamp())


def _checked(text: str) -> str:
    words = clean(text).strip()
    if not words or len(words) > LONGEST:
        raise ValueError(f"a text has 1 to {LONGEST} characters")
    return words


def _summary(kept: Kept, ticket: Ticket) -> Summary:
    return Summary(
        ticket=kept.id,
        organisation=ticket.organisation,
        need=ticket.need,
        language=LANGUAGES[ticket.language].tag,
        country=ticket.country,
        region=ticket.region,
        urgent=ticket.urgent,
        state="closed" if ticket.closed else "waiting" if ticket.waiting else "answered",
        opened=_moment(ticket.opened),
        waiting_since=_moment(ticket.waiting) if ticket.waiting else None,
        promised=_moment(ticket.promised) if ticket.waiting else None,
        lines=ticket.lines,
        taken_by=ticket.taken_by,
        transfer_to=ticket.transfer_to,
        safe_hours=ticket.hours_label,
    )


_FAR: Final = datetime.max.replace(tzinfo=UTC)


def _order(summary: Summary) -> tuple[object, ...]:
    return summary.state == "closed", not summary.urgent, summary.waiting_since or _FAR, summary.opened


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
