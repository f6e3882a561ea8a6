"""A phone with WhatsApp in the terminal, for trying the bot without an account.

    python -m tests.fakes.graphapi --webhook http://127.0.0.1:8080/whatsapp [COMMAND ...]

``COMMAND`` (``safar run``) is started beside it, with the settings of the fake account and data that go when it ends.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import click

from tests.fakes.graphapi import (
    APP_SECRET,
    BUSINESS_ID,
    PHONE_ID,
    TOKEN,
    VERIFY_TOKEN,
    GraphApi,
    graph_api,
)

ME = "UZ.20000000000000000001"
HELP = """Write, and it is sent. !2 taps the second button, !where 55.75 37.61 sends a place, !voice a voice message,
!number changes your number, !approve lets Meta approve the templates, !day lets a day pass, !quit ends."""

_WAIT_SECONDS = 60.0


def environment(api_url: str) -> dict[str, str]:
    """The settings with which Safar serves the fake account."""
    return {
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_ID": PHONE_ID,
        "WHATSAPP_BUSINESS_ID": BUSINESS_ID,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        "SAFAR_WHATSAPP_API": api_url,
    }


class Phone:
    """One person's. ``shows`` prints what has come since; ``does`` carries out a typed line."""

    def __init__(self, api: GraphApi) -> None:
        self._api = api
        self._me = ME
        self._seen = 0
        api.person(ME)

    def shows(self) -> list[str]:
        """New messages; the buttons of the newest that has any are numbered."""
        lines: list[str] = []
        shown = self._api.shown(self._me)
        for message in shown[self._seen :]:
            lines += ["", *(f"  {line}" for line in message.text.split("\n"))]
            for number, button in enumerate(message.buttons(), 1):
                more = f" - {button.description}" if button.description else ""
                lines.append(f"  [{number}] {button.title}{more}")
            if message.request.get("interactive", {}).get("type") == "location_request_message":
                lines.append("  [send your place: !where 55.75 37.61]")
        self._seen = len(shown)
        return lines

    async def does(self, line: str) -> str:
        """What the phone says to it, "" when all went well."""
        api = self._api
        match line.split():
            case []:
                return ""
            case ["!where", latitude, longitude]:
                try:
                    await api.sends_location(self._me, float(latitude), float(longitude))
                except ValueError:
                    return "two numbers, as !where 55.75 37.61"
            case ["!voice"]:
                audio = {"id": "1", "mime_type": "audio/ogg; codecs=opus", "voice": True}
                await api.sends(self._me, {"type": "audio", "audio": audio})
            case ["!number"]:
                self._me = await api.changes_number(self._me, phone="")
            case ["!approve"]:
                pending = [key for key, one in api.templates[BUSINESS_ID].all.items() if one["status"] == "PENDING"]
                for name, language in pending:
                    api.review(name, language, "APPROVED")
                return f"{len(pending)} approved"
            case ["!day"]:
                api.skip(25 * 3600)
            case [word] if word[0] == "!" and word[1:].isdigit():
                buttons = next((found for one in reversed(api.shown(self._me)) if (found := list(one.buttons()))), [])
                number = int(word[1:])
                if not 1 <= number <= len(buttons):
                    return "there is no such button"
                await api.taps(self._me, buttons[number - 1].title)
            case [word, *_] if word[0] == "!":
                return HELP
            case _:
                await api.says(self._me, line)
        return ""


async def _talk(webhook: str, port: int, command: tuple[str, ...], folder: Path) -> None:
    async with graph_api(port=port) as api:
        settings = environment(api.base_url)
        bot = await _start(command, settings, folder) if command else None
        if bot is None:
            print("Start Safar with:\n" + " ".join(f"{name}={value}" for name, value in settings.items()))
        try:
            await _subscribe(api, webhook)
            print(HELP)
            await _read(api, Phone(api))
        finally:
            if bot is not None and bot.returncode is None:
                bot.send_signal(signal.SIGINT)
                await bot.wait()


async def _start(command: tuple[str, ...], settings: Mapping[str, str], folder: Path) -> asyncio.subprocess.Process:
    """What ``.env`` says of other channels and of the real data does not count here."""
    own = {
        "SAFAR_DATA_DIR": str(folder / "var"),
        "SAFAR_KEY_FILE": str(folder / "master.key"),
        "SAFAR_PUBLIC_URL": "",
        "TELEGRAM_TOKEN": "",
    }
    log = folder / "bot.log"
    print(f"The bot's log is in {log}.")
    with log.open("wb") as file:
        return await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **settings, **own}, stdin=asyncio.subprocess.DEVNULL, stdout=file, stderr=file
        )


async def _subscribe(api: GraphApi, webhook: str) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + _WAIT_SECONDS
    while loop.time() < end:
        with suppress(aiohttp.ClientError):
            if await api.hook.subscribe(webhook, VERIFY_TOKEN):
                return
        await asyncio.sleep(0.5)
    raise SystemExit(f"{webhook} does not answer the handshake; is the bot running, with the settings above?")


async def _read(api: GraphApi, phone: Phone) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    printing = asyncio.create_task(_print(phone))
    while (line := (await reader.readline()).decode(errors="replace")) and line.strip() != "!quit":
        if told := await phone.does(line.strip()):
            print(told)
    await asyncio.sleep(1)
    printing.cancel()


async def _print(phone: Phone) -> None:
    while True:
        for line in phone.shows():
            print(line, flush=True)
        await asyncio.sleep(0.1)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--webhook", required=True, help="Where the bot takes WhatsApp's webhooks.")
@click.option("--port", default=8095, help="Port of the fake Graph API.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def main(webhook: str, port: int, command: tuple[str, ...]) -> None:
    """A phone with WhatsApp in the terminal."""
    with suppress(KeyboardInterrupt), TemporaryDirectory(prefix="safar-demo-") as folder:
        asyncio.run(_talk(webhook, port, command, Path(folder)))
