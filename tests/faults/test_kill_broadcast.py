"""THREATS F3, F5, F6, F8 and F34 on real processes: killed in the middle of an alert, again and again, nobody is told
twice and nobody is forgotten.

``make faults`` does it with 100,000 recipients and ten kills of each: the whole process on SQLite; the sender, its
carrier, the web process, the database and the connections to it on PostgreSQL. Ten times the disk is full.
"""

import asyncio
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from tests import postgres
from tests.delivery.broadcasts.alerting import FIRST_CHAT, adds_up
from tests.fakes import botapi
from tests.fakes.botapi import BotApi
from tests.faults.house import Faults, House
from tests.faults.process import Pusher, text_update

KILLS = int(os.environ.get("SAFAR_KILLS", "1"))
LONG = KILLS > 1
PEOPLE = 100_000 if LONG else 1_500
#: Messages a second: the processes share two processors with the test. A short list still lasts seconds after a kill.
PACE = 800 if LONG else 400
_ASKING = 900_000
#: The database, or the space on its disk, is away for no longer: the sender holds its accounts still. Connections are
#: cut a second time, and the alert goes on meanwhile.
_AWAY_SECONDS = {"database": 2.0, "disk": 2.0, "line": min(2.0, PEOPLE / PACE / 8)}

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300 + 60 * KILLS + PEOPLE // 100)]


@asynccontextmanager
async def _opened(folder: Path, server: postgres.Server | None, *, small: bool = False) -> AsyncIterator[House]:
    """``small``: the data lie on a small disk of their own."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(botapi.bot_api())
        house = House(folder, api, PEOPLE, PACE, server)
        if small:
            stack.enter_context(_small_disk(folder / "data"))
        try:
            await house.open()
            yield house
        finally:
            await house.close()


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    size = f"size={64 + PEOPLE // 100}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def of_several(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Its processes start once, whoever of them is killed."""
    postgres.needed()
    server = await asyncio.to_thread(postgres.Server)
    async with _opened(tmp_path_factory.mktemp("house"), server) as house:
        yield house
        await house.stop()


def _called(api: BotApi, times: int) -> bool:
    return len(api.calls) > times


async def test_the_whole_process_killed_in_the_middle_of_an_alert_tells_nobody_twice_and_forgets_nobody(
    tmp_path: Path,
) -> None:
    async with _opened(tmp_path, None) as house:
        await _killed_again_and_again(house, "whole")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")
async def test_a_disk_that_is_full_in_the_middle_of_an_alert_costs_nobody_the_alert(tmp_path: Path) -> None:
    async with _opened(tmp_path, None, small=True) as house:
        await _killed_again_and_again(house, "disk")


@pytest.mark.xdist_group("kill-broadcast")
@pytest.mark.parametrize("victim", ["line", "database", "web", "carrier", "sender"])
async def test_one_of_several_killed_in_the_middle_of_an_alert_tells_nobody_twice_and_forgets_nobody(
    of_several: House, victim: str
) -> None:
    await _killed_again_and_again(of_several, victim)


async def _killed_again_and_again(house: House, victim: str) -> None:
    seed = int(os.environ.get("SAFAR_SEED", str(time.time_ns() % 1_000_000)))
    chance, began, api = random.Random(seed), time.monotonic(), house.api
    api.judge = faults = Faults(seed, hangs=LONG)
    before, in_flight, people = len(api.calls), 0, house.people
    unclear = house.unclear() if victim == "carrier" else 0
    pusher, asking = Pusher(house.port), [_ASKING + before + kill for kill in range(KILLS)]
    key = await house.let_out()
    try:
        for chat in asking:
            calls = len(api.calls) + int(people // (KILLS + 1) * chance.uniform(0.5, 1.0))
            await api.until(partial(_called, api, calls), seconds=180)
            asks = asyncio.create_task(pusher.push(text_update(chat, chat, "/start")))
            await asyncio.sleep(chance.uniform(0, 0.05))
            await house.kill(victim)
            if victim in _AWAY_SECONDS:  # no process of ours has ended
                await asyncio.sleep(chance.uniform(0, _AWAY_SECONDS[victim]))
                await house.revive(victim)
            states = await house.states(key)
            assert states["due"], seed  # it is in the middle
            if victim in ("whole", "sender"):
                in_flight += states["sending"]
            if victim not in _AWAY_SECONDS:
                await house.revive(victim)
            await asks
        end = time.monotonic() + 90 + people / PACE * 4
        while await house.state(key) != "done":
            assert time.monotonic() < end, (seed, await house.states(key))
            await asyncio.sleep(0.25)
        await api.until(lambda: all(map(api.texts, asking)), seconds=20)
        if victim == "carrier":
            in_flight = house.unclear() - unclear
    finally:
        await pusher.close()
    seconds = time.monotonic() - began
    assert all(process.running for process in house.processes.values()), seed
    if house.server is None:
        await house.stop()
    states, tally = await house.states(key), await house.report(key)
    got = Counter(
        int(call.params["chat_id"]) for call in api.calls[before:] if call.method == "sendMessage" and call.ok
    )
    told = {chat: number for chat, number in got.items() if chat >= FIRST_CHAT}
    print(
        f"\n{victim}: {people} recipients, {KILLS} kills, seed {seed}, {seconds:.0f} s: {dict(states)}; told "
        f"{len(told)}, twice {sum(number > 1 for number in told.values())}, in flight {in_flight}, answers lost "
        f"{len(faults.lost)}, refusals {dict(faults.seen)}"
    )
    assert set(told.values()) == {1}
    assert states["sent"] + states["failed"] + states["uncertain"] == people
    assert states["sent"] <= len(told) <= states["sent"] + states["uncertain"]
    assert states["failed"] <= len(faults.blocked) <= states["failed"] + in_flight
    assert states["uncertain"] <= in_flight + len(faults.lost)
    assert not faults.blocked & set(told)
    assert (tally.audience, tally.due, tally.sending, tally.left) == (people, 0, 0, 0)
    assert (tally.sent, tally.uncertain, dict(tally.failed)) == (
        states["sent"],
        states["uncertain"],
        {"blocked": states["failed"]},
    )
    assert adds_up(tally)
    house.people -= states["failed"]
