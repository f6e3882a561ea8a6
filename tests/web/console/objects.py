"""What the console works on, made without a conversation: tickets of an organisation; and all that a database holds."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from bot.conversation.tickets import Line, Ticket
from bot.store import Outcome, TicketChange, Work
from tests.web.console.staffing import ORGANISATION
from tests.web.serving import Site

#: The other organisation of ``tests.desk.people``.
FOREIGN = "clinic"
SAID = "не платят третий месяц"
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


def everything(folder: Path, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(folder / "data" / "safar.db")) as connection:
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        return {name: connection.execute(f"select * from {name}").fetchall() for name in tables if name not in but}
