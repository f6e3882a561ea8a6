"""THREATS T14, T17, T21: hiding and *delete me* on Telegram, with messages of every age and in a flood."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.conversation import Event
from tests.delivery.running import Begin, Running
from tests.fakes.botapi import BotApi
from tests.store.test_erasure import referring
from tests.threats.talking import introduction, option, update

CHAT = 5_129_990_001
PERSON = {"id": CHAT, "is_bot": False, "first_name": "P"}


async def told(bot: Running, text: str) -> None:
    await bot.says(CHAT, text)
    await bot.delivery.outbox.idle()


def buttons(message: dict[str, Any]) -> list[list[dict[str, str]]]:
    return list((message.get("reply_markup") or {}).get("inline_keyboard", ()))


def removed(api: BotApi) -> Counter[int]:
    calls = [call.params["message_ids"] for call in api.made("deleteMessages")]
    assert all(1 <= len(ids) <= 100 for ids in calls)
    return Counter(number for ids in calls for number in ids)


async def talked(bot: Running, api: BotApi) -> dict[int, float]:
    """125 turns over 60 hours, every third one a tap that changes the oldest message; message -> hours of age."""
    for event in introduction("ru", {"citizenship": "UZ", "country": "RU"}):
        await bot.receives(update(event, PERSON))
    await bot.delivery.outbox.idle()
    born: dict[int, float] = {}
    hours = 60.0
    for turn in range(125):
        bot.clock.ahead += timedelta(hours=60 / 125)
        hours -= 60 / 125
        if turn % 3 == 2:
            keyboards = {number: rows for number, shown in api.chats[CHAT].items() if (rows := buttons(shown))}
            data = keyboards[max(keyboards)][turn // 3 % 3][0]["callback_data"]
            query = {"id": str(turn), "from": PERSON, "message": api._message(CHAT, min(keyboards)), "data": data}
            await bot.receives({"update_id": api.next_update(), "callback_query": {**query, "chat_instance": "1"}})
            await bot.delivery.outbox.idle()
        else:
            await told(bot, "меню")
        born |= {number: hours for number in api.chats[CHAT] if number not in born}
    return born


@pytest.mark.parametrize("way", ["hide", "delete"])
async def test_each_young_message_of_both_goes_once_and_none_older_than_48_hours(
    begin: Begin, api: BotApi, way: str
) -> None:
    bot = await begin()
    born = await talked(bot, api)
    assert len(born) >= 160
    assert sum(call.ok for call in api.made("editMessageText")) > 20
    before = set(api.chats[CHAT])
    if way == "hide":
        await told(bot, "000")
    else:
        await told(bot, "удалить")
        taps = len(api.made("answerCallbackQuery"))
        await bot.receives(update(option("delete", "sure", "erase"), PERSON))
        await bot.delivery.outbox.idle()
        assert len(api.made("answerCallbackQuery")) == taps + 1

    gone = removed(api)
    assert {number for number, age in born.items() if age < 47.9} - set(gone) == set()
    assert {number for number, age in born.items() if age > 48.1} & set(gone) == set()
    assert set(gone.values()) == {1}
    (left,) = set(api.chats[CHAT]) - before
    words = api.chats[CHAT][left]["text"]
    assert words.startswith("Здравствуйте!" if way == "hide" else "Готово.")
    assert "48" in words if way == "delete" else "полиц" not in words.lower()


async def test_what_a_flood_wrote_goes_too(bot: Running, api: BotApi) -> None:
    for _ in range(60):
        await bot.says(CHAT, "нас заперли")
    await told(bot, "000")

    assert len(api.chats[CHAT]) == 1
    assert len(api.texts(CHAT)) == 1


async def test_hiding_drops_what_waits_and_comes_within_three_seconds_though_telegram_stands_still(
    bot: Running, api: BotApi
) -> None:
    await told(bot, "/start")
    began = len(api.calls)
    await bot.says(CHAT, "нас заперли")
    await bot.says(CHAT, "000")
    await api.until(lambda: api.made("deleteMessages"), 3)
    await bot.delivery.outbox.idle()
    assert "заперли" not in json.dumps([call.params for call in api.calls[began:]], ensure_ascii=False)
    assert len(api.chats[CHAT]) == 1


async def test_delete_me_leaves_no_row_in_any_table_and_the_person_is_new(
    begin: Begin, api: BotApi, tmp_path: Path
) -> None:
    bot = await begin()
    for event in introduction("ru", {"citizenship": "UZ", "country": "RU"}):
        await bot.receives(update(event, PERSON))
    await told(bot, "напомни про патент")
    await told(bot, "удалить")
    await bot.receives(update(option("delete", "sure", "erase"), PERSON))
    await bot.delivery.outbox.idle()

    path = tmp_path / "data" / "safar.db"
    with closing(sqlite3.connect(path)) as connection:
        rows = {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in referring(path)}
        assert connection.execute("select count(*) from tombstones").fetchone()[0] == 1
    assert set(rows.values()) == {0}
    await bot.receives(update(Event(kind="start"), PERSON))
    await bot.delivery.outbox.idle()
    assert "Тоҷикӣ" in json.dumps(api.calls[-1].params, ensure_ascii=False)
