"""The fake's own rules, those that no other client can show: what is refused, pushed, repeated and counted."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from bot.channels import DeliveryFailed
from bot.channels.whatsapp.client import Client
from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import APP_SECRET, BUSINESS_ID, PHONE_ID, TOKEN, VERIFY_TOKEN, GraphApi, graph_api
from tests.fakes.graphdemo import ME, Phone
from tests.fakes.graphhook import signed
from tests.fakes.graphspec import problem, validator

PERSON = "TJ.20000000000000000001"


def text(body: str, **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "recipient": PERSON, "type": "text", "text": {"body": body}, **more}


def interactive(content: dict[str, Any]) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "recipient": PERSON, "type": "interactive", "interactive": content}


def listed(*sections: dict[str, Any]) -> dict[str, Any]:
    return interactive({"type": "list", "body": {"text": "?"}, "action": {"button": "b", "sections": list(sections)}})


def buttons(*replies: dict[str, str]) -> dict[str, Any]:
    made = [{"type": "reply", "reply": reply} for reply in replies]
    return interactive({"type": "button", "body": {"text": "?"}, "action": {"buttons": made}})


def rows(count: int, start: int = 0) -> list[dict[str, str]]:
    return [{"id": str(start + number), "title": f"t{number}"} for number in range(count)]


@asynccontextmanager
async def client() -> AsyncIterator[tuple[GraphApi, Client]]:
    async with graph_api() as api:
        caller = Client({PHONE_ID: TOKEN}, api.base_url)
        yield api, caller
        await caller.close()


def values(api: GraphApi, kind: str) -> list[dict[str, Any]]:
    """Messages or statuses of all bodies so far."""
    payloads = [json.loads(body) for body in api.hook.bodies]
    changes = [change for payload in payloads for entry in payload["entry"] for change in entry["changes"]]
    return [one for change in changes for one in change["value"].get(kind, ())]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (text("x" * 4097), 131009),
        (text("x", recipient="not-an-id"), 131009),
        (text("x", fun=True), 100),
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}, 131009),
        ({"messaging_product": "whatsapp", "recipient": PERSON, "type": "text"}, 131008),
        ({"messaging_product": "whatsapp", "recipient": PERSON, "type": "poll"}, 131009),
        (buttons({"id": "1", "title": "Да"}, {"id": "2", "title": "Да"}), 131009),
        (buttons({"id": "1", "title": "Да"}, {"id": "1", "title": "Нет"}), 131009),
        (buttons({"id": "1", "title": "x" * 21}), 131009),
        (listed({"rows": rows(11)}), 131009),
        (listed({"title": "a", "rows": rows(6)}, {"title": "b", "rows": rows(5, 6)}), 131009),
        (listed({"title": "a", "rows": rows(2)}, {"rows": rows(2, 2)}), 131009),
        (listed({"rows": [*rows(2), *rows(1)]}), 131009),
    ],
)
async def test_what_breaks_the_schema_or_the_rules_is_refused(params: dict[str, Any], code: int) -> None:
    found = problem(params)
    assert found is not None
    assert found[0] == code


async def test_every_webhook_that_it_makes_fits_the_schema() -> None:
    async with client() as (api, caller):
        await api.says(PERSON, "салом")
        await caller.call(PHONE_ID, "messages", buttons({"id": "1", "title": "Ҳа"}))
        await api.taps(PERSON, "Ҳа")
        await api.sends_location(PERSON, 38.5, 68.7)
        api.fail("messages", faults.later(faults.HELD_BACK))
        await caller.call(PHONE_ID, "messages", text("x", biz_opaque_callback_data="r"))
        new = await api.changes_number(PERSON, phone="992900000001")
        await api.changes_number(new)
        await api.until(lambda: len(values(api, "statuses")) == 3)
        for body in api.hook.bodies:
            errors = list(validator("WebhookPayload").iter_errors(json.loads(body)))
            assert errors == []


async def test_a_webhook_is_signed_and_repeated_until_the_answer_is_200() -> None:
    got: list[tuple[bool, float]] = []
    answers = iter([500, 204, 200])

    async def hook(request: web.Request) -> web.Response:
        if request.method == "GET":
            right = request.query["hub.verify_token"] == VERIFY_TOKEN
            return web.Response(status=200 if right else 403, text=request.query["hub.challenge"])
        body = await request.read()
        time = asyncio.get_running_loop().time()
        got.append((request.headers["X-Hub-Signature-256"] == signed(body, APP_SECRET), time))
        return web.Response(status=next(answers))

    app = web.Application()
    app.router.add_route("*", "/whatsapp", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with graph_api() as api:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/whatsapp"
        assert not await api.hook.subscribe(url, "wrong")
        assert await api.hook.subscribe(url, VERIFY_TOKEN)
        await api.says(PERSON, "салом")
        await api.until(lambda: len(got) == 3 and not api.hook.waiting)
        answers, api.hook.copies = iter([200, 200]), 2
        await api.says(PERSON, "боз")
        await api.until(lambda: len(got) == 5 and not api.hook.waiting)
    await runner.cleanup()
    assert all(right for right, _ in got)
    assert got[2][1] - got[1][1] > got[1][1] - got[0][1]


async def test_a_webhook_that_nobody_takes_is_given_up_in_the_end() -> None:
    async with graph_api(keeps_seconds=0.1) as api:
        api.hook.url = "http://127.0.0.1:9/whatsapp"
        await api.says(PERSON, "салом")
        await api.until(lambda: api.hook.given_up == api.hook.bodies)


async def test_a_batch_is_one_body_with_many_messages() -> None:
    async with graph_api() as api:
        with api.batch():
            await api.says(PERSON, "якум")
            await api.says("TJ.20000000000000000002", "дуюм")
            api.templates[BUSINESS_ID].all["reminder", "ru"] = {"id": "1", "status": "PENDING"}
            api.review("reminder", "ru", "REJECTED")
        assert len(api.hook.bodies) == 1
        assert [message["text"]["body"] for message in values(api, "messages")] == ["якум", "дуюм"]


async def test_the_window_closes_a_day_after_the_last_message() -> None:
    async with client() as (api, caller):
        await api.says(PERSON, "салом")
        api.skip(24 * 3600 - 60)
        await caller.call(PHONE_ID, "messages", text("дар вақташ"))
        api.skip(60)
        await caller.call(PHONE_ID, "messages", text("дер"))
        await api.until(lambda: [one["status"] for one in values(api, "statuses")][-1:] == ["failed"])
        api.window_at_once = True
        with pytest.raises(DeliveryFailed) as caught:
            await caller.call(PHONE_ID, "messages", text("дер"))
        assert caught.value.code == "window-closed"
        assert api.texts(PERSON) == ["дар вақташ"]


async def test_one_chat_takes_45_at_once_and_then_one_in_six_seconds() -> None:
    async with client() as (api, caller):
        await api.says(PERSON, "салом")
        api.pair_rate = True
        for _ in range(45):
            await caller.call(PHONE_ID, "messages", text("x"))
        with pytest.raises(DeliveryFailed) as caught:
            await caller.call(PHONE_ID, "messages", text("x"))
        assert caught.value.code == "pair-limited"
        api.skip(6)
        await caller.call(PHONE_ID, "messages", text("x"))
        assert len(api.texts(PERSON)) == 46


async def test_a_number_that_changed_is_another_id_and_the_old_one_is_nobody() -> None:
    async with client() as (api, caller):
        await api.says(PERSON, "салом")
        new = await api.changes_number(PERSON)
        system = values(api, "messages")[-1]["system"]
        assert (system["type"], system["previous_user_id"], system["user_id"]) == ("user_changed_user_id", PERSON, new)
        await caller.call(PHONE_ID, "messages", text("ба кӯҳна"))
        await caller.call(PHONE_ID, "messages", text("ба нав", recipient=new))
        await api.until(lambda: any(one["status"] == "failed" for one in values(api, "statuses")))
        assert api.texts(new) == ["ба нав"]


async def test_the_phone_in_the_terminal_shows_sends_and_taps() -> None:
    async with client() as (api, caller):
        phone = Phone(api)
        assert await phone.does("салом") == ""
        await caller.call(PHONE_ID, "messages", {**buttons({"id": "a", "title": "Ҳа"}), "recipient": ME})
        assert phone.shows() == ["", "  ?", "  [1] Ҳа"]
        assert phone.shows() == []
        assert await phone.does("!1") == ""
        assert await phone.does("!where 55.75 37.61") == ""
        assert await phone.does("!2") == "there is no such button"
        assert await phone.does("!where here now") == "two numbers, as !where 55.75 37.61"
        kinds = [message["type"] for message in values(api, "messages")]
        assert kinds == ["text", "interactive", "location"]
