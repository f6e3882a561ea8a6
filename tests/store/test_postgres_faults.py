"""A PostgreSQL that stops, hangs, cuts off or is full: nothing told is lost, nothing counts twice (F5, F6, F8, F9)."""

import asyncio
import os
import random
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from bot.delivery.clock import SystemClock
from bot.delivery.timers import Timers
from bot.store import Keys, Outcome, Person, PostgresUrl, StoreError, open_store
from bot.store.store import DatabaseStore
from tests import postgres
from tests.processor import OWN_THREAD, shut_out
from tests.store.helpers import works

#: How long the server is away; `make faults` takes the 60 seconds of F8.
AWAY_SECONDS = float(os.environ.get("SAFAR_AWAY_SECONDS", "4"))


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    """One that may be broken: not the other tests'."""
    postgres.needed()
    server = postgres.Server()
    yield server
    server.end()


@pytest.fixture
async def store(server: postgres.Server, keys: Keys) -> AsyncIterator[DatabaseStore]:
    store = await open_store(PostgresUrl(await asyncio.to_thread(server.sealed_with, keys)), keys)
    yield store
    await store.close()


def counting(known: Person) -> Outcome:
    number = int(known.session or b"0") + 1
    return Outcome(session=b"%d" % number, outbox=(b"%d" % number,))


async def until(works_again: Callable[[], Awaitable[object]]) -> float:
    """Seconds until a call succeeds."""
    begun = time.monotonic()
    while True:
        try:
            await works_again()
            return time.monotonic() - begun
        except StoreError:
            await asyncio.sleep(0.05)


class Load:
    """Twenty people write; who hears an error repeats the update, as a messenger does."""

    def __init__(self, store: DatabaseStore) -> None:
        self._store = store
        self._going = True
        self.turns = [0] * 20
        self.errors: list[str] = []
        self.slowest = 0.0
        self._tasks = [asyncio.ensure_future(self._talk(worker)) for worker in range(20)]

    async def _talk(self, worker: int) -> None:
        unclear = False
        while self._going or unclear:
            begun = time.monotonic()
            try:
                await self._store.take(works(str(worker), counting, update=f"{worker}-{self.turns[worker]}"))
                self.turns[worker] += 1
                unclear = False
            except StoreError as error:
                unclear = True
                self.errors.append(str(error))
                await asyncio.sleep(random.uniform(0.05, 0.2))
            self.slowest = max(self.slowest, time.monotonic() - begun)

    async def end(self) -> None:
        self._going = False
        await asyncio.gather(*self._tasks)

    async def check(self) -> None:
        """Each turn took effect once."""
        for worker, turns in enumerate(self.turns):
            rows = await self._store.pending("telegram", "8000000001", str(worker))
            assert [int(row.body) for row in rows] == list(range(1, turns + 1)), worker


async def lag(seconds: float) -> float:
    """The longest that the loop was late by its own fault: not while other programs had the processor."""
    worst, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        begun, before = time.monotonic(), shut_out(OWN_THREAD)
        await asyncio.sleep(0.01)
        worst = max(worst, time.monotonic() - begun - 0.01 - (shut_out(OWN_THREAD) - before))
    return worst


async def test_while_the_server_is_stopped_the_log_says_what_to_do_and_not_the_password(
    server: postgres.Server, keys: Keys
) -> None:
    url = (await asyncio.to_thread(server.sealed_with, keys)).replace("postgres@", "postgres:marked-9001@")
    store = await open_store(PostgresUrl(url), keys)
    await asyncio.to_thread(server.stop)
    with capture_logs() as lines:
        running = asyncio.ensure_future(Timers(store, AsyncMock(), SystemClock(), every_seconds=0.05).run())
        while len(lines) < 2:
            await asyncio.sleep(0.05)
        running.cancel()
    await asyncio.to_thread(server.start)
    await store.close()
    assert {line["event"] for line in lines} == {"timers-store-failed"}
    assert any("cannot be reached: start it, or set SAFAR_DATABASE_URL" in line["why"] for line in lines)
    assert "marked" not in str(lines)


@pytest.mark.parametrize("mode", ["immediate", "fast"])
async def test_a_server_that_is_stopped_and_started_again_loses_nothing(
    server: postgres.Server, store: DatabaseStore, mode: str
) -> None:
    load = Load(store)
    await asyncio.sleep(1)
    await asyncio.to_thread(server.stop, mode)
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(server.start)
    back = await until(lambda: store.take(works("x", counting)))
    before = sum(load.turns)
    await asyncio.sleep(1)
    await load.end()

    assert back <= 5
    assert sum(load.turns) > before
    assert load.errors
    assert load.slowest <= 6
    assert all("nothing was confirmed" in error or "being stopped or started" in error for error in load.errors)
    await load.check()


async def test_connections_that_are_cut_again_and_again_lose_nothing(
    server: postgres.Server, store: DatabaseStore
) -> None:
    load = Load(store)
    for _ in range(5):
        await asyncio.sleep(0.4)
        cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'safar'"
        await asyncio.to_thread(server.run, cut)
    await until(lambda: store.take(works("x", counting)))
    await load.end()
    assert load.errors
    await load.check()


async def test_a_server_that_hangs_is_given_up_within_five_seconds_and_the_loop_goes_on(
    server: postgres.Server, store: DatabaseStore
) -> None:
    await store.take(works("before"))
    server.freeze()
    try:
        begun = time.monotonic()
        late = asyncio.ensure_future(lag(8))
        calls = [asyncio.ensure_future(store.take(works(str(number), update=str(number)))) for number in range(10)]
        await asyncio.sleep(2)
        calls += [asyncio.ensure_future(store.take(works(str(number), update=str(number)))) for number in range(10, 20)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        took = time.monotonic() - begun
        worst = await late
    finally:
        server.wake()

    assert {type(one) for one in results} == {StoreError}
    assert {"does not answer" in str(one) for one in results} == {True}
    assert took <= 5
    assert worst <= 0.05
    assert await until(lambda: store.take(works("after"))) <= 5
    for number in range(20):
        assert len((await store.take(works(str(number), update=str(number)))).rows) == 1
        assert len(await store.pending("telegram", "8000000001", str(number))) == 1


async def test_a_frozen_process_does_not_keep_the_others(server: postgres.Server, store: DatabaseStore) -> None:
    """It stands still in the middle of a batch, with a contact locked: the server ends it."""
    await store.take(works("1", counting))
    url = store._writer._database._url  # type: ignore[attr-defined]
    connection = await postgres.hold(url.secret, "select id from safar.contacts for update")
    try:
        assert await until(lambda: store.take(works("1", counting))) <= 10
    finally:
        connection.terminate()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")
async def test_a_full_disk_confirms_nothing_and_is_well_after_there_is_space(tmp_path: Path, keys: Keys) -> None:
    disk = Path("/tmp") / f"safar-full-{os.getpid()}"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=160m,mode=0777", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        disk.rmdir()
        pytest.skip("no small disk can be mounted here")
    server = postgres.Server(under=disk)
    try:
        url = PostgresUrl(await asyncio.to_thread(server.sealed_with, keys))
        store = await open_store(url, keys)
        filler = disk / "filler"
        with filler.open("wb") as file:
            free = shutil.disk_usage(disk).free
            file.write(bytes(free - free % 4096))
        big = Outcome(session=b"s" * 3000, outbox=(b"b" * 30_000,))
        confirmed, refused = [], []
        for number in range(60):
            try:
                await store.take(works(str(number), update=str(number), outcome=big))
                confirmed.append(number)
            except StoreError as error:
                refused.append(str(error))
        assert refused
        assert {"is full: free some space" in text for text in refused} == {True}
        filler.unlink()
        assert await until(lambda: store.take(works("after"))) <= 60
        repeats = [(await store.take(works(str(n), update=str(n), outcome=big))).repeat for n in range(60)]
        assert [number for number in range(60) if repeats[number]] == confirmed
        await store.close()
    finally:
        server.end()
        subprocess.run(["umount", str(disk)], check=False)
        disk.rmdir()
