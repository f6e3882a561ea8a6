"""A ticket, and what people and caseworkers make of it. Pure: each act gives the ticket as it is afterwards, and lines.

The whole of it is what the store seals as a ticket's head; lines are sealed one by one.
"""

from typing import Final, Literal

import msgspec
from msgspec.structs import replace

#: Lines of the person that may wait for one answer (THREATS T66).
MOST_WAITING: Final = 30
#: Characters of one answer: it fits into one message of every channel, with what is said around it.
LONGEST: Final = 3000

By = Literal["person", "staff", "note", "system"]
#: What ``system`` tells.
Happened = Literal["opened", "left", "closed", "transfer-offered", "transfer-agreed", "transfer-refused", "late"]


class _Quiet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class News(_Quiet, frozen=True, kw_only=True):
    """What waits until the person asks to see it (T20)."""

    kind: Literal["answer", "closed", "transfer", "late"]
    text: str = ""


class Line(_Quiet, frozen=True, kw_only=True):
    """``at``: seconds since 1970."""

    by: By
    at: int
    text: str
    staff: str = ""


class Ticket(_Quiet, frozen=True, kw_only=True):
    """Times are seconds since 1970, 0 for none."""

    organisation: str
    need: str
    urgent: bool
    language: str
    country: str = ""
    #: A city in the source language, and its time zone; empty when none was told.
    region: str = ""
    zone: str = ""
    #: When they may be answered: the id of the choice, and its words for the caseworker.
    hours: str = ""
    hours_label: str = ""
    opened: int
    #: Since when they wait for an answer, and until when one is promised.
    waiting: int = 0
    promised: int = 0
    #: That nobody answered in time was said.
    late: bool = False
    lines: int = 0
    #: The person's since the last answer.
    pending: int = 0
    #: That their words are passed on was said since the last answer.
    confirmed: bool = False
    taken_by: str = ""
    transfer_to: str = ""
    news: tuple[News, ...] = ()
    #: When they were last told that there is news.
    noticed: int = 0
    #: Their last words that the bot answered itself.
    held: str = ""
    closed: bool = False


Act = tuple[Ticket, tuple[Line, ...]]


def say(ticket: Ticket, text: str, now: int, promised: int) -> Act:
    """``promised`` counts if nothing of theirs waited before."""
    waits = ticket.waiting > 0
    return _with(
        ticket,
        Line(by="person", at=now, text=text),
        waiting=ticket.waiting or now,
        promised=ticket.promised if waits else promised,
        late=ticket.late and waits,
        pending=ticket.pending + 1,
        confirmed=True,
        held="",
    )


def answer(ticket: Ticket, staff: str, text: str, now: int) -> Act:
    news = (*ticket.news, News(kind="answer", text=text))
    line = Line(by="staff", staff=staff, at=now, text=text)
    return _with(ticket, line, waiting=0, promised=0, pending=0, confirmed=False, taken_by=staff, news=news)


def note(ticket: Ticket, staff: str, text: str, now: int) -> Act:
    return _with(ticket, Line(by="note", staff=staff, at=now, text=text))


def close(ticket: Ticket, staff: str, now: int) -> Act:
    news = (*(one for one in ticket.news if one.kind == "answer"), News(kind="closed"))
    return _with(ticket, _happened("closed", now, staff), news=news, closed=True, waiting=0, transfer_to="", held="")


def offer_transfer(ticket: Ticket, staff: str, to: str, now: int) -> Act:
    others = tuple(one for one in ticket.news if one.kind != "transfer")
    line = _happened("transfer-offered", now, staff)
    return _with(ticket, line, transfer_to=to, news=(*others, News(kind="transfer")))


def transfer(ticket: Ticket, now: int, promised: int) -> Act:
    """The person agreed."""
    line = _happened("transfer-agreed", now)
    to = ticket.transfer_to
    return _with(ticket, line, organisation=to, transfer_to="", taken_by="", waiting=now, promised=promised, late=False)


def stay(ticket: Ticket, now: int) -> Act:
    """The person refused the transfer."""
    return _with(ticket, _happened("transfer-refused", now), transfer_to="")


def leave(ticket: Ticket, now: int) -> Act:
    return _with(ticket, _happened("left", now), closed=True, waiting=0, transfer_to="", news=(), held="")


def tell_late(ticket: Ticket, now: int) -> Act:
    return _with(ticket, _happened("late", now), late=True, news=(*ticket.news, News(kind="late")))


def _happened(what: Happened, now: int, staff: str = "") -> Line:
    return Line(by="system", staff=staff, at=now, text=what)


def _with(ticket: Ticket, line: Line, **changes: object) -> Act:
    return replace(ticket, lines=ticket.lines + 1, **changes), (line,)
