"""A seeded load and its check, after THREATS section 4: contacts that each send marked events, and what came of them.

It only needs a webhook address and a ``BotApi`` that the bot under test sends to; the bot may be killed and started
again meanwhile, for updates are pushed until they are taken.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import aiohttp
import msgspec

from tests.fakes.botapi import BotApi


class Report(msgspec.Struct, kw_only=True):
    """``lost``: events that were taken and had no answer. ``repeats``: answers beyond the first.

    ``disorder``: answers that came before the answer of an earlier event of the same contact.
    """

    seed: int
    sent: int
    lost: int
    repeats: int
    disorder: int


class Load:
    """Contacts that write at once over so many connections; all numbers come from ``seed``."""

    def __init__(
        self, api: BotApi, *, contacts: int = 200, events: int = 50, connections: int = 40, seed: int = 1
    ) -> None:
        self._api = api
        self._connections = connections
        self._seed = seed
        self._queues = [[(chat, number) for number in range(events)] for chat in range(1, contacts + 1)]
        self._chance = random.Random(seed)
        self.taken = 0
        self.refused = 0

    async def push(self, url: str, secret: str, word: Callable[[int, int], str]) -> None:
        """Send all events, each contact's in order; ``word`` gives what contact ``n`` writes as its ``k``-th event."""
        waiting = [queue[:] for queue in self._queues]
        self._chance.shuffle(waiting)
        queues: asyncio.Queue[list[tuple[int, int]]] = asyncio.Queue()
        for queue in waiting:
            queues.put_nowait(queue)
        connector = aiohttp.TCPConnector(limit=self._connections)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def work() -> None:
                while not queues.empty():
                    queue = queues.get_nowait()
                    chat, number = queue.pop(0)
                    await self._deliver(session, url, secret, self._update(chat, number, word(chat, number)))
                    if queue:
                        queues.put_nowait(queue)

            await asyncio.gather(*(work() for _ in range(self._connections)))

    def report(self, mark: Callable[[str], Iterator[int]]) -> Report:
        """What came of it. ``mark`` finds the events' numbers in a reply's text."""
        lost = repeats = disorder = 0
        for queue in self._queues:
            chat = queue[0][0]
            seen = [
                number
                for call in self._api.calls
                if call.ok and call.method == "sendMessage" and call.params["chat_id"] == chat
                for number in mark(call.params["text"])
            ]
            counts = Counter(seen)
            lost += sum(number not in counts for _, number in queue)
            repeats += sum(count - 1 for count in counts.values())
            disorder += sum(later < earlier for earlier, later in pairwise(seen))
        return Report(seed=self._seed, sent=self.taken, lost=lost, repeats=repeats, disorder=disorder)

    async def _deliver(self, session: aiohttp.ClientSession, url: str, secret: str, update: dict[str, object]) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        while True:
            try:
                async with session.post(url, json=update, headers=headers) as answer:
                    if answer.status // 100 == 2:
                        self.taken += 1
                        return
            except aiohttp.ClientError:
                pass
            self.refused += 1
            await asyncio.sleep(0.05)

    @staticmethod
    def _update(chat: int, number: int, text: str) -> dict[str, object]:
        sender = {"id": chat, "is_bot": False, "first_name": "P", "language_code": "ru"}
        message = {
            "message_id": number + 1,
            "from": sender,
            "chat": {"id": chat, "type": "private", "first_name": "P"},
            "date": 1_790_000_000,
            "text": text,
        }
        return {"update_id": chat * 1_000_000 + number, "message": message}
