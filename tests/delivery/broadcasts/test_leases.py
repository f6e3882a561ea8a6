"""Several processes on one store: each account is sent from by one, and a dead one's is taken over (T76, F27, F28)."""

import asyncio
import time
from collections import Counter

from bot.delivery import Delivery
from bot.delivery.lane import Recipient
from bot.store import Outcome, Work
from tests.delivery.broadcasts.alerting import Alerting, Opener, adds_up, nothing_is_held
from tests.fakes.botapi import BotApi


def shared(alerting: Alerting) -> None:
    """As with PostgreSQL: whoever holds a lease keeps it."""
    alerting.store._writer._database.alone = False


def holds(delivery: Delivery) -> bool:
    return bool(delivery._ways.held())


async def asks(alerting: Alerting, delivery: Delivery, chats: range) -> None:
    for chat in chats:
        await alerting.says(delivery, chat, "/start")


async def falls_silent(delivery: Delivery) -> None:
    """Dead without a word: nothing is renewed or released any more."""
    assert delivery._keeping is not None
    delivery._keeping.cancel()
    await asyncio.gather(delivery._keeping, return_exceptions=True)


async def test_only_one_sends_and_what_the_other_takes_leaves_through_it(opened: Opener, api: BotApi) -> None:
    alerting = await opened(40)
    shared(alerting)
    told: list[str] = []
    first = await alerting.start()

    def wake(channel: str, address: str) -> None:
        told.append(channel)
        first.look()

    second = await alerting.start(wake=wake)
    assert (holds(first), holds(second)) == (True, False)
    await asks(alerting, second, range(1, 21))
    await api.until(lambda: all(api.texts(chat) for chat in range(1, 21)))
    assert told == ["telegram"] * len(told)
    assert len(told) >= 20
    assert {chat: len(api.texts(chat)) for chat in range(1, 21)} == dict.fromkeys(range(1, 21), 1)


async def test_a_process_without_the_role_never_sends_but_what_only_it_knows(opened: Opener, api: BotApi) -> None:
    alerting = await opened(40)
    shared(alerting)
    told: list[str] = []
    web = await alerting.start(sends=False, wake=lambda channel, address: told.append(address))
    await asks(alerting, web, range(1, 4))
    await asyncio.sleep(0.3)
    assert (api.made("sendMessage"), sorted(told)[0]) == ([], "1")
    await alerting.says(web, 1, "удалить")
    await alerting.says(web, 1, "1")
    await asyncio.sleep(0.3)
    before = len(api.made("sendMessage"))
    sender = await alerting.start()
    await api.until(lambda: all(api.texts(chat) for chat in (2, 3)))
    assert len(api.made("sendMessage")) > before
    assert holds(sender)


async def test_f28_another_takes_over_within_fifteen_seconds_of_a_death_without_a_word(
    opened: Opener, api: BotApi
) -> None:
    alerting = await opened(40, speed=5)
    shared(alerting)
    first = await alerting.start()
    second = await alerting.start()
    await falls_silent(first)
    began = alerting.clock.monotonic()
    while not holds(second):
        assert alerting.clock.monotonic() - began < 15
        await asyncio.sleep(0.02)
    await asks(alerting, second, range(1, 6))
    await api.until(lambda: all(api.texts(chat) for chat in range(1, 6)))
    assert {len(api.texts(chat)) for chat in range(1, 6)} == {1}


async def test_one_that_ends_as_it_should_is_followed_at_once(opened: Opener) -> None:
    alerting = await opened(40, speed=5)
    shared(alerting)
    first = await alerting.start()
    second = await alerting.start()
    await first.stop(1)
    began = alerting.clock.monotonic()
    while not holds(second):
        assert alerting.clock.monotonic() - began < 4
        await asyncio.sleep(0.02)


async def test_f27_one_that_stood_still_sends_and_marks_nothing_when_it_wakes(opened: Opener, api: BotApi) -> None:
    alerting = await opened(40, speed=10)
    shared(alerting)
    frozen = await alerting.start()
    second = await alerting.start()
    hung = asyncio.Event()
    send = alerting._channels[0].send

    async def hangs(request, account, tracking="", *, bulk=False):  # type: ignore[no-untyped-def]
        sent = await send(request, account, tracking)
        await hung.wait()
        return sent

    alerting._channels[0].send = hangs  # type: ignore[method-assign]
    await asks(alerting, frozen, range(1, 6))
    await api.until(lambda: all(api.texts(chat) for chat in range(1, 6)))
    await falls_silent(frozen)
    while not holds(second):
        await asyncio.sleep(0.02)
    await api.until(lambda: all(len(api.texts(chat)) == 2 for chat in range(1, 6)))  # R: they were being sent
    hung.set()  # it wakes, and has it all in hand
    await asks(alerting, frozen, range(11, 16))
    await asyncio.sleep(0.5)
    second.look()
    await api.until(lambda: all(api.texts(chat) for chat in range(11, 16)))
    await asyncio.sleep(0.3)
    counted = Counter(int(call.params["chat_id"]) for call in api.made("sendMessage"))
    assert {chat: counted[chat] for chat in range(1, 6)} == dict.fromkeys(range(1, 6), 2)
    assert {chat: counted[chat] for chat in range(11, 16)} == dict.fromkeys(range(11, 16), 1)
    assert await alerting.store.unsent(["telegram"], 100) == []


async def test_a_lost_lease_stops_an_alert_and_what_was_being_sent_is_uncertain(opened: Opener, api: BotApi) -> None:
    alerting = await opened(300, speed=10)
    shared(alerting)
    first = await alerting.start(per_second=20)
    await alerting.start(per_second=20)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(60)
        sending = (await alerting.tally(key)).sending
        await falls_silent(first)
        for _, task in first._senders._running.values():  # type: ignore[union-attr]
            task.cancel()
        tally = await alerting.until(key, "done", seconds=60)
    assert set(alerting.got().values()) == {1}
    assert tally.uncertain <= max(sending, 15) + 64
    assert (tally.sent + tally.uncertain, adds_up(tally)) == (300, True)


async def test_two_that_send_alerts_tell_nobody_twice(opened: Opener) -> None:
    alerting = await opened(300)
    shared(alerting)
    first = await alerting.start(per_second=100)
    second = await alerting.start(per_second=100)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(80)
        await first.stop(2)
        tally = await alerting.until(key, "done", seconds=40)
    assert holds(second)
    assert (tally.sent, set(alerting.got().values())) == (300, {1})


async def test_rows_of_an_account_that_we_had_once_wait_and_hold_up_nobody(opened: Opener, api: BotApi) -> None:
    alerting = await opened(40)
    delivery = await alerting.start()
    work = Work(channel="telegram", account="1", address="1", step=lambda _: Outcome(outbox=(b"{}",)))
    taken = await alerting.store.take(work)
    delivery.outbox.offer(Recipient("telegram", "1", "1"), taken.rows)
    await asks(alerting, delivery, range(2, 4))
    await api.until(lambda: all(api.texts(chat) for chat in (2, 3)))
    assert [row.account for row in await alerting.store.unsent(["telegram"], 10)] == ["1"]
    await delivery.outbox.idle()


async def test_the_embedded_one_starts_without_waiting_for_an_old_lease(opened: Opener, api: BotApi) -> None:
    alerting = await opened(40)
    first = await alerting.start()
    await falls_silent(first)
    began = time.monotonic()
    second = await alerting.start()
    assert holds(second)
    await asks(alerting, second, range(1, 3))
    await api.until(lambda: api.texts(2))
    assert time.monotonic() - began < 3
