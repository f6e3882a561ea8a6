import json

import pytest

from bot.channels import DeliveryFailed
from bot.channels.telegram import connect
from bot.delivery import FAILURES
from bot.delivery.failures import failure
from tests.fakes.botapi import TOKEN, bot_api, error
from tests.fakes.botspec import SHARED

#: The reading of ``telegram-errors.json`` -> what the table may do.
FITS = {
    "wait": {"again"},
    "retry": {"again", "few"},
    "drop_recipient": {"never"},
    "migrate": {"never"},
    "alter": {"plain"},
    "ignore": {"fine"},
    "give_up": {"never", "plain"},
    "bug": {"plain"},
    "config": {"again"},
    "stop": {"again"},
}


async def test_every_known_error_of_telegram_has_the_handling_that_it_needs() -> None:
    path = SHARED / "telegram-errors.json"
    if not path.exists():
        pytest.skip("needs ../shared/specs, which is not part of the repository")
    errors = json.loads(path.read_text(encoding="utf-8"))["errors"]
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        for known in errors:
            if known["description"] == "Not Found: method not found":
                continue  # a method's name is ours, and the specs know it
            parameters = known.get("parameters", {})
            api.fail("sendMessage", error(known["error_code"], known["description"], **parameters))
            with pytest.raises(DeliveryFailed) as caught:
                await caller.call("sendMessage", {"chat_id": 1, "text": "x"})
            row = FAILURES[caught.value.code]
            assert row.way in FITS[known["handling"]], known
            assert row.blocks == (known["handling"] in ("drop_recipient", "migrate")), known
        await caller.close()


def test_an_unknown_code_is_a_refusal() -> None:
    assert failure("brand-new") == FAILURES["refused"]


def test_every_row_says_something_to_staff() -> None:
    assert all(row.staff.endswith(".") for row in FAILURES.values())
