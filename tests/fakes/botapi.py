"""A Bot API server on the loopback: reads forms and JSON, keeps chats and a ledger of all calls, fails on demand."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from tests.fakes.botspec import BotSpec

TOKEN = "7000000000:AAFakeFakeFakeFakeFakeFakeFakeFake-01"
ME = {"id": 7000000000, "is_bot": True, "first_name": "Safar", "username": "safar_demo_bot"}


class Call(msgspec.Struct, kw_only=True):
    """One request. ``ok``: it was carried out; ``at``: seconds of the monotonic clock when it came."""

    method: str
    params: dict[str, Any]
    at: float
    ok: bool = False
    #: The id of the message that it made.
    message: int | None = None


class Fault(msgspec.Struct, kw_only=True):
    """How a call fails. ``carried_out`` first, all the same (the answer alone is lost)."""

    status: int = 0
    body: bytes = b""
    content_type: str = "application/json"
    carried_out: bool = False
    #: The answer comes so much later.
    hangs_seconds: float = 0.0
    #: The connection is closed without an answer.
    drops: bool = False
    #: Where the answer sends its reader.
    location: str = ""


def error(status: int, description: str, **parameters: Any) -> Fault:
    body = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Fault(status=status, body=json.dumps(body).encode())


def flood(seconds: int) -> Fault:
    return error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


BLOCKED = error(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = error(403, "Forbidden: user is deactivated")
CHAT_NOT_FOUND = error(400, "Bad Request: chat not found")
BAD_REQUEST = error(400, "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 12")
NOT_MODIFIED = error(400, "Bad Request: message is not modified: specified new message content is the same")
CANNOT_EDIT = error(400, "Bad Request: message can't be edited")
UNAUTHORIZED = error(401, "Unauthorized")
SERVER_ERROR = error(500, "Internal Server Error")
BAD_GATEWAY = Fault(status=502, body=b"<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")
DROPPED = Fault(drops=True)
LOST_ANSWER = Fault(carried_out=True, hangs_seconds=30)
LOST_REQUEST = Fault(hangs_seconds=30)


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.body)
        self.fault = fault


class BotApi:
    """Started by ``bot_api``. ``base_url`` is what a client is given instead of api.telegram.org."""

    def __init__(self, spec: BotSpec | None = None) -> None:
        self._spec = spec
        self.base_url = ""
        self.calls: list[Call] = []
        #: Calls that the real API would refuse by its own description.
        self.problems: list[str] = []
        #: Chat -> message id -> what the person sees of it.
        self.chats: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        #: Decides over each call before the queues of ``faults``.
        self.judge: Callable[[Call], Fault | None] = lambda call: None
        self.webhook: dict[str, Any] = {"url": ""}
        self.profile: dict[tuple[str, str], Any] = {}
        self.left: list[int] = []
        self._updates: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._polls = 0
        self._last_message = 1000
        self._last_update = 840_000_000
        self._pushing: set[asyncio.Task[None]] = set()

    # what a test does and sees

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method fail so, one after another."""
        self.faults[method].extend(faults)

    def made(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def texts(self, chat: int) -> list[str]:
        """What the chat shows now of the bot's, oldest first."""
        return [message["text"] for message in self.chats[chat].values() if "text" in message]

    async def deliver(self, update: Mapping[str, Any]) -> None:
        """Give an update to whoever polls, or push it to the webhook until it is taken."""
        numbered = {"update_id": self.next_update(), **update}
        if self.webhook["url"]:
            task = asyncio.create_task(self._push(numbered))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)
            return
        async with self._changed:
            self._updates.append(numbered)
            self._changed.notify_all()

    def next_update(self) -> int:
        self._last_update += 1
        return self._last_update

    @property
    def waiting(self) -> int:
        """Updates that nobody has confirmed yet."""
        return len(self._updates) + len(self._pushing)

    async def says(self, chat: int, text: str) -> None:
        """A person writes."""
        await self.deliver({"message": {**self._from_person(chat), "text": text}})

    async def taps(self, chat: int, label: str) -> None:
        """A person taps the newest button with this label."""
        for number, message in reversed(self.chats[chat].items()):
            for row in (message.get("reply_markup") or {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label:
                        query = {
                            "id": str(self.next_update()),
                            "from": {"id": chat, "is_bot": False, "first_name": "P"},
                            "message": self._message(chat, number),
                            "data": button["callback_data"],
                            "chat_instance": "1",
                        }
                        await self.deliver({"callback_query": query})
                        return
        raise AssertionError(f"no button {label!r}")

    async def sends_location(self, chat: int, latitude: float, longitude: float) -> int:
        message = {**self._from_person(chat), "location": {"latitude": latitude, "longitude": longitude}}
        await self.deliver({"message": message})
        return int(message["message_id"])

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not happen in time"
            await asyncio.sleep(0.005)

    # the server

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != TOKEN:
            return _answer(UNAUTHORIZED)
        params = await _params(request)
        call = Call(method=request.match_info["method"], params=params, at=time.monotonic())
        self.calls.append(call)
        fault = self.judge(call)
        if fault is None and self.faults[call.method]:
            fault = self.faults[call.method].popleft()
        try:
            if fault is not None and not fault.carried_out:
                raise Refused(fault)
            result = await self._carry_out(call)
            if fault is not None:
                raise Refused(fault)
        except Refused as refused:
            return await _fail(request, refused.fault)
        return web.json_response({"ok": True, "result": result})

    async def _carry_out(self, call: Call) -> Any:
        if self._spec is not None and (problems := self._spec.problems(call.method, call.params)):
            self.problems += problems
            raise Refused(error(400, f"Bad Request: {problems[0]}"))
        if call.method.startswith(("setMy", "getMy")):
            result: Any = self._profile(call.method, call.params)
        else:
            act = getattr(self, f"_{call.method}", None)
            if act is None:
                raise Refused(error(404, "Not Found: method not found"))
            result = await act(call)
        call.ok = True
        return result

    def _profile(self, method: str, params: Mapping[str, Any]) -> Any:
        what, language = method[5:], params.get("language_code", "")
        key = {"Commands": "commands", "ShortDescription": "short_description"}.get(what, what.lower())
        if method.startswith("set"):
            self.profile[what, language] = params.get(key, "")
            return True
        value = self.profile.get((what, language), [] if what == "Commands" else "")
        return value if what == "Commands" else {key: value}

    async def _getMe(self, call: Call) -> Any:  # noqa: N802 - Telegram's names
        return {**ME, "can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _sendMessage(self, call: Call) -> Any:  # noqa: N802
        return self._add(call, {key: call.params[key] for key in ("text", "entities") if key in call.params})

    async def _sendVenue(self, call: Call) -> Any:  # noqa: N802
        place = {"latitude": call.params["latitude"], "longitude": call.params["longitude"]}
        venue = {"location": place, "title": call.params["title"], "address": call.params["address"]}
        return self._add(call, {"venue": venue, "location": place})

    async def _editMessageText(self, call: Call) -> Any:  # noqa: N802
        changed = {"text": call.params["text"], "entities": call.params.get("entities")}
        return self._edit(call, changed)

    async def _editMessageReplyMarkup(self, call: Call) -> Any:  # noqa: N802
        return self._edit(call, {})

    async def _deleteMessage(self, call: Call) -> bool:  # noqa: N802
        if self.chats[int(call.params["chat_id"])].pop(call.params["message_id"], None) is None:
            raise Refused(error(400, "Bad Request: message to delete not found"))
        return True

    async def _deleteMessages(self, call: Call) -> bool:  # noqa: N802
        for number in call.params["message_ids"]:
            self.chats[int(call.params["chat_id"])].pop(number, None)
        return True

    async def _answerCallbackQuery(self, call: Call) -> bool:  # noqa: N802
        return True

    async def _leaveChat(self, call: Call) -> bool:  # noqa: N802
        self.left.append(call.params["chat_id"])
        return True

    async def _setWebhook(self, call: Call) -> bool:  # noqa: N802
        self.webhook = dict(call.params)
        return True

    async def _deleteWebhook(self, call: Call) -> bool:  # noqa: N802
        self.webhook = {"url": ""}
        return True

    async def _getWebhookInfo(self, call: Call) -> Any:  # noqa: N802
        return {"url": self.webhook["url"], "has_custom_certificate": False, "pending_update_count": self.waiting}

    async def _getUpdates(self, call: Call) -> Any:  # noqa: N802
        if self.webhook["url"]:
            raise Refused(error(409, "Conflict: can't use getUpdates method while webhook is active"))
        offset, limit = call.params.get("offset", 0), call.params.get("limit", 100)
        end = time.monotonic() + call.params.get("timeout", 0)
        self._polls += 1
        mine = self._polls
        async with self._changed:
            self._changed.notify_all()
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
            while not self._updates and (left := end - time.monotonic()) > 0:
                try:
                    await asyncio.wait_for(self._changed.wait(), left)
                except TimeoutError:
                    break
                if mine != self._polls:
                    raise Refused(error(409, "Conflict: terminated by other getUpdates request"))
            return self._updates[:limit]

    def _add(self, call: Call, content: dict[str, Any]) -> Any:
        chat, markup = int(call.params["chat_id"]), call.params.get("reply_markup")
        self._last_message += 1
        call.message = self._last_message
        self.chats[chat][self._last_message] = {**content, "reply_markup": markup}
        return self._message(chat, self._last_message)

    def _edit(self, call: Call, changed: dict[str, Any]) -> Any:
        chat, number = int(call.params["chat_id"]), call.params["message_id"]
        message = self.chats[chat].get(number)
        if message is None:
            raise Refused(error(400, "Bad Request: message to edit not found"))
        markup = message.get("reply_markup")
        if markup is not None and "inline_keyboard" not in markup:
            raise Refused(error(400, "Bad Request: message can't be edited"))
        new = {**message, **changed, "reply_markup": call.params.get("reply_markup")}
        if new == message:
            raise Refused(NOT_MODIFIED)
        self.chats[chat][number] = new
        return self._message(chat, number)

    def _message(self, chat: int, number: int) -> dict[str, Any]:
        message = {key: value for key, value in self.chats[chat][number].items() if value is not None}
        if "inline_keyboard" not in message.get("reply_markup", {}):
            message.pop("reply_markup", None)
        return {
            "message_id": number,
            "from": ME,
            "chat": {"id": chat, "type": "private", "first_name": "P"},
            "date": int(time.time()),
            **message,
        }

    def _from_person(self, chat: int) -> dict[str, Any]:
        self._last_message += 1
        sender = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "ru"}
        self.chats[chat][self._last_message] = {"person": True}
        return {
            "message_id": self._last_message,
            "from": sender,
            "chat": {"id": chat, "type": "private", "first_name": "P"},
            "date": int(time.time()),
        }

    async def _push(self, update: dict[str, Any]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.post(self.webhook["url"], json=update, headers=headers) as answer:
                        if answer.status // 100 == 2:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)


@asynccontextmanager
async def bot_api(spec: BotSpec | None = None) -> AsyncIterator[BotApi]:
    api = BotApi(spec)
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        for task in tuple(api._pushing):
            task.cancel()
        await runner.cleanup()


async def _params(request: web.Request) -> dict[str, Any]:
    """JSON as it is; of a form, what looks like JSON and is no plain text is read as JSON."""
    if request.content_type == "application/json":
        return dict(await request.json())
    given = {**request.query, **(await request.post())}
    return {key: _read(key, str(value)) for key, value in given.items()}


def _read(key: str, value: str) -> Any:
    if key in ("text", "title", "address", "name", "description", "short_description", "callback_query_id"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _answer(fault: Fault) -> web.Response:
    headers = {"Location": fault.location} if fault.location else None
    return web.Response(status=fault.status, body=fault.body, content_type=fault.content_type, headers=headers)


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.hangs_seconds:
        await asyncio.sleep(fault.hangs_seconds)
    if fault.drops or not fault.status:
        assert request.transport is not None
        request.transport.close()
        return web.Response()
    return _answer(fault)
