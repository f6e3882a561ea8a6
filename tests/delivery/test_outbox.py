"""Replies on their way, with the faults of a messenger (THREATS section 4)."""

import asyncio
import time
from datetime import timedelta

import pytest

from bot.channels import Request, Sent
from bot.delivery import Pace
from bot.delivery.lane import Recipient
from bot.store import Outcome, Work
from tests.delivery.running import Begin, Running
from tests.fakes import botapi
from tests.fakes.botapi import BotApi, Call, Fault

GREETING = "Здравствуйте!\n\nЧем помочь?"


async def test_a_reply_is_claimed_sent_and_settled(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    assert api.texts(1) == [GREETING]
    assert await bot.store.unsent(["telegram"], 10) == []


async def test_one_contacts_replies_arrive_in_order_though_the_first_is_slow(bot: Running, api: BotApi) -> None:
    api.fail("sendMessage", Fault(status=500, body=b"{}", hangs_seconds=0.2))
    await bot.says(1, "/start")
    for word in ("помощь", "стоп", "меню"):
        await bot.says(1, word)
    await bot.says(2, "/start")
    await api.until(lambda: api.texts(2))
    assert api.texts(1) == []
    await bot.delivery.outbox.idle()
    assert [text.split("\n")[0] for text in api.texts(1)] == [
        "Здравствуйте!",
        "Позвоните тем, кому верите.",
        "Больше не пишем.",
        "Чем помочь?",
    ]


async def test_what_an_earlier_process_left_goes_first(begin: Begin, api: BotApi) -> None:
    first = await begin()
    api.judge = lambda call: botapi.flood(60)
    await first.says(1, "/start")
    await first.says(1, "помощь")
    await api.until(lambda: api.calls)
    await first.stop()
    api.judge = lambda call: None
    second = await begin()
    await second.says(1, "стоп")
    await api.until(lambda: len(api.texts(1)) == 3)
    assert [text.split("\n")[0] for text in api.texts(1)] == [
        "Здравствуйте!",
        "Позвоните тем, кому верите.",
        "Больше не пишем.",
    ]


async def test_a_backlog_larger_than_memory_is_sent_in_order_and_whole(begin: Begin, api: BotApi) -> None:
    first = await begin()
    api.judge = lambda call: botapi.flood(60)
    for number in range(60):
        await first.says(number % 7, "помощь")
    await first.stop()
    api.judge = lambda call: None
    second = await begin(most_in_memory=10)
    for number in range(20):
        await second.says(number % 7, "стоп")
    await api.until(lambda: sum(len(api.texts(chat)) for chat in range(7)) == 80, seconds=20)
    for chat in range(7):
        words = [text.split()[0] for text in api.texts(chat)]
        assert words == sorted(words, key=lambda word: word != "Позвоните")


async def test_the_pace_of_a_chat_and_of_the_account_holds(
    begin: Begin, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = await begin(per_second=5, chat_pace=Pace(4, 2))
    send = bot.channel.send
    sent: list[tuple[float, int]] = []

    async def noted(request: Request, account: str, tracking: str = "") -> Sent:
        if request.method == "sendMessage":
            sent.append((time.monotonic(), int(request.params["chat_id"])))
        return await send(request, account, tracking)

    monkeypatch.setattr(bot.channel, "send", noted)
    for _ in range(4):
        await bot.says(1, "помощь")
        await bot.says(2, "помощь")
        await bot.says(3, "помощь")
    await bot.delivery.outbox.idle()
    assert len(sent) == 12
    for chat in (1, 2, 3):
        times = [at for at, to in sent if to == chat]
        assert times[3] - times[0] >= 2 / 4 - 0.02
    arrived = [call.at for call in api.made("sendMessage")]
    assert all(later - earlier >= 1 for earlier, later in zip(arrived, arrived[5:], strict=False))


async def test_f16_an_answer_that_is_lost_repeats_a_reply_once(begin: Begin, api: BotApi) -> None:
    bot = await begin(timeout_seconds=0.2)
    api.fail("sendMessage", botapi.LOST_ANSWER)
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == 2
    api.fail("sendMessage", botapi.LOST_ANSWER, botapi.LOST_ANSWER)
    await bot.says(2, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(2)) == 2
    assert await bot.store.unsent(["telegram"], 10) == []


async def test_f17_nothing_goes_to_the_account_before_the_time_it_asked_for(bot: Running, api: BotApi) -> None:
    api.fail("sendMessage", botapi.flood(1))
    await bot.says(1, "помощь")
    await api.until(lambda: api.calls)
    asked = api.calls[0].at
    for chat in (1, 2, 3):
        await bot.says(chat, "стоп")
    await bot.delivery.outbox.idle()
    later = [call.at - asked for call in api.calls[1:]]
    assert min(later) >= 1.0
    assert [len(api.texts(chat)) for chat in (1, 2, 3)] == [2, 1, 1]


@pytest.mark.parametrize("fault", [botapi.BLOCKED, botapi.DEACTIVATED, botapi.CHAT_NOT_FOUND])
async def test_f18_who_is_gone_gets_no_second_try_and_the_rest_goes_on(fault: Fault, bot: Running, api: BotApi) -> None:
    api.judge = lambda call: fault if call.params["chat_id"] == 1 else None
    await bot.says(1, "помощь")
    await bot.says(2, "помощь")
    await bot.delivery.outbox.idle()
    assert len([call for call in api.calls if call.params["chat_id"] == 1]) == 1
    assert len(api.texts(2)) == 1
    assert await bot.store.unsent(["telegram"], 10) == []


async def test_who_comes_back_is_answered_again(bot: Running, api: BotApi) -> None:
    api.fail("sendMessage", botapi.BLOCKED)
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    assert api.texts(1) == [GREETING]


async def test_f19_a_refused_token_is_tried_once_a_minute(bot: Running, api: BotApi) -> None:
    api.judge = lambda call: botapi.UNAUTHORIZED
    for chat in range(5):
        await bot.says(chat, "помощь")
    await api.until(lambda: api.calls)
    await asyncio.sleep(0.3)
    tried = len(api.calls)
    await asyncio.sleep(1.0)
    assert len(api.calls) == tried <= 5


async def test_f20_a_refused_form_becomes_plain_text_once_and_is_then_set_aside(bot: Running, api: BotApi) -> None:
    def refuses(call: Call) -> Fault | None:
        return botapi.BAD_REQUEST if "inline_keyboard" in call.params.get("reply_markup", {}) else None

    api.judge = refuses
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    assert api.texts(1) == [f"{GREETING}\n1. Ещё\n2. Где вы\n3. Ожидание\n4. Действия\n5. Кому позвонить"]
    api.judge = lambda call: botapi.BAD_REQUEST if call.params["chat_id"] == 2 else None
    await bot.says(2, "/start")
    await bot.delivery.outbox.idle()
    assert len([call for call in api.calls if call.params["chat_id"] == 2]) == 2
    api.judge = lambda call: None
    await bot.says(2, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(2)) == 1


async def test_a_fault_of_the_server_is_tried_a_few_times(bot: Running, api: BotApi) -> None:
    api.fail("sendMessage", botapi.SERVER_ERROR)
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == 1


async def test_a_page_of_a_proxy_is_no_answer_and_the_reply_is_repeated_once(bot: Running, api: BotApi) -> None:
    api.fail("sendMessage", botapi.BAD_GATEWAY)
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == 1
    assert len(api.calls) == 2


async def test_f15_an_unreachable_messenger_loses_nothing_and_is_asked_ever_more_rarely(
    bot: Running, api: BotApi
) -> None:
    bot.looks_at("http://127.0.0.1:9")
    for chat in range(20):
        await bot.says(chat, "помощь")
    await asyncio.sleep(0.5)
    waiting = await bot.store.unsent(["telegram"], 100)
    assert len(waiting) == 20
    bot.looks_at(api.base_url)
    await bot.delivery.outbox.idle()
    assert sum(len(api.texts(chat)) for chat in range(20)) == 20


async def test_a_reply_that_could_not_leave_for_a_day_is_dropped_visibly(
    begin: Begin, api: BotApi, capsys: pytest.CaptureFixture[str]
) -> None:
    first = await begin()
    api.judge = lambda call: botapi.flood(60)
    await first.says(1, "помощь")
    await api.until(lambda: api.calls)
    await first.stop()
    api.judge = lambda call: None
    second = await begin(ahead=timedelta(hours=25))
    await second.says(1, "стоп")
    await api.until(lambda: api.texts(1))
    assert api.texts(1) == ["Больше не пишем."]
    assert "code=expired" in capsys.readouterr().out


async def test_a_reply_that_cannot_be_read_holds_up_nobody(bot: Running, api: BotApi) -> None:
    work = Work(channel="telegram", account="7000000000", address="1", step=lambda _: Outcome(outbox=(b"{",)))
    taken = await bot.store.take(work)
    bot.delivery.outbox.offer(Recipient("telegram", "7000000000", "1"), taken.rows)
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == 1
    assert await bot.store.unsent(["telegram"], 10) == []
