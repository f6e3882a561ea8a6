"""Alerts on their way, with a real store and a real client: each recipient once, whatever fails (THREATS T35, T75)."""

import asyncio
import time
from collections import Counter
from functools import partial
from itertools import count
from typing import Any

import pytest

from bot.channels.telegram import Telegram
from bot.delivery.broadcasts.live import Live
from bot.delivery.broadcasts.model import Source
from bot.store import StoreError
from bot.store.broadcast_protocol import ClaimedDeliveries
from tests.delivery.broadcasts.alerting import ACCOUNT, FIRST_CHAT, Opener, adds_up, nothing_is_held
from tests.delivery.broadcasts.offices import barring, why
from tests.fakes import botapi
from tests.fakes.botapi import BotApi, Call, Fault


async def test_everybody_gets_it_once_and_the_report_adds_up(opened: Opener) -> None:
    alerting = await opened(300)
    await alerting.start()
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    assert set(alerting.got().values()) == {1}
    assert (tally.sent, tally.audience, adds_up(tally)) == (300, 300, True)
    broadcast = await alerting.broadcast(key)
    assert broadcast.began is not None
    assert broadcast.reason == ""


async def test_in_no_second_arrive_more_than_the_account_may_send(opened: Opener, api: BotApi) -> None:
    alerting = await opened(200)
    await alerting.start(per_second=30)
    with nothing_is_held():
        await alerting.let_out()
        await alerting.until_sent(200)
    arrived = [call.at for call in api.made("sendMessage")]
    assert all(later - earlier >= 1 for earlier, later in zip(arrived, arrived[30:], strict=False))
    assert 199 / (arrived[-1] - arrived[0]) >= 30 * 0.95


async def test_who_asks_meanwhile_is_answered_at_once(opened: Opener) -> None:
    alerting = await opened(400)
    delivery = await alerting.start(per_second=20)
    with nothing_is_held():
        await alerting.let_out()
        await alerting.until_sent(30)
        waited = []
        for number in range(6):
            chat = 900 + number
            began = time.monotonic()
            await alerting.says(delivery, chat, "/start")
            await alerting.api.until(partial(alerting.api.texts, chat))
            waited.append(time.monotonic() - began)
            await asyncio.sleep(0.1)
        assert max(waited) < 1
        sent = sum(alerting.got().values())
        assert sent < 300  # it is under way still
        await alerting.until_sent(sent + 20)


FAULTS: dict[str, tuple[Fault, str, str]] = {
    "blocked": (botapi.BLOCKED, "failed", "blocked"),
    "deactivated": (botapi.DEACTIVATED, "failed", "deactivated"),
    "chat not found": (botapi.CHAT_NOT_FOUND, "failed", "chat-not-found"),
    "refused": (botapi.BAD_REQUEST, "failed", "refused"),
    "a fault of the server": (botapi.SERVER_ERROR, "failed", "server-error"),
    "a proxy's page": (botapi.BAD_GATEWAY, "uncertain", ""),
    "a cut connection": (botapi.DROPPED, "uncertain", ""),
    "a lost answer": (botapi.LOST_ANSWER, "uncertain", ""),
    "a lost request": (botapi.LOST_REQUEST, "uncertain", ""),
}


async def test_what_fails_for_one_stops_nobody_and_what_is_unclear_is_not_repeated(opened: Opener, api: BotApi) -> None:
    alerting = await opened(100, speed=5)
    chats = dict(zip(range(FIRST_CHAT, FIRST_CHAT + 100, 10), FAULTS.values(), strict=False))
    api.judge = lambda call: chats[call.params["chat_id"]][0] if call.params.get("chat_id") in chats else None
    await alerting.start(timeout=0.5)
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    expected = Counter(state for _, state, _ in chats.values())
    assert (tally.sent, tally.uncertain, adds_up(tally)) == (100 - len(chats), expected["uncertain"], True)
    assert dict(tally.failed) == {code: 1 for _, state, code in chats.values() if state == "failed"}
    tried = Counter(int(call.params["chat_id"]) for call in api.made("sendMessage"))
    unclear = [chat for chat, (_, state, _) in chats.items() if state == "uncertain"]
    assert [tried[chat] for chat in unclear] == [1] * len(unclear)
    assert max(tried.values()) == 3  # where the server had a fault of its own
    await alerting.town.following.follow()
    assert alerting.reached() == 97  # three of them cannot be reached any more


async def test_a_claim_whose_answer_is_lost_costs_nobody_the_alert(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database dies between the commit and the answer."""
    alerting = await opened(60, speed=5)
    claim, claims = alerting.store.broadcasts.claim_deliveries, count(1)

    async def lying(*arguments: Any, **how: Any) -> ClaimedDeliveries:
        claimed = await claim(*arguments, **how)
        if claimed.rows and next(claims) in (1, 3):
            raise StoreError("it cannot be reached")
        return claimed

    monkeypatch.setattr(alerting.store.broadcasts, "claim_deliveries", lying)
    await alerting.start(per_second=40)
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    assert (tally.sent, set(alerting.got().values())) == (60, {1})
    assert next(claims) > 4


async def test_a_passing_fault_of_the_server_costs_nobody_the_alert(opened: Opener, api: BotApi) -> None:
    alerting = await opened(60, speed=5)
    api.fail("sendMessage", *[botapi.SERVER_ERROR] * 5)
    await alerting.start()
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    assert (tally.sent, set(alerting.got().values())) == (60, {1})


async def test_f17_asked_to_wait_it_waits_and_nobody_is_left_out_or_told_twice(opened: Opener, api: BotApi) -> None:
    alerting = await opened(120)
    refused: list[float] = []

    def judge(call: Call) -> Fault | None:
        if len(api.calls) == 60:
            refused.append(call.at)
            return botapi.flood(2)
        return None

    api.judge = judge
    await alerting.start(per_second=200)
    with nothing_is_held():
        key = await alerting.let_out()
        await api.until(lambda: refused)
        await asyncio.sleep(0.8)
        tally = await alerting.tally(key)
        assert (tally.sending, tally.due > 0) == (0, True)  # put back at once, so that a pause stops them
        tally = await alerting.until(key, "done")
    after = [call.at - refused[0] for call in api.calls if call.at > refused[0]]
    assert [at for at in after if 0.3 < at < 2] == []
    assert (tally.sent, set(alerting.got().values())) == (120, {1})


@pytest.mark.parametrize("trouble", ["unreachable", "unauthorized"])
async def test_f15_an_outage_pauses_it_is_told_and_it_goes_on_by_itself(
    opened: Opener, api: BotApi, trouble: str
) -> None:
    alerting = await opened(120, speed=25)
    await alerting.start(per_second=100)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(40)
        before = api.base_url
        if trouble == "unreachable":
            alerting.looks_at("http://127.0.0.1:9")
        else:
            api.judge = lambda call: botapi.UNAUTHORIZED
        calls = len(api.calls)
        await alerting.until_reason(key, trouble)
        tally = await alerting.tally(key)
        assert tally.uncertain == 0
        assert sum(n for _, n in tally.failed) == 0
        assert len(api.calls) - calls <= 64 + 5  # not burnt through: those under way, and a try now and then
        alerting.looks_at(before)
        api.judge = lambda call: None
        tally = await alerting.until(key, "done")
    assert (tally.sent, set(alerting.got().values())) == (120, {1})
    assert (await alerting.broadcast(key)).reason == ""


@pytest.mark.parametrize("hours", [3, -3], ids=["ahead", "back"])
async def test_a_clock_that_jumps_meanwhile_costs_nobody_the_alert(opened: Opener, hours: int) -> None:
    """By hours, at noon, so that it is no quiet hour before or after."""
    alerting = await opened(200)
    await alerting.start(per_second=60)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(60)
        alerting.ticking.now += alerting.seconds(hours * 3600)
        tally = await alerting.until(key, "done")
    assert (tally.sent, tally.uncertain, set(alerting.got().values())) == (200, 0, {1})
    assert adds_up(tally)


async def test_t35_a_pause_and_a_cancel_stop_it_within_two_seconds_of_the_pace(opened: Opener) -> None:
    alerting = await opened(600)
    await alerting.start(per_second=50)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(60)
        anna = await alerting.town.account("anna")
        await alerting.town.office.pause(anna, key)
        sent = sum(alerting.got().values())
        await asyncio.sleep(2.5)
        paused = sum(alerting.got().values())
        assert paused - sent <= 2 * 50
        tally = await alerting.tally(key)
        assert (tally.sending, tally.sent) == (0, paused)
        await asyncio.sleep(1)
        assert sum(alerting.got().values()) == paused
        await alerting.town.office.resume(anna, key)
        await alerting.until_sent(paused + 50)
        await alerting.town.office.cancel(anna, key)
        cancelled = sum(alerting.got().values())
        await asyncio.sleep(2.5)
        tally = await alerting.tally(key)
    assert sum(alerting.got().values()) - cancelled <= 2 * 50
    assert dict(tally.skipped)["cancelled"] == 600 - tally.sent
    assert (set(alerting.got().values()), tally.sending, adds_up(tally)) == ({1}, 0, True)


async def test_t25_one_that_names_what_is_barred_meanwhile_stops_within_two_seconds_of_the_pace(
    opened: Opener,
) -> None:
    alerting = await opened(400)
    await alerting.start(per_second=50)
    with nothing_is_held():
        key = await alerting.let_out(source=Source(title="Портал «Заря»", url="", checked_on="2026-03-10"))
        await alerting.until_sent(30)
        alerting.town.catalogue = barring(alerting.town.catalogue, "заря")
        sent = sum(alerting.got().values())
        await alerting.until(key, "paused")
        await asyncio.sleep(1)
        stopped = sum(alerting.got().values())
        assert stopped - sent <= 2 * 50
        await asyncio.sleep(1)
        assert sum(alerting.got().values()) == stopped
    assert (await alerting.broadcast(key)).reason == "barred-name"
    assert why(await alerting.town.office.resume(await alerting.town.account("anna"), key)) == "barred"


async def test_f33_who_is_erased_or_says_no_meanwhile_gets_nothing_any_more(opened: Opener) -> None:
    alerting = await opened(200)
    await alerting.start(per_second=40)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(20)
        waiting = set(range(FIRST_CHAT, FIRST_CHAT + 200)) - set(alerting.got())
        leaves, refuses = sorted(waiting)[:20], sorted(waiting)[20:40]
        for chat in leaves:
            assert await alerting.store.erase("telegram", ACCOUNT, str(chat))
        for chat in refuses:
            await alerting.town.tells(chat, alerts="none")
        await asyncio.sleep(1)
        under_way = set(alerting.got())
        tally = await alerting.until(key, "done", seconds=30)
    got = set(alerting.got())
    assert got.isdisjoint({*leaves, *refuses} - under_way)
    assert len(under_way.intersection((*leaves, *refuses))) < 30  # what was claimed then
    assert (tally.left, dict(tally.skipped)) == (20, {"opted-out": len(set(refuses) - under_way)})
    assert adds_up(tally)


async def test_who_is_being_answered_gets_it_after_the_answer(opened: Opener, api: BotApi) -> None:
    alerting = await opened(60)
    delivery = await alerting.start()
    chat = FIRST_CHAT + 7
    api.judge = lambda call: (
        botapi.Fault(hangs_seconds=1.0, carried_out=True, status=200, body=_MADE)
        if (call.params.get("chat_id") == chat and len(api.calls) < 3)
        else None
    )
    await alerting.says(delivery, chat, "/start")
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    assert (tally.sent, alerting.got()[chat]) == (60, 2)
    assert alerting.town.alert_text in api.texts(chat)[1]


_MADE = b'{"ok": true, "result": {"message_id": 1}}'


async def test_who_writes_before_their_turn_is_shown_it_and_nobody_is_shown_what_they_got(
    opened: Opener, api: BotApi
) -> None:
    def answered(chat: int, before: int) -> bool:
        return len(api.texts(chat)) > before

    alerting = await opened(80)
    live = Live(alerting.store.broadcasts, lambda: alerting.town.catalogue, alerting.clock)
    delivery = await alerting.start(per_second=20, alerts=live)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(10)
        await live.refresh()
        got = [*alerting.got()]
        waiting, newcomer = max({*range(FIRST_CHAT, FIRST_CHAT + 80)} - {*got}), FIRST_CHAT + 900
        await alerting.town.tells(newcomer)
        for chat in (got[0], waiting, newcomer):
            for _ in range(2):
                before = len(api.texts(chat))
                await alerting.says(delivery, chat, "/start")
                await api.until(partial(answered, chat, before))
        assert (await alerting.broadcast(key)).state == "sending"
        tally = await alerting.until(key, "done")
    told = [sum(alerting.town.alert_text in text for text in api.texts(chat)) for chat in alerting.got()]
    assert told == [1] * 81
    assert (tally.audience, tally.sent, adds_up(tally)) == (81, 81, True)


async def test_t35_after_the_first_part_it_is_held_and_then_goes_on(opened: Opener) -> None:
    alerting = await opened(150, speed=30)
    await alerting.start()
    key = await alerting.let_out()
    await alerting.until_sent(50)
    await asyncio.sleep(1)  # half a minute
    broadcast = await alerting.broadcast(key)
    assert broadcast.held_until is not None
    assert broadcast.began is not None
    assert 115 <= (broadcast.held_until - broadcast.began).total_seconds() <= 180
    assert sum(alerting.got().values()) == 50
    tally = await alerting.until(key, "done")
    assert (tally.sent, set(alerting.got().values())) == (150, {1})


async def test_what_is_over_is_sent_to_nobody_any_more(opened: Opener) -> None:
    alerting = await opened(100, speed=10)
    await alerting.start(per_second=1)
    with nothing_is_held():
        key = await alerting.let_out(ends=alerting.ticking() + alerting.seconds(60))
        await alerting.until_sent(5)
        tally = await alerting.until(key, "done", seconds=30)
    assert (await alerting.broadcast(key)).reason == "expired"
    assert dict(tally.skipped)["expired"] >= 30
    sent = sum(alerting.got().values())
    await asyncio.sleep(1)
    assert sum(alerting.got().values()) <= sent + 1
    assert adds_up(await alerting.tally(key))


async def test_danger_to_life_goes_before_an_older_alert(opened: Opener, api: BotApi) -> None:
    alerting = await opened(200)
    await alerting.start(per_second=40)
    with nothing_is_held():
        news = await alerting.let_out()
        await alerting.until_sent(30)
        danger = await alerting.let_out(texts={"ru": "Пожар рядом с вокзалом. Уходите к реке."}, urgency="life")
        await alerting.until(danger, "sending")
        before = (await alerting.tally(news)).sent
        await alerting.until(danger, "done")
        assert (await alerting.tally(news)).sent - before <= 2 * 40
        await alerting.until(news, "done")
    assert set(alerting.got().values()) == {2}


async def test_asked_to_stop_it_ends_what_is_under_way_and_the_next_process_goes_on(opened: Opener) -> None:
    alerting = await opened(300)
    first = await alerting.start(per_second=100)
    with nothing_is_held():
        key = await alerting.let_out()
        await alerting.until_sent(80)
        await first.stop(5)
        tally = await alerting.tally(key)
        assert (tally.sending, tally.uncertain, tally.sent) == (0, 0, sum(alerting.got().values()))
        await alerting.start()
        tally = await alerting.until(key, "done")
    assert (tally.sent, set(alerting.got().values())) == (300, {1})


async def test_a_fault_of_our_own_is_told_and_the_others_get_theirs(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerting = await opened(60)
    await alerting.start()
    send = Telegram.send

    async def broken(self: Telegram, request, account, tracking="", *, bulk=False):  # type: ignore[no-untyped-def]
        if request.params.get("chat_id") == FIRST_CHAT:
            raise KeyError("ours")
        return await send(self, request, account, tracking, bulk=bulk)

    monkeypatch.setattr(Telegram, "send", broken)
    with nothing_is_held():
        key = await alerting.let_out()
        tally = await alerting.until(key, "done")
    assert (tally.sent, tally.failed) == (59, (("unreadable", 1),))
