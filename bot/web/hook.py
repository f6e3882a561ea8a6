"""Telegram's webhook: the secret first, then the body, and 200 only after the commit (THREATS T51-T53)."""

from hmac import compare_digest
from typing import Final

from starlette.types import Receive, Scope, Send

from bot.delivery import Inbox
from bot.store import StoreError
from bot.web.body import Refused, read_body
from bot.web.services import Webhook

_SECRET: Final = b"x-telegram-bot-api-secret-token"
_MOST_BYTES: Final = 1_048_576
#: 256 bits, written as sparingly as letters and digits allow.
_SHORTEST_SECRET: Final = 43


class TelegramHook:
    """An ASGI endpoint; raises Refused.

    A body that is no update is answered with 200 all the same, or Telegram would repeat it for ever.
    """

    def __init__(self, webhook: Webhook, inbox: Inbox) -> None:
        if not webhook.secrets or any(len(secret) < _SHORTEST_SECRET for secret in webhook.secrets):
            raise ValueError("the Telegram webhook needs a secret of at least 43 characters (openssl rand -hex 32)")
        self._webhook = webhook
        self._inbox = inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise Refused(405)
        if not self._genuine(scope):
            raise Refused(401)
        body = await read_body(scope, receive, _MOST_BYTES)
        try:
            await self._inbox.receive(self._webhook.channel, body)
        except StoreError:
            raise Refused(503) from None
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def _genuine(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == _SECRET]
        if len(given) != 1:
            return False
        matches = [compare_digest(given[0], secret) for secret in self._webhook.secrets]
        return any(matches)
