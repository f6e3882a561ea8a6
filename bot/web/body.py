"""Reads a request's body: counted while it comes in, and not for ever (THREATS T53, F32)."""

import asyncio
from typing import Final

from starlette.types import Receive, Scope

#: A sender that needs longer is closed.
BODY_SECONDS: Final = 10.0


class Refused(Exception):
    """The request cannot be taken; ``status`` is what the sender is told."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body, at most ``limit`` bytes within 10 seconds. Raises Refused with 400, 408 or 413."""
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or len(value) > 12 or int(value) > limit):
            raise Refused(413)
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400)
                body += message.get("body", b"")
                if len(body) > limit:
                    raise Refused(413)
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        raise Refused(408) from None
