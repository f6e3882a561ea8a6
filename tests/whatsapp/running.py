"""A running bot behind its real web server, subscribed to a Graph API on the loopback."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import uvicorn

from bot.catalogue import Catalogue
from bot.channels import Pace
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp.client import Client
from bot.channels.whatsapp.templates import Templates
from bot.delivery import Delivery
from bot.store import SqliteStore, Store, StoreClosed, StoreError, keys_for
from bot.web import Hub, Services, WhatsAppWebhook, create, server_config
from tests.delivery.running import FAST, ShiftedClock
from tests.fakes.graphapi import GraphApi
from tests.fakes.graphnet import APP_SECRET, VERIFY_TOKEN
from tests.web.serving import free_socket

LABELS = dict.fromkeys(("ru", "uz", "uz_Cyrl", "tg", "ky"), "Выбрать")


class Running:
    def __init__(self, api: GraphApi, store: Store, channel: WhatsApp, delivery: Delivery, clock: ShiftedClock) -> None:
        self.api = api
        self.store = store
        self.channel = channel
        self.delivery = delivery
        self.clock = clock
        self.stopped = False
        self.server: uvicorn.Server
        self._serving: asyncio.Task[None]
        self._hub: Hub

    @classmethod
    async def start(
        cls,
        api: GraphApi,
        catalogue: Catalogue,
        folder: Path,
        *,
        per_second: float = 10_000,
        chat_pace: Pace = FAST,
        flood_pace: Pace = FAST,
        timeout_seconds: float = 5.0,
        ahead: timedelta = timedelta(),
        templates: Templates | None = None,
        around: Callable[[Store], Store] = lambda store: store,
    ) -> "Running":
        clock = ShiftedClock(ahead)
        path = folder / "safar.db"
        store: Store = around(await SqliteStore.open(path, keys_for(folder / "master.key", path), clock=clock.now))
        tokens = {account.id: account.token for account in api.accounts.values()}
        channel = WhatsApp(Client(tokens, api.base_url, timeout_seconds=timeout_seconds), LABELS, templates)
        channel.per_second, channel.chat_pace = per_second, chat_pace
        delivery = Delivery(store, [channel], lambda: catalogue, clock=clock, flood_pace=flood_pace, chance=lambda: 0.0)
        running = cls(api, store, channel, delivery, clock)
        await delivery.start()
        await running._serve(catalogue)
        return running

    async def _serve(self, catalogue: Catalogue) -> None:
        hook = WhatsAppWebhook(channel=self.channel, secrets=(APP_SECRET.encode(),), verify_token=VERIFY_TOKEN.encode())
        self._hub = Hub()
        services = Services(
            inbox=self.delivery.inbox,
            store=self.store,
            catalogue=lambda: catalogue,
            web=WebChat(),
            hub=self._hub,
            leave_url="https://weather.example/",
            whatsapp=hook,
        )
        listening = free_socket()
        port = listening.getsockname()[1]
        self.server = uvicorn.Server(server_config(create(services), host="127.0.0.1", port=port, lifespan="off"))
        self._serving = asyncio.create_task(self.server.serve([listening]))
        while not self.server.started:
            await asyncio.sleep(0.005)
        assert await self.api.hook.subscribe(f"http://127.0.0.1:{port}/whatsapp", VERIFY_TOKEN)

    async def says(self, person: str, text: str, **more: Any) -> str:
        """A person writes; returns when all is answered."""
        id = await self.api.says(person, text, **more)
        await self.quiet()
        return id

    async def quiet(self) -> None:
        """Until every webhook is taken, every reply has gone and every status is told."""
        await self.told()
        await self.delivery.outbox.idle()
        await self.told()

    async def told(self) -> None:
        """Until WhatsApp has nothing more to tell."""
        await self.api.until(lambda: not self.api.hook.waiting and not self.api._telling, 20)

    def skip(self, **by: float) -> None:
        """Time passes, for the bot and for WhatsApp."""
        self.clock.ahead += timedelta(**by)
        self.api.skip(timedelta(**by).total_seconds())

    async def stop(self, seconds: float = 3.0) -> None:
        if not self.stopped:
            self.stopped = True
            await self._end()
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
        await self._end()
        await self.channel.close()

    async def _end(self) -> None:
        self._hub.close()
        self.server.should_exit = True
        await self._serving


class Begin(Protocol):
    async def __call__(self, **settings: Any) -> Running: ...


def payload(account: str, *messages: Mapping[str, Any], **value: Any) -> dict[str, Any]:
    """A webhook body with messages as they come, for what the fake's people do not do."""
    metadata = {"display_phone_number": "15550100100", "phone_number_id": account}
    inner: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    if messages:
        inner["messages"] = list(messages)
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129000001", "changes": [{"value": inner, "field": "messages"}]}],
    }


def quick(bot: Running) -> None:
    """What is unclear is not waited for as long as in life."""
    clock = bot.clock
    sleep = clock.sleep

    async def hurried(seconds: float) -> None:
        await sleep(min(seconds, 0.4))

    clock.sleep = hurried  # type: ignore[method-assign]
