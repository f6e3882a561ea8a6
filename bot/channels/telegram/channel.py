"""Telegram as a channel: parse, render and send behind the one protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from bot.channels.protocol import Incoming, Pace, Request, Sent
from bot.channels.telegram.parse import parse
from bot.channels.telegram.render import render, render_wipe
from bot.conversation import Reply


class Caller(Protocol):
    """What carries calls to Telegram: aiogram's Bot behind ``client.Client``, or a recorder."""

    @property
    def account(self) -> str: ...

    async def call(
        self, method: str, params: Mapping[str, Any], timeout_seconds: float | None = None, *, bulk: bool = False
    ) -> msgspec.Raw: ...

    async def close(self) -> None: ...


#: Its message is known since it was sent, and Telegram counts the 48 hours from then (THREATS T17).
_EDIT: Final = "editMessageText"


class _Message(msgspec.Struct):
    message_id: int


_message: Final = msgspec.json.Decoder(_Message).decode


class Telegram:
    """Implements ``Channel``. ``location_labels``: the words of the button that sends one's place, by language.

    ``messages_per_second``: what Telegram lets the whole bot send.
    """

    name = "telegram"
    pushes = True
    both_ways = False
    #: About a message a second in one chat; short bursts pass.
    chat_pace = Pace(1, 5)
    window_seconds: float | None = None
    reports = False

    def __init__(self, caller: Caller, location_labels: Mapping[str, str], messages_per_second: float = 30.0) -> None:
        self.caller = caller
        self.per_second = messages_per_second
        self.account = caller.account
        self.accounts: tuple[str, ...] = (caller.account,)
        #: Updates that could not be read, since the start.
        self.unread = 0
        self._labels = location_labels

    def parse(self, raw: bytes) -> list[Incoming]:
        try:
            incoming = parse(raw, self.account)
        except (ValueError, RecursionError):
            self.unread += 1
            return []
        return [] if incoming is None else [incoming]

    def render(self, reply: Reply, address: str, context: Mapping[str, Any], *, closed: bool = False) -> list[Request]:
        return render(reply, address, context, self._labels)

    def readdressed(self, request: Request, address: str) -> Request:
        return Request(method=request.method, params={**request.params, "chat_id": int(address)}, aside=request.aside)

    def render_wipe(self, refs: Sequence[str], address: str) -> list[Request]:
        return render_wipe(refs, address)

    async def send(self, request: Request, account: str, tracking: str = "", *, bulk: bool = False) -> Sent:
        result = await self.caller.call(request.method, request.params, bulk=bulk)
        if request.method == _EDIT or (request.aside and not request.fleeting):
            return Sent()
        try:
            return Sent(ref=str(_message(result).message_id))
        except msgspec.DecodeError:
            return Sent()

    async def close(self) -> None:
        await self.caller.close()
