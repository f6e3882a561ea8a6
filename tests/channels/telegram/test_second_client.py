"""python-telegram-bot, which knows nothing of Safar, drives the same fake server: the fake speaks the real protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import telegram
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, BotApi, Fault, bot_api
from tests.fakes.botspec import BotSpec


@asynccontextmanager
async def client(spec: BotSpec | None = None, token: str = TOKEN) -> AsyncIterator[tuple[BotApi, Bot]]:
    async with bot_api(spec) as api:
        bot = Bot(token, f"{api.base_url}/bot", get_updates_request=HTTPXRequest(connection_pool_size=2))
        async with bot:
            yield api, bot


async def test_it_sends_edits_and_deletes() -> None:
    async with client(BotSpec.load()) as (api, bot):
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="abcdefghij")]])
        sent = await bot.send_message(
            5,
            "Привет 😆",
            entities=[MessageEntity("bold", 0, 6)],
            reply_markup=buttons,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        assert sent.text == "Привет 😆"
        assert sent.entities[0].type == "bold"
        assert sent.reply_markup == buttons
        edited = await bot.edit_message_text("Пока", chat_id=5, message_id=sent.message_id)
        assert isinstance(edited, telegram.Message)
        assert edited.reply_markup is None
        assert api.texts(5) == ["Пока"]
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("Пока", chat_id=5, message_id=sent.message_id)
        venue = await bot.send_venue(5, latitude=55.7, longitude=37.6, title="Центр", address="Улица")
        assert venue.venue is not None
        keyboard = ReplyKeyboardMarkup([[KeyboardButton("Место", request_location=True)]])
        asked = await bot.send_message(5, "Где?", reply_markup=keyboard)
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("Там", chat_id=5, message_id=asked.message_id)
        assert await bot.delete_messages(5, [sent.message_id, venue.message_id])
        with pytest.raises(BadRequest, match="not found"):
            await bot.delete_message(5, sent.message_id)
        assert api.texts(5) == ["Где?"]
        assert api.problems == []


async def test_it_gets_updates_and_confirms_them() -> None:
    async with client() as (api, bot):
        await api.says(5, "/start")
        await bot.send_message(
            5, "?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="x")]])
        )
        await api.taps(5, "Да")
        updates = await bot.get_updates(timeout=1)
        assert updates[0].message is not None
        assert updates[0].message.text == "/start"
        tap = updates[1].callback_query
        assert tap is not None
        assert tap.data == "x"
        assert await bot.answer_callback_query(tap.id)
        assert [update.update_id for update in await bot.get_updates()] == [one.update_id for one in updates]
        assert await bot.get_updates(offset=updates[-1].update_id + 1) == ()
        assert api.waiting == 0


async def test_a_second_question_for_updates_ends_the_first() -> None:
    async with client() as (api, bot):
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await api.until(lambda: api.made("getUpdates"))
        await bot.get_updates(timeout=0)
        with pytest.raises(Conflict, match="terminated by other"):
            await first


async def test_it_shows_itself_and_sets_a_webhook() -> None:
    async with client(BotSpec.load()) as (api, bot):
        assert (await bot.get_me()).username == "safar_demo_bot"
        assert await bot.set_my_commands([("menu", "Меню")], language_code="ru")
        assert (await bot.get_my_commands(language_code="ru"))[0].command == "menu"
        assert await bot.set_my_short_description("коротко", language_code="uz")
        assert (await bot.get_my_short_description(language_code="uz")).short_description == "коротко"
        assert await bot.set_webhook("https://chat.example.org/t", secret_token="s" * 43)
        with pytest.raises(Conflict, match="webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).url == "https://chat.example.org/t"
        assert await bot.delete_webhook()
        assert api.problems == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (botapi.flood(3), RetryAfter),
        (botapi.BLOCKED, Forbidden),
        (botapi.CHAT_NOT_FOUND, BadRequest),
        (botapi.SERVER_ERROR, NetworkError),
        (botapi.BAD_GATEWAY, NetworkError),
        (botapi.DROPPED, NetworkError),
        (Fault(carried_out=True, hangs_seconds=2), TimedOut),
    ],
)
async def test_it_reads_every_fault_as_the_real_ones(fault: Fault, error: type[Exception]) -> None:
    async with client() as (api, bot):
        api.fail("sendMessage", fault)
        with pytest.raises(error):
            await bot.send_message(5, "x", read_timeout=0.3)


async def test_a_wrong_token_is_unknown() -> None:
    with pytest.raises(InvalidToken):
        async with client(token="1:AAWrong"):
            pass
