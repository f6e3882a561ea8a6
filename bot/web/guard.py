"""Stands before every route: the host must be ours, a network may not flood, no error shows its inside."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.body import Refused
from bot.web.limits import Limit

#: T46: nothing inline, nothing from elsewhere.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(self), camera=(), microphone=(), browsing-topics=()",
}
_HSTS: Final = ("strict-transport-security", "max-age=31536000")
#: Without a public address the page is for this machine or its network: numbers, so that no foreign name leads here.
_LOCAL: Final = re.compile(rb"(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?")

log = structlog.get_logger()


class Guard:
    """The outermost application. ``hooks`` are the messengers' webhooks by path: busy, so they do without the router
    and the headers that only browsers read."""

    def __init__(self, app: ASGIApp, *, public_url: str, limit: Limit, hooks: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._hooks = hooks
        self._host = urlsplit(public_url).netloc.lower().encode()
        self._limit = limit
        headers = dict([*_HEADERS.items(), *([_HSTS] if public_url.startswith("https:") else [])])
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif (hook := self._hooks.get(scope["path"])) is not None:
            await self._serve(hook, scope, receive, send, self._host_refusal(scope))
        else:
            await self._serve(self._app, scope, receive, self._strict(send), self._refusal(scope))

    async def _serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, status: int) -> None:
        if not status:
            try:
                await app(scope, receive, send)
                return
            except Refused as refused:
                status = refused.status
            except Exception as error:
                _report(error)
                status = 500
        await refuse(send, status)

    def _strict(self, send: Send) -> Send:
        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                if not any(name == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                headers.extend(self._headers)
            await send(message)

        return strict

    def _refusal(self, scope: Scope) -> int:
        if scope["path"] == "/healthz":  # a monitor asks from inside, by any name
            return 0
        client = scope.get("client")
        if client and not self._limit.allows(client[0]):
            return 429
        return self._host_refusal(scope)

    def _host_refusal(self, scope: Scope) -> int:
        hosts = [value.lower() for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return 421
        ours = hosts[0] == self._host if self._host else _LOCAL.fullmatch(hosts[0])
        return 0 if ours else 421


async def refuse(send: Send, status: int) -> None:
    """A status and nothing else; the connection ends, because its request may not have been read to the end."""
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    if status in (429, 503):
        headers.append((b"retry-after", b"5"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _report(error: Exception) -> None:
    """Kind and place; the message of an error may quote what a person wrote."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    at = f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}" if place else ""
    log.error("web_failed", error=type(error).__name__, at=at)
