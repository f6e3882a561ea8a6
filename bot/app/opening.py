"""What a process opens before it serves, each with a sentence on what to do when it cannot."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.channels.telegram import Caller, check_token, connect
from bot.channels.whatsapp import connect as connect_whatsapp
from bot.channels.whatsapp.startup import check_account
from bot.settings import ROLES, Settings
from bot.store import DatabaseStore, keys_for, location, make_folder, open_store

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client as WhatsAppClient


class CannotStart(Exception):
    """One sentence on what to do."""


@contextlib.asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[DatabaseStore]:
    if set(settings.roles) != set(ROLES) and not settings.database_url.get_secret_value():
        raise CannotStart(
            "One SQLite file serves one process, which does everything: leave --roles out, or set SAFAR_DATABASE_URL "
            "to a PostgreSQL that several processes share (docs/postgresql.md)."
        )
    for folder, name in ((settings.data_dir, "SAFAR_DATA_DIR"), (settings.key_file.parent, "SAFAR_KEY_FILE")):
        make_folder(folder, name)
    where = location(settings)
    store = await open_store(where, await asyncio.to_thread(keys_for, settings.key_file, where))
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def messengers(settings: Settings) -> "AsyncIterator[tuple[Caller | None, WhatsAppClient | None]]":
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


def _graph(settings: Settings) -> "WhatsAppClient | None":
    tokens = {number: token for number, token, _ in settings.whatsapp_accounts}
    return connect_whatsapp(tokens, settings.whatsapp_api) if tokens else None


def listen(settings: Settings) -> socket.socket:
    """Bind before anything else, so that a busy port stops the start at once."""
    return _listen(settings.host, settings.port, "SAFAR_PORT", "SAFAR_HOST and SAFAR_PORT")


def listen_for_metrics(settings: Settings) -> socket.socket | None:
    """The same for those who read figures; None where nobody does."""
    if not settings.metrics_listen:
        return None
    try:
        import bot.app.metrics  # noqa: F401
    except ImportError:
        raise CannotStart(
            "SAFAR_METRICS_LISTEN is set, but prometheus-client is not installed: make install-postgres, or empty it."
        ) from None
    host, _, port = settings.metrics_listen.rpartition(":")
    return _listen(host, int(port), "SAFAR_METRICS_LISTEN", "SAFAR_METRICS_LISTEN")


def _listen(host: str, port: int, moves: str, sets: str) -> socket.socket:
    """``moves`` names the setting for another port, ``sets`` what makes the whole address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(f"Port {port} on {host} is in use: stop the other program, or set {moves}.") from None
        raise CannotStart(
            f"Safar cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}): set {sets} to an address of this "
            f"machine and a free port."
        ) from None
    return listening
