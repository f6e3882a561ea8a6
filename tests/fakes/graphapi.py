"""A Graph API server on the loopback for WhatsApp: validates requests, keeps a ledger of them, fails on demand.

``python -m tests.fakes.graphapi --webhook URL`` is a phone in the terminal.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from tests.fakes import graphfaults as faults
from tests.fakes.graphfaults import Fault, Refused
from tests.fakes.graphnet import (
    APP_SECRET,
    BUSINESS_ID,
    PHONE_ID,
    TOKEN,
    VERIFY_TOKEN,
    Account,
    Network,
    digits,
)
from tests.fakes.graphspec import problem

__all__ = [
    "APP_SECRET",
    "BUSINESS_ID",
    "PHONE_ID",
    "TOKEN",
    "VERIFY_TOKEN",
    "Account",
    "Call",
    "Fault",
    "GraphApi",
    "graph_api",
]


class Call(msgspec.Struct, kw_only=True):
    """One request. ``ok``: it was carried out; ``at``: seconds of the monotonic clock when it came."""

    account: str
    #: The edge: messages, message_templates, subscribed_apps ...; "" for a node's own fields.
    method: str
    params: dict[str, Any]
    at: float
    ok: bool = False
    #: The id of the message that it made.
    message: str = ""


class GraphApi(Network):
    """Started by ``graph_api``. ``base_url`` is what a client is given instead of graph.facebook.com."""

    def __init__(self, accounts: tuple[Account, ...] = (Account(),), keeps_seconds: float = 20.0) -> None:
        super().__init__(accounts, keeps_seconds)
        self.base_url = ""
        self.calls: list[Call] = []
        #: Requests that break the schema or the rules.
        self.problems: list[str] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        #: Decides over each call before the queues of ``faults``.
        self.judge: Callable[[Call], Fault | None] = lambda call: None
        #: Ids of the messages that were marked as read, and of those that "typing" was shown for.
        self.marked: list[str] = []
        self.typing: list[str] = []
        self.subscribed = False
        #: Whether requests are held against the schema; 2 ms for a full list, so not while turns are measured.
        self.validates = True
        #: Cookies that clients sent back.
        self.cookies: list[str] = []

    # what a test does and sees

    def fail(self, method: str, *several: Fault) -> None:
        """The next calls of a method fail so, one after another."""
        self.faults[method].extend(several)

    def made(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def sent(self) -> list[Call]:
        """The calls that made a message."""
        return [call for call in self.calls if call.message]

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            await asyncio.sleep(0.005)

    # the server

    async def handle(self, request: web.Request) -> web.StreamResponse:
        account = self._owner(request)
        method, node = request.match_info.get("edge", ""), request.match_info["node"]
        params = await request.json() if request.method == "POST" and request.can_read_body else dict(request.query)
        call = Call(account=account.id if account else "", method=method, params=params, at=time.monotonic())
        self.calls.append(call)
        self.cookies += request.cookies
        fault = self.judge(call)
        if fault is None and self.faults[method]:
            fault = self.faults[method].popleft()
        try:
            if account is None:
                raise Refused(faults.WRONG_TOKEN)
            if fault is not None and not (fault.carried_out or fault.later):
                raise Refused(fault)
            result = self._carry_out(account, request.method, node, call, fault)
            call.ok = True
        except Refused as refused:
            return await _fail(request, refused.fault, {})
        if fault is not None and not fault.later:
            return await _fail(request, fault, result)
        return web.json_response(result)

    def _owner(self, request: web.Request) -> Account | None:
        given = request.headers.get("Authorization", "")
        node = request.match_info["node"]
        known = [account for account in self.accounts.values() if given == f"Bearer {account.token}"]
        own = (account for account in known if node in (account.id, account.business))
        return next(own, known[0] if known else None)

    def _carry_out(self, account: Account, verb: str, node: str, call: Call, fault: Fault | None) -> dict[str, Any]:
        templates = self.templates[account.business]
        match verb, "business" if node == account.business else "number" if node == account.id else "", call.method:
            case "POST", "number", "messages":
                return self._message(account, call, fault)
            case "GET", "number", "":
                number = f"+{account.number}"
                return {"display_phone_number": number, "verified_name": "Safar", "quality_rating": "GREEN", "id": node}
            case "GET", "business", "":
                return {"name": "Safar", "id": node}
            case "GET", "business", "phone_numbers":
                own = [one for one in self.accounts.values() if one.business == node]
                return {"data": [{"id": one.id, "display_phone_number": f"+{one.number}"} for one in own]}
            case "GET", "business", "subscribed_apps":
                app = {"whatsapp_business_api_data": {"id": "67084545", "link": "https://example.org", "name": "Safar"}}
                return {"data": [app] if self.subscribed else []}
            case "POST", "business", "subscribed_apps":
                self.subscribed = True
                return {"success": True}
            case "GET", "business", "message_templates":
                return templates.list(call.params, f"{self.base_url}/v25.0/{node}/message_templates")
            case "POST", "business", "message_templates":
                return templates.create(call.params)
            case _:
                raise Refused(faults.UNKNOWN_OBJECT)

    def _message(self, account: Account, call: Call, fault: Fault | None) -> dict[str, Any]:
        if self.validates and (wrong := problem(call.params)) is not None:
            self.problems.append(wrong[1])
            raise Refused(faults.error(*wrong))
        if "status" in call.params:
            self.marked.append(call.params["message_id"])
            if "typing_indicator" in call.params:
                self.typing.append(call.params["message_id"])
            return {"success": True}
        template = None
        if "template" in call.params:
            template = self.templates[account.business].used(call.params["template"])
        failure = fault if fault is not None and fault.later else None
        call.message = self.carry(account, call.params, template, failure)
        return {
            "messaging_product": "whatsapp",
            "contacts": [self._match(call.params)],
            "messages": [{"id": call.message} | ({"message_status": "accepted"} if template else {})],
        }

    def _match(self, params: Mapping[str, Any]) -> dict[str, str]:
        if "to" not in params:
            return {"input": params["recipient"], "user_id": params["recipient"]}
        return {"input": params["to"], "wa_id": digits(params["to"])}


async def _fail(request: web.Request, fault: Fault, result: Mapping[str, Any]) -> web.StreamResponse:
    if fault.hangs_seconds:
        await asyncio.sleep(fault.hangs_seconds)
    assert request.transport is not None
    if fault.halves:
        whole = msgspec.json.encode(result)
        answer = web.StreamResponse(headers={"Content-Length": str(len(whole)), "Content-Type": "application/json"})
        await answer.prepare(request)
        await answer.write(whole[: len(whole) // 2])
        request.transport.close()
        return answer
    if fault.drops or not fault.status:
        request.transport.close()
        return web.Response()
    return web.Response(status=fault.status, body=fault.body, content_type=fault.content_type, headers=fault.headers)


@asynccontextmanager
async def graph_api(
    accounts: tuple[Account, ...] = (Account(),), *, port: int = 0, keeps_seconds: float = 20.0
) -> AsyncIterator[GraphApi]:
    api = GraphApi(accounts, keeps_seconds)
    app = web.Application()
    app.router.add_route("*", "/{version:v[0-9.]+}/{node}", api.handle)
    app.router.add_route("*", "/{version:v[0-9.]+}/{node}/{edge}", api.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    api.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        api.stop()
        await runner.cleanup()


if __name__ == "__main__":
    from tests.fakes.graphdemo import main

    main()
