"""THREATS T26, T28, T51 with every recorded update: closed without the secret, kind to files, silent to others."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.catalogue import Catalogue
from tests.delivery.running import Begin
from tests.delivery.test_samples import SAMPLES, updates_of
from tests.fakes.botapi import BotApi
from tests.web.serving import site

pytestmark = pytest.mark.skipif(not SAMPLES, reason="needs ../shared/specs, which is not part of the repository")

#: Sample -> the sentence that answers it.
MEDIA = {
    "message_voice.json": "voice-unsupported",
    "message_photo_caption.json": "file-refused",
    "message_document.json": "file-refused",
    "message_album_part.json": "file-refused",
    "message_contact_own.json": "contact-refused",
    "message_contact_other.json": "contact-refused",
    "message_sticker.json": "unsupported",
    "message_live_location.json": "unsupported",
}
#: Nothing in these is for Safar: it leaves, or stays silent.
OTHERS = [
    path for path in SAMPLES if path.name.startswith(("group_", "channel_", "forum_", "unknown_", "message_reac"))
]


async def test_no_sample_is_taken_without_the_secret(tmp_path: Path) -> None:
    async with site(tmp_path, webhook_secrets=(b"n" * 64,)) as safar, aiohttp.ClientSession() as http:
        for path in SAMPLES:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "n" * 63 + "m"}):
                async with http.post(f"{safar.url}/telegram", data=path.read_bytes(), headers=headers) as answer:
                    assert answer.status == 401, path.name
        assert await safar.pending() == 0


@pytest.mark.parametrize(("name", "phrase"), MEDIA.items())
async def test_a_file_is_kindly_refused_and_never_asked_for(
    begin: Begin, api: BotApi, catalogue: Catalogue, name: str, phrase: str
) -> None:
    bot = await begin()
    (update,) = updates_of(next(path for path in SAMPLES if path.name == name))
    chat = update["message"]["chat"]["id"]
    greeting: dict[str, Any] = {"message_id": 1, "from": update["message"]["from"], "chat": update["message"]["chat"]}
    await bot.receives({"update_id": 1, "message": {**greeting, "date": 1, "text": "/start"}})
    bot.clock.ahead += timedelta(minutes=1)
    await bot.receives(update)
    await bot.delivery.outbox.idle()

    words = {catalogue.phrases[phrase].plain(language).split(".")[0] for language in ("ru", "uz", "tg", "ky")}
    assert [text for text in api.texts(chat) if text.split(".")[0] in words]
    assert {call.method for call in api.calls} <= {"sendMessage", "deleteMessages", "editMessageReplyMarkup"}
    assert "AgAC" not in json.dumps([call.params for call in api.calls])


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.stem))
async def test_nobody_is_answered_outside_a_private_chat(begin: Begin, api: BotApi, path: Path) -> None:
    bot = await begin()
    for update in updates_of(path):
        await bot.receives(update)
    await bot.delivery.outbox.idle()
    assert {call.method for call in api.calls} <= {"leaveChat"}


@pytest.mark.parametrize(
    "kind",
    ["inline_query", "chosen_inline_result", "business_connection", "business_message", "poll", "chat_join_request"],
)
async def test_inline_and_business_updates_are_silence(begin: Begin, api: BotApi, kind: str) -> None:
    bot = await begin()
    person = {"id": 512345678, "is_bot": False, "first_name": "K"}
    chat = {"id": 512345678, "type": "private"}
    await bot.receives({"update_id": 5, kind: {"id": "1", "from": person, "chat": chat, "query": "hiv", "text": "hi"}})
    await bot.delivery.outbox.idle()
    assert api.calls == []
