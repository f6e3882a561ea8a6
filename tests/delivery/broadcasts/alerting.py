"""Alerts that really go out: an office over a store, deliveries on it, and a Bot API server on the loopback."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiogram.client.telegram import TelegramAPIServer

from bot.channels.telegram import Telegram, connect
from bot.channels.telegram.client import Client
from bot.delivery import Delivery, Pace
from bot.delivery.broadcasts import courses
from bot.delivery.broadcasts.model import Alert
from bot.store import Outcome, SqliteStore, Store, Work
from bot.store.broadcast_protocol import Broadcast, Tally
from tests.delivery.broadcasts.alerts import alert
from tests.delivery.broadcasts.offices import OURS, Site
from tests.delivery.running import LABELS
from tests.fakes.botapi import ME, TOKEN, BotApi
from tests.store.helpers import NOON, Clock

ACCOUNT = str(ME["id"])
FIRST_CHAT = 5_000_000_000


class Ticking(Clock):
    """The store's clock, from noon on: ``speed`` seconds a second."""

    def __init__(self, speed: float, now: datetime = NOON) -> None:
        super().__init__(now)
        self.speed = speed
        self.began = time.monotonic()

    def __call__(self) -> datetime:
        return self.now + timedelta(seconds=self.passed)

    @property
    def passed(self) -> float:
        return (time.monotonic() - self.began) * self.speed


class QuickClock:
    """Delivery's, which is the same time."""

    def __init__(self, ticking: Ticking) -> None:
        self._ticking = ticking
        self.jumped = 0.0

    def now(self) -> datetime:
        return self._ticking()

    def monotonic(self) -> float:
        return self._ticking.passed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._ticking.speed)


class Town(Site):
    """People on the account that the server knows."""

    alert_text = alert().texts["ru"]

    async def arrive(self, number: int, **told: str) -> None:
        profile = {"language": "ru", "citizenship": "UZ", "country": "RU", "alerts": "all", **told}
        body = json.dumps(profile).encode()
        works = [
            Work(
                channel="telegram",
                account=ACCOUNT,
                address=str(FIRST_CHAT + self.people + one),
                step=lambda _: Outcome(profile=body, session=b"{}"),
            )
            for one in range(number)
        ]
        self.people += number
        await asyncio.gather(*map(self.store.take, works))

    async def tells(self, chat: int, **told: str) -> None:
        """One of them says something of themselves."""
        profile = {"language": "ru", "citizenship": "UZ", "country": "RU", "alerts": "all", **told}
        outcome = Outcome(profile=json.dumps(profile).encode())
        await self.store.take(Work(channel="telegram", account=ACCOUNT, address=str(chat), step=lambda _: outcome))


class Alerting:
    def __init__(self, town: Town, api: BotApi, ticking: Ticking) -> None:
        self.town = town
        self.api = api
        self.ticking = ticking
        self.clock = QuickClock(ticking)
        self.deliveries: list[Delivery] = []
        self._channels: list[Telegram] = []

    @property
    def store(self) -> SqliteStore:
        return self.town.store

    async def start(self, *, per_second: float = 100_000, timeout: float = 5.0, **settings: Any) -> Delivery:
        """One more process."""
        channel = Telegram(connect(TOKEN, self.api.base_url, timeout), LABELS, per_second)
        channel.chat_pace = Pace(10_000, 1_000)
        store: Store = settings.pop("store", self.store)
        delivery = Delivery(
            store,
            [channel],
            lambda: self.town.catalogue,
            settings.pop("wake", lambda channel, address: None),
            clock=self.clock,
            chance=lambda: 0.0,
            broadcasts=self.store.broadcasts,
            audiences=self.town.index,
            **settings,
        )
        self.deliveries.append(delivery)
        self._channels.append(channel)
        await delivery.start()
        return delivery

    def looks_at(self, base_url: str) -> None:
        """From now on Telegram is there: an address where nobody listens cannot be reached."""
        for channel in self._channels:
            assert isinstance(channel.caller, Client)
            channel.caller._session.api = TelegramAPIServer.from_base(base_url)

    async def says(self, delivery: Delivery, chat: int, text: str) -> None:
        """A person writes."""
        update = {"update_id": self.api.next_update(), "message": {**self.api._from_person(chat), "text": text}}
        await delivery.inbox.receive(self._channels[self.deliveries.index(delivery)], json.dumps(update).encode())

    def reached(self) -> int:
        one = alert()
        return self.town.index.count(one.segment, OURS, one.urgency, one.topics, self.ticking().date()).reached

    @staticmethod
    def seconds(number: float) -> timedelta:
        return timedelta(seconds=number)

    async def stop(self) -> None:
        for delivery in self.deliveries:
            await delivery.stop(2)
        for channel in self._channels:
            await channel.close()

    async def let_out(self, **changes: Any) -> bytes:
        """An alert that was approved; the scheduler does the rest."""
        await self.town.following.follow()
        one: Alert = alert(**changes)
        return (await self.town.approved(one)).broadcast.key

    async def broadcast(self, key: bytes) -> Broadcast:
        found = await self.store.broadcasts.broadcast(None, key)
        assert found is not None
        return found

    async def tally(self, key: bytes) -> Tally:
        tally = await self.store.broadcasts.tally(None, key)
        assert tally is not None
        return tally

    async def until(self, key: bytes, *states: str, seconds: float = 20.0) -> Tally:
        """Returns when it is in one of these states."""
        end = time.monotonic() + seconds
        while (await self.broadcast(key)).state not in states:
            assert time.monotonic() < end, (await self.broadcast(key), await self.tally(key))
            await asyncio.sleep(0.02)
        return await self.tally(key)

    async def until_reason(self, key: bytes, reason: str, seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while (await self.broadcast(key)).reason != reason:
            assert time.monotonic() < end, await self.broadcast(key)
            await asyncio.sleep(0.02)

    async def until_sent(self, number: int, seconds: float = 20.0) -> None:
        await self.api.until(lambda: sum(self.got().values()) >= number, seconds)

    async def until_calls(self, calls: list[Any], number: int) -> None:
        await self.api.until(lambda: len(calls) >= number, 20)

    def got(self) -> Counter[int]:
        """How many messages each chat has got."""
        return Counter(int(call.params["chat_id"]) for call in self.api.made("sendMessage") if call.ok)


@contextmanager
def nothing_is_held() -> Iterator[None]:
    """The first part is everybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(courses, "FIRST", 1_000_000)
        yield


def adds_up(tally: Tally) -> bool:
    parts = tally.due + tally.sending + tally.sent + tally.uncertain + tally.left
    return parts + sum(number for _, number in (*tally.failed, *tally.skipped)) == tally.audience


Opener = Callable[..., Awaitable[Alerting]]
