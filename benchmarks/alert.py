"""An alert to a million contacts: pacing, replies beside it, memory, and the sender beside a bare loop.

A whole ``safar run`` on a database with sealed contacts sends to a messenger on the loopback that keeps its own clock
and has the last core; the bot, its carrier and a PostgreSQL (``--store postgresql``) share all of them. For each pace
people ask questions while nothing else happens, then while the alert goes out, in turn. ``bare`` is a loop that does
nothing but post the same message with the same HTTP client, on a core that it shares with nobody. With ``--one-core``
the bot has the first core alone, and so no carrier.
"""

import argparse
import asyncio
import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog
import uvloop

from benchmarks.people import ACCOUNTS, fill
from benchmarks.turns import _on_core, free_port, rss_mb, settings
from bot.delivery import SystemClock
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.model import Alert, Source, pack
from bot.delivery.broadcasts.rule import Is
from bot.places import gazetteer
from bot.store import (
    Entry,
    Invitation,
    Keys,
    Location,
    PostgresUrl,
    SqliteStore,
    create_key_file,
    load_keys,
    migrate_store,
    open_store,
)
from bot.store.broadcast_protocol import Broadcast, Draft
from tests import postgres

#: Messages a second that the account may send, how many people a second ask meanwhile, and how much longer than
#: ``--seconds`` a phase takes: long enough for a few hundred of them, short enough for the third that takes alerts.
PACES = {"30": (30.0, 3.0, 3), "1000": (1_000.0, 25.0, 1), "unlimited": (1_000_000.0, 25.0, 0.3)}
WORKERS = 100
TOKEN = f"{ACCOUNTS['telegram']}:benchmark-token-benchmark-token-bench"
ORGANISATION = "this-team"
TEXT = (
    "С понедельника меняется срок. Проверьте свои документы сегодня и не ждите последнего дня. Если срок уже прошёл, "
    "позвоните по телефону помощи, это бесплатно. Покажите это сообщение тем, с кем вы живёте и работаете."
)


async def bare(api: str, seconds: float) -> float:
    """Messages a second of a loop that only posts, WORKERS at a time."""
    body = json.dumps({"chat_id": 100_001, "text": "x" * 300, "link_preview_options": {"is_disabled": True}}).encode()
    url, headers = f"{api}/bot{TOKEN}/sendMessage", {"Content-Type": "application/json"}
    sent, end = 0, time.perf_counter() + seconds

    async def worker(client: aiohttp.ClientSession) -> None:
        nonlocal sent
        while time.perf_counter() < end:
            async with client.post(url, data=body) as answer:
                await answer.read()
            sent += 1

    connector = aiohttp.TCPConnector(limit=WORKERS)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, headers=headers, cookie_jar=jar) as client:
        await asyncio.gather(*(worker(client) for _ in range(WORKERS)))
    return sent / seconds


class Peer:
    """The messenger, as a process on a core of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"

    def order(self, **what: float) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


async def prepare(folder: Path, contacts: int) -> Broadcast:
    """A database with people, and an alert that two have let out; nothing holds it after its first part."""
    (folder / "data").mkdir()
    (folder / "key").mkdir()
    path, key_file = folder / "data" / "safar.db", folder / "key" / "master.key"
    create_key_file(key_file)
    keys = load_keys(key_file)
    await asyncio.to_thread(fill, path, keys, contacts)
    store = await SqliteStore.open(path, keys)
    try:
        for handle, role in (("anna", "sender"), ("boris", "approver")):
            invitation = Invitation(token=b"token", totp=bytes(20), until=datetime.now(UTC) + timedelta(days=1))
            await store.staff.add(handle, ORGANISATION, [role], invitation, Entry(handle=handle, what="staff-added"))
        with closing(sqlite3.connect(path, isolation_level=None)) as shell:
            shell.execute("update staff set state = 'active', created = created - 200000")
        ends = datetime.now(UTC) + timedelta(days=2)
        texts = dict.fromkeys(("ru", "uz", "uz_Cyrl", "tg", "ky"), TEXT)
        alert = Alert(
            name="benchmark",
            texts=texts,
            frozen=texts,
            source=Source(title="Benchmark", url="", checked_on="2026-03-01"),
            urgency="life",
            segment=Is(key="channel", values=("telegram",)),
            ends=ends,
        )
        digest, broadcasts = alert.digest(ORGANISATION), store.broadcasts
        draft = Draft(body=pack(alert), digest=digest, starts=None, ends=ends)
        made = await broadcasts.add(ORGANISATION, draft, Entry(handle="anna", what="alert-drafted"))
        assert await broadcasts.propose(ORGANISATION, made.key, 1, Entry(handle="anna", what="alert-proposed"))
        approval = Entry(handle="boris", what="alert-approved")
        index = Index(lambda: gazetteer({}).get)
        await Following(store, index, SystemClock()).follow()
        reached = index.count(alert.segment, ORGANISATION, alert.urgency, (), datetime.now(UTC).date()).reached
        assert await broadcasts.approve(ORGANISATION, made.key, digest, reached, approval) == "approved"
        await broadcasts.hold(made.key, datetime.now(UTC))
        return made
    finally:
        await store.close()


class Switch:
    """Stops the alert and lets it go on, as a colleague would from another process."""

    def __init__(self, where: Location, keys: Keys, key: bytes) -> None:
        self._where = where
        self._keys = keys
        self._key = key

    def turn(self, before: str, after: str) -> bool:
        return asyncio.run(self._turn(before, after))

    async def _turn(self, before: Any, after: Any) -> bool:
        store = await open_store(self._where, self._keys)
        try:
            return await store.broadcasts.turn(None, self._key, [before], after)
        finally:
            await store.close()


def copied(prepared: Path, folder: Path, store: str, name: str) -> Location:
    """What was prepared, for one pace."""
    shutil.copytree(prepared / "key", folder / "key")
    (folder / "data").mkdir()
    if store == "postgresql":
        postgres.shared().run(f"create database alert_{name} template alert")
        return PostgresUrl(postgres.shared().url(f"alert_{name}"))
    return Path(shutil.copy(prepared / "data" / "safar.db", folder / "data"))


def measure_pace(name: str, prepared: Path, key: bytes, arguments: argparse.Namespace) -> dict[str, Any]:
    pace, asked, longer = PACES[name]
    port, api_port = free_port(), free_port()
    api, hook = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{port}/telegram"
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        where = copied(prepared, folder, arguments.store, name)
        command = [sys.executable, "-m", "benchmarks.alert_peer", f"--api-port={api_port}", f"--hook={hook}"]
        command.append("--host=bench.example")
        peer = Peer(stack.enter_context(_on_core(-1, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)))
        environment = settings("telegram", str(folder), port, api) | {
            "TELEGRAM_TOKEN": TOKEN,
            "SAFAR_TELEGRAM_MESSAGES_PER_SECOND": str(pace),
        }
        if isinstance(where, PostgresUrl):
            environment["SAFAR_DATABASE_URL"] = where.secret
        began = time.perf_counter()
        run = [sys.executable, "-m", "bot.cli", "run"]
        core = 0 if arguments.one_core else None
        bot = stack.enter_context(_on_core(core, run, env=environment, stdout=subprocess.DEVNULL))
        switch = Switch(where, load_keys(folder / "key" / "master.key"), key)
        while not switch.turn("sending", "paused"):
            assert bot.poll() is None, "the bot ended by itself"
            assert time.perf_counter() - began < 600, "the alert did not begin within ten minutes"
            time.sleep(1)
        ready = time.perf_counter() - began
        phases: dict[str, list[dict[str, Any]]] = {"idle": [], "alert": []}
        peer.order(ask=3, rate=asked)
        before = rss_mb(bot.pid)
        carrier = 0.0
        alone: list[dict[str, Any]] = []
        for _ in range(arguments.rounds):
            phases["idle"].append(peer.order(ask=arguments.seconds * longer, rate=asked))
            assert switch.turn("paused", "sending")
            time.sleep(2)
            phases["alert"].append(peer.order(ask=arguments.seconds * longer, rate=asked))
            time.sleep(6)
            alone.append(peer.order(count=arguments.seconds * min(1, longer)))
            carrier = max(carrier, *(rss_mb(child) for child in children(bot.pid)), 0.0)
            assert switch.turn("sending", "paused"), "the alert is over: ask for fewer --seconds"
            time.sleep(2)
        figures: dict[str, Any] = {
            "from_start_to_first_message_seconds": round(ready, 1),
            "alone_per_second": statistics.median(one["per_second"] for one in alone),
            "beside_per_second": statistics.median(one["per_second"] for one in phases["alert"]),
            "most_in_a_second": max(one["most_in_a_second"] for one in (*alone, *phases["alert"])),
            "memory_growth_mb": round(rss_mb(bot.pid) - before, 1),
            "carrier_mb": round(carrier, 1),
        }
        for phase, runs in phases.items():
            for figure in ("p50_ms", "p99_ms"):
                figures[f"{phase}_{figure}"] = statistics.median(one[figure] for one in runs)
            figures[f"{phase}_turns"] = sum(one["turns"] for one in runs)
            figures[f"{phase}_refused"] = sum(sum(one.get("refused", {}).values()) for one in runs)
        figures["p99_ratio"] = round(figures["alert_p99_ms"] / figures["idle_p99_ms"], 2)
        if pace < 100_000:
            figures["of_the_pace"] = round(figures["alone_per_second"] / pace, 4)
        return figures


def children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def measure_bare(seconds: float) -> float:
    """The same client, alone, on the first core, beside the same peer."""
    api_port, port = free_port(), free_port()
    command = [sys.executable, "-m", "benchmarks.alert_peer", f"--api-port={api_port}", "--host=bench.example"]
    command.append(f"--hook=http://127.0.0.1:{port}/telegram")
    with ExitStack() as stack:
        Peer(stack.enter_context(_on_core(-1, command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)))
        loop = [sys.executable, "-m", "benchmarks.alert", "--bare", f"http://127.0.0.1:{api_port}"]
        process = stack.enter_context(_on_core(0, [*loop, "--seconds", str(seconds)], stdout=subprocess.PIPE))
        assert process.stdout is not None
        return float(process.stdout.readline())


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        prepared = Path(scratch)
        made = asyncio.run(prepare(prepared, arguments.contacts))
        path = prepared / "data" / "safar.db"
        report: dict[str, Any] = {"contacts": arguments.contacts, "store": arguments.store, "paces": {}}
        report["database_mb"] = round(path.stat().st_size / 1e6)
        if arguments.store == "postgresql":
            postgres.shared().run("create database alert")
            url = PostgresUrl(postgres.shared().url("alert"))
            migrate_store(path, url, load_keys(prepared / "key" / "master.key"))
        bare = []
        for name in arguments.paces:
            bare.append(measure_bare(arguments.seconds / 2))
            report["paces"][name] = measure_pace(name, prepared, made.key, arguments)
            if not arguments.json:
                print(f"  {name}: {json.dumps(report['paces'][name])}", file=sys.stderr, flush=True)
            bare.append(measure_bare(arguments.seconds / 2))
        report["bare_per_second"] = round(statistics.median(bare), 1)
        if "unlimited" in report["paces"]:
            report["to_bare"] = round(report["paces"]["unlimited"]["alone_per_second"] / report["bare_per_second"], 2)
        return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=20, help="of each phase")
    parser.add_argument("--rounds", type=int, default=2, help="of idle and alert in turn, for each pace")
    parser.add_argument("--paces", nargs="*", default=list(PACES), choices=PACES)
    parser.add_argument("--one-core", action="store_true", help="leave the bot one core, and so no carrier")
    parser.add_argument("--bare", metavar="API", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.bare:
        print(uvloop.run(bare(arguments.bare, arguments.seconds)))
        return
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    report = measure(arguments)
    print(json.dumps(report, indent=None if arguments.json else 2))


if __name__ == "__main__":
    main()
