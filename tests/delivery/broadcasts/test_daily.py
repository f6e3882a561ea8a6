"""How many people WhatsApp lets a number write to first in a day: the alert stops there, says so, and goes on later."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp.synchronise import forms
from bot.delivery import Delivery
from bot.delivery.broadcasts import courses
from bot.delivery.broadcasts.daily import Daily
from bot.delivery.broadcasts.rule import All, Is
from bot.store import Outcome, Work
from tests.channels.whatsapp.recorder import Recorder
from tests.channels.whatsapp.webhooks import ACCOUNT
from tests.delivery.broadcasts.alerting import Alerting, Opener, nothing_is_held
from tests.delivery.broadcasts.alerts import RUSSIAN

LABELS = dict.fromkeys(("ru", "uz", "uz_Cyrl", "tg", "ky"), "Выбрать")
PROFILE = json.dumps({"language": "ru", "country": "RU", "citizenship": "UZ", "alerts": "all"}).encode()


async def arrive(alerting: Alerting, number: int, *, first: int, last: float) -> None:
    """People on WhatsApp who wrote ``last``, in seconds since 1970."""
    session = json.dumps({"last": int(last)}).encode()
    outcome = Outcome(profile=PROFILE, session=session)
    for one in range(first, first + number):
        address = str(79_000_000_000 + one)
        await alerting.store.take(Work(channel="whatsapp", account=ACCOUNT, address=address, step=lambda _: outcome))


async def test_the_day_is_full_and_the_next_one_goes_on(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courses, "_LATER_SECONDS", 20.0)
    alerting = await opened(40, speed=20)
    now = alerting.ticking().timestamp()
    await arrive(alerting, 30, first=0, last=now - 3 * 86_400)
    await arrive(alerting, 20, first=30, last=now)
    recorder = Recorder()
    channel = WhatsApp(recorder, LABELS, forms(alerting.town.catalogue.templates), 1_000_000)
    delivery = Delivery(
        alerting.store,
        [channel],
        lambda: alerting.town.catalogue,
        clock=alerting.clock,
        broadcasts=alerting.store.broadcasts,
        audiences=alerting.town.index,
        daily_limit=12,
    )
    await delivery.start()
    try:
        with nothing_is_held():
            on_whatsapp = All(of=(RUSSIAN, Is(key="channel", values=("whatsapp",))))
            key = await alerting.let_out(segment=on_whatsapp, ends=alerting.ticking() + timedelta(days=9))
            await alerting.until_reason(key, "daily-limit")
            await asyncio.sleep(1)
            kinds = [call[2]["type"] for call in recorder.calls]
            assert (kinds.count("template"), len(kinds)) == (12, 32)
            assert (await alerting.tally(key)).due == 18
            for more in (24, 30):
                alerting.ticking.advance(hours=25)
                await alerting.until_calls(recorder.calls, more + 20)
                await asyncio.sleep(1)
                assert len(recorder.calls) == more + 20
            tally = await alerting.until(key, "done")
    finally:
        await delivery.stop(1)
    assert (tally.sent, len({str(call[2].get("to")) for call in recorder.calls})) == (50, 50)
    assert (await alerting.broadcast(key)).reason == ""


async def test_the_sum_outlives_the_process_and_counts_each_number_by_itself(opened: Opener) -> None:
    alerting = await opened(40)

    def daily(account: str, limit: int = 10) -> Daily:
        return Daily(alerting.store, "whatsapp", account, limit, alerting.clock)

    await daily("1").opened(7)
    assert (await daily("1").left(), await daily("2").left(), await daily("1", 0).left()) == (3, 10, None)
    alerting.ticking.advance(hours=23)
    await daily("1").opened(4)
    assert await daily("1").left() == 0
    alerting.ticking.advance(hours=3)
    assert await daily("1").left() == 6
