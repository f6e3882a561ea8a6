"""The composition root: the only place that wires the parts together."""

import asyncio
import contextlib
import errno
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn
from pydantic import SecretStr

from bot.catalogue import Catalogue, Live, Loaded
from bot.channels import Channel, ChannelUnusable
from bot.channels.telegram import (
    Caller,
    Telegram,
    Words,
    check_token,
    connect,
    introduce,
    poll,
    use_polling,
    use_webhook,
)
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp import connect as connect_whatsapp
from bot.channels.whatsapp.startup import check_account, subscribe
from bot.channels.whatsapp.synchronise import check_templates, forms
from bot.conversation import prepare
from bot.delivery import Delivery
from bot.settings import Settings
from bot.staff import Passwords, SignIn, Throttle
from bot.store import ClockJumped, SqliteStore, StoreError, keys_for, load_keys, verify_audit
from bot.text import LANGUAGES
from bot.web import Console, Hub, Services, Webhook, WhatsAppWebhook, create, server_config

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client as WhatsAppClient

#: What is past its time is removed once an hour.
_RETAIN_EVERY_SECONDS: Final = 3600.0
#: After SIGTERM turns and sendings under way have this long to end (THREATS F4).
_STOP_SECONDS: Final = 8.0
#: What Telegram's menu button lists: words of ``content/words.yaml``, described in the phrases ``command-…``.
_COMMANDS: Final = ("menu", "language", "help", "hide", "stop", "delete")

_log = structlog.get_logger()


class CannotStart(Exception):
    """One sentence on what to do."""


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Run everything until SIGINT or SIGTERM. ``announce`` is told the address of the web chat.

    Raises CannotStart, BrokenCatalogue, StoreError or ChannelUnusable before anything is served.
    """
    listening = _listen(settings)
    with contextlib.closing(listening):
        async with _store(settings) as store, _messengers(settings) as (telegram, whatsapp):
            live = Live(settings.content_dir, today=_today, kept=await store.kept_flows(), prepare=prepare)
            for flow, version, source in live.sources:
                await store.keep_flow(flow, version, source)
            await _Running(settings, store, live, listening, telegram, whatsapp).run(announce)


class _Running:
    """The parts of one process, from the first to the last moment."""

    def __init__(
        self,
        settings: Settings,
        store: SqliteStore,
        live: Live,
        listening: socket.socket,
        telegram: Caller | None,
        whatsapp: "WhatsAppClient | None",
    ) -> None:
        self._settings = settings
        self._store = store
        self._live = live
        self._listening = listening
        self._web = WebChat()
        self._hub = Hub()
        self._telegram = None if telegram is None else _telegram(telegram, settings, live.catalogue)
        self._graph = whatsapp
        self._whatsapp = None if whatsapp is None else _whatsapp(whatsapp, settings, live.catalogue)
        channels: list[Channel] = [self._web]
        channels += [channel for channel in (self._telegram, self._whatsapp) if channel is not None]
        self._delivery = Delivery(
            store,
            channels,
            lambda: live.catalogue,
            self._wake,
        )
        self._passwords = Passwords()
        self._console = self._make_console() if settings.console else None
        self._stopping = asyncio.Event()

    async def run(self, announce: Callable[[str], None]) -> None:
        settings, telegram = self._settings, self._telegram
        try:
            if telegram is not None:
                await self._choose_way(telegram)
            await self._delivery.start()
            server = self._server()
            _freeze()
            async with asyncio.TaskGroup() as tasks:
                _on_signals(self._stopping)
                serving = tasks.create_task(server.serve(sockets=[self._listening]))
                background = [tasks.create_task(work()) for work in (self._watch, self._retain, self._check_audit)]
                if self._graph is not None and self._whatsapp is not None:
                    background.append(tasks.create_task(self._settle_whatsapp(self._graph, self._whatsapp)))
                if telegram is not None:
                    background.append(tasks.create_task(self._introduce(telegram)))
                    if not settings.public_url:
                        background.append(tasks.create_task(self._poll(telegram)))
                host, port = self._listening.getsockname()[:2]
                announce(settings.public_url or f"http://{host}:{port}")
                _log.info("started", catalogue=self._live.catalogue.version)
                await self._stopping.wait()
                for task in background:
                    task.cancel()
                self._hub.close()
                server.should_exit = True
                await asyncio.wait([serving], timeout=_STOP_SECONDS)
                server.force_exit = True
        finally:
            await self._delivery.stop(_STOP_SECONDS)
            self._passwords.close()
        _log.info("stopped")

    def _make_console(self) -> Console:
        staff = self._store.staff
        sign_in = SignIn(staff, self._passwords, Throttle())
        return Console(staff=staff, sign_in=sign_in, desk=self._delivery.desk, catalogue=lambda: self._live.catalogue)

    async def _check_audit(self) -> None:
        """In the background: a changed row is told, and keeps nobody from an answer (THREATS T38)."""
        settings = self._settings
        try:
            broken = await asyncio.to_thread(verify_audit, settings.database, load_keys(settings.key_file))
        except StoreError as failed:
            _log.error("audit-unreadable", why=str(failed))
            return
        if broken is not None:
            _log.error("audit-changed", row=broken.row, missing=broken.missing)

    async def _choose_way(self, telegram: Telegram) -> None:
        """Webhook or polling. What Telegram posts before the server runs waits in the listening socket."""
        settings = self._settings
        if settings.public_url:
            secret = settings.telegram_webhook_secret.get_secret_value().split()[0]
            await use_webhook(telegram.caller, f"{settings.public_url}/telegram", secret)
        else:
            await use_polling(telegram.caller)

    def _server(self) -> uvicorn.Server:
        settings, hook, whatsapp_hook = self._settings, None, None
        if self._telegram is not None and settings.public_url:
            hook = Webhook(channel=self._telegram, secrets=_secrets(settings.telegram_webhook_secret))
        if self._whatsapp is not None:
            whatsapp_hook = WhatsAppWebhook(
                channel=self._whatsapp,
                secrets=_secrets(settings.whatsapp_app_secret),
                verify_token=settings.whatsapp_verify_token.get_secret_value().encode(),
            )
        application = create(
            Services(
                inbox=self._delivery.inbox,
                store=self._store,
                catalogue=lambda: self._live.catalogue,
                web=self._web,
                hub=self._hub,
                leave_url=settings.leave_url,
                public_url=settings.public_url,
                telegram=hook,
                whatsapp=whatsapp_hook,
                console=self._console,
            )
        )
        config = server_config(application, host=settings.host, port=settings.port, proxies=settings.proxies)
        return _Server(config)

    def _wake(self, channel: str, address: str) -> None:
        if channel == self._web.name:
            self._hub.wake(address)

    async def _watch(self) -> None:
        """Serve edits as they are saved. A broken one is told with its place, and the last good version goes on."""
        pending: set[asyncio.Task[None]] = set()

        def told(loaded: Loaded) -> None:
            for finding in loaded.findings:
                if finding.level == "error":
                    _log.error("edit-refused", finding=str(finding))
            if loaded.catalogue is not None:
                _log.info("catalogue-served", catalogue=loaded.catalogue.version)
                if self._whatsapp is not None:
                    self._whatsapp.templates = forms(loaded.catalogue.templates)
                keeping = asyncio.create_task(self._keep())
                pending.add(keeping)
                keeping.add_done_callback(pending.discard)

        try:
            await self._live.watch(told, self._stopping)
        except OSError as error:  # the system watches only so many files
            _log.error("edits-not-watched", why=os.strerror(error.errno or 0))

    async def _keep(self) -> None:
        for flow, version, source in self._live.sources:
            await self._store.keep_flow(flow, version, source)

    async def _retain(self) -> None:
        while True:
            try:
                removed = await self._store.retain(datetime.now(UTC))
                _log.info("retention-done", **removed)
            except ClockJumped as jumped:
                _log.error("retention-stands-still", why=str(jumped))
            except StoreError as failed:
                _log.error("retention-failed", why=str(failed))
            await asyncio.sleep(_RETAIN_EVERY_SECONDS)

    async def _poll(self, telegram: Telegram) -> None:
        """Telegram stops when another installation uses its token; the other channels go on (THREATS F19, F26)."""

        async def receive(raw: bytes) -> None:
            await self._delivery.inbox.receive(telegram, raw)

        try:
            await poll(telegram.caller, receive)
        except ChannelUnusable as unusable:
            _log.error("telegram-stopped", why=str(unusable))

    async def _settle_whatsapp(self, graph: "WhatsAppClient", whatsapp: WhatsApp) -> None:
        """Be told what people write, and learn which templates can be sent."""
        for business, number in {one[2]: one[0] for one in self._settings.whatsapp_accounts}.items():
            try:
                await subscribe(graph, number, business)
            except ChannelUnusable as unusable:
                _log.error("whatsapp-not-subscribed", why=str(unusable))
            checked = await check_templates(graph, number, business, self._live.catalogue.templates)
            whatsapp.paused |= checked.unsendable
            for finding in checked.findings:
                _log.warning("whatsapp-template", why=finding)

    async def _introduce(self, telegram: Telegram) -> None:
        await introduce(telegram.caller, {code: _words(self._live.catalogue, code) for code in LANGUAGES})


class _Server(uvicorn.Server):
    """Signals are the application's, not the server's."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


@contextlib.asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[SqliteStore]:
    for folder, name in ((settings.data_dir, "SAFAR_DATA_DIR"), (settings.key_file.parent, "SAFAR_KEY_FILE")):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotStart(
                f"The folder {folder} cannot be made ({error.strerror}): give the user that runs Safar the right to "
                f"write there, or set {name} to another place."
            ) from None
    keys = keys_for(settings.key_file, settings.database)
    store = await SqliteStore.open(settings.database, keys)
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def _messengers(settings: Settings) -> "AsyncIterator[tuple[Caller | None, WhatsAppClient | None]]":
    """Telegram's and WhatsApp's APIs, with tokens that they know: asked before the slow part of the start."""
    token = settings.telegram_token.get_secret_value()
    telegram, whatsapp = connect(token, settings.telegram_api) if token else None, _graph(settings)
    try:
        if telegram is not None:
            await check_token(telegram)
        if whatsapp is not None:
            for number, _, business in settings.whatsapp_accounts:
                await check_account(whatsapp, number, business)
        yield telegram, whatsapp
    finally:
        for client in (telegram, whatsapp):
            if client is not None:
                await client.close()


def _telegram(caller: Caller, settings: Settings, catalogue: Catalogue) -> Telegram:
    labels = {code: catalogue.phrases["location-button"].plain(code) for code in LANGUAGES}
    return Telegram(caller, labels, settings.telegram_messages_per_second)


def _graph(settings: Settings) -> "WhatsAppClient | None":
    tokens = {number: token for number, token, _ in settings.whatsapp_accounts}
    return connect_whatsapp(tokens, settings.whatsapp_api) if tokens else None


def _whatsapp(graph: "WhatsAppClient", settings: Settings, catalogue: Catalogue) -> WhatsApp:
    labels = {code: catalogue.phrases["choose-button"].plain(code) for code in LANGUAGES}
    return WhatsApp(graph, labels, forms(catalogue.templates), settings.whatsapp_messages_per_second)


def _secrets(setting: SecretStr) -> tuple[bytes, ...]:
    return tuple(secret.encode() for secret in setting.get_secret_value().split())


def _words(catalogue: Catalogue, language: str) -> Words:
    def phrase(key: str) -> str:
        return catalogue.phrases[key].plain(language)

    return Words(
        name=phrase("telegram-name"),
        about=phrase("telegram-about"),
        description=phrase("telegram-description"),
        commands={name: phrase(f"command-{name}") for name in _COMMANDS},
    )


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything else, so that a busy port stops the start at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {settings.port} on {settings.host} is in use: stop the other program, or set SAFAR_PORT."
            ) from None
        raise CannotStart(
            f"Safar cannot listen on {settings.host}:{settings.port} ({os.strerror(error.errno or 0)}): set SAFAR_HOST "
            f"and SAFAR_PORT to an address of this machine and a free port."
        ) from None
    return listening


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)


def _freeze() -> None:
    """Take what the start made out of the collector's sight: a full collection over aiogram's models stops the bot for
    a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _today() -> date:
    return datetime.now(UTC).date()
