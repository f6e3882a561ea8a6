"""Telegram on the loopback: counts what arrives by its own clock, and people ask meanwhile.

Orders come on the standard input, one JSON object a line, and each is answered with one on the standard output:
``{"ask": SECONDS, "rate": N}`` lets N people a second ask something; ``{"count": SECONDS}`` only counts;
``{"saturate": SECONDS}`` keeps forty turns under way; ``{"burst": CHATS}`` lets so many people write six times without
waiting for an answer, each time to another process, and tells whether everybody's answers came in their order.
Run by ``benchmarks.alert`` and ``benchmarks.growth``, on a core of its own.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from array import array
from bisect import bisect_left
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import uvloop

from benchmarks.messengers import Telegram
from benchmarks.peer import Api, Hook, Ledger, Load
from benchmarks.turns import FIRST, SAY

#: As many as Telegram opens.
_CONNECTIONS = 40
_BURST = ("меню", "1", "назад", "2", "назад", "1")


class Arrivals(Api):
    """Keeps when each message arrived; of all connections together."""

    def __init__(self, peer: "Peer") -> None:
        super().__init__(peer.ledger, peer.messenger, asyncio.Queue())
        self._peer = peer

    def message(self, head: bytes, body: bytes) -> None:
        if b"/sendMessage" in head or b"/editMessageText" in head:
            self._peer.times.append(time.perf_counter())
            if self._peer.history is not None:
                said = json.loads(body)
                self._peer.history.setdefault(int(said["chat_id"]), []).append(said["text"])
        super().message(head, body)


def most_in_a_second(times: "array[float]", since: float, until: float) -> int:
    """The largest number of arrivals in any span of one second between the two."""
    first, last = bisect_left(times, since), bisect_left(times, until)
    most, start = 0, first
    for end in range(first, last):
        while times[end] - times[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return most


class Peer:
    """``hooks``: the bot's webhook, in each of its processes. ``first``: the number of the first of the people."""

    def __init__(self, hooks: list[str], host: str, first: int) -> None:
        self._addresses = [urlsplit(hook) for hook in hooks]
        self.messenger = Telegram(hooks[0], host)
        self.ledger = Ledger()
        self.times: array[float] = array("d")
        #: What each chat was told, in order, while that is kept.
        self.history: dict[int, list[str]] | None = None
        self._first = first
        self._chance = random.Random(7)
        self._load: Load | None = None
        #: By number; the one with number n leads to the n-th process, in turns.
        self._hooks: list[Hook] = []

    def api(self) -> Arrivals:
        return Arrivals(self)

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        load = await self._loaded()
        load.took.clear()
        load.refused.clear()
        began = time.perf_counter()
        result: dict[str, Any] = {}
        if "ask" in order:
            await self._ask(load, order["ask"], order["rate"])
        elif "saturate" in order:
            await load.run(self._chats(4_000), order["saturate"])
        elif "burst" in order:
            result = await self._burst(order["burst"])
        else:
            await asyncio.sleep(order["count"])
        ended = time.perf_counter()
        arrived = bisect_left(self.times, ended) - bisect_left(self.times, began)
        result |= {
            "arrived": arrived,
            "per_second": round(arrived / (ended - began), 2),
            "most_in_a_second": most_in_a_second(self.times, began, ended),
        }
        if load.took:
            took = sorted(load.took)
            result |= {
                "turns": len(took),
                "turns_per_second": round(len(took) / (ended - began), 1),
                "p50_ms": round(took[len(took) // 2] * 1000, 2),
                "p99_ms": round(took[int(len(took) * 0.99)] * 1000, 2),
            }
        if load.refused:
            result["refused"] = dict(load.refused)
        return result

    def _chats(self, number: int) -> range:
        return range(self._first, self._first + number)

    async def _loaded(self) -> Load:
        if self._load is None:
            self._hooks += [await self._connected(number) for number in range(_CONNECTIONS)]
            self._load = Load(self.messenger, self._hooks, self.ledger, SAY)
            for text in FIRST:
                await self._load.once(self._chats(200), text)
        return self._load

    async def _connected(self, number: int) -> Hook:
        address = self._addresses[number % len(self._addresses)]
        host, port = address.hostname or "127.0.0.1", address.port or 80
        return (await asyncio.get_running_loop().create_connection(Hook, host, port))[1]

    async def _ask(self, load: Load, seconds: float, rate: float) -> None:
        """People write at random moments, ``rate`` a second; nobody writes again before they are answered."""
        free, chats = list(range(_CONNECTIONS)), list(self._chats(200))
        tasks = []

        async def one(number: int, chat: int) -> None:
            if self._hooks[number].transport.is_closing():  # nobody needed it for a while
                self._hooks[number] = await self._connected(number)
            await load.turn(self._hooks[number], chat, "меню")
            free.append(number)
            chats.append(chat)

        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            await asyncio.sleep(self._chance.expovariate(rate))
            if free and chats:
                tasks.append(asyncio.create_task(one(free.pop(), chats.pop(0))))
        await asyncio.gather(*tasks)

    async def _burst(self, number: int) -> dict[str, Any]:
        """Each person's next message is posted as soon as the one before was taken, to the next process."""
        self.history = {}
        chats = self._chats(number)
        left = list(chats)
        processes = len(self._addresses)

        async def worker(own: list[Hook]) -> None:
            while left:
                chat = left.pop()
                for place, text in enumerate(_BURST):
                    while await own[place % processes].post(self.messenger.says(chat, text)) != 200:
                        await asyncio.sleep(0.1)

        groups = [self._hooks[at : at + processes] for at in range(0, len(self._hooks) - processes + 1, processes)]
        await asyncio.gather(*(worker(group) for group in groups))
        end = time.perf_counter() + 120
        while time.perf_counter() < end and any(len(self.history.get(chat, ())) < len(_BURST) for chat in chats):
            await asyncio.sleep(0.5)
        await asyncio.sleep(1)  # for what comes twice
        told = Counter(tuple(self.history.get(chat, ())) for chat in chats)
        (usual, as_usual), *_ = told.most_common(1)
        self.history = None
        return {"people": number, "answers": len(usual), "in_order": as_usual, "lost_or_repeated": number - as_usual}


async def _main(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    peer = Peer(arguments.hook, arguments.host, arguments.first)
    await loop.create_server(peer.api, "127.0.0.1", arguments.api_port, backlog=1000)
    print("ready", flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(await peer.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--hook", action="append", required=True, help="of each process")
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--host", required=True)
    uvloop.run(_main(parser.parse_args()))
