"""What a start refuses: one sentence on what to do, exit code 1, nothing touched."""

import asyncio
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.store import SqliteStore, create_key_file, load_keys
from tests.fakes.botapi import TOKEN, bot_api, error
from tests.fakes.graphapi import Account, graph_api
from tests.fakes.graphdemo import environment
from tests.real import CACHE_DIR

ROOT = Path(__file__).resolve().parents[1]


class Start:
    """``safar run`` with its own folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.key = folder / "keys" / "master.key"
        self.settings = {"SAFAR_DATA_DIR": str(self.data), "SAFAR_KEY_FILE": str(self.key), "SAFAR_PORT": "0"}

    def _environment(self) -> dict[str, str]:
        own = ("SAFAR_", "TELEGRAM_", "WHATSAPP_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return kept | {"SAFAR_CONTENT_DIR": str(ROOT), "SAFAR_CACHE_DIR": str(CACHE_DIR)} | self.settings

    def refused(self, *, within_seconds: float = 60, **more: Any) -> str:
        """The one line that it prints; ``within_seconds`` are the processor's, which a busy machine does not change."""
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=self.folder,
            env=self._environment() | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=60,
            **more,
        )
        after = os.times()
        took = after.children_user + after.children_system - before.children_user - before.children_system
        assert took < within_seconds
        assert done.returncode == 1, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        lines = done.stderr.strip().splitlines()
        assert len(lines) == 1, done.stderr
        return str(lines[0])

    def refused_settings(self) -> str:
        """The one line for settings that cannot be right, which are told before anything is loaded: in this process."""
        cleared = dict.fromkeys(os.environ.keys() - self._environment().keys())
        done = CliRunner().invoke(main, ["run"], env=cleared | self._environment())
        assert done.exit_code == 1, done.output
        (line,) = done.output.splitlines()
        return line

    def known(self) -> None:
        """A key and a database, as a start in peace leaves them."""
        for folder in (self.data, self.key.parent):
            folder.mkdir(mode=0o700, parents=True)
        create_key_file(self.key)

        async def open_once() -> None:
            store = await SqliteStore.open(self.data / "safar.db", load_keys(self.key))
            await store.close()

        asyncio.run(open_once())

    def once(self, *, until: Callable[[], bool] = lambda: True) -> None:
        """Start and, when ``until`` holds, stop in peace, so that there are a key and a database."""
        with subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run"],
            cwd=self.folder,
            env=self._environment() | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            while not process.stdout.readline().startswith("Safar is ready"):
                assert process.poll() is None
            patience = time.monotonic() + 20
            while not until() and time.monotonic() < patience:
                time.sleep(0.02)
            process.terminate()
            assert process.wait(20) == 0


@pytest.fixture
def start(tmp_path: Path) -> Start:
    return Start(tmp_path)


def test_a_first_start_makes_a_key_that_only_its_user_may_read_and_says_what_losing_it_means(start: Start) -> None:
    start.once()
    assert start.key.stat().st_mode & 0o777 == 0o600
    assert start.data.stat().st_mode & 0o777 == 0o700
    assert (start.data / "safar.db").stat().st_mode & 0o777 == 0o600
    assert "los" in start.key.read_text(encoding="ascii").split("\n1 ")[0]


def test_a_busy_port(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        start.settings["SAFAR_PORT"] = str(port)
        assert re.fullmatch(rf"Port {port} on 127.0.0.1 is in use: stop .* or set SAFAR_PORT\.", start.refused())


def test_a_busy_port_for_metrics(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        start.settings["SAFAR_METRICS_LISTEN"] = address
        line = start.refused()
    assert re.fullmatch(r"Port \d+ on 127.0.0.1 is in use: stop .* or set SAFAR_METRICS_LISTEN\.", line)
    assert not start.key.exists(), "nothing was touched"


def test_an_address_that_is_not_of_this_machine(start: Start) -> None:
    start.settings["SAFAR_HOST"] = "203.0.113.1"
    assert "set SAFAR_HOST" in start.refused()


def test_a_file_where_the_data_folder_should_be(start: Start) -> None:
    start.data.write_text("")
    assert "set SAFAR_DATA_DIR to another place" in start.refused()


def test_a_folder_that_may_not_be_written(start: Start) -> None:
    start.data.mkdir()
    start.key.parent.mkdir()
    start.data.chmod(0o555)
    more: dict[str, Any] = {}
    if os.geteuid() == 0:
        if not _nobody_can_read(ROOT):
            pytest.skip("root writes everywhere, and another user cannot read this checkout: run the tests as a user")
        start.key.parent.chmod(0o777)
        start.folder.chmod(0o755)
        for parent in start.folder.parents:
            if parent != Path("/") and parent.stat().st_mode & 0o005 != 0o005:
                parent.chmod(parent.stat().st_mode | 0o005)
        more = {"user": 65534, "group": 65534}
    told = start.refused(**more)
    assert str(start.data) in told
    assert "right to write" in told


def _nobody_can_read(folder: Path) -> bool:
    probe = [sys.executable, "-c", f"import os; os.listdir({str(folder)!r}); open({str(folder / 'bot/cli/run.py')!r})"]
    try:
        return subprocess.run(probe, user=65534, group=65534, capture_output=True, cwd="/").returncode == 0
    except PermissionError:
        return False


def test_a_key_that_is_missing_beside_a_database(start: Start) -> None:
    start.known()
    before = (start.data / "safar.db").read_bytes()
    start.key.unlink()
    assert "put it back from the copy" in start.refused(within_seconds=2)
    assert (start.data / "safar.db").read_bytes() == before
    assert not start.key.exists()


def test_another_key_than_the_one_that_sealed_the_database(start: Start) -> None:
    start.known()
    before = (start.data / "safar.db").read_bytes()
    text = start.key.read_text(encoding="ascii")
    start.key.write_text(re.sub(r"[0-9a-f]{64}", "ab" * 32, text), encoding="ascii")
    assert "key" in start.refused(within_seconds=2)
    assert (start.data / "safar.db").read_bytes() == before


def test_a_database_of_a_newer_version(start: Start) -> None:
    start.known()
    connection = sqlite3.connect(start.data / "safar.db")
    connection.execute("pragma user_version = 9999")
    connection.close()
    assert "newer" in start.refused(within_seconds=2)


def test_a_file_that_is_no_database(start: Start) -> None:
    start.known()
    (start.data / "safar.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    assert "safar.db" in start.refused()


def test_a_broken_setting(start: Start) -> None:
    start.settings["SAFAR_PORT"] = "eighty"
    assert start.refused().startswith("SAFAR_PORT: Input should be a valid integer")


async def test_a_token_that_telegram_does_not_know(start: Start) -> None:
    async with bot_api() as api:
        start.settings |= {"TELEGRAM_TOKEN": "1234567:" + "B" * 35, "SAFAR_TELEGRAM_API": api.base_url}
        told = await asyncio.to_thread(start.refused)
    assert told.startswith("TELEGRAM_TOKEN: Telegram does not know it")
    assert "BBBB" not in told


def test_broken_content_names_every_place(start: Start) -> None:
    for name in ("flows", "content", "locales"):
        shutil.copytree(ROOT / name, start.folder / name)
    flow = start.folder / "flows" / "wages.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("next: danger\n", "next: dangr\n", 1), encoding="utf-8")
    start.settings["SAFAR_CONTENT_DIR"] = str(start.folder)
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run"],
        cwd=start.folder,
        env=start._environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert re.search(r'flows/wages\.yaml:\d+:\d+ unknown-node: "dangr" .*did you mean "danger"\?', done.stderr)


async def test_a_webhook_address_that_telegram_refuses(start: Start) -> None:
    async with bot_api() as api:
        api.fail("setWebhook", error(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443"))
        start.settings |= {
            "TELEGRAM_TOKEN": TOKEN,
            "SAFAR_TELEGRAM_API": api.base_url,
            "SAFAR_PUBLIC_URL": "https://chat.example.org:8081",
            "TELEGRAM_WEBHOOK_SECRET": "s" * 43,
        }
        told = await asyncio.to_thread(start.refused)
    assert told.startswith("Telegram refused the webhook address; SAFAR_PUBLIC_URL must be https")


FIVE = ("WHATSAPP_TOKEN", "WHATSAPP_PHONE_ID", "WHATSAPP_BUSINESS_ID", "WHATSAPP_APP_SECRET", "WHATSAPP_VERIFY_TOKEN")


@pytest.mark.parametrize("missing", FIVE)
def test_one_of_whatsapps_five_values_is_missing(start: Start, missing: str) -> None:
    start.settings |= environment("http://127.0.0.1:9") | {missing: ""}
    assert start.refused_settings() == f"{missing}: empty, but WhatsApp needs all five values (docs/whatsapp.md)"


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("WHATSAPP_TOKEN", "EAAone EAAtwo", "WHATSAPP_TOKEN: 2 given for 3 numbers; give one, or one each"),
        ("WHATSAPP_BUSINESS_ID", "10001,10002", "WHATSAPP_BUSINESS_ID: 2 given for 3 numbers; give one, or one each"),
        ("WHATSAPP_PHONE_ID", "+7 999 123-45-67", "WHATSAPP_PHONE_ID: write Meta's number (digits alone"),
        ("WHATSAPP_APP_SECRET", "short", "WHATSAPP_APP_SECRET: copy the app secret"),
        ("WHATSAPP_VERIFY_TOKEN", "short", "WHATSAPP_VERIFY_TOKEN: make up 20 to 256"),
    ],
)
def test_values_of_whatsapp_that_cannot_be_right(start: Start, setting: str, value: str, told: str) -> None:
    three = {"WHATSAPP_PHONE_ID": "10001,10002,10003"}
    start.settings |= environment("http://127.0.0.1:9") | three | {setting: value}
    line = start.refused_settings()
    assert line.startswith(told)
    assert value not in line


@pytest.mark.parametrize("address", ["", "http://chat.example.org"])
def test_whatsapp_itself_without_an_address_that_it_can_post_to(start: Start, address: str) -> None:
    start.settings |= environment("https://graph.facebook.com") | {"SAFAR_PUBLIC_URL": address}
    assert start.refused_settings() == "SAFAR_PUBLIC_URL: WhatsApp posts to an https address only; write https://…"


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("WHATSAPP_TOKEN", "EAAWrongWrongWrong", "WHATSAPP_TOKEN: WhatsApp refuses it"),
        ("WHATSAPP_PHONE_ID", "15550100100", "WHATSAPP_PHONE_ID: WhatsApp knows no such number"),
        ("WHATSAPP_BUSINESS_ID", "15550100100", "WHATSAPP_BUSINESS_ID: WhatsApp knows no such account"),
        ("WHATSAPP_BUSINESS_ID", "102290129000002", "WHATSAPP_BUSINESS_ID: this account does not hold the number"),
    ],
)
async def test_values_that_whatsapp_does_not_know(start: Start, setting: str, value: str, told: str) -> None:
    other = Account(id="106540352000002", business="102290129000002", number="15550100200")
    async with graph_api((Account(), other)) as api:
        start.settings |= environment(api.base_url) | {setting: value}
        line = await asyncio.to_thread(start.refused)
        assert {call.method for call in api.calls} <= {"", "phone_numbers"}  # nothing was changed there
    assert line.startswith(told)
    assert value not in line


def test_whatsapp_that_cannot_be_reached(start: Start) -> None:
    start.settings |= environment("http://127.0.0.1:9")
    assert start.refused() == "WhatsApp cannot be reached; check the network to graph.facebook.com"


async def test_with_all_five_values_it_starts_and_asks_to_be_told_what_people_write(start: Start) -> None:
    async with graph_api() as api:
        start.settings |= environment(api.base_url)
        await asyncio.to_thread(start.once, until=lambda: api.subscribed)
        assert api.subscribed
