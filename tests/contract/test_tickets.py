"""What every store must do with tickets: one open at a time, its organisation's alone, gone with its key in time."""

import asyncio
from datetime import timedelta

import pytest

from bot.store import Outcome, Person, Store, Ticket, TicketChange, Work
from tests.contract.test_store import ANNA, BORIS, clock, opener, person, store
from tests.store.helpers import NOON, Clock, works

__all__ = ["clock", "opener", "store"]

OPENS = TicketChange(head=b"head", lines=(b"one", b"two"), organisation="wages-desk", opens=True)


async def opened(store: Store, address: str = ANNA, change: TicketChange = OPENS) -> bytes:
    """A ticket; returns its id."""
    await store.take(works(address, outcome=Outcome(ticket=change)))
    ticket = (await person(store, address)).ticket
    assert ticket is not None
    return ticket.id


def desk_work(ticket: bytes, change: TicketChange, organisation: str = "wages-desk") -> Work:
    return Work(
        channel="", account="", ticket=ticket, organisation=organisation, step=lambda known: Outcome(ticket=change)
    )


async def lines(store: Store, ticket: bytes, organisation: str = "wages-desk") -> list[bytes] | None:
    found = await store.ticket(organisation, ticket)
    return None if found is None else [body for _, body in found[1]]


async def test_a_ticket_is_there_for_the_person_and_for_its_organisation(store: Store) -> None:
    ticket = await opened(store)

    known = (await person(store)).ticket
    assert known == Ticket(id=ticket, head=b"head", open=True, last=known.last if known else 0)
    found = await store.ticket("wages-desk", ticket)
    assert found is not None
    assert found[0] == known
    assert [body for _, body in found[1]] == [b"one", b"two"]
    assert known is not None
    assert found[1][-1][0] == known.last
    assert len(ticket) == 16


async def test_another_organisation_learns_nothing_not_even_that_it_exists(store: Store) -> None:
    ticket, unknown = await opened(store), bytes(16)

    assert await store.tickets("clinic") == []
    for name in (ticket, unknown):
        assert await store.ticket("clinic", name) is None
        assert (await store.take(desk_work(name, TicketChange(head=b"x"), "clinic"))).gone
        assert not await store.ticket_erased("clinic", name)
    assert [one.head for one in await store.tickets("wages-desk")] == [b"head"]


async def test_tickets_come_in_the_order_of_their_opening(store: Store) -> None:
    names = [await opened(store, str(number)) for number in range(20)]
    await opened(store, "elsewhere", TicketChange(head=b"h", organisation="clinic", opens=True))

    assert [ticket.id for ticket in await store.tickets("wages-desk")] == names


async def test_a_caseworkers_work_reaches_the_person(store: Store) -> None:
    await store.take(works(ANNA, outcome=Outcome(profile=b"p", session=b"s")))
    ticket = await opened(store)
    seen: list[Person] = []

    def step(known: Person) -> Outcome:
        seen.append(known)
        return Outcome(session=b"t", outbox=(b"news",), ticket=TicketChange(head=b"answered", lines=(b"three",)))

    taken = await store.take(
        Work(channel="", account="", ticket=ticket, organisation="wages-desk", step=step, update=None)
    )

    assert (seen[0].profile, seen[0].session) == (b"p", b"s")
    assert [(row.channel, row.address, row.body) for row in taken.rows] == [("telegram", ANNA, b"news")]
    assert await lines(store, ticket) == [b"one", b"two", b"three"]
    known = await person(store)
    assert (known.session, known.ticket and known.ticket.head) == (b"t", b"answered")


async def test_a_turn_and_its_line_are_written_together_or_not_at_all(store: Store) -> None:
    ticket = await opened(store)
    change = TicketChange(head=b"more", lines=(b"three",))
    results = await asyncio.gather(
        *(store.take(works(ANNA, outcome=Outcome(ticket=change), update="77")) for _ in range(20))
    )

    assert [result.repeat for result in results].count(False) == 1
    assert await lines(store, ticket) == [b"one", b"two", b"three"]


async def test_a_second_open_ticket_is_refused_and_nothing_of_its_turn_is_written(store: Store) -> None:
    ticket = await opened(store)
    taken = await store.take(works(ANNA, outcome=Outcome(session=b"s", ticket=OPENS), update="5"))

    assert isinstance(taken.error, ValueError)
    assert (await person(store)).session is None
    assert [one.id for one in await store.tickets("wages-desk")] == [ticket]
    no_ticket = await store.take(works(BORIS, outcome=Outcome(ticket=TicketChange(head=b"x"))))
    assert isinstance(no_ticket.error, ValueError)


async def test_in_one_batch_a_ticket_is_opened_closed_and_opened_again(store: Store) -> None:
    closes = TicketChange(head=b"over", closes=True)
    taken = await asyncio.gather(
        *(store.take(works(ANNA, outcome=Outcome(ticket=change))) for change in (OPENS, closes, OPENS))
    )

    assert [one.error for one in taken] == [None] * 3
    assert [(one.head, one.open) for one in await store.tickets("wages-desk")] == [(b"over", False), (b"head", True)]


async def test_a_transfer_takes_it_from_one_organisation_to_another(store: Store) -> None:
    ticket = await opened(store)
    moved = TicketChange(head=b"moved", organisation="clinic")
    await store.take(works(ANNA, outcome=Outcome(ticket=moved)))

    assert await lines(store, ticket) is None
    assert await store.tickets("wages-desk") == []
    assert await lines(store, ticket, "clinic") == [b"one", b"two"]
    assert (await store.take(desk_work(ticket, TicketChange(head=b"x")))).gone


async def test_closed_it_can_be_read_for_24_hours_and_not_a_second_longer(store: Store, clock: Clock) -> None:
    clock.advance(hours=5)
    ticket = await opened(store)
    await store.take(desk_work(ticket, TicketChange(head=b"over", closes=True)))

    clock.advance(hours=23, minutes=59, seconds=59)
    assert await lines(store, ticket) == [b"one", b"two"]
    known = (await person(store)).ticket
    assert known is not None
    assert not known.open
    clock.advance(seconds=1)
    assert await lines(store, ticket) is None
    assert await store.tickets("wages-desk") == []
    assert (await person(store)).ticket is None
    assert not await store.ticket_erased("wages-desk", ticket), "the person is still there"


@pytest.mark.parametrize("hour", range(0, 24, 5))
async def test_the_clean_up_removes_it_to_the_second(store: Store, clock: Clock, hour: int) -> None:
    await store.retain(clock.advance(hours=hour))
    ticket = await opened(store)
    other = await opened(store, BORIS)
    await store.take(desk_work(ticket, TicketChange(head=b"over", closes=True)))
    closed = clock.now

    clock.now = closed + timedelta(hours=23, minutes=59)
    assert (await store.retain(clock.now))["tickets"] == 0
    clock.now = closed + timedelta(hours=24)
    assert (await store.retain(clock.now))["tickets"] == 1
    assert [one.id for one in await store.tickets("wages-desk")] == [other]


async def test_an_open_one_that_nobody_writes_to_goes_after_30_days(store: Store, clock: Clock) -> None:
    ticket = await opened(store)
    for _ in range(30):
        assert (await store.retain(clock.advance(days=1)))["tickets"] == 0
    assert await lines(store, ticket) is not None
    assert (await store.retain(clock.advance(days=1)))["tickets"] == 1
    assert await lines(store, ticket) is None


@pytest.mark.parametrize("in_chat", [True, False])
async def test_an_erasure_takes_the_ticket_along_and_tells_its_organisation_alone(store: Store, in_chat: bool) -> None:
    ticket, other = await opened(store), await opened(store, BORIS)
    assert not await store.ticket_erased("wages-desk", ticket)
    if in_chat:
        await store.take(works(ANNA, outcome=Outcome(forget=True)))
    else:
        await store.erase("telegram", "8000000001", ANNA)

    assert [one.id for one in await store.tickets("wages-desk")] == [other]
    assert await lines(store, ticket) is None
    assert (await store.take(desk_work(ticket, TicketChange(head=b"x")))).gone
    assert await store.ticket_erased("wages-desk", ticket)
    assert not await store.ticket_erased("clinic", ticket)
    assert not await store.ticket_erased("wages-desk", other)


async def test_an_answer_that_waits_behind_an_erasure_meets_nobody(store: Store) -> None:
    ticket = await opened(store)
    erased, answered = await asyncio.gather(
        store.take(works(ANNA, outcome=Outcome(forget=True))), store.take(desk_work(ticket, TicketChange(head=b"x")))
    )

    assert erased.error is None
    assert answered.gone
    assert await store.tickets("wages-desk") == []


async def test_sums_by_day(store: Store) -> None:
    morning = NOON.replace(hour=1)
    await store.add_counts(morning, [("noanswer:a", 2), ("noanswer:b", 1), ("other", 9)])
    await store.add_counts(NOON, [("noanswer:a", 3)])
    await store.add_counts(NOON + timedelta(days=1), [("noanswer:a", 1)])

    day = NOON.date()
    assert sorted(await store.sums_by_day("noanswer:")) == [
        ("noanswer:a", day, 5),
        ("noanswer:a", day + timedelta(days=1), 1),
        ("noanswer:b", day, 1),
    ]


async def test_a_blocked_contacts_ticket_can_still_be_closed(store: Store) -> None:
    ticket = await opened(store)
    await store.mark("telegram", "8000000001", ANNA, "blocked")
    taken = await store.take(desk_work(ticket, TicketChange(head=b"over", closes=True)))

    assert not taken.gone
    assert [one.open for one in await store.tickets("wages-desk")] == [False]
