"""Every way in which the Graph API can fail, through our client, and what is left of it: a code, never the token."""

import asyncio
import logging
import traceback

import pytest

from bot.channels import ChannelUnusable, DeliveryFailed
from bot.channels.whatsapp.client import Client
from bot.delivery import FAILURES
from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import BUSINESS_ID, PHONE_ID, TOKEN, Account, Fault, GraphApi, graph_api

PERSON = "UZ.20000000000000000777"
SECRET_WORDS = "мой паспорт у хозяина"
HELLO = {"messaging_product": "whatsapp", "recipient": PERSON, "type": "text", "text": {"body": SECRET_WORDS}}

FAULTS = [
    (faults.API_UNKNOWN, "server-error"),
    (faults.SERVER_ERROR, "server-error"),
    (faults.UNAVAILABLE, "server-error"),
    (faults.MAINTENANCE, "maintenance"),
    (faults.RATE_LIMITED, "rate-limited"),
    (faults.TOO_MANY_CALLS, "rate-limited"),
    (faults.PAIR_LIMITED, "pair-limited"),
    (faults.EXPIRED_TOKEN, "unauthorized"),
    (faults.WRONG_TOKEN, "unauthorized"),
    (faults.NO_PERMISSION, "unauthorized"),
    (faults.POLICY, "policy"),
    (faults.PAYMENT, "payment"),
    (faults.UNDELIVERABLE, "undeliverable"),
    (faults.WINDOW_CLOSED, "window-closed"),
    (faults.HELD_BACK, "held-back"),
    (faults.OPTED_OUT, "opted-out"),
    (faults.NOT_LISTED, "not-allowed"),
    (faults.BAD_REQUEST, "refused"),
    (faults.TEMPLATE_MISSING, "template-missing"),
    (faults.TEMPLATE_PAUSED, "template-paused"),
    (faults.TEMPLATE_DISABLED, "template-paused"),
    (faults.UNKNOWN_OBJECT, "refused"),
    # a code that Meta adds tomorrow: by the class of HTTP
    (faults.error(199999, "Something new", 400), "refused"),
    (faults.error(199999, "Something new", 401), "unauthorized"),
    (faults.error(199999, "Something new", 403), "unauthorized"),
    (faults.error(199999, "Something new", 429), "rate-limited"),
    (faults.error(199999, "Something new", 503), "server-error"),
    # the code counts, not the status
    (faults.error(131047, "Re-engagement message", 500), "window-closed"),
    (faults.BAD_GATEWAY, "no-answer"),
    (Fault(status=200, body=b"<html>ok</html>", content_type="text/html"), "no-answer"),
    (Fault(status=302, body=b"<html>login</html>", content_type="text/html"), "no-answer"),
    (Fault(status=500, body=b'{"error": {"message": "x"}}'), "no-answer"),
    (Fault(status=500, body=b'{"error": {"code": "\xff"}}'), "no-answer"),
    (Fault(status=200, body=b"[]"), "no-answer"),
    (faults.TRUNCATED, "no-answer"),
    (faults.NO_ID, "no-answer"),
    (faults.DROPPED, "no-answer"),
    (faults.HALF_CLOSED, "no-answer"),
    (faults.LOST_ANSWER, "no-answer"),
    (faults.LOST_REQUEST, "no-answer"),
]


def client(api: GraphApi, timeout_seconds: float = 5.0) -> Client:
    return Client({PHONE_ID: TOKEN}, api.base_url, timeout_seconds=timeout_seconds)


async def failure_of(caller: Client, account: str = PHONE_ID) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await caller.call(account, "messages", HELLO)
    return caught.value


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{place}-{code}" for place, (_, code) in enumerate(FAULTS)])
async def test_a_failed_call_is_a_row_of_the_failure_table(fault: Fault, code: str) -> None:
    async with graph_api() as api:
        await api.says(PERSON, "hi")
        caller = client(api, timeout_seconds=0.3)
        api.fail("messages", fault)
        failed = await failure_of(caller)
        await caller.close()
    assert failed.code == code
    assert code in FAILURES
    assert failed.unclear == (code == "no-answer")


async def test_a_message_that_whatsapp_took_has_its_id_in_the_answer() -> None:
    async with graph_api() as api:
        await api.says(PERSON, "hi")
        caller = client(api)
        answer = await caller.call(PHONE_ID, "messages", HELLO)
        assert api.sent()[0].message.encode() in answer
        assert api.texts(PERSON) == [SECRET_WORDS]
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"}
        assert b"success" in await caller.call(PHONE_ID, "messages", mark)
        await caller.close()


async def test_what_stops_one_chat_does_not_stop_the_account() -> None:
    async with graph_api() as api:
        caller = client(api)
        wide = {}
        for fault in (faults.PAIR_LIMITED, faults.UNDELIVERABLE, faults.RATE_LIMITED, faults.POLICY, faults.PAYMENT):
            api.fail("messages", fault)
            failed = await failure_of(caller)
            wide[failed.code] = failed.account_wide
        await caller.close()
    assert wide == {
        "pair-limited": False,
        "undeliverable": False,
        "rate-limited": True,
        "policy": True,
        "payment": True,
    }


async def test_a_server_that_is_not_there_was_not_reached_for_sure() -> None:
    caller = Client({PHONE_ID: TOKEN}, "http://127.0.0.1:9")
    failed = await failure_of(caller)
    await caller.close()
    assert (failed.code, failed.unclear, failed.account_wide) == ("unreachable", False, True)


async def test_each_account_calls_with_its_own_token() -> None:
    other = Account(id="106540352000002", token="EAAOther", number="15550100200")
    async with graph_api((Account(), other)) as api:
        caller = Client({PHONE_ID: TOKEN, other.id: other.token}, api.base_url)
        for account in caller.accounts:
            await api.says(PERSON, "hi", account)
            await caller.call(account, "messages", HELLO)
        assert [call.account for call in api.sent()] == [PHONE_ID, other.id]
        failed = await failure_of(caller, "106540352000003")
        await caller.close()
    assert failed.code == "unauthorized"


async def test_a_redirection_is_not_followed_with_the_token() -> None:
    async with graph_api() as elsewhere, graph_api() as api:
        moved = Fault(
            status=307,
            body=b"",
            content_type="text/plain",
            headers={"Location": f"{elsewhere.base_url}/v25.0/1/messages"},
        )
        api.fail("messages", moved)
        caller = client(api)
        assert (await failure_of(caller)).code == "no-answer"
        await caller.close()
        assert elsewhere.calls == []


async def test_no_cookie_is_kept() -> None:
    async with graph_api() as api:
        api.fail("messages", Fault(status=200, body=b'{"success": true}', headers={"Set-Cookie": "session=1"}))
        # by its name, for no client keeps cookies of a bare address
        caller = Client({PHONE_ID: TOKEN}, api.base_url.replace("127.0.0.1", "localhost"))
        for _ in range(2):
            await caller.call(PHONE_ID, "messages", HELLO)
        await caller.close()
        assert api.cookies == []


@pytest.mark.parametrize("fault", [fault for fault, _ in FAULTS] + [None])
async def test_neither_log_nor_traceback_shows_token_number_or_text(
    fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with graph_api() as api:
        caller = client(api, timeout_seconds=0.2)
        if fault is None:
            await caller.close()
            caller = Client({PHONE_ID: TOKEN}, "http://127.0.0.1:9")
        else:
            api.fail("messages", fault)
        try:
            await caller.call(PHONE_ID, "messages", HELLO)
        except DeliveryFailed as failed:
            shown = "".join(traceback.format_exception(failed)) + repr(failed) + str(failed)
        await caller.close()
    for secret in (TOKEN, PERSON, SECRET_WORDS):
        assert secret not in shown
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("account", "token", "setting"),
    [
        ("+15550100100", TOKEN, "WHATSAPP_PHONE_ID"),
        ("", TOKEN, "WHATSAPP_PHONE_ID"),
        ("1/../2", TOKEN, "WHATSAPP_PHONE_ID"),
        (PHONE_ID, "", "WHATSAPP_TOKEN"),
        (PHONE_ID, f"{TOKEN}\r\nX-Evil: 1", "WHATSAPP_TOKEN"),
        (PHONE_ID, f"Bearer {TOKEN}", "WHATSAPP_TOKEN"),
        (PHONE_ID, "токен", "WHATSAPP_TOKEN"),
    ],
)
def test_an_id_or_token_that_cannot_be_right_is_named_at_the_start(account: str, token: str, setting: str) -> None:
    with pytest.raises(ChannelUnusable, match=f"^{setting}: ") as caught:
        Client({account: token})
    assert TOKEN not in str(caught.value)


async def test_fifty_calls_at_once_are_carried_out() -> None:
    async with graph_api() as api:
        caller = client(api)
        await api.says(PERSON, "hi")
        await asyncio.gather(*(caller.call(PHONE_ID, "messages", HELLO) for _ in range(50)))
        assert len(api.texts(PERSON)) == 50
        answer = await caller.get(PHONE_ID, f"{BUSINESS_ID}/phone_numbers", {})
        assert PHONE_ID.encode() in answer
        await caller.close()
