"""A process that posts for this one: when there is one, and what is known of a post whatever becomes of either."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.carrier.carrier import Carrier, NotReached
from tests.carrier.conftest import SECONDS, Begin, until_there, url
from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, BotApi, Fault

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no carrier outside Linux")

HELLO = b'{"chat_id": 1, "text": "Salom"}'
#: Starts a carrier, has it post and says what became of that; then hangs.
_ALONE = """
import asyncio, sys
from bot.carrier import carrier
carrier._WORTH_PER_SECOND, carrier._EVERY_SECONDS, carrier._LATE_SECONDS = 10, 0.1, 0.1
async def main():
    one = carrier.Carrier(1.5, 20)
    while not one.takes():
        await asyncio.sleep(0.005)
    print((await one.post(sys.argv[1], "", b'{"chat_id": 1, "text": "Salom"}'))[0], flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


def children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def carriers() -> list[int]:
    """Those of this process."""
    return [child for child in children(os.getpid()) if b"bot.carrier.process" in command(child)]


def command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


async def gone(process: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while command(process):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.01)
    return True


async def outcome(one: Carrier, api: BotApi) -> object:
    try:
        return (await one.post(url(api), "", HELLO))[0]
    except (NotReached, TimeoutError) as failed:
        return type(failed)


async def test_what_it_posts_arrives_and_its_answer_comes_back(begin: Begin, api: BotApi) -> None:
    one = await begin()
    told = await asyncio.gather(*(one.post(url(api), "", HELLO) for _ in range(200)))
    assert {status for status, _ in told} == {200}
    assert len({json.loads(body)["result"]["message_id"] for _, body in told}) == 200
    assert len(api.texts(1)) == 200


async def test_there_is_none_for_a_few_posts(api: BotApi) -> None:
    one = Carrier(SECONDS, 20)
    for _ in range(300):
        assert not one.takes()
        await asyncio.sleep(0.01)
    assert not carriers()
    await one.close()


async def test_it_is_let_go_after_a_while_and_comes_again(begin: Begin) -> None:
    one = await begin()
    (process,) = carriers()
    assert await gone(process, 10)
    assert not one.takes()
    await until_there(one)


async def test_there_is_none_where_there_is_one_processor(eager: None) -> None:
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    one = Carrier(SECONDS, 20)
    try:
        for _ in range(200):
            assert not one.takes()
            await asyncio.sleep(0.005)
        assert not carriers()
    finally:
        os.sched_setaffinity(0, processors)
        await one.close()


async def test_it_ends_with_us_and_nothing_shows_a_token(
    begin: Begin, api: BotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    one = await begin()
    await one.post(url(api), "", HELLO)
    (process,) = carriers()
    assert TOKEN.encode() not in command(process) + Path(f"/proc/{process}/environ").read_bytes()
    await one.close()
    assert not command(process)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_to_the_group_leaves_what_is_under_way(begin: Begin, api: BotApi, number: int) -> None:
    one = await begin()
    api.fail("sendMessage", Fault(carried_out=True, hangs_seconds=0.3, status=200, body=b'{"ok": true, "result": {}}'))
    posting = asyncio.create_task(outcome(one, api))
    await api.until(lambda: api.calls)
    os.kill(carriers()[0], number)
    assert await posting == 200
    assert await outcome(one, api) == 200


async def test_killed_it_leaves_what_it_posted_unclear_and_we_go_on(begin: Begin, api: BotApi) -> None:
    one = await begin()
    api.fail("sendMessage", *[botapi.LOST_ANSWER] * 5)
    posting = [asyncio.create_task(outcome(one, api)) for _ in range(5)]
    await api.until(lambda: len(api.calls) == 5)
    os.kill(carriers()[0], signal.SIGKILL)
    assert set(await asyncio.gather(*posting)) == {TimeoutError}
    assert not one.takes()
    await until_there(one)
    assert await outcome(one, api) == 200


async def test_one_that_stands_still_is_given_up(begin: Begin, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.carrier.carrier._LATE_SECONDS", 0.3)
    one = await begin(seconds=0.3)
    (process,) = carriers()
    os.kill(process, signal.SIGSTOP)
    with capture_logs() as lines:
        assert await outcome(one, api) is TimeoutError
    assert [(line["event"], line["unclear"]) for line in lines] == [("carrier-lost", 1)]
    assert await gone(process, 5)
    assert not one.takes()
    assert not api.calls


@pytest.fixture
async def alone(api: BotApi) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that has a carrier, which posts just now."""
    slow = Fault(carried_out=True, hangs_seconds=0.3, status=200, body=b'{"ok": true, "result": {}}')
    api.fail("sendMessage", slow)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ALONE, url(api), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    try:
        await api.until(lambda: api.calls, 20)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_it_ends_when_the_process_is_killed_that_started_it(
    alone: asyncio.subprocess.Process, api: BotApi
) -> None:
    (process,) = children(alone.pid)
    alone.kill()
    await alone.wait()
    assert await gone(process, 5)
    assert len(api.calls) == 1


async def test_an_answer_that_came_while_we_stood_still_counts(alone: asyncio.subprocess.Process) -> None:
    alone.send_signal(signal.SIGSTOP)
    await asyncio.sleep(3)
    alone.send_signal(signal.SIGCONT)
    assert alone.stdout is not None
    async with asyncio.timeout(10):
        while (line := await alone.stdout.readline()) != b"200\n":
            assert line, "it ended by itself"
            assert b"lost" not in line


async def test_a_redirection_is_not_followed(begin: Begin, api: BotApi) -> None:
    one = await begin()
    api.fail("sendMessage", Fault(status=302, body=b"{}", location=url(api)))
    assert await outcome(one, api) == 302
    assert len(api.calls) == 1


async def test_a_server_that_is_not_there_was_not_reached(begin: Begin) -> None:
    one = await begin()
    with pytest.raises(NotReached):
        await one.post("http://127.0.0.1:9/", "", HELLO)


@pytest.mark.parametrize("fault", [botapi.LOST_ANSWER, botapi.LOST_REQUEST, botapi.DROPPED])
async def test_no_answer_is_unclear(begin: Begin, api: BotApi, fault: Fault) -> None:
    one = await begin(seconds=0.3)
    api.fail("sendMessage", fault)
    assert await outcome(one, api) is TimeoutError
    assert await outcome(one, api) == 200


async def test_a_fault_of_its_own_is_told_at_once(begin: Begin, api: BotApi) -> None:
    one = await begin(seconds=60)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await one.post(url(api), "two\nlines", HELLO)
    assert time.monotonic() - began < 10
    assert await outcome(one, api) == 200
