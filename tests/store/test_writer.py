"""The writer thread: shared commits, and every fault told to whom it concerns and to nobody else."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.store import Keys, Outcome, SqliteStore, StoreError
from bot.store.database import Connection, Cursor, Database
from tests.store.helpers import works


class Counting:
    """Passes everything to the connection; counts the statements, or breaks on the chosen one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.seen: list[str] = []
        self.broken = ""

    def execute(self, statement: str, *values: Any) -> Cursor:
        self._see(statement)
        return self.connection.execute(statement, *values)

    def executemany(self, statement: str, rows: Sequence[Any]) -> object:
        self._see(statement)
        return self.connection.executemany(statement, rows)

    def _see(self, statement: str) -> None:
        self.seen.append(statement)
        if self.broken and self.broken in statement:
            raise TypeError("a fault of ours")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


def database(store: SqliteStore) -> Database:
    return store._writer._database


@pytest.fixture
def watched(store: SqliteStore) -> Counting:
    counting = Counting(database(store).connection)
    database(store).connection = counting
    return counting


async def test_calls_that_wait_together_share_commits_and_statements(store: SqliteStore, watched: Counting) -> None:
    await asyncio.gather(*(store.take(works(str(n), update=str(n), ref="r")) for n in range(400)))

    assert watched.seen.count("commit") <= 3
    assert len(watched.seen) < 50


async def test_a_batch_is_told_to_the_loop_in_one_hop(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    hops = 0
    loop = asyncio.get_running_loop()
    hop = loop.call_soon_threadsafe

    def counting(*args: Any, **kwargs: Any) -> asyncio.Handle:
        nonlocal hops
        hops += 1
        return hop(*args, **kwargs)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counting)
    await asyncio.gather(*(store.take(works(str(n))) for n in range(200)))
    assert hops <= 3


async def test_an_unchanged_person_is_not_written(store: SqliteStore, watched: Counting) -> None:
    outcome = Outcome(profile=b"p", session=b"s")
    await store.take(works(outcome=outcome))
    watched.seen.clear()
    await store.take(works(outcome=outcome))

    assert [statement for statement in watched.seen if "update contacts" in statement] == []


@pytest.mark.parametrize("where", ["insert into outbox", "insert into updates", "from contacts c", "commit"])
async def test_a_fault_in_a_batch_reaches_each_caller_and_leaves_nothing(
    store: SqliteStore, path: Path, watched: Counting, where: str
) -> None:
    watched.broken = where
    results = await asyncio.gather(
        *(store.take(works(str(n), update=str(n), ref="r")) for n in range(10)), return_exceptions=True
    )
    assert [type(result) for result in results] == [TypeError] * 10

    watched.broken = ""
    taken = await asyncio.gather(*(store.take(works(str(n), update=str(n), ref="r")) for n in range(10)))
    assert [one.repeat for one in taken] == [False] * 10
    assert len(await store.unsent(["telegram"], 100)) == 10
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from contacts").fetchone() == (10,)
        assert connection.execute("select count(*) from messages").fetchone() == (10,)


async def test_a_database_locked_by_another_program_is_waited_for(store: SqliteStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        waiting = [asyncio.ensure_future(store.take(works(str(n), update=str(n)))) for n in range(20)]
        done, _ = await asyncio.wait(waiting, timeout=1)
        assert not done
        other.execute("rollback")

    assert [one.repeat for one in await asyncio.gather(*waiting)] == [False] * 20


async def test_a_lock_that_outlasts_one_wait_is_waited_for_again(store: SqliteStore, path: Path) -> None:
    database(store).connection.execute("pragma busy_timeout=200")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        waiting = asyncio.ensure_future(store.take(works()))
        await asyncio.sleep(0.5)
        other.execute("rollback")
        assert not (await waiting).repeat

        other.execute("begin immediate")
        with pytest.raises(StoreError, match="held by another program: end that program"):
            await store.take(works())
        other.execute("rollback")


async def test_a_full_disk_confirms_nothing_and_is_well_after_there_is_space(store: SqliteStore) -> None:
    await store.take(works("first", update="first"))
    connection = database(store).connection
    pages = connection.execute("pragma page_count").fetchone()[0]
    connection.execute(f"pragma max_page_count={pages + 20}")
    big = Outcome(session=b"s" * 3000, outbox=(b"b" * 3000,))
    confirmed, refused = [], []
    for number in range(60):
        try:
            await store.take(works(str(number), update=str(number), outcome=big))
            confirmed.append(number)
        except StoreError as error:
            refused.append(str(error))

    assert refused
    assert {"is full: free some space" in text for text in refused} == {True}
    connection.execute(f"pragma max_page_count={pages + 10_000}")
    repeats = [(await store.take(works(str(n), update=str(n), outcome=big))).repeat for n in range(60)]
    assert [number for number in range(60) if repeats[number]] == confirmed


async def test_damage_met_while_running_names_the_file_and_the_remedy(path: Path, keys: Keys) -> None:
    store = await SqliteStore.open(path, keys)
    await asyncio.gather(*(store.take(works(str(n), update=str(n))) for n in range(500)))
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("select rootpage from sqlite_master where name = 'outbox'").fetchone()[0]
    store = await SqliteStore.open(path, keys)
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    database(store).connection.execute("pragma shrink_memory")

    with pytest.raises(StoreError, match=r"safar\.db is damaged.*safar restore FOLDER"):
        await store.unsent(["telegram"], 10)
    await store.close()


async def test_nothing_runs_on_after_close(store: SqliteStore) -> None:
    names = [thread.name for thread in threading.enumerate()]
    assert names.count("safar-store") == 1
    await store.close()
    assert "safar-store" not in [thread.name for thread in threading.enumerate()]
