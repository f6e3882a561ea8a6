"""WhatsApp's webhook: the handshake, then signed bodies, and 200 only after the commit (THREATS T51-T53)."""

import hmac
import re
from typing import Final
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from bot.delivery import Inbox
from bot.store import StoreError
from bot.web.body import Refused, read_body
from bot.web.services import WhatsAppWebhook

_SIGNATURE: Final = b"x-hub-signature-256"
_MOST_BYTES: Final = 3 * 1_048_576
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_.-]{1,256}")


class WhatsAppHook:
    """An ASGI endpoint; raises Refused. Anything but 200 makes WhatsApp repeat a body for seven days, so one that holds
    nothing for us is answered with 200 as well."""

    def __init__(self, webhook: WhatsAppWebhook, inbox: Inbox) -> None:
        if not webhook.secrets or not webhook.verify_token:
            raise ValueError("the WhatsApp webhook needs the app secret and a verify token")
        self._webhook = webhook
        self._inbox = inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            answer = self._shake_hands(scope)
        elif scope["method"] == "POST":
            answer = b""
            await self._take(scope, receive)
        else:
            raise Refused(405)
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _shake_hands(self, scope: Scope) -> bytes:
        """The challenge, for whoever knows our verify token."""
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)

        def given(name: str) -> str:
            return str(query.get(f"hub.{name}", [""])[0])

        known = hmac.compare_digest(given("verify_token").encode(), self._webhook.verify_token)
        if given("mode") != "subscribe" or not known or not _CHALLENGE.fullmatch(given("challenge")):
            raise Refused(403)
        return given("challenge").encode()

    async def _take(self, scope: Scope, receive: Receive) -> None:
        given = [value for name, value in scope["headers"] if name == _SIGNATURE]
        if len(given) != 1:
            raise Refused(401)
        body = await read_body(scope, receive, _MOST_BYTES)
        matches = [hmac.compare_digest(given[0], _signature(secret, body)) for secret in self._webhook.secrets]
        if not any(matches):
            raise Refused(401)
        try:
            await self._inbox.receive(self._webhook.channel, body)
        except StoreError:
            raise Refused(503) from None


def _signature(secret: bytes, body: bytes) -> bytes:
    # hmac.digest would let go of the interpreter even for a small body, and wait for the writer to give it back
    return f"sha256={hmac.new(secret, body, 'sha256').hexdigest()}".encode()
