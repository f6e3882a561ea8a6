"""THREATS F3 and F34 on the whole process: killed in the middle of an alert, again and again, it tells nobody twice.

``make faults`` does it with 100,000 recipients and 20 kills; it takes about as long as two dozen starts.
"""

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import SqliteStore, create_key_file, load_keys
from tests.delivery.broadcasts.alerting import FIRST_CHAT, Alerting, Ticking, Town
from tests.fakes import botapi
from tests.fakes.botapi import BotApi, Call, Fault
from tests.faults.process import Process, Pusher, text_update

KILLS = int(os.environ.get("SAFAR_KILLS", "1"))
PEOPLE = 1_500 if KILLS == 1 else 100_000
#: Messages a second: the server shares its processor with the test.
PACE = 400
_ASKING = 900_000


def _rows(database: Path, query: str) -> list[tuple[str, int]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _states(database: Path) -> Counter[str]:
    return Counter(dict(_rows(database, "select state, count(*) from broadcast_deliveries group by state")))


def _state(database: Path) -> str:
    return str(_rows(database, "select state, 1 from broadcasts")[0][0])


async def _until_called(bot_api: BotApi, times: float) -> None:
    await bot_api.until(lambda: len(bot_api.calls) > times, seconds=120)


async def _let_out(safar: Process, api: BotApi) -> None:
    """A database with people, and an alert that two have let out."""
    for path in (safar.database, Path(safar.environment["SAFAR_KEY_FILE"])):
        path.parent.mkdir(parents=True, exist_ok=True)
    key_file = Path(safar.environment["SAFAR_KEY_FILE"])
    create_key_file(key_file)
    ticking = Ticking(1.0, datetime.now(UTC) - timedelta(seconds=5))
    store = await SqliteStore.open(safar.database, load_keys(key_file), clock=ticking)
    try:
        town = await Town.make(store, ticking)
        while town.people < PEOPLE:
            await town.arrive(min(2_000, PEOPLE - town.people))
        alerting = Alerting(town, api, ticking)
        key = await alerting.let_out(urgency="life", ends=ticking() + timedelta(days=1))
        await store.broadcasts.hold(key, ticking())  # nothing waits after the first part
    finally:
        await store.close()


class Faults:
    """Telegram refuses at random: asked to wait, blocked, a fault of its own; or its answer is lost."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.blocked: set[int] = set()
        self.pages = 0

    def __call__(self, call: Call) -> Fault | None:
        chat = int(call.params.get("chat_id", 0))
        if chat < FIRST_CHAT:
            return None
        if chat in self.blocked:
            return botapi.BLOCKED
        drawn = self.chance.random()
        if drawn < 0.01:
            self.blocked.add(chat)
            return botapi.BLOCKED
        if drawn < 0.015:
            return botapi.SERVER_ERROR
        if drawn < 0.016:
            return botapi.flood(1)
        if drawn < 0.02:
            self.pages += 1
            return botapi.BAD_GATEWAY
        return None


@pytest.mark.timeout(180 + 60 * KILLS + PEOPLE // 100)
async def test_killed_in_the_middle_of_an_alert_it_tells_nobody_twice_and_forgets_nobody(
    bot_api: BotApi, tmp_path: Path
) -> None:
    seed = int(os.environ.get("SAFAR_SEED", str(time.time_ns() % 1_000_000)))
    chance = random.Random(seed)
    safar = Process(tmp_path, bot_api.base_url, SAFAR_TELEGRAM_MESSAGES_PER_SECOND=str(PACE))
    await _let_out(safar, bot_api)
    bot_api.judge = faults = Faults(seed)
    in_flight = 0
    pusher = Pusher(safar.port)
    try:
        for kill in range(KILLS):
            await safar.start()
            before = len(bot_api.calls)
            wanted = before + PEOPLE // (KILLS + 1) * chance.uniform(0.5, 1.0)
            await _until_called(bot_api, wanted)
            await pusher.push(text_update(kill + 1, _ASKING + kill, "/start"))
            await safar.kill()
            in_flight += _states(safar.database)["sending"]
        await safar.start()
        end = time.monotonic() + 60 + PEOPLE / PACE * 3
        while _state(safar.database) != "done":
            assert time.monotonic() < end, _states(safar.database)
            await asyncio.sleep(0.5)
        assert await safar.stop() == 0
    finally:
        await pusher.close()
        if safar.running:
            await safar.kill()
    states = _states(safar.database)
    got = Counter(int(call.params["chat_id"]) for call in bot_api.made("sendMessage") if call.ok)
    told = sum(got[chat] for chat in range(FIRST_CHAT, FIRST_CHAT + PEOPLE))
    print(
        f"{KILLS} kills, {PEOPLE} recipients, seed {seed}: {dict(states)}; {told} told, {in_flight} in flight, "
        f"{faults.pages} answers lost"
    )
    assert max(got[chat] for chat in range(FIRST_CHAT, FIRST_CHAT + PEOPLE)) == 1
    assert states["sent"] + states["failed"] + states["uncertain"] == PEOPLE
    assert states["sent"] <= told <= states["sent"] + states["uncertain"]
    assert states["failed"] == len(faults.blocked)
    assert states["uncertain"] <= in_flight + faults.pages
    assert all(bot_api.texts(_ASKING + number) for number in range(KILLS))
