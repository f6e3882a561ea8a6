"""Pushes webhooks as Meta does: signed over the raw body, repeated ever more rarely until the answer is 200."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

#: Between the first tries; it doubles up to the second.
_FIRST_GAP_SECONDS = 0.05
_LONGEST_GAP_SECONDS = 1.0


def signed(body: bytes, secret: str) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Hook:
    """One subscribed address. ``keeps_seconds`` stands for Meta's seven days."""

    def __init__(self, secret: str, keeps_seconds: float) -> None:
        self.url = ""
        self.secret = secret
        self.keeps_seconds = keeps_seconds
        #: How often each body comes, though it was taken.
        self.copies = 1
        #: Every body that was made, pushed or not.
        self.bodies: list[bytes] = []
        #: Bodies that were confirmed with 200.
        self.taken: list[bytes] = []
        #: Bodies that nobody took in time.
        self.given_up: list[bytes] = []
        self._pushing: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        return len(self._pushing)

    async def subscribe(self, url: str, verify_token: str) -> bool:
        """The handshake: the address is taken when it answers 200 with the challenge."""
        challenge = "1158201444"
        query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
        async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
            if answer.status != 200 or await answer.text() != challenge:
                return False
        self.url = url
        return True

    def send(self, payload: Mapping[str, Any]) -> None:
        """Push one body; each copy is repeated until it is taken."""
        body = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode()
        self.bodies.append(body)
        if not self.url:
            return
        for _ in range(self.copies):
            task = asyncio.create_task(self._push(body))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)

    async def _push(self, body: bytes) -> None:
        loop = asyncio.get_running_loop()
        end, gap = loop.time() + self.keeps_seconds, _FIRST_GAP_SECONDS
        headers = {"X-Hub-Signature-256": signed(body, self.secret), "Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session:
            while loop.time() < end:
                try:
                    async with session.post(self.url, data=body, headers=headers) as answer:
                        if answer.status == 200:
                            self.taken.append(body)
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(gap)
                gap = min(gap * 2, _LONGEST_GAP_SECONDS)
        self.given_up.append(body)

    def stop(self) -> None:
        for task in tuple(self._pushing):
            task.cancel()
