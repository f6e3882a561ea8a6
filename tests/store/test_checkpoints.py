"""The WAL is copied into the database beside the writer."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

from bot.store import SqliteStore
from tests.store.helpers import works

THREAD = "safar-checkpoints"
TURNS = 300


def copied(path: Path, wanted: int) -> int:
    """How many contacts the database file holds without its WAL; waits a little for ``wanted``."""
    found = 0
    for _ in range(100):
        whole = path.with_suffix(".copy")
        whole.write_bytes(path.read_bytes())
        with closing(sqlite3.connect(f"file:{whole}?immutable=1", uri=True)) as alone:
            found = alone.execute("select count(*) from contacts").fetchone()[0]
        if found >= wanted:
            break
        time.sleep(0.1)
    return int(found)


async def test_what_was_written_is_soon_in_the_database_itself(store: SqliteStore, path: Path) -> None:
    for number in range(TURNS):
        await store.take(works(str(number)))
    assert await asyncio.to_thread(copied, path, 200) >= 200


async def test_its_thread_ends_with_the_store(store: SqliteStore) -> None:
    for number in range(TURNS):
        await store.take(works(str(number)))
    assert THREAD in {thread.name for thread in threading.enumerate()}
    await store.close()
    assert THREAD not in {thread.name for thread in threading.enumerate()}
