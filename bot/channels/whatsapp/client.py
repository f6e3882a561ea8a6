"""WhatsApp's Graph API: our own thin client. Every failed call is a DeliveryFailed that shows no token, number or text.

The whole of a call is one POST or GET with JSON; what a library adds (pywa, measured: 4 MB of models, httpx, which
writes addresses into its log) is not needed.
"""

import re
from collections.abc import Awaitable, Mapping
from typing import Any, Final

import msgspec
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, ConnectionTimeoutError
from aiohttp.hdrs import AUTHORIZATION

from bot.carrier.carrier import Carrier, NotReached
from bot.carrier.session import CONNECT_SECONDS, open_session
from bot.channels.protocol import ChannelUnusable
from bot.channels.whatsapp.failures import failed, refusal, unclear

#: Lasts to 29 July 2028 (the changelog of the Graph API).
VERSION: Final = "v25.0"
HOST: Final = "https://graph.facebook.com"

_CONNECTIONS: Final = 100
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
        self._timeout = ClientTimeout(total=timeout_seconds, connect=CONNECT_SECONDS)
        self._session: ClientSession | None = None
        self._carrier = Carrier(timeout_seconds, _CONNECTIONS)

    @property
    def accounts(self) -> tuple[str, ...]:
        return tuple(self._tokens)

    async def call(self, account: str, method: str, params: Mapping[str, Any], *, bulk: bool = False) -> bytes:
        """The answer to ``params``, posted to ``method`` (messages) of ``account``."""
        body = await self.post(account, f"{account}/{method}", params, bulk=bulk)
        try:
            taken = _taken(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unclear() from None
        if not (taken.success or (taken.messages and taken.messages[0].id)):
            raise unclear()
        return body

    async def post(self, account: str, path: str, params: Mapping[str, Any], *, bulk: bool = False) -> bytes:
        """A JSON object, from ``path`` (an id and an edge) below the version."""
        if bulk and self._carrier.takes():
            return await self._told(self._carrier.post(self._url + path, self._authorization(account), _encode(params)))
        return await self._told(self._ask(account, "POST", path, data=_encode(params)))

    async def get(self, account: str, path: str, query: Mapping[str, str]) -> bytes:
        """A JSON object, from ``path`` (an id and an edge) below the version."""
        return await self._told(self._ask(account, "GET", path, params=query))

    async def close(self) -> None:
        await self._carrier.close()
        if self._session is not None:
            await self._session.close()

    def _authorization(self, account: str) -> str:
        token = self._tokens.get(account)
        if token is None:
            raise failed("unauthorized")
        return f"Bearer {token}"

    async def _ask(self, account: str, verb: str, path: str, **how: Any) -> tuple[int, bytes]:
        headers = {AUTHORIZATION: self._authorization(account)}
        # a redirection would carry the token to wherever it points
        async with self._open().request(
            verb, self._url + path, headers=headers, allow_redirects=False, timeout=self._timeout, **how
        ) as answer:
            return answer.status, await answer.read()

    async def _told(self, asked: Awaitable[tuple[int, bytes]]) -> bytes:
        """What an answer says, a JSON object. Raises DeliveryFailed."""
        try:
            status, body = await asked
        except (ClientConnectorError, ConnectionTimeoutError, NotReached):
            raise failed("unreachable") from None
        except (ClientError, TimeoutError, OSError):
            raise unclear() from None
        if status >= 400:
            raise refusal(status, body)
        try:
            _object(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unclear() from None
        return body

    def _open(self) -> ClientSession:
        """Made at the first call, for it belongs to the loop that runs."""
        if self._session is None or self._session.closed:
            self._session = open_session(_CONNECTIONS)
        return self._session
