"""What SQLite says, in one sentence with the remedy."""

import sqlite3
from pathlib import Path

from bot.store.protocol import StoreError


class DatabaseDamaged(StoreError):
    """Pages of the file cannot be read."""


def explain(path: Path, error: sqlite3.Error) -> StoreError:
    """The store's own error for one of SQLite's. Its text never holds values of a statement."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path)
    remedy = _REMEDIES.get(code)
    if remedy is None:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        return StoreError(f"The database {path} failed unexpectedly ({name}); nothing unstored was confirmed.")
    return StoreError(remedy.format(path=path, folder=path.parent))


def damaged(path: Path) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{path} is damaged or is not a database: stop Safar and restore the newest backup with `safar restore FOLDER`."
    )


_REMEDIES = {
    sqlite3.SQLITE_BUSY: "The database {path} is held by another program: end that program.",
    sqlite3.SQLITE_FULL: "The disk of {path} is full: free some space; nothing unstored was confirmed.",
    sqlite3.SQLITE_READONLY: "{path} cannot be written: give the user that runs Safar the right to write in {folder}.",
    sqlite3.SQLITE_CANTOPEN: (
        "{path} cannot be opened: {folder} must exist, and the user that runs Safar must be allowed to write in it."
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk of {path} gave an error: look at the system's log; `safar restore FOLDER` brings back a backup."
    ),
}
