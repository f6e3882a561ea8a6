"""Telegram's API through aiogram's session. Imported only when there is a token: aiogram is large.

Of aiogram are the connections, the addresses, the form of the token and the typed errors. Passed by, because a profile
showed that they take four fifths of a call (1,240 → 270 µs for a message with five buttons), are its models of requests
and answers and its form encoding.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError, ClientDecodeError
from aiogram.methods import GetMe
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.carrier.carrier import Carrier, NotReached
from bot.carrier.deadline import Deadline
from bot.carrier.session import CONNECT_SECONDS, NO_LIMIT, open_session
from bot.channels.protocol import ChannelUnusable
from bot.channels.telegram.failures import failure

#: Connections to Telegram at once.
_CONNECTIONS: Final = 100
#: aiogram wants to name the method of a failure; the name is not used.
_ANY_METHOD: Final = GetMe()


class _Answer(msgspec.Struct):
    ok: bool
    #: aiogram cannot read a failure without one.
    description: str = ""
    result: msgspec.Raw = msgspec.Raw(b"null")


_decode: Final = msgspec.json.Decoder(_Answer).decode
_encode: Final = msgspec.json.Encoder().encode


class _Session(AiohttpSession):
    """JSON in, the encoded result out. Raises what aiogram and aiohttp raise."""

    async def create_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = open_session(_CONNECTIONS)
        return self._session

    async def ask(self, bot: Bot, method: str, params: Mapping[str, Any], within: ClientTimeout) -> msgspec.Raw:
        http = await self.create_session()
        async with http.post(self.url(bot, method), data=_encode(params), timeout=within) as answer:
            return self.result(bot, answer.status, await answer.read())

    def url(self, bot: Bot, method: str) -> str:
        return self.api.api_url(token=bot.token, method=method)

    def result(self, bot: Bot, status: int, raw: bytes) -> msgspec.Raw:
        try:
            decoded = _decode(raw)
        except msgspec.DecodeError as error:
            raise ClientDecodeError("not an answer of the Bot API", error, None) from None
        if not decoded.ok:
            if not decoded.description:
                raise ClientDecodeError("a failure without a description", ValueError(), None)
            self.check_response(bot, _ANY_METHOD, status, raw.decode(errors="replace"))
        return decoded.result


class Client:
    """One bot. Raises DeliveryFailed for every failed call, and nothing that shows the token."""

    def __init__(self, token: str, base_url: str = "", timeout_seconds: float = 20.0) -> None:
        """``base_url``: another Bot API server. Raises ChannelUnusable when the token has not the form of one."""
        api = TelegramAPIServer.from_base(base_url) if base_url else PRODUCTION
        self._session = _Session(api=api)
        self._deadline = Deadline(timeout_seconds)
        self._carrier = Carrier(timeout_seconds, _CONNECTIONS)
        try:
            self._bot = Bot(token, session=self._session)
        except TokenValidationError:
            raise ChannelUnusable(
                "TELEGRAM_TOKEN: it is not a bot token; copy it from BotFather, in the form 123456789:AAbb..."
            ) from None

    @property
    def account(self) -> str:
        """The bot's own id, the part of the token that is no secret."""
        return str(self._bot.id)

    async def call(
        self, method: str, params: Mapping[str, Any], timeout_seconds: float | None = None, *, bulk: bool = False
    ) -> msgspec.Raw:
        """The result of one method, still encoded."""
        session, bot = self._session, self._bot
        try:
            if timeout_seconds is not None:
                limit = ClientTimeout(total=timeout_seconds, sock_connect=CONNECT_SECONDS)
                return await session.ask(bot, method, params, limit)
            if bulk and self._carrier.takes():
                return session.result(bot, *await self._carrier.post(session.url(bot, method), "", _encode(params)))
            return await self._deadline.keep(session.ask(bot, method, params, NO_LIMIT))
        except (AiogramError, ClientError, NotReached, TimeoutError, OSError) as error:
            raise failure(error) from None

    async def close(self) -> None:
        await self._carrier.close()
        await self._bot.session.close()
