"""An alert to many that real processes send, on either store, and what has become of it."""

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.views import draft_of
from bot.store import DatabaseStore, Entry, Outcome, PostgresUrl, Store, Work, create_key_file, load_keys, open_store
from bot.store.broadcast_protocol import Tally
from tests import postgres
from tests.delivery.broadcasts.alerting import ACCOUNT, FIRST_CHAT
from tests.delivery.broadcasts.alerts import alert
from tests.delivery.broadcasts.offices import OURS
from tests.fakes import botapi
from tests.fakes.botapi import BotApi, Call, Fault
from tests.faults.process import Process
from tests.store.helpers import Clock, staffed

_AT_ONCE = 2_000
_STATES = """
select state, count(*) from {0}broadcast_deliveries where broadcast = (select id from {0}broadcasts where key = {1})
group by state
"""
_STATE = "select state, 1 from {0}broadcasts where key = {1}"
#: Of the bot's processes, not of this one.
_CUT = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'safar'"


class Faults:
    """Telegram refuses at random: asked to wait, blocked, a fault of its own; or its answer is lost, or never comes."""

    def __init__(self, seed: int, *, hangs: bool) -> None:
        self._chance = random.Random(seed)
        self._hangs = hangs
        self.seen: Counter[str] = Counter()
        self.blocked: set[int] = set()
        self.lost: set[int] = set()

    def __call__(self, call: Call) -> Fault | None:
        chat = int(call.params.get("chat_id", 0))
        if chat < FIRST_CHAT:
            return None
        if chat in self.blocked:
            return botapi.BLOCKED
        drawn = self._chance.random()
        if drawn < 0.01:
            self.blocked.add(chat)
            return self._said("403", botapi.BLOCKED)
        if drawn < 0.015:
            return self._said("500", botapi.SERVER_ERROR)
        if drawn < 0.0155:
            return self._said("429", botapi.flood(1))
        if drawn < 0.0195:
            self.lost.add(chat)
            cut = Fault(drops=True, carried_out=drawn < 0.0185)
            return self._said("cut", botapi.BAD_GATEWAY if drawn < 0.0175 else cut)
        if drawn < 0.0197 and self._hangs:
            self.lost.add(chat)
            return self._said("timeout", botapi.LOST_ANSWER if drawn < 0.0196 else botapi.LOST_REQUEST)
        return None

    def _said(self, kind: str, fault: Fault) -> Fault:
        self.seen[kind] += 1
        return fault


class House:
    """One process on a SQLite file, or one for each role on a PostgreSQL (``server``), and people who take alerts."""

    def __init__(self, folder: Path, api: BotApi, people: int, pace: float, server: postgres.Server | None) -> None:
        key_file = folder / "keys" / "master.key"
        for path in (folder / "data", key_file.parent):
            path.mkdir()
        create_key_file(key_file)
        self.api = api
        #: Who can be reached still: whoever blocks the bot gets no later alert.
        self.people = people
        self.server = server
        self._keys = load_keys(key_file)
        self._filler = folder / "data" / "filler"
        settings = {"SAFAR_TELEGRAM_MESSAGES_PER_SECOND": str(pace)}
        self.where: Path | PostgresUrl
        if server is None:
            self.where = folder / "data" / "safar.db"
            self.processes = {"whole": Process(folder, api.base_url, **settings)}
        else:
            self.where = PostgresUrl(server.sealed_with(self._keys))
            settings["SAFAR_DATABASE_URL"] = self.where.secret
            self.processes = {
                role: Process(folder, api.base_url, SAFAR_ROLES=role, **settings)
                for role in ("sender", "web", "scheduler")
            }

    @property
    def port(self) -> int:
        """Where the webhook is."""
        return (self.processes.get("web") or self.processes["whole"]).port

    async def open(self) -> None:
        """People arrive, and the processes start."""
        clock = Clock(datetime.now(UTC))
        async with _closing(await open_store(self.where, self._keys, clock=clock)) as store:
            await staffed(store.staff, clock, "anna", "boris", organisation=OURS)
            for first in range(FIRST_CHAT, FIRST_CHAT + self.people, _AT_ONCE):
                await _arrive(store, range(first, min(first + _AT_ONCE, FIRST_CHAT + self.people)))
        await asyncio.gather(*(process.start() for process in self.processes.values()))

    async def let_out(self) -> bytes:
        """An alert that two have let out; nothing waits after its first part."""
        now = datetime.now(UTC)
        plain = alert(urgency="life", ends=now + timedelta(days=1))
        one: Alert = alert(urgency="life", ends=plain.ends, frozen=plain.texts)
        async with _closing(await open_store(self.where, self._keys)) as store:
            broadcasts = store.broadcasts
            written = await broadcasts.add(OURS, draft_of(one, OURS), Entry(handle="anna", what="alert-drafted"))
            key, digest = written.key, written.draft.digest
            assert await broadcasts.propose(OURS, key, written.version, Entry(handle="anna", what="alert-proposed"))
            await broadcasts.hold(key, now)
            approval = Entry(handle="boris", what="alert-approved")
            assert await broadcasts.approve(OURS, key, digest, self.people, approval) == "approved"
        return key

    async def kill(self, victim: str) -> None:
        """Or cut the connections to the database, or fill the disk that it is on, until something could not be kept."""
        if victim == "database":
            assert self.server is not None
            await asyncio.to_thread(self.server.kill)
        elif victim == "line":
            assert self.server is not None
            await asyncio.to_thread(self.server.run, _CUT)
        elif victim == "carrier":
            os.kill(await self._carrier(), signal.SIGKILL)
        elif victim == "disk":
            refused = self._refused()
            await asyncio.to_thread(self._fill)
            await self.api.until(lambda: self._refused() > refused, seconds=60)
        else:
            await self.processes[victim].kill()

    async def revive(self, victim: str) -> None:
        if victim == "database":
            assert self.server is not None
            await asyncio.to_thread(self.server.start)
        elif victim == "line":
            await self.kill(victim)
        elif victim == "disk":
            self._filler.unlink()
        elif victim != "carrier":  # which is started anew where it is wanted
            await self.processes[victim].start()

    async def states(self, key: bytes) -> Counter[str]:
        """The rows of its recipients, counted one by one."""
        return Counter(dict(await asyncio.to_thread(self._rows, _STATES, key)))

    async def state(self, key: bytes) -> str:
        return (await asyncio.to_thread(self._rows, _STATE, key))[0][0]

    async def report(self, key: bytes) -> Tally:
        async with _closing(await open_store(self.where, self._keys)) as store:
            tally = await store.broadcasts.tally(None, key)
            assert tally is not None
            return tally

    async def stop(self) -> None:
        codes = await asyncio.gather(*(process.stop() for process in self.processes.values()))
        assert set(codes) == {0}

    async def close(self) -> None:
        """Whatever has happened."""
        for process in self.processes.values():
            if process.running:
                await process.kill()
        if self.server is not None:
            await asyncio.to_thread(self.server.end)

    async def _carrier(self) -> int:
        """The process that posts for the sender, once there is one."""
        sender = self.processes["sender"].pid
        found: list[str] = []
        end = time.monotonic() + 30
        while not found:
            assert time.monotonic() < end, "the sender has no carrier"
            await asyncio.sleep(0.02)
            found = Path(f"/proc/{sender}/task/{sender}/children").read_text().split()
        return int(found[0])

    def unclear(self) -> int:
        """How many posts were under way by carriers that were lost."""
        lines = self.processes["sender"].log.read_text().splitlines()
        return sum(json.loads(line)["unclear"] for line in lines if "carrier-lost" in line)

    def _fill(self) -> None:
        """The disk, with an empty WAL, in which there would still be room."""
        assert isinstance(self.where, Path)
        with closing(sqlite3.connect(self.where, timeout=20, isolation_level=None)) as connection:
            while connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
                time.sleep(0.01)
            _filled(self._filler)

    def _refused(self) -> int:
        """How often something could not be kept."""
        return self.processes["whole"].log.read_text().count("-store-failed")

    def _rows(self, query: str, key: bytes) -> list[tuple[str, int]]:
        if isinstance(self.where, Path):
            with closing(sqlite3.connect(self.where)) as connection:
                return connection.execute(query.format("", "?1"), (key,)).fetchall()
        return [tuple(row) for row in postgres.query(self.where.secret, query.format("safar.", "$1"), key)]


def _filled(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass


async def _arrive(store: Store, chats: range) -> None:
    profile = {"language": "ru", "citizenship": "UZ", "country": "RU", "alerts": "all"}
    outcome = Outcome(profile=json.dumps(profile).encode(), session=b"{}")
    works = (Work(channel="telegram", account=ACCOUNT, address=str(chat), step=lambda _: outcome) for chat in chats)
    await asyncio.gather(*map(store.take, works))


class _closing:  # noqa: N801 - as contextlib's
    def __init__(self, store: DatabaseStore) -> None:
        self._store = store

    async def __aenter__(self) -> DatabaseStore:
        return self._store

    async def __aexit__(self, *error: object) -> None:
        await self._store.close()
