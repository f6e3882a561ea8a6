"""What the console works on, made without a conversation, as tickets and alerts; and all that a database holds."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bot.conversation.tickets import Line, Ticket
from bot.delivery.broadcasts.model import Source
from bot.store import Outcome, TicketChange, Work
from bot.web.api.tokens import SCOPES, new_token
from tests.delivery.broadcasts import alerts
from tests.delivery.broadcasts.offices import seen
from tests.web.console.staffing import ADMIN, ORGANISATION, person
from tests.web.serving import Site

#: The other organisation of ``tests.desk.people``.
FOREIGN = "clinic"
SAID = "не платят третий месяц"
#: The name of an alert, which only its own staff see.
NAMED = "Касса на рынке закрыта"
BEGAN = 1_772_000_000


async def ticket(site: Site, organisation: str = ORGANISATION, *, said: str = SAID, urgent: bool = False) -> str:
    """An open ticket of somebody new, as it is named in an address."""
    before = {one.ticket for one in await site.delivery.desk.inbox(organisation)}
    head = Ticket(
        organisation=organisation,
        need="wages",
        urgent=urgent,
        language="uz",
        country="RU",
        opened=BEGAN,
        waiting=BEGAN,
        promised=BEGAN + 3600,
        lines=1,
    )
    change = TicketChange(
        head=msgspec.json.encode(head),
        lines=(msgspec.json.encode(Line(by="person", at=BEGAN, text=said)),),
        organisation=organisation,
        opens=True,
    )
    address = f"page-{organisation}-{len(before)}"
    await site.store.take(Work(channel="web", account="web", address=address, step=lambda _: Outcome(ticket=change)))
    (new,) = [one for one in await site.delivery.desk.inbox(organisation) if one.ticket not in before]
    return new.ticket.hex()


async def alert(site: Site, organisation: str = ORGANISATION, by: str = "sender-of-it", **changes: Any) -> str:
    """A draft by ``by``, who is made for it, as it is named in an address."""
    await person(site, by, "sender", organisation=organisation)
    author = await site.store.staff.account(by)
    assert author is not None
    now = datetime.now(UTC)
    source = Source(title="Объявление кассы", url="https://example.org/news", checked_on=date.today().isoformat())
    one = alerts.alert(name=NAMED, source=source, ends=now + timedelta(days=3), **changes)
    return seen(await site.office.draft(author, one)).broadcast.key.hex()


async def program(site: Site, label: str, organisation: str = ORGANISATION) -> str:
    """A program with a token, as it is named in an address."""
    until = datetime.now(UTC).date() + timedelta(days=30)
    assert await site.store.api.add_token(label, organisation, tuple(SCOPES), new_token().encode(), until, ADMIN)
    return label


async def things(site: Site, handle: str, organisation: str = ORGANISATION) -> dict[str, str]:
    """One of each thing that an address of the console may name, by the name of its place there; ``handle``: an account
    of that organisation."""
    return {
        "ticket": await ticket(site, organisation),
        "alert": await alert(site, organisation, f"sender-{organisation}"),
        "label": await program(site, f"program-{organisation}", organisation),
        "handle": handle,
    }


def everything(folder: Path, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(folder / "data" / "safar.db")) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        return {name: connection.execute(f"select * from {name}").fetchall() for name in tables if name not in but}
