"""Every way in which Telegram can fail, through aiogram, and what is left of it: a code, never the token."""

import asyncio
import logging
import random
import traceback

import pytest

from bot.channels import ChannelUnusable, DeliveryFailed, Request
from bot.channels.telegram import Caller, Telegram, connect
from bot.conversation import Reply
from bot.delivery import FAILURES
from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, Fault, bot_api, error
from tests.fakes.botspec import BotSpec

HELLO = {"chat_id": 1, "text": "Привет"}

FAULTS = [
    (botapi.flood(14), "rate-limited"),
    (botapi.BLOCKED, "blocked"),
    (botapi.DEACTIVATED, "deactivated"),
    (error(403, "Forbidden: bot can't initiate conversation with a user"), "forbidden"),
    (botapi.CHAT_NOT_FOUND, "chat-not-found"),
    (error(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100155), "migrated"),
    (botapi.NOT_MODIFIED, "not-modified"),
    (botapi.CANNOT_EDIT, "not-editable"),
    (error(400, "Bad Request: message to edit not found"), "not-editable"),
    (error(400, "Bad Request: message to delete not found"), "not-found"),
    (error(400, "Bad Request: message can't be deleted"), "not-deletable"),
    (error(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), "too-late"),
    (botapi.BAD_REQUEST, "refused"),
    (error(400, "Bad Request: message is too long"), "refused"),
    (error(413, "Request Entity Too Large"), "refused"),
    (botapi.UNAUTHORIZED, "unauthorized"),
    (error(404, "Not Found"), "unauthorized"),
    (error(409, "Conflict: terminated by other getUpdates request"), "conflict"),
    (botapi.SERVER_ERROR, "server-error"),
    (botapi.BAD_GATEWAY, "no-answer"),
    (Fault(status=200, body=b"<html>ok</html>", content_type="text/html"), "no-answer"),
    (Fault(status=200, body=b'{"ok": false}'), "no-answer"),
    (Fault(status=500, body=b'{"ok": false}'), "no-answer"),
    (botapi.DROPPED, "no-answer"),
    (botapi.LOST_ANSWER, "no-answer"),
]


async def failure_of(caller: Caller) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await caller.call("sendMessage", HELLO)
    return caught.value


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=[f"{place}-{code}" for place, (_, code) in enumerate(FAULTS)])
async def test_a_failed_call_is_a_row_of_the_failure_table(fault: Fault, code: str) -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url, timeout_seconds=0.3)
        api.fail("sendMessage", fault)
        failed = await failure_of(caller)
        await caller.close()
    assert failed.code == code
    assert code in FAILURES
    assert failed.unclear == (code == "no-answer")


async def test_the_wait_that_telegram_asks_for_holds_for_the_account() -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url)
        api.fail("sendMessage", botapi.flood(14))
        failed = await failure_of(caller)
        await caller.close()
    assert (failed.retry_after_seconds, failed.account_wide) == (14, True)


async def test_a_server_that_is_not_there_was_not_reached_for_sure() -> None:
    caller = connect(TOKEN, "http://127.0.0.1:9")
    failed = await failure_of(caller)
    await caller.close()
    assert (failed.code, failed.unclear) == ("unreachable", False)


async def test_a_message_that_arrived_is_known_by_its_number() -> None:
    async with bot_api() as api:
        channel = Telegram(connect(TOKEN, api.base_url), {})
        sent = await channel.send(Request(method="sendMessage", params=HELLO), "7000000000")
        await channel.close()
        assert sent.ref == str(api.calls[0].message)
        assert api.texts(1) == ["Привет"]


async def test_what_was_typed_arrives_as_it_was_and_only_our_spans_are_in_it() -> None:
    """THREATS T62: nothing in a text is markup."""
    chance = random.Random(62)
    alphabet = "aя \n*_`[]()<b>&amp;{}~|\\😆ҷ"
    async with bot_api(BotSpec.load()) as api:
        channel = Telegram(connect(TOKEN, api.base_url), {})
        for chat in range(1, 301):
            text = "x" + "".join(chance.choices(alphabet, k=chance.randint(0, 300))) + "x"
            start = chance.randint(0, len(text) - 1)
            reply = Reply(text=text, language="ru", bold=((start, len(text)),))
            for request in channel.render(reply, str(chat), {}):
                await channel.send(request, "7000000000")
            assert api.texts(chat) == [text]
            (shown,) = api.chats[chat].values()
            offset = len(text[:start].encode("utf-16-le")) // 2
            length = len(text[start:].encode("utf-16-le")) // 2
            assert shown["entities"] == [{"type": "bold", "offset": offset, "length": length}]
        assert api.problems == []
        await channel.close()


async def test_calls_share_connections_and_do_not_wait_for_each_other() -> None:
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url, timeout_seconds=5)
        api.fail("sendMessage", Fault(status=500, hangs_seconds=1.0, body=b"{}"))
        slow = asyncio.create_task(failure_of(caller))
        await asyncio.sleep(0.05)
        await asyncio.gather(*(caller.call("sendMessage", HELLO) for _ in range(50)))
        assert not slow.done()
        await slow
        await caller.close()


@pytest.mark.parametrize("token", ["", "nonsense", "7000000000", "7000000000:short token"])
def test_what_has_not_the_form_of_a_token_is_refused_in_one_sentence(token: str) -> None:
    with pytest.raises(ChannelUnusable, match="BotFather") as caught:
        connect(token)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["getMe", "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates"])
async def test_no_failure_shows_the_token_or_the_person(method: str, caplog: pytest.LogCaptureFixture) -> None:
    """THREATS T69: each call failing in five ways, at DEBUG."""
    caplog.set_level(logging.DEBUG)
    faults = (botapi.UNAUTHORIZED, botapi.SERVER_ERROR, botapi.BAD_GATEWAY, botapi.DROPPED, botapi.LOST_REQUEST)
    async with bot_api() as api:
        caller = connect(TOKEN, api.base_url, timeout_seconds=0.2)
        api.fail(method, *faults)
        shown = [await _trace(caller, method) for _ in faults]
        await caller.close()
    away = connect(TOKEN, "http://127.0.0.1:9")
    shown.append(await _trace(away, method))
    await away.close()
    assert all("DeliveryFailed" in trace for trace in shown)
    # The fake server logs its own requests; a real one is not in this process.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp.access")]
    for mark in (TOKEN.split(":")[1], *map(str, _MARKED.values())):
        assert mark not in "\n".join(shown + ours)


_MARKED = {"chat_id": 987654321, "text": "MARKED"}


async def _trace(caller: Caller, method: str) -> str:
    try:
        await caller.call(method, _MARKED)
    except DeliveryFailed as failed:
        return "".join(traceback.format_exception(failed)).replace("_MARKED", "") + repr(failed)
    raise AssertionError("the call did not fail")


def test_the_client_is_not_imported_without_a_token() -> None:
    import subprocess
    import sys

    code = "import sys, bot.channels.telegram, bot.delivery; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
