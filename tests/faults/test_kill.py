"""THREATS F1-F4 on the whole process: killed in the middle of a thousand concurrent turns, it loses nothing."""

import asyncio
import os
import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.botapi import BotApi
from tests.faults.process import Process, Pusher, text_update

CHATS = range(500_000, 501_000)
#: ``make faults`` runs 20; each takes about as long as a start.
KILLS = int(os.environ.get("SAFAR_KILLS", "1"))


def _sending(database: Path) -> int:
    """R of THREATS section 4: rows that were being sent when the process died."""
    connection = sqlite3.connect(database)
    try:
        (number,) = connection.execute("select count(*) from outbox where state = 'sending'").fetchone()
        return int(number)
    finally:
        connection.close()


def _messages(api: BotApi) -> Counter[int]:
    return Counter(int(call.params["chat_id"]) for call in api.made("sendMessage", "editMessageText"))


async def _until_quiet(api: BotApi, wanted: Counter[int], seconds: float = 60) -> None:
    """Until every chat has what it waits for and nothing more comes for a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = _messages(api)
        await asyncio.sleep(1)
        if before == _messages(api) and all(before[chat] >= number for chat, number in wanted.items()):
            return
    missing = {chat: number for chat, number in wanted.items() if _messages(api)[chat] < number}
    raise AssertionError(f"{len(missing)} chats wait for an answer")


@pytest.mark.timeout(120 + 40 * KILLS)
async def test_killed_in_the_middle_of_a_thousand_turns_it_loses_nothing(bot_api: BotApi, tmp_path: Path) -> None:
    seed = int(os.environ.get("SAFAR_SEED", str(time.time_ns() % 1_000_000)))
    chance = random.Random(seed)
    safar = Process(tmp_path, bot_api.base_url)
    await safar.start()
    pusher = Pusher(safar.port)
    number = 1
    wanted: Counter[int] = Counter()

    async def everyone(text: str) -> list[asyncio.Task[None]]:
        nonlocal number
        tasks = []
        for chat in CHATS:
            number += 1
            tasks.append(asyncio.create_task(pusher.push(text_update(number, chat, text))))
        return tasks

    try:
        await asyncio.gather(*await everyone("/start"))
        await _until_quiet(bot_api, Counter(dict.fromkeys(CHATS, 1)))
        wanted = _messages(bot_api)
        repeated = in_flight = 0
        for kill in range(KILLS):
            tasks = await everyone("меню")
            await asyncio.sleep(chance.uniform(0.05, 0.6))
            await safar.kill()
            rows = _sending(safar.database)
            in_flight += rows
            await safar.start()
            await asyncio.gather(*tasks)
            wanted += Counter(dict.fromkeys(CHATS, 1))
            await _until_quiet(bot_api, wanted)
            seen = _messages(bot_api)
            repeats = sum((seen - wanted).values())
            assert repeats <= rows, f"kill {kill}, seed {seed}: {repeats} repeats for {rows} in flight"
            assert not wanted - seen
            repeated += repeats
            wanted = seen
        print(
            f"{KILLS} kills, {KILLS * len(CHATS)} turns, seed {seed}: 0 lost, {repeated} answers twice of {in_flight} "
            f"in flight; {pusher.repeats} posts repeated"
        )
        assert await safar.stop() == 0
    finally:
        await pusher.close()
        if safar.running:
            await safar.kill()


@pytest.mark.timeout(120)
async def test_asked_to_stop_under_load_it_ends_within_ten_seconds_and_repeats_nothing(
    bot_api: BotApi, tmp_path: Path
) -> None:
    safar = Process(tmp_path, bot_api.base_url)
    await safar.start()
    pusher = Pusher(safar.port)
    try:
        tasks = [
            asyncio.create_task(pusher.push(text_update(index + 1, chat, "/start"))) for index, chat in enumerate(CHATS)
        ]
        await asyncio.sleep(0.3)
        began = time.monotonic()
        assert await safar.stop() == 0
        assert time.monotonic() - began < 10
        await safar.start()
        await asyncio.gather(*tasks)
        await _until_quiet(bot_api, Counter(dict.fromkeys(CHATS, 1)))
        assert set(_messages(bot_api).values()) == {1}
        await safar.stop()
    finally:
        await pusher.close()
        if safar.running:
            await safar.kill()
