"""All recorded updates of the shared specs, each twice, through the real path; the fake refuses what the API would."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from tests.delivery.running import Running
from tests.fakes.botapi import bot_api
from tests.fakes.botspec import SHARED, BotSpec

SAMPLES = sorted((SHARED / "samples" / "telegram").glob("*.json"))


def updates_of(path: Path) -> list[dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    return list(document["result"]) if "result" in document else [document]


@pytest.mark.skipif(not SAMPLES, reason="needs ../shared/specs, which is not part of the repository")
async def test_every_sample_is_taken_once_and_answered_as_the_api_allows(catalogue: Catalogue, tmp_path: Path) -> None:
    assert len(SAMPLES) >= 40
    async with bot_api(BotSpec.load()) as api:
        bot = await Running.start(api, catalogue, tmp_path)
        taken: set[int] = set()
        for path in SAMPLES:
            for update in updates_of(path):
                bot.clock.ahead += timedelta(minutes=1)
                before = len(api.calls)
                await bot.receives(update)
                await bot.delivery.outbox.idle()
                calls = [call.method for call in api.calls[before:]]
                assert bool(calls) == (_is_answered(update) and update["update_id"] not in taken), path.name
                assert "getFile" not in calls
                taken.add(update["update_id"])
                again = len(api.calls)
                await bot.receives(update)
                await bot.delivery.outbox.idle()
                assert len(api.calls) == again, path.name
        assert api.problems == []
        assert bot.channel.unread == 0
        groups = {call.params["chat_id"] for call in api.made("leaveChat")}
        assert all(chat < 0 for chat in groups)
        assert not groups & {call.params["chat_id"] for call in api.made("sendMessage")}
        await bot.stop()


def _is_answered(update: dict[str, Any]) -> bool:
    """Something leaves for it: an answer in a private chat, or the bot itself from anywhere else."""
    message = update.get("message") or update.get("channel_post") or update.get("edited_message")
    if message is not None:
        return not ("edited_message" in update and "location" in message)
    return "message" in update.get("callback_query", {})
