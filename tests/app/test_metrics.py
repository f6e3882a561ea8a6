"""Figures count what happens, and name nobody (THREATS T71); health and readiness say what is (F9)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn

pytest.importorskip("prometheus_client", reason="prometheus-client is not installed: make install-dev")

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.app.metrics import GAUGES, Metrics
from bot.app.watching import StoreWatch, application
from bot.delivery.clock import SystemClock
from bot.delivery.gate import Gate
from bot.store import SqliteStore, StoreError, create_key_file, load_keys
from bot.web import server_config
from tests.store.helpers import raising, works
from tests.web.serving import free_socket


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    (tmp_path / "data").mkdir()
    create_key_file(tmp_path / "master.key")
    store = await SqliteStore.open(tmp_path / "data" / "safar.db", load_keys(tmp_path / "master.key"))
    yield store
    await store.close()


def figures(metrics: Metrics) -> dict[str, list[tuple[dict[str, str], float]]]:
    found: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(generate_latest(metrics.registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


@asynccontextmanager
async def served(application: Any) -> AsyncIterator[str]:
    listening = free_socket()
    port = listening.getsockname()[1]
    server = uvicorn.Server(server_config(application, host="127.0.0.1", port=port, lifespan="off"))
    task = asyncio.create_task(server.serve([listening]))
    while not server.started:
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await task


async def test_turns_sendings_waits_and_calls_are_counted() -> None:
    metrics = Metrics(dict)
    for outcome in ("taken", "taken", "repeat"):
        metrics.took("telegram", outcome, 0.003)
    metrics.ended("whatsapp", "alert", "blocked")
    gate = Gate(1_000.0, SystemClock(), waited=lambda kind, seconds: metrics.waited("telegram", kind, seconds))
    await gate.enter()
    metrics.told("done")
    seen = figures(metrics)
    assert ({"channel": "telegram", "outcome": "taken"}, 2.0) in seen["safar_turns_total"]
    assert ({"channel": "telegram"}, 2.0) in seen["safar_turn_seconds_count"]
    assert ({"channel": "whatsapp", "kind": "alert", "code": "blocked"}, 1.0) in seen["safar_sendings_total"]
    assert ({"channel": "telegram", "kind": "reply"}, 1.0) in seen["safar_gate_wait_seconds_count"]
    assert ({"outcome": "done"}, 1.0) in seen["safar_webhook_tries_total"]


async def test_who_waits_at_the_gate_is_told_with_the_seconds() -> None:
    waits: list[tuple[str, float]] = []
    gate = Gate(20.0, SystemClock(), waited=lambda kind, seconds: waits.append((kind, seconds)))

    async def send() -> None:
        await gate.enter()
        gate.answered(0.0)

    await asyncio.gather(*(send() for _ in range(25)))
    assert len(waits) == 25
    assert waits[0] == ("reply", 0.0)
    assert max(seconds for _, seconds in waits) > 0.05


async def test_commits_and_their_failures_are_measured(store: SqliteStore) -> None:
    metrics = Metrics(dict)
    store.measure(metrics.committed)
    await asyncio.gather(*(store.take(works(str(number))) for number in range(30)))

    def broken(database: Any) -> None:
        database.connection.execute("insert into nowhere values (1)")

    with pytest.raises(StoreError):
        await store._alone(broken)
    seen = figures(metrics)
    commits = seen["safar_commit_seconds_count"][0][1]
    assert 2 <= commits <= 31
    assert seen["safar_commit_calls_sum"][0][1] >= 31
    assert seen["safar_store_errors_total"][0][1] >= 1


async def test_what_stands_in_the_store_is_told(store: SqliteStore, tmp_path: Path) -> None:
    await store.take(works("1"))
    assert await store.lease("send:telegram:8000000001", "me")
    watch = StoreWatch(store, tmp_path / "data" / "safar.db", tmp_path / "data")
    running = asyncio.create_task(watch.run())
    while "replies_stored" not in watch.read():
        await asyncio.sleep(0.01)
    running.cancel()
    seen = figures(Metrics(watch.read))
    assert seen["safar_replies_stored"] == [({}, 1.0)]
    assert seen["safar_leases_held"] == [({"role": "send"}, 1.0)]
    assert seen["safar_tickets_open"] == [({}, 0.0)]
    assert seen["safar_alert_recipients"] == [({"state": state}, 0.0) for state in ("due", "sending", "uncertain")]
    assert seen["safar_retention_seconds"][0][1] > 1_700_000_000
    assert seen["safar_disk_free_bytes"][0][1] > 0
    assert "safar_backup_seconds" not in seen


async def test_no_figure_names_an_account_a_person_or_an_id(store: SqliteStore, tmp_path: Path) -> None:
    await store.take(works("marked-8001", account="8000000001"))
    await store.lease("send:telegram:8000000001", "marked-8002")
    watch = StoreWatch(store, tmp_path / "data" / "safar.db", tmp_path / "data")
    running = asyncio.create_task(watch.run())
    while "leases_held" not in watch.read():
        await asyncio.sleep(0.01)
    running.cancel()
    metrics = Metrics(watch.read)
    metrics.took("telegram", "taken", 0.1)
    text = generate_latest(metrics.registry).decode()
    assert not re.search(r"8000000001|marked|\.db|/", re.sub(r"^#.*$", "", text, flags=re.M))
    labels = {
        label for family in text_string_to_metric_families(text) for one in family.samples for label in one.labels
    }
    assert labels <= {"channel", "outcome", "kind", "code", "role", "state", "le", "version", "catalogue"}


def test_every_gauge_says_what_it_is() -> None:
    assert all(about.endswith(".") and len(about) > 15 for about, _ in GAUGES.values())


class TestHealth:
    @staticmethod
    async def ask(http: aiohttp.ClientSession, url: str) -> tuple[int, str]:
        async with http.get(url) as answer:
            return answer.status, await answer.text()

    async def test_a_store_that_takes_writes_is_well_and_ready(self) -> None:
        async def writes() -> None: ...

        parts = {"catalogue": True, "index": False}
        async with served(application(Metrics(dict), writes, lambda: parts)) as url, aiohttp.ClientSession() as http:
            assert await self.ask(http, f"{url}/healthz") == (200, "ok")
            assert (await self.ask(http, f"{url}/readyz"))[0] == 503
            parts["index"] = True
            status, said = await self.ask(http, f"{url}/readyz")
            assert (status, said) == (200, '{"ready":true,"parts":{"catalogue":true,"index":true,"store":true}}')
            status, said = await self.ask(http, f"{url}/metrics")
            assert status == 200
            assert "process_resident_memory_bytes" in said

    @pytest.mark.parametrize("how", ["refuses", "hangs"])
    async def test_a_store_that_does_not_is_told_within_five_seconds(self, how: str) -> None:
        async def writes() -> None:
            if how == "refuses":
                raise StoreError("marked-8003: no space")
            await asyncio.sleep(60)

        async with served(application(Metrics(dict), writes, dict)) as url, aiohttp.ClientSession() as http:
            loop = asyncio.get_running_loop()
            begun = loop.time()
            for path in ("/healthz", "/readyz"):
                status, said = await self.ask(http, url + path)
                assert status == 503
                assert "marked" not in said
            assert loop.time() - begun < 10


async def test_a_poison_turn_fails_without_a_store_error(store: SqliteStore) -> None:
    metrics = Metrics(dict)
    store.measure(metrics.committed)
    taken = await store.take(works("1", raising))
    assert taken.error is not None
    assert figures(metrics)["safar_store_errors_total"] == [({}, 0.0)]
