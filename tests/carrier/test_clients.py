"""Whether a client posts by itself or by a carrier, a failure is the same."""

import asyncio
import sys

import pytest

from bot.channels import DeliveryFailed, Request
from bot.channels.telegram import Telegram, connect
from bot.channels.telegram.client import Client as TelegramClient
from bot.channels.whatsapp import WhatsApp
from tests.channels.telegram.test_client import FAULTS as TELEGRAM_FAULTS
from tests.channels.whatsapp.test_client import FAULTS as WHATSAPP_FAULTS
from tests.channels.whatsapp.test_client import client
from tests.fakes.botapi import TOKEN, BotApi
from tests.fakes.graphapi import PHONE_ID, graph_api

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="there is no carrier outside Linux"),
    pytest.mark.usefixtures("eager"),
]

HELLO = Request(method="sendMessage", params={"chat_id": 1, "text": "Салом"})
PERSON = "998901234567"
NOTE = Request(
    method="messages",
    params={"messaging_product": "whatsapp", "to": PERSON, "type": "text", "text": {"body": "Салом"}},
)


async def failure_of(channel: Telegram | WhatsApp, request: Request, *, bulk: bool) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await channel.send(request, channel.accounts[0], "1-0", bulk=bulk)
    return caught.value


def traits(failed: DeliveryFailed) -> tuple[object, ...]:
    return failed.code, failed.retry_after_seconds, failed.unclear, failed.account_wide


async def carried(channel: Telegram | WhatsApp, request: Request) -> None:
    """From now on bulk goes by a carrier."""
    one = channel.caller._carrier  # type: ignore[union-attr]
    async with asyncio.timeout(20):
        while not one.takes():
            await channel.send(request, channel.accounts[0], "1-0", bulk=True)


async def test_of_telegram(api: BotApi) -> None:
    caller = connect(TOKEN, api.base_url, timeout_seconds=0.5)
    assert isinstance(caller, TelegramClient)
    channel = Telegram(caller, {})
    await carried(channel, HELLO)
    assert (await channel.send(HELLO, channel.account, bulk=True)).ref == str(max(api.chats[1]))
    for fault, code in TELEGRAM_FAULTS:
        api.fail("sendMessage", fault, fault)
        here, there = [await failure_of(channel, HELLO, bulk=bulk) for bulk in (False, True)]
        assert traits(here) == traits(there), fault
        assert there.code == code
    assert caller._carrier.takes()
    await channel.close()


async def test_of_whatsapp() -> None:
    async with graph_api() as api:
        await api.says(PERSON, "hi")
        channel = WhatsApp(client(api, timeout_seconds=0.5), {})
        await carried(channel, NOTE)
        for fault, code in WHATSAPP_FAULTS:
            api.fail("messages", fault, fault)
            here, there = [await failure_of(channel, NOTE, bulk=bulk) for bulk in (False, True)]
            assert traits(here) == traits(there), fault
            assert there.code == code
        assert channel.caller._carrier.takes()  # type: ignore[attr-defined]
        calls = [call for call in api.calls if call.account == PHONE_ID]
        assert {call.params["biz_opaque_callback_data"] for call in calls} == {"1-0"}
        await channel.close()


async def test_a_server_that_is_gone_was_not_reached(api: BotApi) -> None:
    channel = Telegram(connect(TOKEN, api.base_url, timeout_seconds=0.5), {})
    await carried(channel, HELLO)
    channel.caller._session.api = connect(TOKEN, "http://127.0.0.1:9")._session.api  # type: ignore[attr-defined]
    here, there = [await failure_of(channel, HELLO, bulk=bulk) for bulk in (False, True)]
    assert traits(here) == traits(there) == ("unreachable", None, False, True)
    await channel.close()
