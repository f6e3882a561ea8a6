"""Opening a database file: refused untouched when it is not ours, else brought to the newest schema."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from bot.store.failures import damaged, explain
from bot.store.keys import Keys, KeyUnusable
from bot.store.protocol import StoreError
from bot.store.sealing import Place, SealBroken

#: "Safr", so that another program's file is not taken for ours.
APPLICATION_ID: Final = 0x53616672
#: How long a lock of another program is waited for, a try.
BUSY_SECONDS: Final = 30
_CANARY: Final = Place("meta", "canary")
_SONG: Final = b"This key opens this database."
#: How long pages are read through at start, looking for damage (F10 allows 5).
_CHECK_SECONDS: Final = 1.0

_PRAGMAS: Final = {
    "journal_mode": ("wal", "wal"),
    "synchronous": ("full", 2),
    "secure_delete": ("on", 1),
    "foreign_keys": ("on", 1),
    "trusted_schema": ("off", 0),
    "temp_store": ("memory", 2),
    "wal_autocheckpoint": ("8000", 8000),
    "cache_size": ("-65536", -65536),
}


def migrations(dialect: Literal["sqlite", "postgresql"] = "sqlite") -> list[str]:
    """The numbered SQL files in order: the first makes version 1. Both dialects have the same numbers."""
    folder = files("bot.store") / "migrations" / dialect
    scripts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [script.read_text(encoding="utf-8") for script in scripts]


def check_before_opening(path: Path, keys: Keys) -> None:
    """Raises StoreError, with the remedy, when the file is not for this program or not for these keys; it stays as it
    was."""
    try:
        _check(path, keys, len(migrations()))
    except sqlite3.Error as error:
        raise explain(path, error) from None


def open_database(path: Path, keys: Keys, *, now: float, scripts: Sequence[str] | None = None) -> sqlite3.Connection:
    """The one connection that writes. Raises StoreError with the remedy; then the file is as it was."""
    scripts = migrations() if scripts is None else scripts
    try:
        _check(path, keys, len(scripts))
        _create_private(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
        try:
            _prepare(path, connection)
            _migrate(connection, scripts, lambda: _begin_life(connection, keys, now))
            _look_for_damage(path, connection)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise explain(path, error) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened ({error.strerror}): {path.parent} must exist, and the user that runs Safar must "
            f"be allowed to write in it."
        ) from None
    return connection


def open_readonly(path: Path) -> sqlite3.Connection:
    """A second connection, for looking and for backups."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_SECONDS)


def check_database(path: Path, connection: sqlite3.Connection, keys: Keys, newest: int) -> None:
    """Is this ours, of a version that we know, and sealed with this key? Raises StoreError."""
    version = int(connection.execute("pragma user_version").fetchone()[0])
    owner = int(connection.execute("pragma application_id").fetchone()[0])
    if owner != APPLICATION_ID:
        raise StoreError(f"{path} is another program's database: give Safar a data folder of its own.")
    if version > newest:
        raise StoreError(
            f"{path} was written by a newer Safar (schema {version}, this one knows {newest}): install that one again."
        )
    row = connection.execute("select value from meta where name = 'canary'").fetchone()
    if not fits(keys, row[0] if row else None):
        raise KeyUnusable(
            f"The master key is not the one that sealed {path}: put the right key file back; the data was not touched."
        )


def new_canary(keys: Keys) -> bytes:
    """A cell that only these keys open."""
    return _CANARY.wrap(keys.canary[keys.current], keys.current, 0, _SONG)


def fits(keys: Keys, canary: bytes | None) -> bool:
    try:
        return canary is not None and _CANARY.unwrap(keys.canary, 0, canary) == _SONG
    except SealBroken:
        return False


def _check(path: Path, keys: Keys, newest: int) -> None:
    """Before anything is written."""
    if not path.parent.is_dir():
        raise StoreError(f"The folder {path.parent} does not exist: create it, or name another one in the settings.")
    if not path.exists() or path.stat().st_size == 0:
        return
    connection = open_readonly(path)
    try:
        if connection.execute("select count(*) from sqlite_master").fetchone()[0]:
            check_database(path, connection, keys, newest)
    finally:
        connection.close()


def _create_private(path: Path) -> None:
    """The file, and with it -wal and -shm, for its owner alone."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare(path: Path, connection: sqlite3.Connection) -> None:
    for name, (wanted, answer) in _PRAGMAS.items():
        connection.execute(f"pragma {name}={wanted}")
        got = connection.execute(f"pragma {name}").fetchone()[0]
        if got != answer:
            raise StoreError(f"{path} does not take {name}={wanted} (it stays {got}): put it on a local disk.")


def _migrate(connection: sqlite3.Connection, scripts: Sequence[str], first: Callable[[], None]) -> None:
    """Each script in a transaction of its own, its number included: cut off in the middle, nothing of it is there."""
    while True:
        connection.execute("begin immediate")
        try:
            version = connection.execute("pragma user_version").fetchone()[0]
            if version >= len(scripts):
                break
            for statement in statements(scripts[version]):
                connection.execute(statement)
            if version == 0:
                connection.execute(f"pragma application_id={APPLICATION_ID}")
                first()
            connection.execute(f"pragma user_version={version + 1}")
            connection.execute("commit")
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
        connection.execute("pragma wal_checkpoint(truncate)")


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: ``executescript`` would commit first."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def tables(connection: sqlite3.Connection) -> list[str]:
    """Our tables, parents before children."""
    rows = connection.execute("select name from sqlite_master where type = 'table' order by rowid")
    return [row[0] for row in rows if not row[0].startswith("sqlite_")]


def _begin_life(connection: sqlite3.Connection, keys: Keys, now: float) -> None:
    life = [("canary", new_canary(keys)), ("next_id", 1), ("clock", now)]
    connection.executemany("insert into meta values (?, ?)", life)


def _look_for_damage(path: Path, connection: sqlite3.Connection) -> None:
    """Reads as many pages as the time allows; what is found later is refused by the statement that meets it."""
    end = time.monotonic() + _CHECK_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > end, 10_000)
    try:
        if connection.execute("pragma quick_check(1)").fetchone()[0] != "ok":
            raise damaged(path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
    finally:
        connection.set_progress_handler(None, 0)
