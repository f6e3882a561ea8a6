"""At the start: five values that fit together, or one sentence that says what to do."""

import pytest

from bot.channels import ChannelUnusable
from bot.channels.whatsapp.client import Client
from bot.channels.whatsapp.startup import check_account, subscribe
from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import BUSINESS_ID, PHONE_ID, TOKEN, Account, Fault, GraphApi, graph_api

OTHER = Account(id="106540352000002", business="102290129000002", number="15550100200")


async def sentence(api: GraphApi, account: str = PHONE_ID, business: str = BUSINESS_ID, token: str = TOKEN) -> str:
    client = Client({account: token}, api.base_url, timeout_seconds=0.3)
    with pytest.raises(ChannelUnusable) as caught:
        await check_account(client, account, business)
    await client.close()
    assert token not in str(caught.value)
    return str(caught.value)


async def test_values_that_fit_together_pass_and_the_app_is_told_what_people_write() -> None:
    async with graph_api() as api:
        client = Client({PHONE_ID: TOKEN}, api.base_url)
        await check_account(client, PHONE_ID, BUSINESS_ID)
        assert not api.subscribed
        await subscribe(client, PHONE_ID, BUSINESS_ID)
        await subscribe(client, PHONE_ID, BUSINESS_ID)
        await client.close()
        assert api.subscribed


async def test_each_wrong_value_is_named() -> None:
    async with graph_api((Account(), OTHER)) as api:
        assert (await sentence(api, token="EAAWrong")).startswith("WHATSAPP_TOKEN: WhatsApp refuses it")
        assert (await sentence(api, account="106540352999999")).startswith("WHATSAPP_PHONE_ID: WhatsApp knows no such")
        assert (await sentence(api, business="102290129999999")).startswith("WHATSAPP_BUSINESS_ID: WhatsApp knows no")
        assert (await sentence(api, business=OTHER.business)).startswith("WHATSAPP_BUSINESS_ID: this account does not")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.NO_PERMISSION, "WHATSAPP_TOKEN: WhatsApp refuses it"),
        (faults.BAD_GATEWAY, "WhatsApp cannot be reached"),
        (faults.DROPPED, "WhatsApp cannot be reached"),
        (faults.API_UNKNOWN, "WhatsApp cannot be reached"),
        (Fault(status=200, body=b'{"data": [1]}'), "WhatsApp cannot be reached"),
        (faults.POLICY, "WhatsApp refused the start (policy)"),
    ],
)
async def test_what_whatsapp_answers_is_told_in_one_sentence(fault: Fault, words: str) -> None:
    async with graph_api() as api:
        api.fail("phone_numbers", fault, fault)  # a question that changes nothing is asked twice
        told = await sentence(api)
    assert told.startswith(words)
    assert "\n" not in told


async def test_a_network_without_whatsapp_is_told_too() -> None:
    client = Client({PHONE_ID: TOKEN}, "http://127.0.0.1:9")
    for ask in (check_account, subscribe):
        with pytest.raises(ChannelUnusable, match=r"^WhatsApp cannot be reached"):
            await ask(client, PHONE_ID, BUSINESS_ID)
    await client.close()
