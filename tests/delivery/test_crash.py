"""What a crash may do: lose nothing, repeat at most what was being sent (F2-F4)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from bot.delivery import Pace
from bot.store import Settled, Store
from tests.delivery.running import Begin
from tests.fakes import botapi
from tests.fakes.botapi import BotApi


class NeverSettles:
    """A process that dies between a send and its record."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def settle(self, results: Sequence[Settled]) -> None:
        await asyncio.Event().wait()


async def test_f2_an_update_that_comes_again_after_a_kill_before_the_answer_is_one_turn(
    begin: Begin, api: BotApi
) -> None:
    first = await begin()
    update = await first.says(1, "/start")
    await first.delivery.outbox.idle()
    await first.dies()
    second = await begin()
    await second.receives(update)
    await second.delivery.outbox.idle()
    assert len(api.texts(1)) == 1


async def test_f2_a_reply_that_was_committed_and_not_sent_leaves_after_the_restart(
    begin: Begin, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await begin()
    monkeypatch.setattr(first.delivery.outbox, "offer", lambda *_: None)  # killed right after the commit
    update = await first.says(1, "/start")
    await first.dies()
    second = await begin()
    await second.receives(update)
    await api.until(lambda: api.texts(1))
    await second.delivery.outbox.idle()
    assert len(api.texts(1)) == 1


async def test_f3_a_kill_between_send_and_record_repeats_a_reply_once(begin: Begin, api: BotApi) -> None:
    first = await begin(around=NeverSettles)
    await first.says(1, "/start")
    await first.says(1, "помощь")
    await api.until(lambda: api.texts(1))
    await first.dies()
    second = await begin(around=NeverSettles)
    await api.until(lambda: len(api.texts(1)) == 2)
    await second.dies()
    third = await begin()
    await api.until(lambda: len(api.texts(1)) == 3)
    await third.delivery.outbox.idle()
    first_word = [text.split()[0] for text in api.texts(1)]
    assert first_word == ["Здравствуйте!", "Здравствуйте!", "Позвоните"]


async def test_f4_a_stop_under_load_ends_what_is_being_sent_and_keeps_the_rest(begin: Begin, api: BotApi) -> None:
    first = await begin(chat_pace=Pace(1, 2))
    for number in range(200):
        await first.says(number % 20, "помощь")
    await first.stop(seconds=8)
    sent = sum(len(api.texts(chat)) for chat in range(20))
    assert 0 < sent < 200
    second = await begin()
    await api.until(lambda: sum(len(api.texts(chat)) for chat in range(20)) >= 200, seconds=20)
    await second.delivery.outbox.idle()
    assert sum(len(api.texts(chat)) for chat in range(20)) == 200


async def test_f4_a_send_that_hangs_does_not_hold_up_the_stop(begin: Begin, api: BotApi) -> None:
    first = await begin(timeout_seconds=30)
    api.fail("sendMessage", botapi.LOST_ANSWER)
    await first.says(1, "помощь")
    await api.until(lambda: api.calls)
    began = asyncio.get_running_loop().time()
    await first.stop(seconds=0.5)
    assert asyncio.get_running_loop().time() - began < 2
    second = await begin()
    await api.until(lambda: len(api.texts(1)) == 2)
    await second.delivery.outbox.idle()
    assert len(api.texts(1)) == 2
