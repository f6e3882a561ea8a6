"""``safar run`` as a process of its own, behind a webhook, that can be killed."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.fakes.botapi import TOKEN
from tests.real import CACHE_DIR

ROOT = Path(__file__).resolve().parents[2]
SECRET = "tests-secret-tests-secret-tests-secret-tests-secret"
HOST = "chat.example.org"
_READY = b"Safar is ready"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """``settings`` by their names in the environment; roles of its own have a log of their own."""

    def __init__(self, folder: Path, api_url: str, **settings: str) -> None:
        self.port = free_port()
        self.database = folder / "data" / "safar.db"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SAFAR_", "TELEGRAM_", "WHATSAPP_"))
        } | {
            "SAFAR_DATA_DIR": str(folder / "data"),
            "SAFAR_KEY_FILE": str(folder / "keys" / "master.key"),
            "SAFAR_CONTENT_DIR": str(ROOT),
            "SAFAR_CACHE_DIR": str(CACHE_DIR),
            "SAFAR_PORT": str(self.port),
            "SAFAR_PUBLIC_URL": f"https://{HOST}",
            "SAFAR_TELEGRAM_API": api_url,
            "SAFAR_TELEGRAM_MESSAGES_PER_SECOND": "100000",
            "SAFAR_LOG_LEVEL": "WARNING",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None
        roles = settings.get("SAFAR_ROLES", "")
        self._serves = not roles or "web" in roles
        self.log = folder / f"log{roles}.txt"

    async def start(self) -> None:
        """Returns when it serves, or does what else it is for."""
        said = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.cli", "run", cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        async with ClientSession() as client:
            for _ in range(600):
                if _READY in self.log.read_bytes()[said:] and (not self._serves or await self._answers(client)):
                    return
                assert self._process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)
        raise AssertionError(f"it did not serve within 30 s: {self.log.read_text()}")

    async def _answers(self, client: ClientSession) -> bool:
        try:
            async with client.get(f"http://127.0.0.1:{self.port}/healthz", headers={"Host": HOST}) as answer:
                return answer.status == 200
        except ClientError:
            return False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), 20)


class Pusher:
    """Posts updates as Telegram does: again and again until one is confirmed with 200."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/telegram"
        self._headers = {"Host": HOST, "X-Telegram-Bot-Api-Secret-Token": SECRET}
        self._client = ClientSession(
            connector=TCPConnector(limit=40), timeout=ClientTimeout(total=None, sock_connect=5)
        )
        self.confirmed = 0
        self.repeats = 0

    async def push(self, update: dict[str, Any]) -> None:
        while True:
            try:
                async with self._client.post(self._url, json=update, headers=self._headers) as answer:
                    if answer.status == 200:
                        self.confirmed += 1
                        return
            except ClientError:
                pass
            self.repeats += 1
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        await self._client.close()


def text_update(number: int, chat: int, text: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Guest", "language_code": "ru"}
    message = {"message_id": number, "date": 1_770_000_000, "from": person, "text": text}
    return {"update_id": number, "message": message | {"chat": {"id": chat, "type": "private", "first_name": "Guest"}}}
