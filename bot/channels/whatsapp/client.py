"""WhatsApp's Graph API: our own thin client. Every failed call is a DeliveryFailed that shows no token, number or text.

The whole of a call is one POST or GET with JSON; what a library adds (pywa, measured: 4 MB of models, httpx, which
writes addresses into its log) is not needed.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.hdrs import AUTHORIZATION, CONTENT_TYPE

from bot.channels.protocol import ChannelUnusable
from bot.channels.whatsapp.failures import failed, refusal, unclear

#: Lasts to 29 July 2028 (the changelog of the Graph API).
VERSION: Final = "v25.0"
HOST: Final = "https://graph.facebook.com"

_CONNECTIONS: Final = 100
_CONNECT_SECONDS: Final = 10.0
_ID: Final = re.compile(r"[0-9]{1,30}")
_TOKEN: Final = re.compile(r"[!-~]{1,1000}")


class _Message(msgspec.Struct):
    id: str


class _Taken(msgspec.Struct):
    """What the messages endpoint answers: the message's id, or ``success`` for a read mark."""

    messages: tuple[_Message, ...] = ()
    success: bool = False


_taken: Final = msgspec.json.Decoder(_Taken).decode
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


class Client:
    """The accounts of one instance, by phone-number id. Raises DeliveryFailed for every failed call."""

    def __init__(
        self, tokens: Mapping[str, str], base_url: str = HOST, version: str = VERSION, timeout_seconds: float = 20.0
    ) -> None:
        """``tokens``: phone-number id -> access token. Raises ChannelUnusable when one of them cannot be right."""
        for account, token in tokens.items():
            if not _ID.fullmatch(account):
                raise ChannelUnusable(
                    "WHATSAPP_PHONE_ID: it is not a phone-number id; copy the digits below the number in the app's"
                    " API setup, not the number itself"
                )
            if not _TOKEN.fullmatch(token):
                raise ChannelUnusable("WHATSAPP_TOKEN: it is not an access token; copy it again, without spaces")
        self._tokens = dict(tokens)
        self._url = f"{base_url.rstrip('/')}/{version}/"
        self._timeout = ClientTimeout(total=timeout_seconds, connect=_CONNECT_SECONDS)
        self._session: ClientSession | None = None

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(self._tokens)

    async def call(self, account: str, method: str, params: Mapping[str, Any]) -> bytes:
        """The answer to ``params``, posted to ``method`` (messages) of ``account``."""
        body = await self.post(account, f"{account}/{method}", params)
        try:
            taken = _taken(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unclear() from None
        if not (taken.success or (taken.messages and taken.messages[0].id)):
            raise unclear()
        return body

    async def post(self, account: str, path: str, params: Mapping[str, Any]) -> bytes:
        """A JSON object, from ``path`` (an id and an edge) below the version."""
        return await self._ask(account, "POST", path, data=_encode(params))

    async def get(self, account: str, path: str, query: Mapping[str, str]) -> bytes:
        """A JSON object, from ``path`` (an id and an edge) below the version."""
        return await self._ask(account, "GET", path, params=query)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, account: str, verb: str, path: str, **how: Any) -> bytes:
        token = self._tokens.get(account)
        if token is None:
            raise failed("unauthorized")
        headers = {AUTHORIZATION: f"Bearer {token}", CONTENT_TYPE: "application/json"}
        try:
            # a redirection would carry the token to wherever it points
            async with self._open().request(
                verb, self._url + path, headers=headers, allow_redirects=False, timeout=self._timeout, **how
            ) as answer:
                body = await answer.read()
        except (ClientConnectorError, ConnectionTimeoutError):
            raise failed("unreachable") from None
        except (ClientError, TimeoutError, OSError):
            raise unclear() from None
        if answer.status >= 400:
            raise refusal(answer.status, body)
        try:
            _object(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unclear() from None
        return body

    def _open(self) -> ClientSession:
        """Made at the first call, for it belongs to the loop that runs."""
        if self._session is None or self._session.closed:
            connector = TCPConnector(limit=_CONNECTIONS)
            self._session = ClientSession(connector=connector, cookie_jar=DummyCookieJar())
        return self._session
