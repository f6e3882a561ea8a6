"""The newest copy of the wrapped contact keys, which a backup keeps apart from the data (T16).

One small database; a row is found by the contact's tombstone mark, so that an erasure can remove it without knowing
more. Older copies are replaced: what was erased opens from no backup.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

NAME: Final = "contact-keys.db"
_BUSY_SECONDS: Final = 5.0
_SCHEMA: Final = "create table keys(mark blob primary key not null, wrapped blob not null) strict, without rowid"


def write(path: Path, rows: Iterable[tuple[bytes, bytes]]) -> None:
    """A new copy: (mark, wrapped key). ``path`` must not hold one."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma secure_delete=on")
        connection.execute("begin")
        connection.execute(_SCHEMA)
        connection.executemany("insert into keys values (?, ?)", rows)
        connection.execute("commit")


def read(path: Path) -> dict[bytes, bytes]:
    """Wrapped keys by mark. Raises sqlite3.Error."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return dict(connection.execute("select mark, wrapped from keys"))


def forget(folder: Path, marks: Sequence[bytes]) -> bool:
    """Remove the erased. False when the copy cannot be reached now."""
    path = folder / NAME
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)) as connection:
            connection.execute("pragma secure_delete=on")
            connection.execute("begin immediate")
            connection.executemany("delete from keys where mark = ?", [(mark,) for mark in marks])
            connection.execute("commit")
    except sqlite3.Error:  # unplugged or read-only: the retention job tries again as long as the tombstones last
        return False
    return True
