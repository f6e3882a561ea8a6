"""Inbox and conversation: what a caseworker reads and writes (THREATS T29-T32).

A form names the last line that its page had shown (``seen``); with its text that is enough to know a form that comes
twice, after a lost line, from one that is new.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog
from starlette.responses import Response

from bot.delivery import Conversation, Line, Summary
from bot.store import What
from bot.text import clean
from bot.web.console import words
from bot.web.console.visit import Visit

_TICKET_BYTES: Final = 16
_BAD_TEXT: Final = "Напишите текст, до 3000 знаков. Ничего не отправлено."
_STALE: Final = "Ваш ответ ещё не отправлен: пока вы писали, в разговоре появилось новое. Прочитайте и решите."
_CLOSED: Final = "Разговор уже закрыт. Ничего не отправлено."
_NO_TRANSFER: Final = "Туда передать нельзя. Ничего не изменилось."
_LEFT: Final = "Человек ушёл и стёр всё, что писал. Ответить уже нельзя, и здесь от разговора ничего не осталось."

_log = structlog.get_logger()
#: Notes are looked for and written one after another, so that one that is sent twice at once is written once.
_noting: Final = asyncio.Lock()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket as pages show it."""

    summary: Summary
    id: str
    need: str
    language: str
    place: str
    #: How long the person has waited; empty when nobody waits.
    waits: str

    @classmethod
    def of(cls, summary: Summary, now: datetime) -> "Row":
        country = words.COUNTRIES.get(summary.country, summary.country)
        return cls(
            summary=summary,
            id=summary.ticket.hex(),
            need=words.NEEDS.get(summary.need, summary.need),
            language=words.LANGUAGES.get(summary.language, summary.language),
            place=", ".join(filter(None, (country, summary.region))),
            waits=words.since(summary.waiting_since, now) if summary.waiting_since else "",
        )


async def inbox(visit: Visit) -> Response:
    return await _inbox(visit, "inbox.html")


async def inbox_live(visit: Visit) -> Response:
    return await _inbox(visit, "inbox-live.html")


async def conversation(visit: Visit) -> Response:
    return await _show(visit)


async def conversation_live(visit: Visit) -> Response:
    return await _show(visit, template="conversation-live.html", again=True)


async def answer(visit: Visit) -> Response:
    ticket, account = _ticket(visit), visit.account
    text, seen = visit.form["text"], visit.form.number("seen")
    try:
        become = await visit.console.desk.answer(account.organisation, ticket, account.handle, text, seen)
    except ValueError:
        return await _show(visit, 422, error=_BAD_TEXT, draft=text)
    if become == "sent":
        return await _done(visit, "ticket-answered")
    if become == "stale" and await _written(visit, ticket, "staff", text, seen):
        return _back(visit)
    return await _show(visit, 409, error=_STALE if become == "stale" else _CLOSED, draft=text, new_after=seen)


async def note(visit: Visit) -> Response:
    ticket, account = _ticket(visit), visit.account
    text, seen = visit.form["text"], visit.form.number("seen")
    async with _noting:
        if await _written(visit, ticket, "note", text, seen):
            return _back(visit)
        try:
            noted = await visit.console.desk.note(account.organisation, ticket, account.handle, text)
        except ValueError:
            return await _show(visit, 422, error=_BAD_TEXT, note=text)
    return await _done(visit, "ticket-noted") if noted else await _show(visit, 409, error=_CLOSED, note=text)


async def close(visit: Visit) -> Response:
    account = visit.account
    if not await visit.console.desk.close(account.organisation, _ticket(visit), account.handle):
        return await _show(visit, 409, error=_CLOSED)
    return await _done(visit, "ticket-closed", "/console/inbox")


async def transfer(visit: Visit) -> Response:
    account, ticket, to = visit.account, _ticket(visit), visit.form["to"]
    found = await visit.console.desk.open(account.organisation, ticket, account.handle)
    if found is not None and to and found.summary.transfer_to == to:
        return _back(visit)
    if not await visit.console.desk.offer_transfer(account.organisation, ticket, to, account.handle):
        return await _show(visit, 409, error=_NO_TRANSFER)
    return await _done(visit, "transfer-offered")


async def _inbox(visit: Visit, template: str) -> Response:
    now = datetime.now(UTC)
    rows = [Row.of(summary, now) for summary in await visit.console.desk.inbox(visit.account.organisation)]
    urgent = [row.id for row in rows if row.summary.urgent and row.summary.state == "waiting"]
    waiting = sum(row.summary.state == "waiting" for row in rows)
    return visit.page(template, rows=rows, urgent=urgent, waiting=waiting)


async def _show(
    visit: Visit,
    status: int = 200,
    *,
    template: str = "conversation.html",
    error: str = "",
    draft: str = "",
    note: str = "",
    new_after: int | None = None,
    again: bool = False,
) -> Response:
    """The conversation; each look at it is a row of the audit, and so many an hour are the most (T31)."""
    account, ticket = visit.account, _ticket(visit)
    found = await visit.console.desk.open(account.organisation, ticket, account.handle)
    if found is None:
        if await visit.console.desk.has_left(account.organisation, ticket):
            return visit.page("gone.html", 410, text=_LEFT, draft=draft or note)
        return visit.message(404, words.NOT_FOUND)
    if not await visit.console.staff.open_ticket(account.handle, ticket, again=again):
        _log.error("mass-reading-stopped")
        return visit.message(429, words.TOO_MANY)
    return visit.page(
        template,
        status,
        row=Row.of(found.summary, datetime.now(UTC)),
        lines=_shown(found),
        seen=found.lines[-1].id if found.lines else 0,
        new_after=new_after,
        organisations=_others(visit),
        error=error,
        draft=draft,
        note=note,
    )


def _shown(found: Conversation) -> list[Line]:
    """What people wrote shows only while they talk (T30)."""
    if found.summary.state == "closed":
        return [line for line in found.lines if line.by == "system"]
    return list(found.lines)


def _others(visit: Visit) -> list[tuple[str, str]]:
    """Where a ticket could go: id and name."""
    catalogue = visit.console.catalogue()
    return [
        (one.id, "".join(getattr(part, "text", "") for part in one.name.forms["ru"].parts))
        for one in catalogue.organisations.values()
        if one.active and one.id != visit.account.organisation
    ]


async def _written(visit: Visit, ticket: bytes, by: str, text: str, seen: int) -> bool:
    """Has this very form come before? Its answer may have been lost on the way."""
    account = visit.account
    found = await visit.console.desk.open(account.organisation, ticket, account.handle)
    plain = clean(text)
    return found is not None and any(
        line.id > seen and line.by == by and line.staff == account.handle and line.text == plain for line in found.lines
    )


async def _done(visit: Visit, what: What, path: str = "") -> Response:
    await visit.console.staff.record(visit.entry(what, _ticket(visit)))
    return visit.go(path) if path else _back(visit)


def _back(visit: Visit) -> Response:
    return visit.go(f"/console/tickets/{_ticket(visit).hex()}")


def _ticket(visit: Visit) -> bytes:
    """From the address; what is no ticket's name is nobody's ticket."""
    try:
        ticket = bytes.fromhex(visit.request.path_params["ticket"])
    except ValueError:
        return bytes(_TICKET_BYTES)
    return ticket if len(ticket) == _TICKET_BYTES else bytes(_TICKET_BYTES)
