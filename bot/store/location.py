"""Where the data is: a SQLite file, or a PostgreSQL that several processes share. The same calls for both.

asyncpg is loaded only where a PostgreSQL is named.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType

from bot.settings import Settings
from bot.store import audit, backup, schema
from bot.store.audit import BrokenAudit
from bot.store.backup import Restored
from bot.store.database import utc_now
from bot.store.keys import Keys, KeyUnusable, create_key_file, load_keys
from bot.store.postgres_url import PostgresUrl
from bot.store.protocol import StoreError
from bot.store.sqlite import SqliteStore
from bot.store.store import DatabaseStore

Location = Path | PostgresUrl


def location(settings: Settings) -> Location:
    url = settings.database_url.get_secret_value()
    return PostgresUrl(url) if url else settings.database


async def open_store(where: Location, keys: Keys, *, clock: Callable[[], datetime] = utc_now) -> DatabaseStore:
    """Create or open. Raises StoreError with one sentence on what to do; then the data is untouched."""
    if isinstance(where, Path):
        return await SqliteStore.open(where, keys, clock=clock)
    store: DatabaseStore = await _postgresql().PostgresStore.open(where, keys, clock=clock)
    return store


def has_data(where: Location) -> bool:
    """Raises StoreError when nobody can tell."""
    return where.exists() if isinstance(where, Path) else bool(_postgresql().has_data(where))


def check_before_opening(where: Location, keys: Keys) -> None:
    """Raises StoreError, with the remedy, when the data is not for this program or not for these keys; it stays as it
    was."""
    if isinstance(where, Path):
        schema.check_before_opening(where, keys)
    else:
        _postgresql().check_before_opening(where, keys)


def keys_for(key_file: Path, where: Location) -> Keys:
    """The keys for the data; a key is made only where there is no data yet (T7). Raises StoreError."""
    if not key_file.exists():
        if has_data(where):
            raise KeyUnusable(
                f"The master key {key_file} is missing, and {where} is sealed with it: put it back from the copy that "
                f"you keep apart; without it this data stays closed, and only an empty "
                f"{'data folder' if isinstance(where, Path) else 'database'} can start anew."
            )
        create_key_file(key_file)
    return load_keys(key_file)


def back_up(where: Location, folder: Path, keys: Keys, now: datetime) -> Path:
    """Write a verified backup, also while Safar runs; returns the data file. The same files from both.

    Raises StoreError; a backup that does not verify leaves no file.
    """
    if isinstance(where, Path):
        return backup.back_up(where, folder, keys, now)
    written: Path = _postgresql().back_up(where, folder, keys, now)
    return written


def restore(folder: Path, into: Location, keys: Keys, now: datetime) -> Restored:
    """Put the newest backup in ``folder`` in the place of the data; Safar must not be running.

    Nobody erased is brought back, and nothing that waited is sent before a person says so. Raises StoreError.
    """
    if isinstance(into, Path):
        return backup.restore(folder, into, keys, now)
    restored: Restored = _postgresql().restore(folder, into, keys, now)
    return restored


def backup_written(where: Location) -> float | None:
    """When it was written, in seconds since 1970; None for none that can be seen from here."""
    folder = backup_folder(where)
    try:
        written = [file.stat().st_mtime for file in folder.glob("safar-data-*")] if folder else []
    except OSError:
        return None
    return max(written, default=None)


def backup_folder(where: Location) -> Path | None:
    """Where the last backup went; None where there was none, or nothing can be read."""
    if isinstance(where, Path):
        return backup.backup_folder(where)
    folder: Path | None = _postgresql().backup_folder(where)
    return folder


def verify_audit(where: Location, keys: Keys) -> BrokenAudit | None:
    """Read the whole audit, beside a running Safar or without one. Raises StoreError."""
    if isinstance(where, Path):
        return audit.verify_audit(where, keys)
    broken: BrokenAudit | None = _postgresql().verify_audit(where, keys)
    return broken


def migrate_store(path: Path, url: PostgresUrl, keys: Keys) -> dict[str, int]:
    """Move everything from a SQLite file into an empty PostgreSQL, and compare every row; rows by table. Safar must not
    be running. Raises StoreError; then the database is as it was."""
    moved: dict[str, int] = _postgresql().move_in(path, url, keys)
    return moved


def _postgresql() -> ModuleType:
    try:
        from bot.store import postgresql
    except ImportError:
        raise StoreError(
            "PostgreSQL needs the package asyncpg: run `make install-postgres`, or leave SAFAR_DATABASE_URL empty."
        ) from None
    return postgresql
