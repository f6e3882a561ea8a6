"""Both ends of a messenger on the loopback: posts webhooks to a bot, answers its API calls, keeps the time.

A turn lasts from handing over the update until the bot's message to that chat has been read whole; one clock times
both. A chat has one turn under way at most. What became of a message is told over connections of its own, where the
messenger tells it. Run by ``benchmarks.turns``, on a core of its own.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import cast
from urllib.parse import urlsplit

import uvloop

from benchmarks.messengers import Messenger, Telegram, WhatsApp

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.I)
#: Connections over which statuses come, for each over which people's messages come: so many are told of each turn.
_NEWS_CONNECTIONS = 2


class Ledger:
    """Which chats wait for an answer, since when, and how long the answered ones took."""

    def __init__(self) -> None:
        self.waiting: dict[int, tuple[float, asyncio.Future[float]]] = {}
        self.unasked = 0

    def begin(self, chat: int) -> asyncio.Future[float]:
        future = asyncio.get_running_loop().create_future()
        self.waiting[chat] = (time.perf_counter(), future)
        return future

    def answered(self, chat: int) -> None:
        began = self.waiting.pop(chat, None)
        if began is None:
            self.unasked += 1
        elif not began[1].done():
            began[1].set_result(time.perf_counter() - began[0])


class Messages(asyncio.Protocol):
    """Cuts a keep-alive HTTP/1.1 stream into (head, body); both directions of the peer build on it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[: end + 2])
            length = _LENGTH.search(head)
            stop = end + 4 + (int(length[1]) if length else 0)
            if b"chunked" in head.lower():
                stop = self._buffer.find(b"0\r\n\r\n", end + 4) + 5
                if stop < 5:
                    return
            if len(self._buffer) < stop:
                return
            body = bytes(self._buffer[end + 4 : stop])
            del self._buffer[:stop]
            self.message(head, body)

    def message(self, head: bytes, body: bytes) -> None:
        raise NotImplementedError


class Api(Messages):
    """The messenger's API."""

    def __init__(self, ledger: Ledger, messenger: Messenger, news: asyncio.Queue[bytes]) -> None:
        super().__init__()
        self._ledger = ledger
        self._messenger = messenger
        self._news = news

    def message(self, head: bytes, body: bytes) -> None:
        result, chat = self._messenger.answers(head.split(b" ", 2)[1].decode(), body)
        answer = json.dumps(result).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer)
        )
        if chat is not None:
            self._ledger.answered(chat)
            for one in self._messenger.news(chat, body):
                self._news.put_nowait(one)


class Hook(Messages):
    """One of the connections over which a messenger would deliver updates."""

    def __init__(self) -> None:
        super().__init__()
        self._status: asyncio.Future[int] | None = None

    def message(self, head: bytes, body: bytes) -> None:
        if self._status is not None and not self._status.done():
            self._status.set_result(int(head.split(b" ", 2)[1]))

    def post(self, request: bytes) -> asyncio.Future[int]:
        self._status = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self._status


class Load:
    """Keeps ``len(hooks)`` turns in flight; each chat goes through ``script`` again and again."""

    def __init__(self, messenger: Messenger, hooks: Sequence[Hook], ledger: Ledger, script: Sequence[str]) -> None:
        self._messenger = messenger
        self._hooks = hooks
        self._ledger = ledger
        self._script = script
        self._steps: Counter[int] = Counter()
        self.took: list[float] = []
        self.refused: Counter[str] = Counter()

    async def turn(self, hook: Hook, chat: int, text: str) -> None:
        answered = self._ledger.begin(chat)
        try:
            async with asyncio.timeout(30):
                status = await hook.post(self._messenger.says(chat, text))
                if status == 200:
                    self.took.append(await answered)
                else:
                    self.refused[str(status)] += 1
        except TimeoutError:
            self.refused["no answer within 30 s"] += 1

    async def once(self, chats: Sequence[int], text: str) -> None:
        """Each chat says ``text`` once."""
        left = deque(chats)

        async def worker(hook: Hook) -> None:
            while left:
                await self.turn(hook, left.popleft(), text)

        await asyncio.gather(*(worker(hook) for hook in self._hooks))

    async def run(self, chats: Sequence[int], seconds: float) -> float:
        """Saturate for ``seconds``; returns the seconds it really took."""
        free = deque(chats)
        began = time.perf_counter()

        async def worker(hook: Hook) -> None:
            while time.perf_counter() < began + seconds:
                chat = free.popleft()
                step = self._steps[chat]
                self._steps[chat] += 1
                await self.turn(hook, chat, self._script[step % len(self._script)])
                free.append(chat)

        await asyncio.gather(*(worker(hook) for hook in self._hooks))
        return time.perf_counter() - began


async def _tell(hook: Hook, news: asyncio.Queue[bytes]) -> None:
    while True:
        await hook.post(await news.get())


async def _main(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    ledger = Ledger()
    address = urlsplit(arguments.hook)
    messenger = MESSENGERS[arguments.messenger](arguments.hook, arguments.host or address.netloc)
    news: asyncio.Queue[bytes] = asyncio.Queue()
    await loop.create_server(lambda: Api(ledger, messenger, news), "127.0.0.1", arguments.api_port)
    print("ready", flush=True)
    for _ in range(600):
        try:
            _, probe = await asyncio.open_connection(address.hostname, address.port)
            probe.close()
            break
        except OSError:
            await asyncio.sleep(0.1)
    else:
        sys.exit("the bot did not listen within 60 s")

    async def hooks(number: int) -> list[Hook]:
        return [(await loop.create_connection(Hook, address.hostname, address.port))[1] for _ in range(number)]

    telling = [
        asyncio.create_task(_tell(hook, news)) for hook in await hooks(_NEWS_CONNECTIONS * arguments.connections)
    ]
    load = Load(messenger, await hooks(arguments.connections), ledger, arguments.say or ["n1z"])
    chats = range(100_000, 100_000 + arguments.chats)
    for text in arguments.first or []:
        await load.once(chats, text)
    await load.run(chats, arguments.warm)
    load.took.clear()
    ledger.unasked = 0
    print("go", flush=True)
    wall = await load.run(chats, arguments.seconds)
    took = sorted(load.took)
    result = {
        "turns": len(took),
        "per_second": round(len(took) / wall, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 2) if took else None,
        "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 2) if took else None,
        "max_ms": round(took[-1] * 1000, 2) if took else None,
        "refused": dict(load.refused),
        "messages_unasked": ledger.unasked,
        "statuses_behind": news.qsize(),
        "calls": dict(messenger.calls),
    }
    print(json.dumps(result), flush=True)
    for task in telling:
        task.cancel()


MESSENGERS: dict[str, Callable[[str, str], Messenger]] = {"telegram": Telegram, "whatsapp": WhatsApp}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--messenger", choices=MESSENGERS, default="telegram")
    parser.add_argument("--hook", required=True, help="the bot's webhook address")
    parser.add_argument("--host", help="Host header, when the bot expects its public name")
    parser.add_argument("--connections", type=int, default=40, help="webhook connections; Telegram's own default is 40")
    parser.add_argument("--chats", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--warm", type=float, default=2)
    parser.add_argument("--first", action="append", help="what each chat says once before the measurement")
    parser.add_argument("--say", action="append", help="what each chat says, in turn, again and again")
    uvloop.run(_main(parser.parse_args()))
