"""The parts of one process, from the first to the last moment."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import structlog
import uvicorn

from bot import __version__
from bot.app.messaging import Messaging
from bot.catalogue import Live, Loaded
from bot.channels.telegram import Caller
from bot.channels.webchat import WebChat
from bot.conversation import takes_any_alerts
from bot.delivery import Delivery, Holding, SystemClock
from bot.delivery.broadcasts.estimating import Terms
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.live import Live as LiveAlerts
from bot.delivery.broadcasts.office import Office
from bot.delivery.webhooks import Webhooks
from bot.delivery.webhooks.calling import Caller as WebhookCaller
from bot.places import gazetteer
from bot.settings import Settings
from bot.staff import Passwords, SignIn, Throttle
from bot.store import ClockJumped, DatabaseStore, StoreError, load_keys, location, verify_audit
from bot.web import ApiService, Console, Hub, Services, create, mark, server_config

if TYPE_CHECKING:
    from bot.app.metrics import Metrics, Reading, Values
    from bot.app.watching import StoreWatch
    from bot.channels.whatsapp.client import Client as WhatsAppClient

#: What is past its time is removed once an hour.
_RETAIN_EVERY_SECONDS: Final = 3600.0
#: After SIGTERM turns and sendings under way have this long to end (THREATS F4).
_STOP_SECONDS: Final = 8.0
#: What processes call to each other: that something waits to be sent, or for a page (its mark follows).
_TO_SEND: Final = "send"
_TO_PAGE: Final = "page:"

_log = structlog.get_logger()


class Running:
    def __init__(
        self,
        settings: Settings,
        store: DatabaseStore,
        live: Live,
        listening: socket.socket | None,
        measured: socket.socket | None,
        telegram: Caller | None,
        whatsapp: "WhatsAppClient | None",
    ) -> None:
        """``listening`` is None for a process without the role ``web``; at ``measured`` its figures are read."""
        self._settings = settings
        self._roles = frozenset(settings.roles)
        self._store = store
        self._live = live
        self._listening = listening
        self._measured = measured
        self._web = WebChat()
        self._hub = Hub()
        self._messaging = Messaging(settings, lambda: live.catalogue, telegram, whatsapp)
        clock = SystemClock()
        self._metrics = None if measured is None else _metrics(self._gauges)
        if self._metrics is not None:
            store.measure(self._metrics.committed)
            self._watch_store = _store_watch(store, settings)
        self._alerts = LiveAlerts(store.broadcasts, lambda: live.catalogue, clock)
        self._index = Index(lambda: gazetteer(live.catalogue.places).get)
        self._following = Following(store, self._index, clock)
        self._delivery = Delivery(
            store,
            [self._web, *self._messaging.channels],
            lambda: live.catalogue,
            self._wake,
            clock=clock,
            sends="sender" in self._roles,
            schedules="scheduler" in self._roles,
            alerts=self._alerts,
            broadcasts=store.broadcasts,
            audiences=self._index,
            daily_limit=settings.whatsapp_daily_limit,
            meters=self._metrics,
        )
        self._office = Office(store.broadcasts, self._index, lambda: live.catalogue, self._terms())
        self._passwords = Passwords()
        self._stopping = asyncio.Event()

    async def run(self, announce: Callable[[str], None]) -> None:
        messaging = self._messaging
        try:
            if self._listening is not None:
                await messaging.choose_way()
            self._store.hear(self._heard)
            await self._delivery.start()
            _freeze()
            async with asyncio.TaskGroup() as tasks:
                _on_signals(self._stopping)
                servers = self._servers()
                serving = [tasks.create_task(server.serve(sockets)) for server, sockets in servers]
                background = [tasks.create_task(work()) for work in self._work()]
                announce(self._address())
                _log.info("started", catalogue=self._live.catalogue.version, roles=sorted(self._roles))
                await self._stopping.wait()
                for task in background:
                    task.cancel()
                self._hub.close()
                for server, _ in servers:
                    server.should_exit = True
                if serving:
                    await asyncio.wait(serving, timeout=_STOP_SECONDS)
                for server, _ in servers:
                    server.force_exit = True
        finally:
            await self._delivery.stop(_STOP_SECONDS)
            self._passwords.close()
        _log.info("stopped")

    def _work(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What runs until the stop, by the roles of this process."""
        messaging, web = self._messaging, self._listening is not None
        work = [self._watch, self._alerts.run]
        if self._metrics is not None:
            work += [self._metrics.watch_loop, self._watch_store.run]
        if "sender" in self._roles:
            work.append(messaging.check_templates)
        if "scheduler" in self._roles or (web and self._settings.console):
            work.append(self._following.run)
        if "scheduler" in self._roles:
            work.append(partial(self._hold("retention").run, self._retain))
            work += [self._check_audit, self._tell_systems]
        if web:
            work += [messaging.introduce, messaging.subscribe]
            if messaging.polls:
                work.append(partial(self._hold("poll").run, partial(messaging.poll, self._delivery.inbox)))
        return work

    def _hold(self, name: str) -> Holding:
        return Holding(self._store, name, self._delivery.holder, SystemClock())

    def _address(self) -> str:
        if self._listening is None:
            return ", ".join(sorted(self._roles))
        host, port = self._listening.getsockname()[:2]
        return self._settings.public_url or f"http://{host}:{port}"

    def _servers(self) -> list[tuple[uvicorn.Server, list[socket.socket]]]:
        servers: list[tuple[uvicorn.Server, list[socket.socket]]] = []
        if self._listening is not None:
            servers.append((self._server(), [self._listening]))
        if self._metrics is not None and self._measured is not None:
            from bot.app.watching import application

            host, port = self._measured.getsockname()[:2]
            seen = application(self._metrics, self._write, self._parts)
            servers.append((_Server(server_config(seen, host=host, port=port)), [self._measured]))
        return servers

    def _gauges(self) -> dict[str, "Values"]:
        size, age = self._index.size, self._following.age_seconds
        return {
            **self._watch_store.read(),
            "replies_waiting": [((), self._delivery.outbox.waiting)],
            "oldest_reply_seconds": [((), self._delivery.outbox.oldest_seconds)],
            "accounts_shut": [((channel,), number) for channel, number in self._delivery.shut.items()],
            "index_age_seconds": [] if age is None else [((), age)],
            "accounts_held": [((), self._delivery.held)],
            "contacts_indexed": [] if size is None else [((), size)],
            "alerts": [((state,), number) for state, number in self._alerts.states.items()],
            "build_info": [((__version__, self._live.catalogue.version), 1)],
        }

    async def _write(self) -> None:
        """Raises StoreError when nothing can be written."""
        lease = await self._store.lease("ready", self._delivery.holder)
        if lease is not None:
            await self._store.release(lease)

    def _parts(self) -> dict[str, bool]:
        """Ready: a sender also stands by while another process holds its accounts. What runs for a role ends the
        process when it fails."""
        counts = "scheduler" in self._roles or (self._listening is not None and self._settings.console)
        return {
            "catalogue": True,
            "running": not self._stopping.is_set(),
            **dict.fromkeys(sorted(self._roles), True),
            **({"index": self._index.size is not None} if counts else {}),
        }

    def _terms(self) -> Terms:
        settings = self._settings
        paces = {channel.name: channel.per_second for channel in self._messaging.channels}
        return Terms(paces=paces, price=settings.whatsapp_price, daily_limit=settings.whatsapp_daily_limit)

    def _make_console(self) -> Console:
        staff = self._store.staff
        sign_in = SignIn(staff, self._passwords, Throttle())
        return Console(
            staff=staff,
            sign_in=sign_in,
            desk=self._delivery.desk,
            office=self._office,
            api=self._store.api,
            webhooks_to_loopback=self._settings.webhooks_to_loopback,
            catalogue=lambda: self._live.catalogue,
        )

    async def _check_audit(self) -> None:
        """In the background: a changed row is told, and keeps nobody from an answer (THREATS T38)."""
        settings = self._settings
        try:
            broken = await asyncio.to_thread(verify_audit, location(settings), load_keys(settings.key_file))
        except StoreError as failed:
            _log.error("audit-unreadable", why=str(failed))
            return
        if broken is not None:
            _log.error("audit-changed", row=broken.row, missing=broken.missing)

    def _server(self) -> uvicorn.Server:
        settings = self._settings
        application = create(
            Services(
                inbox=self._delivery.inbox,
                store=self._store,
                catalogue=lambda: self._live.catalogue,
                web=self._web,
                hub=self._hub,
                alerts=lambda: self._alerts.known,
                leave_url=settings.leave_url,
                public_url=settings.public_url,
                telegram=self._messaging.telegram_hook(),
                whatsapp=self._messaging.whatsapp_hook(),
                console=self._make_console() if settings.console else None,
                api=ApiService(office=self._office, store=self._store.api, catalogue=lambda: self._live.catalogue),
            )
        )
        config = server_config(application, host=settings.host, port=settings.port, proxies=settings.proxies)
        return _Server(config)

    def _wake(self, channel: str, address: str) -> None:
        """Something was committed that no request of its own brings: for a page, or for whoever sends."""
        if channel == self._web.name:
            name = mark(address)
            self._hub.wake(name)
            self._store.tell(f"{_TO_PAGE}{name}")
        else:
            self._store.tell(_TO_SEND)

    async def _tell_systems(self) -> None:
        """Organisations' own systems, of the ends of their alerts."""
        caller = WebhookCaller(loopback=self._settings.webhooks_to_loopback)
        try:
            told = (lambda outcome: None) if self._metrics is None else self._metrics.told
            await Webhooks(self._store.api, self._store.broadcasts, caller.post, told=told).run()
        finally:
            await caller.close()

    def _heard(self, word: str) -> None:
        """What other processes call; they are hints, and without them everything only takes a little longer."""
        if word == _TO_SEND:
            self._delivery.look()
        elif word.startswith(_TO_PAGE):
            self._hub.wake(word.removeprefix(_TO_PAGE))

    async def _watch(self) -> None:
        """Serve edits as they are saved. A broken one is told with its place, and the last good version goes on."""
        pending: set[asyncio.Task[None]] = set()

        def told(loaded: Loaded) -> None:
            for finding in loaded.findings:
                if finding.level == "error":
                    _log.error("edit-refused", finding=str(finding))
            if loaded.catalogue is not None:
                _log.info("catalogue-served", catalogue=loaded.catalogue.version)
                self._messaging.served(loaded.catalogue)
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
                removed = await self._store.retain(datetime.now(UTC), takes_any_alerts)
                _log.info("retention-done", **removed)
            except ClockJumped as jumped:
                _log.error("retention-stands-still", why=str(jumped))
            except StoreError as failed:
                _log.error("retention-failed", why=str(failed))
            await asyncio.sleep(_RETAIN_EVERY_SECONDS)


def _metrics(read: "Reading") -> "Metrics":
    from bot.app.metrics import Metrics

    return Metrics(read)


def _store_watch(store: DatabaseStore, settings: Settings) -> "StoreWatch":
    from bot.app.watching import StoreWatch

    return StoreWatch(store, location(settings), settings.data_dir)


class _Server(uvicorn.Server):
    """Signals are the application's, not the server's."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


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
