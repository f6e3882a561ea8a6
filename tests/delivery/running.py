"""A running bot in a test, without its web server: updates are handed to the inbox as the webhook does."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from aiogram.client.telegram import TelegramAPIServer

from bot.catalogue import Catalogue
from bot.channels.telegram import Telegram, connect
from bot.channels.telegram.client import Client
from bot.delivery import Delivery, Pace, SystemClock
from bot.delivery.flood import PACE as FLOOD_PACE
from bot.store import SqliteStore, Store, StoreClosed, StoreError, keys_for
from tests.fakes.botapi import TOKEN, BotApi

FAST = Pace(10_000, 1_000)
LABELS = dict.fromkeys(("ru", "uz", "uz_Cyrl", "tg", "ky"), "Отправить место")


class ShiftedClock(SystemClock):
    """Real time, moved by ``ahead``."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead.total_seconds()


class Running:
    def __init__(self, api: BotApi, store: Store, channel: Telegram, delivery: Delivery, clock: ShiftedClock) -> None:
        self.api = api
        self.store = store
        self.channel = channel
        self.delivery = delivery
        self.clock = clock
        self.stopped = False

    @classmethod
    async def start(
        cls,
        api: BotApi,
        catalogue: Catalogue,
        folder: Path,
        *,
        per_second: float = 10_000,
        chat_pace: Pace = FAST,
        flood_pace: Pace = FLOOD_PACE,
        timeout_seconds: float = 5.0,
        ahead: timedelta = timedelta(),
        most_in_memory: int = 5_000,
        around: Callable[[Store], Store] = lambda store: store,
    ) -> "Running":
        """``around`` may put something between delivery and the store."""
        clock = ShiftedClock(ahead)
        path = folder / "safar.db"
        store: Store = await SqliteStore.open(path, keys_for(folder / "master.key", path), clock=clock.now)
        store = around(store)
        channel = Telegram(connect(TOKEN, api.base_url, timeout_seconds), LABELS)
        channel.per_second, channel.chat_pace = per_second, chat_pace
        delivery = Delivery(
            store,
            [channel],
            lambda: catalogue,
            clock=clock,
            flood_pace=flood_pace,
            chance=lambda: 0.0,
        )
        delivery.outbox._most = most_in_memory
        await delivery.start()
        return cls(api, store, channel, delivery, clock)

    def looks_at(self, base_url: str) -> None:
        """From now on Telegram is there: an address where nobody listens cannot be reached."""
        client = self.channel.caller
        assert isinstance(client, Client)
        client._session.api = TelegramAPIServer.from_base(base_url)

    async def receives(self, update: dict[str, Any]) -> None:
        await self.delivery.inbox.receive(self.channel, json.dumps(update).encode())

    async def says(self, chat: int, text: str, **content: Any) -> dict[str, Any]:
        """A person writes; returns the update."""
        message = {**self.api._from_person(chat), "text": text, **content}
        update = {"update_id": self.api.next_update(), "message": message}
        await self.receives(update)
        return update

    async def stop(self, seconds: float = 3.0) -> None:
        if not self.stopped:
            self.stopped = True
            with suppress(StoreClosed):
                await self.delivery.stop(seconds)
            await self.store.close()
            await self.channel.close()

    async def dies(self) -> None:
        """The process is killed: nothing is finished, nothing written any more."""
        self.stopped = True
        await self.store.close()
        with suppress(StoreError):
            await self.delivery.stop(0)
        await self.channel.close()


class Begin(Protocol):
    async def __call__(self, **settings: Any) -> Running: ...
