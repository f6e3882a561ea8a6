"""What SQLite does in its own way: one writer, ids from a row, and traces of the erased in its WAL (T15)."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bot.store import queries
from bot.store.checkpoints import Checkpoints
from bot.store.database import ID_BLOCK, Database
from bot.store.failures import explain
from bot.store.keys import Keys
from bot.store.schema import BUSY_SECONDS

#: As which damage and a full disk come too.
_ANY: Final = (sqlite3.DatabaseError, sqlite3.Error)
#: How often a lock of half a minute is waited for before callers hear of it.
_LOCK_TRIES: Final = 4


class SqliteDatabase(Database):
    alone = True
    connection: sqlite3.Connection

    def __init__(self, path: Path, connection: sqlite3.Connection, keys: Keys, clock: Callable[[], datetime]) -> None:
        super().__init__(keys, clock)
        self.path = path
        self.connection = connection
        self._checkpoints = Checkpoints(path)

    def begin(self) -> None:
        """Takes the write lock before anything is done, so that a foreign lock is only ever met here (F7)."""
        for tries_left in reversed(range(_LOCK_TRIES)):
            try:
                self.connection.execute("begin immediate")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or not tries_left:
                    raise
        self._stand_still()

    def commit(self) -> None:
        super().commit()
        self._checkpoints.committed()

    def rollback(self, error: Exception) -> None:
        super().rollback(error)
        try:
            if self.connection.in_transaction:
                self.connection.execute("rollback")
        except sqlite3.Error:  # the first error is the one to tell; SQLite has rolled back by itself
            return

    def close(self) -> None:
        self._checkpoints.close()
        self._empty_wal()  # where it cannot, the next start finds in the WAL what was committed
        self.connection.close()

    def explain(self, error: Exception) -> Exception:
        return explain(self.path, error) if isinstance(error, sqlite3.Error) else error

    def may_succeed(self, error: Exception) -> bool:
        return False

    def may_be_one_calls(self, error: Exception) -> bool:
        return not isinstance(error, sqlite3.OperationalError | sqlite3.InternalError) and type(error) not in _ANY

    def is_lost(self, error: Exception) -> bool:
        return False

    def lock_people(self, lookups: Sequence[bytes], ids: Sequence[int], desks: Sequence[bytes]) -> None:
        return None

    def lock_audit(self) -> None:
        return None

    def select(self, query: str, values: list[bytes] | list[int] | list[str], *before: Any) -> list[Any]:
        if not values:
            return []
        many = queries.padded(values)
        return self.connection.execute(queries.many(query, len(many), len(before)), [*before, *many]).fetchall()

    def meta(self, name: str) -> Any:
        row = self.connection.execute(queries.GET_META, (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: object) -> None:
        self.connection.execute(queries.SET_META, (name, value))

    def lay_ghosts(self) -> bool:
        """Also from the WAL; False when a reader is in the way."""
        return super().lay_ghosts() and self._empty_wal()

    def take_ids(self) -> int:
        return int(self.connection.execute(queries.TAKE_IDS, (ID_BLOCK,)).fetchone()[0]) - ID_BLOCK

    def _empty_wal(self) -> bool:
        """False when a reader or another writer is in the way; they are not waited for."""
        self.connection.execute("pragma busy_timeout=50")
        try:
            return not self.connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            self.connection.execute(f"pragma busy_timeout={BUSY_SECONDS * 1000}")
