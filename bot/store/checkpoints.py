"""The WAL copied into the database beside the writer, so that no commit has to wait for it.

SQLite would do it inside the commit that makes the WAL long enough: a fifth of a second for 4,000 pages, in which
nobody's turn is stored. Beside the writer it disturbs nobody; where the WAL grows all the same, the writer copies what
is left, which is little.
"""

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Final

#: A thousand pages of turns, or 4,000 while an alert goes out; each time costs the disk two more writes that wait.
_COMMITS: Final = 256


class Checkpoints:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._commits = 0
        self._wanted = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        self._commits += 1
        if self._commits < _COMMITS:
            return
        self._commits = 0
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="safar-checkpoints", daemon=True)
            self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """After what is being copied."""
        self._closed = True
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        where = f"{self._path.absolute().as_uri()}?mode=rw"  # never makes a file that is gone
        # Whatever fails here the writer meets too, when it has to do it itself, and there somebody hears of it.
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(where, uri=True)) as connection:
            connection.execute("pragma synchronous=full")
            while self._wanted.wait() and not self._closed:
                self._wanted.clear()
                with contextlib.suppress(sqlite3.OperationalError):
                    connection.execute("pragma wal_checkpoint(passive)").fetchone()
