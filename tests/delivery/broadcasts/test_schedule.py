"""Alerts when their time comes: written down, begun, ended, and begun again after a crash (THREATS T34)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.delivery.broadcasts.counting import NotReady
from bot.delivery.broadcasts.schedule import Schedule
from bot.store import StoreError
from tests.delivery.broadcasts.alerting import Alerting, Opener, adds_up
from tests.delivery.broadcasts.offices import seen


class Scheduled:
    """A schedule that is asked to do what is due, by hand."""

    def __init__(self, alerting: Alerting) -> None:
        self.alerting = alerting
        self.store = alerting.store.broadcasts
        self.schedule = Schedule(self.store, alerting.town.index, alerting.clock)

    async def state(self, key: bytes) -> str:
        return (await self.alerting.broadcast(key)).state

    async def goes(self, key: bytes) -> str:
        await self.schedule.go()
        return await self.state(key)


@pytest.fixture
async def scheduled(opened: Opener) -> Scheduled:
    return Scheduled(await opened(80))


async def test_what_is_approved_begins_at_once_with_everybody_who_wants_it(scheduled: Scheduled) -> None:
    key = await scheduled.alerting.let_out()
    assert await scheduled.goes(key) == "sending"
    tally = await scheduled.alerting.tally(key)
    assert (tally.audience, tally.due, adds_up(tally)) == (80, 80, True)


async def test_or_when_its_time_has_come(scheduled: Scheduled) -> None:
    alerting = scheduled.alerting
    key = await alerting.let_out(starts=alerting.ticking() + timedelta(hours=2))
    assert await scheduled.goes(key) == "approved"
    alerting.ticking.advance(hours=2)
    assert await scheduled.goes(key) == "sending"


async def test_t34_an_audience_that_moved_by_more_than_a_tenth_waits_for_people(scheduled: Scheduled) -> None:
    alerting, town = scheduled.alerting, scheduled.alerting.town
    key = await alerting.let_out(starts=alerting.ticking() + timedelta(hours=2))
    await town.arrive(30)
    await town.following.follow()
    alerting.ticking.advance(hours=2)
    assert await scheduled.goes(key) == "paused"
    broadcast = await alerting.broadcast(key)
    assert (broadcast.reason, broadcast.audience, broadcast.began) == ("audience-moved", 110, None)
    assert await scheduled.goes(key) == "paused"
    seen(await town.office.resume(await town.account("boris"), key, typed="110"))
    assert await scheduled.goes(key) == "sending"
    assert (await alerting.tally(key)).due == 110


async def test_by_a_tenth_or_less_it_goes_on(scheduled: Scheduled) -> None:
    alerting, town = scheduled.alerting, scheduled.alerting.town
    key = await alerting.let_out(starts=alerting.ticking() + timedelta(hours=2))
    await town.arrive(8)
    await town.following.follow()
    alerting.ticking.advance(hours=2)
    assert await scheduled.goes(key) == "sending"


async def test_while_contacts_are_counted_it_waits(scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await scheduled.alerting.let_out()

    def not_ready(*_: Any) -> Iterator[Any]:
        raise NotReady

    with monkeypatch.context() as patch:
        patch.setattr(type(scheduled.alerting.town.index), "recipients", not_ready)
        assert await scheduled.goes(key) == "approved"
    assert await scheduled.goes(key) == "sending"


async def test_after_a_crash_in_the_middle_everybody_is_written_down_once(
    scheduled: Scheduled, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await scheduled.alerting.let_out()
    enrol, index = scheduled.store.enrol, scheduled.alerting.town.index
    recipients = index.recipients
    monkeypatch.setattr(index, "recipients", partial(recipients, chunk=20))
    calls = 0

    async def dies(key: bytes, chunk: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise StoreError("the disk is full")
        await enrol(key, chunk)

    with monkeypatch.context() as patch:
        patch.setattr(scheduled.store, "enrol", dies)
        with pytest.raises(StoreError):
            await scheduled.schedule.go()
    assert await scheduled.state(key) == "enrolling"
    assert (await scheduled.alerting.tally(key)).due == 40
    assert await scheduled.goes(key) == "sending"
    assert (await scheduled.alerting.tally(key)).due == 80


async def test_a_correction_goes_to_whoever_got_or_may_have_got_it(scheduled: Scheduled) -> None:
    town = scheduled.alerting.town
    await town.following.follow()
    wrong = await scheduled.alerting.let_out()
    assert await scheduled.goes(wrong) == "sending"
    await town.send(wrong, "sent", "sent", "uncertain", "failed")
    await scheduled.schedule.go()
    assert await scheduled.state(wrong) == "done"
    draft = seen(await town.office.correct(await town.account("anna"), wrong, "correction", {"ru": "Касса открыта."}))
    seen(await town.approve(seen(await town.propose(draft))))
    assert await scheduled.goes(draft.broadcast.key) == "sending"
    assert (await scheduled.alerting.tally(draft.broadcast.key)).audience == 60


async def test_it_is_done_when_nobody_waits_and_what_is_uncertain_stays_for_a_person(scheduled: Scheduled) -> None:
    key = await scheduled.alerting.let_out()
    assert await scheduled.goes(key) == "sending"
    await scheduled.alerting.town.send(key, "sent", "uncertain")
    assert await scheduled.goes(key) == "done"
    town = scheduled.alerting.town
    assert await town.office.decide_uncertain(await town.account("anna"), key, repeat=True) == 40
    assert await scheduled.goes(key) == "sending"


@pytest.mark.parametrize("state", ["approved", "sending", "paused"])
async def test_what_is_over_ends_whatever_state_it_is_in(scheduled: Scheduled, state: str) -> None:
    alerting, town = scheduled.alerting, scheduled.alerting.town
    starts = alerting.ticking() + timedelta(hours=30) if state == "approved" else None
    key = await alerting.let_out(starts=starts, ends=alerting.ticking() + timedelta(hours=40))
    await scheduled.schedule.go()
    if state == "paused":
        await town.office.pause(await town.account("anna"), key)
    assert await scheduled.state(key) == state
    alerting.ticking.advance(hours=41)
    assert await scheduled.goes(key) == "done"
    assert (await alerting.broadcast(key)).reason == "expired"
    assert adds_up(await alerting.tally(key))


async def test_the_next_of_a_series_is_drafted_by_itself(scheduled: Scheduled) -> None:
    alerting = scheduled.alerting
    starts = alerting.ticking() + timedelta(hours=1)
    await alerting.let_out(starts=starts, ends=starts + timedelta(days=3), repeat="monthly")
    alerting.ticking.advance(days=25)
    await scheduled.schedule.go()
    drafts = await scheduled.store.broadcasts(None, ("draft",))
    assert [one.author for one in drafts] == ["anna"]
    await scheduled.schedule.go()
    assert len(await scheduled.store.broadcasts(None, ("draft",))) == 1


async def test_one_process_at_a_time_keeps_the_schedule(opened: Opener) -> None:
    alerting = await opened(80, speed=10)
    alerting.store._writer._database.alone = False
    first = await alerting.start(sends=False)
    second = await alerting.start(sends=False)
    assert first._holding is not None
    assert second._holding is not None
    await asyncio.sleep(0.2)
    assert (first._holding.lease is None, second._holding.lease is None) == (False, True)
    key = await alerting.let_out()
    await alerting.until(key, "sending")
    assert (await alerting.tally(key)).due == 80
