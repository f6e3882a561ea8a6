"""Safar on a real server, with the real store, inbox, engine and content; and a page to talk to it."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

import aiohttp
import uvicorn

from bot.catalogue import Catalogue, Target
from bot.channels.webchat import WebChat
from bot.delivery import Delivery
from bot.delivery.broadcasts.estimating import Terms
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.office import Office
from bot.delivery.clock import SystemClock
from bot.staff import Passwords, SignIn, Throttle
from bot.store import Outcome, Person, SqliteStore, Timer, Work, create_key_file, load_keys
from bot.web import ApiService, Console, Hub, Services, Webhook, WhatsAppWebhook, create, mark, server_config
from bot.web.session import address
from tests import real

ROOT = Path(__file__).resolve().parents[2]
LEAVE_URL = "https://weather.example/"


def catalogue() -> Catalogue:
    """The repository's own content, as of today."""
    return real.catalogue(date.today())


def token(kind: Any, id: str, node: str = "", option: str = "") -> str:
    """The public id of a choice."""
    return Target(kind=kind, id=id, node=node, option=option).token


def free_socket() -> socket.socket:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


class Time:
    """The real one, and what a test puts it ahead for sign-in: seconds."""

    ahead = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return monotonic() + self.ahead


class Site:
    """What was started; ``url`` is its address."""

    def __init__(
        self,
        url: str,
        store: SqliteStore,
        delivery: Delivery,
        hub: Hub,
        time: "Time",
        office: Office,
        following: Following,
    ) -> None:
        self.url = url
        self.host, _, port = url.removeprefix("http://").partition(":")
        self.port = int(port)
        self.store = store
        self.delivery = delivery
        self.hub = hub
        self.time = time
        self.office = office
        #: Its ``follow`` counts the contacts anew.
        self.following = following

    async def pending(self) -> int:
        """Replies that no page has acknowledged."""
        return len(await self.store.unsent(["web"], 10_000))

    async def remind(self, secret: str) -> None:
        """A reminder is due, and rings, for the person with this cookie."""
        timer = Timer(due=datetime.now(UTC), body=b'{"kind":"resume","code":"wages"}', kind="reminder")

        def step(person: Person) -> Outcome:
            return Outcome(profile=person.profile, session=person.session, timers=(timer,))

        await self.store.take(Work(channel="web", account="web", address=address(secret), step=step))
        [due] = await self.store.due_timers(datetime.now(UTC), 10)
        await self.delivery.inbox.ring(due)


@asynccontextmanager
async def site(
    folder: Path,
    *,
    public_url: str = "",
    proxies: Sequence[str] = (),
    webhook_secrets: tuple[bytes, ...] = (),
    whatsapp_secrets: tuple[bytes, ...] = (),
    whatsapp_verify: str = "",
    served: Callable[[], Catalogue] = catalogue,
    passwords: Passwords | None = None,
    api_per_minute: int = 60,
) -> AsyncIterator[Site]:
    folder.mkdir(exist_ok=True)
    key = folder / "master.key"
    if not key.exists():
        create_key_file(key)
    store = await SqliteStore.open(folder / "safar.db", load_keys(key))
    hub, web = Hub(), WebChat()
    time, hashing = Time(), passwords or Passwords(memory_kib=64, passes=1)
    delivery = Delivery(store, [web], served, lambda channel, address: hub.wake(mark(address)))
    index = Index(lambda: lambda id: None)
    office = Office(store.broadcasts, index, served, Terms(paces={}))
    services = Services(
        inbox=delivery.inbox,
        store=store,
        catalogue=served,
        web=web,
        hub=hub,
        leave_url=LEAVE_URL,
        public_url=public_url,
        # The hook is the same for every channel; this one's updates are easy to write by hand.
        telegram=Webhook(channel=WebChat(), secrets=webhook_secrets) if webhook_secrets else None,
        whatsapp=(
            WhatsAppWebhook(channel=WebChat(), secrets=whatsapp_secrets, verify_token=whatsapp_verify.encode())
            if whatsapp_secrets
            else None
        ),
        console=Console(
            staff=store.staff,
            sign_in=SignIn(store.staff, hashing, Throttle(time.monotonic), time.now),
            desk=delivery.desk,
            office=office,
            api=store.api,
            webhooks_to_loopback=True,
            catalogue=served,
        ),
        api=ApiService(office=office, store=store.api, catalogue=served, per_minute=api_per_minute),
    )
    listening = free_socket()
    port = listening.getsockname()[1]
    server = uvicorn.Server(
        server_config(create(services), host="127.0.0.1", port=port, proxies=proxies, lifespan="off")
    )
    task = asyncio.create_task(server.serve([listening]))
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        following = Following(store, index, SystemClock())
        yield Site(f"http://127.0.0.1:{port}", store, delivery, hub, time, office, following)
    finally:
        hub.close()
        server.should_exit = True
        await task
        hashing.close()
        await store.close()


class Page:
    """Does what the page's script does. ``lose_answer`` leaves its next answer unread."""

    def __init__(self, site: Site, language: str = "ru") -> None:
        self._url = site.url
        self._headers = {"accept-language": language}
        self.acks: list[str] = []
        self.shown: list[dict[str, Any]] = []
        self.http: aiohttp.ClientSession

    async def __aenter__(self) -> "Page":
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.close()

    def body(self, **event: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"ack": self.acks, "language": "ru"}
        return {**body, "id": secrets.token_hex(16), "event": event} if event else body

    async def post(self, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        async with self.http.post(f"{self._url}/chat", json=body, headers=headers) as response:
            text = await response.text()
            answer = await response.json() if text else {}
            return response.status, answer

    async def says(self, text: str) -> dict[str, Any]:
        return await self.does(kind="text", text=text)

    async def taps(self, choice: str) -> dict[str, Any]:
        return await self.does(kind="choice", choice=choice)

    async def opens(self) -> dict[str, Any]:
        return await self.does(kind="resume")

    async def waits(self) -> dict[str, Any]:
        return await self.does()

    async def does(self, **event: Any) -> dict[str, Any]:
        status, answer = await self.post(self.body(**event))
        assert status == 200, status
        self.acks = [row["key"] for row in answer["rows"] if "key" in row]
        self.shown += answer["rows"]
        return answer


def texts(answer: dict[str, Any]) -> str:
    return "\n".join("".join(row["parts"]) for row in answer["rows"])


def keys(answer: dict[str, Any]) -> list[str]:
    return [row["key"] for row in answer["rows"]]
