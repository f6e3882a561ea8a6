"""Between the conversation's ticket and what the store seals of it."""

from typing import Final

import msgspec

from bot.conversation.tickets import Line, Ticket
from bot.store import Person, TicketChange

_encode: Final = msgspec.json.Encoder().encode
#: Both raise msgspec.MsgspecError.
open_head: Final = msgspec.json.Decoder(Ticket).decode
open_line: Final = msgspec.json.Decoder(Line).decode


def ticket_of(person: Person) -> Ticket | None:
    """The contact's newest ticket; what cannot be read any more counts as not there."""
    if person.ticket is None:
        return None
    try:
        return open_head(person.ticket.head)
    except msgspec.MsgspecError:
        return None


def change_of(
    person: Person, after: Ticket | None, lines: tuple[Line, ...], *, opens: bool = False
) -> TicketChange | None:
    """What has to be written; None where nothing changed."""
    before = ticket_of(person)
    if after is None or (after == before and not lines):
        return None
    moved = opens or before is None or before.organisation != after.organisation
    return TicketChange(
        head=_encode(after),
        lines=tuple(map(_encode, lines)),
        opens=opens,
        closes=after.closed and (before is None or not before.closed),
        organisation=after.organisation if moved else "",
    )
