"""Backup, restore and the reading of the audit on PostgreSQL: the same files and promises as from SQLite (T16, T38)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.store import copies, queries, staff_queries
from bot.store.audit import HEAD, ROOT, BrokenAudit, verify_rows
from bot.store.backup import APART, Restored, newest_backup, rebuild, write_backup
from bot.store.failures import explain
from bot.store.keys import Keys
from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.copying import empty_into, load
from bot.store.postgresql.meta import packed, unpacked
from bot.store.postgresql.opening import check_database, reading, replacing, tables_of, version_of
from bot.store.protocol import StoreError
from bot.store.schema import open_readonly


def back_up(url: PostgresUrl, folder: Path, keys: Keys, now: datetime) -> Path:
    """As ``backup.back_up``."""

    def copy(data: Path, keys_copy: Path) -> None:
        with reading(url) as source:
            check_database(url, source, keys)
            empty_into(source, data, APART)
            contacts = ((keys.tombstone(number), wrapped) for number, wrapped in _rows(source, queries.ALL_KEYS))
            tickets = ((keys.ticket(public), wrapped) for public, wrapped in _rows(source, queries.ALL_TICKET_KEYS))
            copies.write(keys_copy, chain(contacts, tickets))

    try:
        target = write_backup(folder, keys, now, copy)
    except sqlite3.Error as error:
        raise explain(folder, error) from error
    _note_folder(url, folder)
    return target


def restore(folder: Path, url: PostgresUrl, keys: Keys, now: datetime) -> Restored:
    """As ``backup.restore``; also into a database without anything in it."""
    source = newest_backup(folder)
    try:
        with TemporaryDirectory(dir=folder) as name, replacing(url) as target:
            building = Path(name) / "restoring.db"
            restored = rebuild(source, building, lambda: _tombstones(url, target), keys, now)
            target.script("drop schema if exists safar cascade")
            with closing(open_readonly(building)) as file:
                load(file, target)
            check_database(url, target, keys)
    except sqlite3.Error as error:
        raise explain(source, error) from error
    except OSError as error:
        raise StoreError(f"{folder} cannot be written ({error.strerror}): a restore builds its data there.") from None
    return restored


def backup_folder(url: PostgresUrl) -> Path | None:
    """Where the last backup went; None where there was none, or nothing can be read."""
    try:
        with reading(url) as connection:
            row = (
                connection.execute(queries.GET_META, ("backup_folder",)).fetchone() if version_of(connection) else None
            )
    except StoreError:
        return None
    return Path(unpacked(row[0])) if row else None


def verify_audit(url: PostgresUrl, keys: Keys) -> BrokenAudit | None:
    """As ``audit.verify_audit``."""
    with reading(url) as connection:
        if "audit" not in tables_of(connection):
            return None
        begun = "select exists (select 1 from staff) or exists (select 1 from audit)"
        if not connection.execute(begun).fetchone()[0]:
            return None
        rows = connection.execute("select name, value from meta").fetchall()
        meta = {name: unpacked(value) for name, value in rows}
        return verify_rows(_rows(connection, staff_queries.ROWS), meta.get(ROOT), meta.get(HEAD), keys)


def _rows(connection: PostgresConnection, query: str) -> Iterator[tuple[Any, ...]]:
    for rows in connection.chunks(query):
        yield from map(tuple, rows)


def _note_folder(url: PostgresUrl, folder: Path) -> None:
    """So that an erasure reaches the copy of the keys, where it is in reach."""
    connection = PostgresConnection(url)
    try:
        connection.executemany(queries.SET_META, [("backup_folder", packed(str(folder.absolute())))])
    finally:
        connection.close()


def _tombstones(url: PostgresUrl, connection: PostgresConnection) -> set[bytes]:
    """Of the database that is replaced. Raises StoreError when it is another program's."""
    if version_of(connection):
        return {row[0] for row in connection.execute(queries.TOMBSTONES).fetchall()}
    if tables_of(connection):
        raise StoreError(f"The schema safar in {url} is another program's: give Safar a database of its own.")
    return set()
