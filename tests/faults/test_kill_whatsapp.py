"""THREATS F1, F3, F16, T75 on WhatsApp, for the whole process: killed in the middle of hundreds of turns it loses
nothing, repeats at most what was being sent, and nothing of which WhatsApp had told that it went, though the answer to
the call never came."""

import asyncio
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes import graphfaults as faults
from tests.fakes.graphapi import Call, Fault, GraphApi, graph_api
from tests.fakes.graphdemo import environment
from tests.faults.process import Process
from tests.faults.test_kill import _sending

PEOPLE = [f"TJ.{number}" for number in range(500_000, 500_300)]
KILLS = int(os.environ.get("SAFAR_KILLS", "1"))


def _rows(api: GraphApi) -> Counter[str]:
    """How often each part of each row of the outbox arrived."""
    return Counter(shown.request["biz_opaque_callback_data"] for person in PEOPLE for shown in api.shown(person))


def _told(api: GraphApi) -> set[str]:
    """The rows of whose messages the process confirmed a status."""
    values = [json.loads(body)["entry"][0]["changes"][0]["value"] for body in api.hook.taken]
    return {status["biz_opaque_callback_data"] for value in values for status in value.get("statuses", ())}


async def _until_quiet(api: GraphApi, answers: int) -> None:
    """Until everybody has that many different answers, all is told, and nothing more comes for a second."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        before = len(api.sent())
        await asyncio.sleep(1)
        everybody = len(_rows(api)) >= answers * len(PEOPLE)
        if everybody and len(api.sent()) == before and not api.hook.waiting:
            return
    raise AssertionError(f"{answers * len(PEOPLE) - len(_rows(api))} answers are missing")


@pytest.mark.timeout(120 + 40 * KILLS)
async def test_killed_in_the_middle_it_loses_nothing_and_repeats_nothing_that_was_told(tmp_path: Path) -> None:
    seed = int(os.environ.get("SAFAR_SEED", str(time.time_ns() % 1_000_000)))
    chance = random.Random(seed)
    lost: set[str] = set()

    def lose_answers(call: Call) -> Fault | None:
        if "type" not in call.params or chance.random() >= 0.2:
            return None
        lost.add(call.params["biz_opaque_callback_data"])
        return faults.LOST_ANSWER

    async with graph_api(keeps_seconds=120) as api:
        api.validates = False
        settings = {"TELEGRAM_TOKEN": "", "SAFAR_PUBLIC_URL": "", "SAFAR_WHATSAPP_MESSAGES_PER_SECOND": "100000"}
        safar = Process(tmp_path, "https://api.telegram.org", **settings, **environment(api.base_url))
        await safar.start()
        try:
            assert await api.hook.subscribe(
                f"http://127.0.0.1:{safar.port}/whatsapp", safar.environment["WHATSAPP_VERIFY_TOKEN"]
            )
            await asyncio.gather(*(api.says(person, "салом") for person in PEOPLE))
            await _until_quiet(api, 1)
            repeated = in_flight = settled = 0
            for kill in range(KILLS):
                before, answered = _rows(api), api.judge
                api.judge = lose_answers
                await asyncio.gather(*(api.says(person, "меню") for person in PEOPLE))
                await asyncio.sleep(chance.uniform(0.3, 1.2))
                await safar.kill()
                api.judge = answered
                told, rows = _told(api), _sending(safar.database)
                settled += len(lost & told)
                lost.clear()
                await safar.start()
                await _until_quiet(api, kill + 2)
                again = {row for row, times in (_rows(api) - before).items() if times > 1}
                assert not again & told, f"kill {kill}, seed {seed}"
                assert len(again) <= rows, f"kill {kill}, seed {seed}: {len(again)} repeats for {rows} in flight"
                repeated += len(again)
                in_flight += rows
            assert api.hook.given_up == []
            assert all(len(api.shown(person)) >= KILLS + 1 for person in PEOPLE)
            assert max(_rows(api).values()) <= 2
            print(
                f"{KILLS} kills, {KILLS * len(PEOPLE)} turns, seed {seed}: 0 lost, {repeated} answers twice of "
                f"{in_flight} in flight; {settled} settled by their status alone"
            )
            assert await safar.stop() == 0
        finally:
            if safar.running:
                await safar.kill()
