"""From SQLite to PostgreSQL and back through a backup: every row, the erased left out, nothing while Safar runs."""

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.store import (
    Entry,
    Invitation,
    Keys,
    Location,
    Outcome,
    PostgresUrl,
    StoreError,
    TicketChange,
    Timer,
    back_up,
    backup_folder,
    copies,
    create_key_file,
    load_keys,
    migrate_store,
    open_store,
    restore,
    verify_audit,
)
from bot.store.columns import TABLES
from bot.store.postgresql import connection, copying
from tests import postgres
from tests.marks import search_marks
from tests.store.helpers import NOON, Clock, fence, works

ROOT = Path(__file__).resolve().parents[2]
ANNA, BORIS = "5000000001", "5000000002"
BOT = ("telegram", "8000000001")
MARK = "marked-4711"


@pytest.fixture
def url(keys: Keys) -> PostgresUrl:
    return PostgresUrl(postgres.shared().sealed_with(keys))


@pytest.fixture
def empty() -> PostgresUrl:
    return PostgresUrl(postgres.shared().new())


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


async def fill(where: Location, keys: Keys, clock: Clock, *addresses: str) -> None:
    """All that people and staff leave behind, in every table that turns fill."""
    store = await open_store(where, keys, clock=clock)
    marked = MARK.encode()
    for address in addresses:
        left = Outcome(
            profile=marked,
            session=marked,
            outbox=(marked, b"", b"3"),
            timers=(Timer(due=NOON, body=marked), Timer(due=NOON + timedelta(days=1), body=marked, kind="reminder")),
            questions=(marked,),
            move=MARK + address,
            ticket=TicketChange(head=marked, lines=(marked, b"two"), organisation=MARK, opens=True),
        )
        taken = await store.take(works(address, update=address, ref=MARK, outcome=left))
        await store.claim([taken.rows[0].id], await fence(store))
    await store.keep_flow("flow", "1", b"source")
    await store.add_counts(NOON, [("topic", 2), ("Тема", 3)])
    invitation = Invitation(token=b"t", totp=marked, until=NOON)
    await store.staff.add("anna", "o", ("caseworker",), invitation, Entry(handle="boss", what="staff-added"))
    await store.erase(*BOT, "9")
    await store.close()


async def sessions(where: Location, keys: Keys, clock: Clock, *addresses: str) -> list[bytes | None]:
    store = await open_store(where, keys, clock=clock)
    found: list[bytes | None] = []
    for address in addresses:
        await store.take(works(address, lambda known: found.append(known.session) or Outcome()))  # type: ignore[func-returns-value]
    await store.close()
    return found


def counts(url: PostgresUrl) -> dict[str, int]:
    return {name: postgres.query(url.secret, f"select count(*) from safar.{name}")[0][0] for name in TABLES}


class TestMoving:
    async def test_every_row_comes_over_and_everything_works_on(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock
    ) -> None:
        await fill(path, keys, clock, ANNA, BORIS)
        with closing(sqlite3.connect(path)) as file:
            before = {name: file.execute(f"select count(*) from {name}").fetchone()[0] for name in TABLES}
            last_id = file.execute("select max(id) from outbox").fetchone()[0]

        moved = await asyncio.to_thread(migrate_store, path, empty, keys)

        assert {name: moved[name] for name in TABLES if name != "meta"} == {
            name: before[name] for name in TABLES if name != "meta"
        }
        assert sum(before.values()) > 30
        assert await asyncio.to_thread(verify_audit, empty, keys) is None
        store = await open_store(empty, keys, clock=clock)
        assert (await store.take(works(ANNA, update=ANNA))).repeat
        assert len(await store.due_timers(NOON, 10)) == 2
        assert len(await store.tickets(MARK)) == 2
        (row,) = (await store.take(works(ANNA, update="new"))).rows
        assert row.id > last_id
        await store.close()
        assert await sessions(path, keys, clock, ANNA) == [MARK.encode()]

    async def test_a_target_that_holds_data_is_refused(
        self, path: Path, url: PostgresUrl, keys: Keys, clock: Clock
    ) -> None:
        await fill(path, keys, clock, ANNA)
        before = counts(url)
        with pytest.raises(StoreError, match=r"There is data in .* already: name an empty database"):
            await asyncio.to_thread(migrate_store, path, url, keys)
        assert counts(url) == before

    async def test_while_safar_runs_on_the_file_it_is_refused(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock
    ) -> None:
        await fill(path, keys, clock, ANNA)
        store = await open_store(path, keys)
        with pytest.raises(StoreError, match="is in use: stop Safar"):
            await asyncio.to_thread(migrate_store, path, empty, keys)
        await store.close()

    async def test_another_key_and_no_file(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock, tmp_path: Path
    ) -> None:
        with pytest.raises(StoreError, match="nothing to move"):
            await asyncio.to_thread(migrate_store, path, empty, keys)
        await fill(path, keys, clock, ANNA)
        create_key_file(tmp_path / "other.key")
        with pytest.raises(StoreError, match="not the one that sealed"):
            await asyncio.to_thread(migrate_store, path, empty, load_keys(tmp_path / "other.key"))

    async def test_a_row_that_changes_on_the_way_undoes_it_all(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await fill(path, keys, clock, ANNA)
        compare = copying._compare

        def flipped(source, target, table, meta):  # type: ignore[no-untyped-def]
            if table == "messages":
                target.script("update messages set ref = set_byte(ref, 20, 255 - get_byte(ref, 20))")
            return compare(source, target, table, meta)

        monkeypatch.setattr(copying, "_compare", flipped)
        with pytest.raises(StoreError, match="A row of messages did not come over as it was"):
            await asyncio.to_thread(migrate_store, path, empty, keys)
        assert postgres.query(empty.secret, "select 1 from pg_namespace where nspname = 'safar'") == []

    async def test_killed_on_the_way_the_target_is_as_it_was_and_it_can_be_done_again(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock, tmp_path: Path
    ) -> None:
        await fill(path, keys, clock, *map(str, range(1000, 1300)))
        code = f"""
from pathlib import Path
from bot.store import PostgresUrl, load_keys, migrate_store
print("begun", flush=True)
migrate_store(Path({str(path)!r}), PostgresUrl({empty.secret!r}), load_keys(Path({str(tmp_path / "master.key")!r})))
"""
        for _ in range(3):
            child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(random.uniform(0.02, 0.15))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            child.stdout.close()
            time.sleep(0.3)
            assert postgres.query(empty.secret, "select 1 from pg_namespace where nspname = 'safar'") == []
        assert (await asyncio.to_thread(migrate_store, path, empty, keys))["contacts"] == 300

    def test_as_an_operator_types_it(
        self, path: Path, empty: PostgresUrl, keys: Keys, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        asyncio.run(fill(path, keys, clock, ANNA))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SAFAR_DATA_DIR", str(path.parent))
        monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "master.key"))
        done = CliRunner().invoke(main, ["migrate-store", "--to", empty.secret])
        assert done.exit_code == 0, done.output
        assert "1 contacts" in done.output
        assert "each compared with the file" in done.output
        monkeypatch.setenv("SAFAR_DATABASE_URL", empty.secret)
        assert CliRunner().invoke(main, ["staff", "list"]).output.startswith("anna")
        assert CliRunner().invoke(main, ["erase", "telegram", ANNA, "--account", BOT[1]]).output == "Forgotten.\n"
        assert CliRunner().invoke(main, ["unanswered"]).exit_code == 0
        assert CliRunner().invoke(main, ["whatsapp", "report"]).exit_code == 0


class TestBackup:
    async def test_there_and_back_without_the_erased_and_with_everything_held(
        self, url: PostgresUrl, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        """T16, F35"""
        await fill(url, keys, clock, ANNA, BORIS)
        await asyncio.to_thread(back_up, url, backups, keys, clock.now)
        assert await asyncio.to_thread(backup_folder, url) == backups
        store = await open_store(url, keys, clock=clock)
        assert await store.erase(*BOT, ANNA)
        await store.close()

        done = await asyncio.to_thread(restore, backups, url, keys, clock.now)

        assert (done.contacts, done.dropped, done.held) == (1, 1, 5)
        assert await asyncio.to_thread(backup_folder, url) == backups
        assert await sessions(url, keys, clock, ANNA, BORIS) == [None, MARK.encode()]
        store = await open_store(url, keys, clock=clock)
        assert await store.unsent(["telegram"], 10) == []
        assert await store.due_timers(NOON + timedelta(days=9), 10) == []
        await store.release_held()
        assert len(await store.unsent(["telegram"], 10)) == 3
        await store.close()
        assert await asyncio.to_thread(verify_audit, url, keys) is None

    @pytest.mark.parametrize("direction", ["to the file", "from the file"])
    async def test_one_kind_of_backup_for_both(
        self, url: PostgresUrl, path: Path, keys: Keys, clock: Clock, backups: Path, direction: str
    ) -> None:
        here, there = (url, path) if direction == "to the file" else (path, url)
        await fill(here, keys, clock, ANNA, BORIS)
        await asyncio.to_thread(back_up, here, backups, keys, clock.now)
        done = await asyncio.to_thread(restore, backups, there, keys, clock.now)
        assert done.contacts == 2
        assert await sessions(there, keys, clock, ANNA, BORIS) == [MARK.encode()] * 2

    async def test_a_slow_disk_costs_time_alone(
        self, url: PostgresUrl, keys: Keys, clock: Clock, backups: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await fill(url, keys, clock, ANNA)
        monkeypatch.setitem(connection._SETTINGS, "idle_in_transaction_session_timeout", "200")
        written = copies.write

        def slowly(path: Path, rows: Iterable[tuple[bytes, bytes]]) -> None:
            time.sleep(0.6)
            written(path, rows)

        monkeypatch.setattr(copies, "write", slowly)
        assert await asyncio.to_thread(back_up, url, backups, keys, clock.now)

    async def test_into_an_empty_database(
        self, url: PostgresUrl, empty: PostgresUrl, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        await fill(url, keys, clock, ANNA)
        await asyncio.to_thread(back_up, url, backups, keys, clock.now)
        assert (await asyncio.to_thread(restore, backups, empty, keys, clock.now)).contacts == 1
        assert await sessions(empty, keys, clock, ANNA) == [MARK.encode()]

    async def test_under_a_running_safar_a_restore_is_refused_and_a_backup_is_not(
        self, url: PostgresUrl, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        await fill(url, keys, clock, ANNA)
        store = await open_store(url, keys, clock=clock)
        await asyncio.to_thread(back_up, url, backups, keys, clock.now)
        with pytest.raises(StoreError, match=r"Safar is running on .*: stop it first"):
            await asyncio.to_thread(restore, backups, url, keys, clock.now)
        assert (await store.take(works(ANNA, update=ANNA))).repeat
        await store.close()

    async def test_under_load_it_is_one_moment(
        self, url: PostgresUrl, empty: PostgresUrl, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        """T74: of each person the last reply is that of the last turn."""
        store = await open_store(url, keys, clock=clock)
        going = True

        async def talk(address: str) -> int:
            number = 0
            while going:
                number += 1
                body = b"%d" % number
                await store.take(works(address, outcome=Outcome(session=body, outbox=(body,))))
            return number

        talks = [asyncio.ensure_future(talk(str(number))) for number in range(20)]
        await asyncio.sleep(0.3)
        await asyncio.to_thread(back_up, url, backups, keys, clock.now)
        going = False
        assert min(await asyncio.gather(*talks)) > 3
        await store.close()
        await asyncio.to_thread(restore, backups, empty, keys, clock.now)
        again = await open_store(empty, keys, clock=clock)
        await again.release_held()
        for number in range(20):
            rows = await again.pending(*BOT, str(number))
            assert [int(row.body) for row in rows] == list(range(1, len(rows) + 1))
        await again.close()


async def test_no_mark_is_found_in_a_dump_or_in_the_servers_files(
    keys: Keys, clock: Clock, tmp_path: Path, url: PostgresUrl
) -> None:
    """T1"""
    await fill(url, keys, clock, *(f"{MARK}-{number}" for number in range(10)))
    server = postgres.shared()
    (tmp_path / "found").mkdir()
    dump = server.dump(url.secret, "--inserts")
    assert len(dump) > 20_000
    (tmp_path / "found" / "dump.sql").write_bytes(dump)
    (tmp_path / "found" / "log").write_bytes((server.folder / "log").read_bytes())
    raw = [bytes(value) for table in TABLES for row in rows(url, table) for value in row if isinstance(value, bytes)]
    (tmp_path / "found" / "cells").write_bytes(b"\n".join(raw))
    assert search_marks(tmp_path / "found", [MARK]) == []


async def test_of_the_erased_no_row_is_left_in_any_table(url: PostgresUrl, keys: Keys, clock: Clock) -> None:
    """T14"""
    await fill(url, keys, clock, ANNA, BORIS)
    store = await open_store(url, keys, clock=clock)
    contact = int.from_bytes((await store.take(works(ANNA, outcome=Outcome()))).contact, "big")
    await store.erase(*BOT, ANNA)
    await store.close()
    left = {table for table in TABLES for row in rows(url, table) if contact in list(row)}
    assert left == set()


def rows(url: PostgresUrl, table: str) -> list[list[object]]:
    return [list(row.values()) for row in postgres.query(url.secret, f"select * from safar.{table}")]
