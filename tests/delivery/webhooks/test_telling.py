"""What happens to an alert is told once it is over, whatever the receiver does (THREATS T48, T69, T70, T76, F1)."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.delivery.webhooks import Webhooks, secret_text
from bot.delivery.webhooks.calling import Caller
from bot.delivery.webhooks.telling import PAUSES
from bot.store import Keys, SqliteStore
from bot.store.api_protocol import CALL_SECONDS
from tests.contract.test_api import ORG, approver, ended, entry
from tests.delivery.webhooks.receiver import Receiver, receiver
from tests.delivery.webhooks.test_signing import verified
from tests.store.conftest import clock, keys
from tests.store.helpers import Clock

__all__ = ["clock", "keys"]
ROOT = Path(__file__).resolve().parents[3]
SECRET = b"s" * 32


class Times:
    """The store's clock, for ``Webhooks``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> Any:
        return self._clock.now

    def monotonic(self) -> float:
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.05))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "safar.db"


@pytest.fixture
async def store(path: Path, keys: Keys, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, keys, clock=clock)
    yield store
    await store.close()


@pytest.fixture
async def there(store: SqliteStore, clock: Clock) -> AsyncIterator[Receiver]:
    await approver(store, clock)
    async with receiver() as running:
        await store.api.set_webhook(ORG, f"{running.url}/hook", SECRET, entry("webhook-set"))
        yield running


@pytest.fixture
async def webhooks(store: SqliteStore, clock: Clock) -> AsyncIterator[Webhooks]:
    caller = Caller(loopback=True, seconds=0.5)
    yield Webhooks(store.api, store.broadcasts, caller.post, clock=Times(clock), chance=lambda: 1.0)
    await caller.close()


async def state_of(store: SqliteStore) -> tuple[str, int, int]:
    (call,) = await store.api.calls(ORG, 10)
    return call.state, call.tries, call.status


async def test_key_code_state_and_sums_are_told_signed_and_nothing_else(
    store: SqliteStore, there: Receiver, webhooks: Webhooks
) -> None:
    made = await ended(store)
    assert await webhooks.tell()
    ((headers, body),) = there.heard
    assert verified(secret_text(SECRET), headers, body)
    assert headers["webhook-id"].startswith("msg_")
    (said,) = there.said()
    assert set(said) == {"type", "timestamp", "data"}
    assert said["type"] == "alert.cancelled"
    assert set(said["data"]) == {"key", "code", "state", "reason", "tally"}
    assert (said["data"]["key"], said["data"]["code"]) == (made.key.hex(), made.code)
    numbers = [value for value in said["data"]["tally"].values() if not isinstance(value, list)]
    assert all(value is None or value % 10 == 0 for value in numbers)
    assert await state_of(store) == ("done", 1, 200)
    assert not await webhooks.tell()


@pytest.mark.parametrize(
    ("answer", "status"),
    [(500, 500), (404, 404), (429, 429), (301, 301), (302, 302), (307, 307), (308, 308), ("slow", 0), ("cut", 0)],
)
async def test_a_receiver_that_fails_or_lies_is_told_again_under_the_same_name(
    store: SqliteStore, clock: Clock, there: Receiver, webhooks: Webhooks, answer: int | str, status: int
) -> None:
    there.answers = [answer, 204]
    await ended(store)
    begun = monotonic()
    assert await webhooks.tell()
    assert monotonic() - begun < 5
    assert await state_of(store) == ("waiting", 1, status)
    clock.advance(seconds=4)
    assert not await webhooks.tell()
    clock.advance(seconds=2)
    assert await webhooks.tell()
    assert await state_of(store) == ("done", 2, 204)
    first, second = (headers for headers, _ in there.heard)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 6


async def test_an_answer_without_end_is_not_read(store: SqliteStore, there: Receiver, webhooks: Webhooks) -> None:
    there.answers = ["flood"]
    await ended(store)
    begun = monotonic()
    await webhooks.tell()
    assert monotonic() - begun < 5
    assert await state_of(store) == ("done", 1, 200)


async def test_pauses_grow_to_three_days_and_then_it_is_given_up_visibly(
    store: SqliteStore, clock: Clock, there: Receiver, webhooks: Webhooks
) -> None:
    there.answers = [503]
    await ended(store)
    began = clock.now
    with capture_logs() as lines:
        for pause in (*PAUSES, timedelta()):
            assert await webhooks.tell()
            clock.advance(seconds=pause.total_seconds() + 1)
    assert not await webhooks.tell()
    assert await state_of(store) == ("given-up", len(PAUSES) + 1, 503)
    assert timedelta(hours=71) < clock.now - began < timedelta(hours=73)
    assert list(PAUSES) == sorted(PAUSES)
    (line,) = [line for line in lines if line["event"] == "webhook-given-up"]
    assert (line["log_level"], line["organisation"]) == ("error", ORG)
    assert "127.0.0.1" not in str(lines)


async def test_a_receiver_that_is_gone_is_not_told_any_more(
    store: SqliteStore, there: Receiver, webhooks: Webhooks
) -> None:
    there.answers = [410]
    await ended(store)
    await webhooks.tell()
    await ended(store)
    assert not await webhooks.tell()
    assert len(there.heard) == 1
    found = await store.api.webhook(ORG)
    assert found is not None
    assert found.ended


async def test_two_processes_tell_each_thing_once(store: SqliteStore, clock: Clock, there: Receiver) -> None:
    for _ in range(20):
        await ended(store)
    callers = [Caller(loopback=True) for _ in range(3)]
    running = [Webhooks(store.api, store.broadcasts, one.post, clock=Times(clock)) for one in callers]
    for _ in range(4):
        await asyncio.gather(*(one.tell() for one in running))
    for one in callers:
        await one.close()
    told = [headers["webhook-id"] for headers, _ in there.heard]
    assert len(told) == len(set(told)) == 20


async def test_it_goes_on_while_one_organisation_has_no_webhook_any_more(
    store: SqliteStore, there: Receiver, webhooks: Webhooks
) -> None:
    await ended(store)
    await store.api.drop_webhook(ORG, entry("webhook-dropped"))
    assert not await webhooks.tell()
    assert there.heard == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://127.0.0.1/", "https://localhost/", "file:///etc/passwd"])
async def test_what_stands_in_the_store_is_looked_at_again_before_a_call(url: str) -> None:
    caller = Caller()
    assert await caller.post(url, b"{}", {}) == 0
    await caller.close()


async def test_killed_in_the_middle_of_a_call_it_is_told_under_the_same_name(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, there: Receiver, tmp_path: Path
) -> None:
    there.answers = ["slow", 200]
    await ended(store)
    await store.close()
    code = f"""
import asyncio
from datetime import timedelta
from pathlib import Path
from bot.delivery.webhooks import Webhooks
from bot.delivery.webhooks.calling import Caller
from bot.store import SqliteStore, load_keys
from tests.store.helpers import NOON
async def main():
    at = NOON + timedelta(hours=25)
    keys = load_keys(Path({str(tmp_path / "master.key")!r}))
    store = await SqliteStore.open(Path({str(path)!r}), keys, clock=lambda: at)
    await Webhooks(store.api, store.broadcasts, Caller(loopback=True).post).run()
asyncio.run(main())
"""
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    while not there.heard:
        await asyncio.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    clock.advance(seconds=CALL_SECONDS + 1)
    again = await SqliteStore.open(path, keys, clock=clock)
    caller = Caller(loopback=True)
    assert await Webhooks(again.api, again.broadcasts, caller.post, clock=Times(clock)).tell()
    await caller.close()
    assert await state_of(again) == ("done", 2, 200)
    await again.close()
    names = [headers["webhook-id"] for headers, _ in there.heard]
    assert len(names) == 2
    assert len(set(names)) == 1
