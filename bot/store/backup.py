"""Backup and restore (T16, T74): the data without the contact keys, and apart from it the newest copy of those keys.

A data file alone opens nothing, however long it lies about; the one copy of the keys forgets whom the database forgets.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from bot.store import broadcast_queries, copies, queries
from bot.store.failures import damaged, explain
from bot.store.folders import make_folder
from bot.store.keys import Keys
from bot.store.protocol import StoreError
from bot.store.schema import APPLICATION_ID, check_database, migrations, open_readonly, statements, tables

#: Not in the data file: keys are kept apart, nobody stays signed in, and no index follows a copy.
APART: Final = frozenset({"contact_keys", "ticket_keys", "staff_sessions", "changes"})
_PREFIX: Final = "safar-data-"
_STAMP: Final = "%Y%m%d-%H%M%S"
#: Older data files go with the next backup (T11).
_KEPT: Final = timedelta(days=14)
#: Ids given out since the backup must not come up again: somebody may still hold their results.
_ID_LEAP: Final = 1_000_000_000


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    source: Path
    contacts: int
    #: Contacts that were erased since, or whose key is in no copy.
    dropped: int
    #: Replies and reminders that wait for ``release_held`` or ``discard_held``.
    held: int
    #: Alerts that were let out and not done: staff look at each before it goes on.
    paused: int


def back_up(path: Path, folder: Path, keys: Keys, now: datetime) -> Path:
    """Write a verified backup of the database at ``path``, also while Safar runs; returns the data file.

    Raises StoreError; a backup that does not verify leaves no file.
    """
    if not path.exists():
        raise StoreError(f"There is no database at {path}: nothing to back up.")

    def copy(data: Path, keys_copy: Path) -> None:
        with closing(open_readonly(path)) as source:
            check_database(path, source, keys, len(migrations()))
            _copy(source, data, keys_copy, keys)

    try:
        target = write_backup(folder, keys, now, copy)
        _note_folder(path, folder)
    except sqlite3.Error as error:
        raise explain(path, error) from error
    return target


def write_backup(folder: Path, keys: Keys, now: datetime, copy: Callable[[Path, Path], None]) -> Path:
    """``copy`` fills the data file and makes the copy of the keys. Raises StoreError or sqlite3.Error."""
    if not folder.is_dir():
        raise StoreError(f"The folder {folder} does not exist: create it, on another disk if you can.")
    target = folder / f"{_PREFIX}{now:{_STAMP}}.db"
    data, keys_copy = folder / f".{target.name}.partial", folder / f".{copies.NAME}.partial"
    try:
        for partial in (data, keys_copy):
            partial.unlink(missing_ok=True)
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy(data, keys_copy)
        _verify(data, keys)
        for partial, final in ((keys_copy, folder / copies.NAME), (data, target)):
            _sync(partial)
            os.replace(partial, final)
        _sync(folder)
    except OSError as error:
        raise StoreError(
            f"The backup cannot be written to {folder} ({error.strerror}): free space, or name another folder."
        ) from None
    finally:
        data.unlink(missing_ok=True)
        keys_copy.unlink(missing_ok=True)
    for old in folder.glob(f"{_PREFIX}*.db"):
        if old.name < f"{_PREFIX}{now - _KEPT:{_STAMP}}":
            old.unlink()
    return target


def restore(folder: Path, into: Path, keys: Keys, now: datetime) -> Restored:
    """Put the newest backup in ``folder`` in the place of the database ``into``; Safar must not be running.

    Nobody erased is brought back, and nothing that waited is sent before a person says so. Raises StoreError.
    """
    building = into.with_name(f".{into.name}.restoring")
    source = newest_backup(folder)
    make_folder(into.parent, "SAFAR_DATA_DIR")
    try:
        restored = rebuild(source, building, lambda: _tombstones(into), keys, now)
        _sync(building)
        for name in (f"{into.name}-wal", f"{into.name}-shm"):
            into.with_name(name).unlink(missing_ok=True)
        os.replace(building, into)
        _sync(into.parent)
    except sqlite3.Error as error:
        raise explain(source, error) from error
    except OSError as error:
        raise StoreError(
            f"{into} cannot be written ({error.strerror}): free space, or give Safar's user the right to."
        ) from None
    finally:
        building.unlink(missing_ok=True)
    return restored


def newest_backup(folder: Path) -> Path:
    """Raises StoreError."""
    found = sorted(folder.glob(f"{_PREFIX}*.db"))
    if not found or not (folder / copies.NAME).exists():
        raise StoreError(
            f"{folder} holds no whole backup: it needs {_PREFIX}….db and {copies.NAME}, as `safar backup` writes them."
        )
    return found[-1]


def rebuild(source: Path, building: Path, erased: Callable[[], set[bytes]], keys: Keys, now: datetime) -> Restored:
    """The database file that a backup stands for, without those of ``erased``, asked once the backup is found whole.
    Raises StoreError, sqlite3.Error or OSError."""
    _verify(source, keys)
    gone = erased()
    building.unlink(missing_ok=True)
    os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return _build(source, building, copies.read(source.with_name(copies.NAME)), gone, keys, now)


def make_empty(data: Path, version: int) -> None:
    """A database file of that version, for a copy; its triggers, which judge how rows come about and not what is
    copied, come with ``add_triggers`` when it is full."""
    with closing(sqlite3.connect(data, isolation_level=None)) as empty:
        empty.execute("begin")
        for statement in _made(version):
            if not _is_trigger(statement):
                empty.execute(statement)
        empty.execute(f"pragma application_id={APPLICATION_ID}")
        empty.execute(f"pragma user_version={version}")
        empty.execute("commit")


def add_triggers(data: Path, version: int) -> None:
    with closing(sqlite3.connect(data, isolation_level=None)) as full:
        for statement in filter(_is_trigger, _made(version)):
            full.execute(statement)


def _made(version: int) -> list[str]:
    return [statement for script in migrations()[:version] for statement in statements(script)]


def _copy(source: sqlite3.Connection, data: Path, keys_copy: Path, keys: Keys) -> None:
    """One moment of the database, while others write on."""
    version = source.execute("pragma user_version").fetchone()[0]
    make_empty(data, version)
    source.execute("attach database ? as copy", (data.absolute().as_uri(),))
    source.execute("begin")
    for table in tables(source):
        if table not in APART:
            source.execute(f"insert into copy.{table} select * from main.{table}")  # noqa: S608 - names from the schema
    contacts = ((keys.tombstone(contact), wrapped) for contact, wrapped in source.execute(queries.ALL_KEYS))
    tickets = ((keys.ticket(ticket), wrapped) for ticket, wrapped in source.execute(queries.ALL_TICKET_KEYS))
    copies.write(keys_copy, chain(contacts, tickets))
    source.execute("commit")
    add_triggers(data, version)


def _is_trigger(statement: str) -> bool:
    return "\ncreate trigger " in f"\n{statement}"


def _verify(data: Path, keys: Keys) -> None:
    with closing(open_readonly(data)) as connection:
        check_database(data, connection, keys, len(migrations()))
        if connection.execute("pragma integrity_check").fetchone()[0] != "ok":
            raise damaged(data)


def _note_folder(path: Path, folder: Path) -> None:
    """So that an erasure reaches the copy of the keys."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
        connection.execute(queries.SET_META, ("backup_folder", str(folder.absolute())))


def backup_folder(path: Path) -> Path | None:
    """Where the last backup of the database at ``path`` went; None where there was none, or nothing can be read."""
    try:
        with closing(open_readonly(path)) as connection:
            row = connection.execute(queries.GET_META, ("backup_folder",)).fetchone()
    except (sqlite3.Error, StoreError):
        return None
    return Path(row[0]) if row else None


def _tombstones(path: Path) -> set[bytes]:
    """Of the database that is replaced, as far as it can still be read. Raises StoreError if Safar is running."""
    if not path.exists():
        return set()
    try:
        with closing(open_alone(path)) as connection:
            return {row[0] for row in connection.execute(queries.TOMBSTONES)}
    except sqlite3.Error as error:
        if is_in_use(error):
            raise StoreError(f"{path} is in use: stop Safar before you restore a backup.") from None
        return set()


def open_alone(path: Path) -> sqlite3.Connection:
    """A connection beside which no other can be. Raises sqlite3.Error, of which ``is_in_use`` tells."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=1)
    try:
        connection.execute("pragma journal_mode=delete")
        connection.execute("begin exclusive")
    except BaseException:
        connection.close()
        raise
    return connection


def is_in_use(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def _build(
    source: Path, target: Path, wrapped: dict[bytes, bytes], erased: set[bytes], keys: Keys, now: datetime
) -> Restored:
    with closing(sqlite3.connect(target, isolation_level=None)) as new:
        with closing(open_readonly(source)) as old:
            old.backup(new)
        new.execute("pragma secure_delete=on")
        new.execute("pragma foreign_keys=on")
        new.execute("begin")
        erased |= {row[0] for row in new.execute(queries.TOMBSTONES)}
        marks = {row[0]: keys.tombstone(row[0]) for row in new.execute(queries.ALL_CONTACTS)}
        living = {contact: wrapped[mark] for contact, mark in marks.items() if mark in wrapped and mark not in erased}
        new.executemany(queries.ERASE, [(contact,) for contact in marks if contact not in living])
        new.executemany(queries.ADD_KEY, living.items())
        tickets = {number: keys.ticket(ticket) for number, ticket in new.execute(queries.ALL_TICKETS)}
        open_still = {
            number: wrapped[mark] for number, mark in tickets.items() if mark in wrapped and mark not in erased
        }
        new.executemany(queries.DROP_TICKET, [(number,) for number in tickets if number not in open_still])
        new.executemany(queries.ADD_TICKET_KEY, open_still.items())
        day = int(now.timestamp() // 86_400)
        new.executemany(queries.ADD_TOMBSTONE, [(mark, day) for mark in erased])
        for statement in queries.HOLD:
            new.execute(statement)
        paused = new.execute(broadcast_queries.PAUSE_RESTORED).rowcount
        for statement in broadcast_queries.DOUBT_RESTORED:
            new.execute(statement)
        new.execute(queries.TAKE_IDS, (_ID_LEAP,)).fetchone()
        new.execute(queries.SET_META, ("clock", now.timestamp()))
        # Noted after the copy was made, or after an older one: whoever is erased from now on must go from there too.
        new.execute(queries.SET_META, ("backup_folder", str(source.parent.absolute())))
        held = new.execute(queries.HELD).fetchone()[0]
        new.execute("commit")
    return Restored(source=source, contacts=len(living), dropped=len(marks) - len(living), held=held, paused=paused)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
