"""``safar replay``: raw updates through the real path, with the network off."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
import msgspec

from bot.catalogue import Catalogue, load
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.cli.content import open_cache, prepared
from bot.cli.opening import logs_beside
from bot.delivery import Delivery, Pace, SystemClock
from bot.store import SqliteStore, keys_for
from bot.text import LANGUAGES

_NUMBER: Final = re.compile(r'"phone_number_id":"(\d{1,20})"')
#: Nothing waits for the messenger here.
_AT_ONCE: Final = Pace(1e9, 10**9)


@click.command()
@click.option("--channel", type=click.Choice(["telegram", "whatsapp"]), required=True, help="Whose updates they are.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder that holds flows/, content/ and locales/.",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(channel: str, root: Path, files: tuple[Path, ...]) -> None:
    """Show what raw updates would make the bot send: one JSON object a line for each request.

    A file holds one update (for WhatsApp the body of a webhook), a list of them, an answer of getUpdates, or one update
    a line.
    """
    updates = [update for file in files for update in _updates(file)]
    loaded = load(root, as_of=datetime.now(UTC).date(), cache=open_cache())
    if loaded.catalogue is None:
        errors = "\n".join(str(finding) for finding in loaded.findings if finding.level == "error")
        raise click.ClickException(f"the content has errors; correct them first:\n{errors}")
    prepared(loaded.catalogue)
    with logs_beside():
        asyncio.run(_replay(updates, loaded.catalogue, channel))


class _Clock(SystemClock):
    """A minute passes before each update, so that many of one person are no flood."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead

    def tick(self) -> None:
        self._ahead += 60.0


class _Printer:
    """Telegram without a network: every call is printed, and answered as if it had been carried out."""

    account = "0"

    def __init__(self) -> None:
        self._messages = 0

    async def call(
        self, method: str, params: Mapping[str, Any], timeout_seconds: float | None = None, *, bulk: bool = False
    ) -> msgspec.Raw:
        click.echo(json.dumps({"method": method, "params": params}, ensure_ascii=False))
        self._messages += 1
        return msgspec.Raw(msgspec.json.encode({"message_id": self._messages}))

    async def close(self) -> None:
        pass


class _GraphPrinter:
    """WhatsApp without a network, likewise."""

    def __init__(self, updates: list[bytes]) -> None:
        #: Every number that the updates came to.
        numbers = (number for update in updates for number in _NUMBER.findall(update.decode()))
        self.accounts = tuple(dict.fromkeys(numbers))

    async def call(self, account: str, method: str, params: Mapping[str, Any], *, bulk: bool = False) -> bytes:
        click.echo(json.dumps({"path": f"/{account}/{method}", "body": params}, ensure_ascii=False))
        return b"{}"

    async def close(self) -> None:
        pass


async def _replay(updates: list[bytes], catalogue: Catalogue, name: str) -> None:
    channel: Telegram | WhatsApp
    if name == "telegram":
        channel = Telegram(_Printer(), _labels(catalogue, "location-button"))
    else:
        channel = WhatsApp(_GraphPrinter(updates), _labels(catalogue, "choose-button"))
    channel.per_second, channel.chat_pace = _AT_ONCE.per_second, _AT_ONCE
    with TemporaryDirectory() as folder:
        path = Path(folder) / "safar.db"
        store = await SqliteStore.open(path, keys_for(Path(folder) / "master.key", path))
        clock = _Clock()
        delivery = Delivery(store, [channel], lambda: catalogue, clock=clock)
        await delivery.start()
        for update in updates:
            clock.tick()
            await delivery.inbox.receive(channel, update)
            await delivery.outbox.idle()
        await delivery.stop()
        await store.close()


def _labels(catalogue: Catalogue, phrase: str) -> dict[str, str]:
    return {language: catalogue.phrases[phrase].plain(language) for language in LANGUAGES}


def _updates(file: Path) -> Iterator[bytes]:
    """The updates of one file, in order, each as the messenger would post it."""
    raw = file.read_bytes()
    try:
        documents = [msgspec.json.decode(raw)]
    except msgspec.DecodeError:
        documents = [_line(file, number, line) for number, line in enumerate(raw.splitlines(), 1) if line.strip()]
    for document in documents:
        if isinstance(document, dict) and isinstance(document.get("result"), list):
            document = document["result"]
        for update in document if isinstance(document, list) else [document]:
            yield msgspec.json.encode(update)


def _line(file: Path, number: int, line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        message = f"{file}:{number}: it is not JSON ({error}); give updates as the messenger sends them"
        raise click.ClickException(message) from None
