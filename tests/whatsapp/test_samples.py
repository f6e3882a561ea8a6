"""All recorded webhooks of the shared specs, each twice and in a shuffled order, through the real path: one answer
each, as the specification allows (the fake refuses every other)."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from tests.fakes.botspec import SHARED
from tests.fakes.graphapi import graph_api
from tests.fakes.graphnet import Account
from tests.whatsapp.running import Running

SAMPLES = sorted((SHARED / "samples" / "whatsapp").glob("*.json"))
#: What needs no answer: notes of the app, statuses, reactions, what was taken back, captions.
QUIET = {
    "reaction",
    "reaction_removed",
    "revoke",
    "edit_image_caption",
    "system_number_change",
    "system_user_id_change",
}
QUIET |= {"errors_at_value_level", "template_status_rejected", "user_preferences_stop"}


@pytest.mark.skipif(not SAMPLES, reason="needs ../shared/specs, which is not part of the repository")
@pytest.mark.parametrize("seed", range(3))
async def test_every_sample_is_taken_once_and_answered_as_the_api_allows(
    catalogue: Catalogue, tmp_path: Path, seed: int
) -> None:
    bodies = [(path.stem, json.loads(path.read_text(encoding="utf-8"))) for path in SAMPLES] * 2
    assert len(bodies) >= 80
    random.Random(seed).shuffle(bodies)
    accounts = (Account(), Account(id="106540352000002", number="15550100200"))
    async with graph_api(accounts) as api:
        for _, body in bodies:
            for contact in contacts(body):
                api.person(contact["user_id"], phone=contact.get("wa_id", ""))
        bot = await Running.start(api, catalogue, tmp_path)
        taken: set[str] = set()
        for name, body in bodies:
            bot.skip(minutes=1)
            before = len(answers(api))
            api.hook.send(body)
            await bot.quiet()
            new = {message["id"] for message in messages(body)} - taken
            taken |= new
            expected = 0 if name in QUIET or "status" in name else len(new)
            assert len(answers(api)) - before == expected, name
        assert api.problems == []
        assert api.hook.given_up == []
        assert bot.channel.unread == 0
        assert not [call for call in api.calls if call.method not in ("messages", "")]
        await bot.stop()


def answers(api: Any) -> list[Any]:
    return [call for call in api.made("messages") if "type" in call.params]


def values(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [change["value"] for entry in body["entry"] for change in entry["changes"]]


def contacts(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for value in values(body) for one in value.get("contacts", ()) if "user_id" in one]


def messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for value in values(body) for one in value.get("messages", ())]
