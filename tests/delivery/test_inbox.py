"""Updates on their way in, with the faults of THREATS section 4."""

import asyncio
import json
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bot.channels import Incoming, Report
from bot.conversation import Event, Turn, turn
from bot.delivery import step
from bot.delivery.turns import Turns
from bot.store import StoreError, Taken, Work
from tests.delivery.running import Begin, Running
from tests.fakes import botapi
from tests.fakes.botapi import BotApi


def tap(api: BotApi, chat: int, label: str) -> dict[str, Any]:
    """The update of a tap on the newest button with this label."""
    for number, message in reversed(api.chats[chat].items()):
        for row in (message.get("reply_markup") or {}).get("inline_keyboard", ()):
            for button in row:
                if button["text"] == label:
                    query = {
                        "id": str(number) + button["callback_data"],
                        "from": {"id": chat, "is_bot": False, "first_name": "P"},
                        "message": api._message(chat, number),
                        "data": button["callback_data"],
                        "chat_instance": "1",
                    }
                    return {"update_id": api.next_update(), "callback_query": query}
    raise AssertionError(f"no button {label!r}")


async def taps(bot: Running, chat: int, label: str) -> dict[str, Any]:
    update = tap(bot.api, chat, label)
    await bot.receives(update)
    await bot.delivery.outbox.idle()
    return update


def shown(api: BotApi, chat: int) -> list[str]:
    return [text.split("\n")[0] for text in api.texts(chat)]


async def test_f22_one_update_a_hundred_times_is_one_turn_and_one_reply(bot: Running, api: BotApi) -> None:
    update = await bot.says(1, "/start")
    await asyncio.gather(*(bot.receives(update) for _ in range(99)))
    await bot.delivery.outbox.idle()
    assert shown(api, 1) == ["Здравствуйте!"]


async def test_alerts_stand_back_for_what_people_write_and_not_for_what_became_of_messages(
    bot: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each message of an alert WhatsApp tells three times what became of it."""
    inbox, turns = bot.delivery.inbox, Turns()
    inbox._turns = turns
    news = Report(tracking="1-0", state="delivered")
    await inbox.take(bot.channel, Incoming(account=bot.channel.account, address="1", update="1", report=news))
    assert not turns.are_taken()

    take, taken = bot.store.take, list[bool]()

    async def looks(work: Work) -> Taken:
        taken.append(turns.are_taken())
        return await take(work)

    monkeypatch.setattr(bot.store, "take", looks)
    await bot.says(1, "/start")
    assert taken == [True]


async def test_a_tap_is_answered_before_the_reply_and_once(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    update = await taps(bot, 1, "Ожидание")
    await bot.receives(update)
    await bot.delivery.outbox.idle()
    assert [call.method for call in api.calls[1:]][:1] == ["answerCallbackQuery"]
    assert len(api.made("answerCallbackQuery")) == 1


async def test_a_question_takes_the_place_of_the_tapped_one(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.says(1, "помощь")
    await bot.delivery.outbox.idle()
    before = len(api.texts(1))
    await bot.says(1, "меню")
    await bot.delivery.outbox.idle()
    await taps(bot, 1, "Ещё")
    assert len(api.texts(1)) == before + 1
    assert shown(api, 1)[-1] == "Ещё темы."
    assert [call.method for call in api.calls[-2:]] == ["answerCallbackQuery", "editMessageText"]


async def test_where_it_cannot_be_edited_the_question_is_sent_anew(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.says(1, "меню")
    await bot.delivery.outbox.idle()
    api.fail("editMessageText", botapi.CANNOT_EDIT)
    await taps(bot, 1, "Ещё")
    assert shown(api, 1)[-1] == "Ещё темы."


async def test_an_edit_that_changes_nothing_is_as_good_as_sent(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.says(1, "меню")
    await bot.delivery.outbox.idle()
    before = api.texts(1)
    api.fail("editMessageText", botapi.NOT_MODIFIED)
    await taps(bot, 1, "Ещё")
    assert api.texts(1) == before
    assert await bot.store.unsent(["telegram"], 10) == []


async def test_f23_a_tap_that_comes_before_its_message_is_no_error(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    late = {"update_id": api.next_update(), "message": {**api._from_person(1), "text": "/start"}}
    early = tap(api, 1, "Ещё")
    await bot.receives(early)
    await bot.receives(late)
    await bot.delivery.outbox.idle()
    assert shown(api, 1)[-1] == "Чем помочь?"


async def test_a_place_is_used_and_its_pin_deleted(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    await taps(bot, 1, "Где вы")
    keyboard = list(api.chats[1].values())[-1]["reply_markup"]
    assert keyboard["keyboard"][0] == [{"text": "Отправить место", "request_location": True}]
    pin = {**api._from_person(1), "location": {"latitude": 55.123456, "longitude": 37.654321}}
    await bot.receives({"update_id": api.next_update(), "message": pin})
    await bot.delivery.outbox.idle()
    assert pin["message_id"] not in api.chats[1]
    assert any(call.params.get("reply_markup") == {"remove_keyboard": True} for call in api.calls)
    assert shown(api, 1)[-1].startswith("Спасибо")
    assert not [text for text in api.texts(1) if "\N{ROUND PUSHPIN}" in text]
    assert "55.12" not in json.dumps([call.params for call in api.calls])


async def test_hiding_removes_the_messages_of_both_first(bot: Running, api: BotApi) -> None:
    for word in ("/start", "помощь", "меню", "000"):
        await bot.says(1, word)
        await bot.delivery.outbox.idle()
    assert len(api.chats[1]) == 1
    assert "Позвоните" not in "".join(api.texts(1))
    await bot.says(2, "/start")
    await bot.delivery.outbox.idle()
    assert len(api.chats[2]) == 2


async def test_delete_me_leaves_nothing_but_the_last_words(bot: Running, api: BotApi) -> None:
    for word in ("/start", "помощь", "удалить", "да"):
        await bot.says(1, word)
        await bot.delivery.outbox.idle()
    assert len(api.chats[1]) == 1
    assert shown(api, 1)[0].startswith("Готово")
    assert not await bot.store.erase("telegram", "7000000000", "1")


async def test_blocking_is_noted_and_coming_back_too(bot: Running, api: BotApi) -> None:
    await bot.says(1, "/start")
    await bot.delivery.outbox.idle()
    api.judge = lambda call: botapi.flood(60)
    await bot.says(1, "помощь")
    change = {"chat": {"id": 1, "type": "private"}, "from": {"id": 1}, "new_chat_member": {"status": "kicked"}}
    await bot.receives({"update_id": api.next_update(), "my_chat_member": change})
    assert await bot.store.unsent(["telegram"], 10) == []
    change["new_chat_member"] = {"status": "member"}
    await bot.receives({"update_id": api.next_update(), "my_chat_member": change})
    for _ in range(250):  # until the refused try is recorded
        if await bot.store.unsent(["telegram"], 10):
            break
        await asyncio.sleep(0.02)
    assert len(await bot.store.unsent(["telegram"], 10)) == 1


async def test_a_group_is_left_once_and_nobody_in_it_is_answered(bot: Running, api: BotApi) -> None:
    group = {"message_id": 5, "chat": {"id": -40, "type": "group"}, "date": 1, "text": "hi", "from": {"id": 1}}
    for _ in range(2):
        await bot.receives({"update_id": 77, "message": group})
    await bot.delivery.outbox.idle()
    assert [(call.method, call.params) for call in api.calls] == [("leaveChat", {"chat_id": -40})]


# poison


class Poison:
    """``turn`` of the engine, which breaks for some texts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, breaks_menu: bool = False) -> None:
        self.tries = 0

        def poisoned(session: Any, event: Event, *rest: Any, **more: Any) -> Turn:
            if "poison" in event.text or (breaks_menu and event.choice):
                self.tries += 1
                raise ValueError("SECRET words of the person")
            return turn(session, event, *rest, **more)

        monkeypatch.setattr(step, "turn", poisoned)


async def test_f21_poison_is_tried_three_times_and_set_aside_without_its_text(
    bot: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await bot.says(1, "/start")
    poison = Poison(monkeypatch)
    update = await bot.says(1, "poison")
    await bot.says(2, "помощь")
    await bot.receives(update)
    await bot.delivery.outbox.idle()
    assert poison.tries == 3
    assert shown(api, 1) == ["Здравствуйте!", "Чем помочь?"]
    assert shown(api, 2) == ["Позвоните тем, кому верите."]
    said = capsys.readouterr().out
    assert "event-set-aside" in said
    assert "error=ValueError" in said
    assert "SECRET" not in said
    assert "poison" not in said


async def test_where_even_the_menu_breaks_the_update_is_done_with(
    bot: Running, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = Poison(monkeypatch, breaks_menu=True)
    update = await bot.says(1, "poison")
    tries = poison.tries
    await bot.receives(update)
    assert poison.tries == tries == 4
    assert api.texts(1) == []


async def test_what_the_store_cannot_keep_is_not_confirmed(bot: Running, api: BotApi) -> None:
    async def full(work: Work) -> Taken:
        raise StoreError("The disk is full.")

    bot.store.take = full  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        await bot.says(1, "/start")
    assert api.calls == []


@pytest.mark.parametrize("text", ["помощь", "Где взять патент в Казани?"])
async def test_what_comes_again_because_the_store_was_away_is_no_flood(text: str, bot: Running, api: BotApi) -> None:
    """F8: however often the messenger repeated it, it is one turn, and the words after it are heard too."""
    take, away = bot.store.take, AsyncMock(side_effect=StoreError("PostgreSQL does not answer."))
    bot.store.take = away  # type: ignore[method-assign]
    update = {"update_id": api.next_update(), "message": {**api._from_person(1), "text": text}}
    for _ in range(60):
        with pytest.raises(StoreError):
            await bot.receives(update)
    bot.store.take = take  # type: ignore[method-assign]
    await bot.receives(update)
    await bot.says(1, text)
    await bot.delivery.outbox.idle()
    assert len(api.texts(1)) == 2
    assert not any(text.startswith("Слишком много сообщений") for text in shown(api, 1))


# floods


async def test_a_flood_gets_one_notice_and_then_silence_and_others_are_answered(bot: Running, api: BotApi) -> None:
    for _ in range(60):
        await bot.says(1, "помощь")
    await bot.says(2, "помощь")
    await bot.delivery.outbox.idle()
    texts = shown(api, 1)
    assert len(texts) <= 22
    assert sum(text.startswith("Слишком много сообщений") for text in texts) == 1
    assert len(api.texts(2)) == 1


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("удалить", "Стереть всё?"),
        ("стоп", "Больше не пишем."),
        ("меня бьют", "Уходите туда, где люди."),
    ],
)
async def test_what_protects_a_person_passes_any_flood(word: str, answer: str, bot: Running, api: BotApi) -> None:
    for _ in range(40):
        await bot.says(1, "помощь")
    await bot.says(1, word)
    await bot.delivery.outbox.idle()
    assert shown(api, 1)[-1].startswith(answer)


async def test_hiding_passes_any_flood(bot: Running, api: BotApi) -> None:
    for _ in range(40):
        await bot.says(1, "помощь")
    await bot.says(1, "000")
    await bot.delivery.outbox.idle()
    assert "Позвоните" not in "".join(api.texts(1))
    assert len(api.texts(1)) == 1


async def test_a_flood_of_one_contact_does_not_hold_up_the_commit_of_others(begin: Begin, api: BotApi) -> None:
    bot = await begin()
    flood = asyncio.gather(*(bot.says(1, "помощь") for _ in range(500)))
    await bot.says(2, "помощь")
    await flood
    await api.until(lambda: api.texts(2))
