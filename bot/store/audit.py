"""The audit: rows that only grow, each chained to the one before, so that none changes unnoticed (THREATS T38).

A row's chain is a keyed hash of the chain before and of the row; two keyed hashes in ``meta`` hold both ends, so that
cutting rows off shows too. Without the master key none of them can be made.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, Final

import msgspec

from bot.store import queries, staff_queries
from bot.store.columns import TABLES
from bot.store.database import DAY_SECONDS, Database, from_seconds
from bot.store.failures import explain
from bot.store.keys import Keys
from bot.store.schema import open_readonly
from bot.store.staff_protocol import MOST_TICKETS, Audited, Entry

HEAD: Final = "audit_head"
ROOT: Final = "audit_root"
_HOUR: Final = 60
#: A ticket that lies open is looked at again and again; one row for so many minutes.
_AGAIN_MINUTES: Final = 10
_FIRST: Final = (0, b"")


class BrokenAudit(msgspec.Struct, frozen=True, kw_only=True):
    """The first row that is not what was written; ``missing``: it is not there at all."""

    row: int
    missing: bool
    #: As far as the row tells.
    at: datetime | None = None
    what: str = ""


def record(database: Database, entry: Entry) -> None:
    database.lock_audit()
    before, chain = database.connection.execute(staff_queries.LAST).fetchone() or _root(database)
    handle = database.keys.staff("object", entry.object) if entry.object else b""
    row = (before + 1, int(database.now // 60), entry.handle, entry.what, handle)
    chain = _chain(database.keys, chain, row)
    database.write(staff_queries.RECORD, [(*row, chain)])
    database.set_meta(HEAD, _end(database.keys, HEAD, row[0], chain))


def open_ticket(database: Database, handle: str, ticket: bytes, again: bool) -> bool:
    database.lock_audit()
    minute = int(database.now // 60)
    seen = (handle, database.keys.staff("object", ticket), minute - _HOUR)
    others, last = database.connection.execute(staff_queries.OPENED, seen).fetchone()
    if not last and others >= MOST_TICKETS:
        record(database, Entry(handle=handle, what="reading-stopped", object=ticket))
        return False
    if not again or last <= minute - _AGAIN_MINUTES:
        record(database, Entry(handle=handle, what="ticket-opened", object=ticket))
    return True


def newest(database: Database, organisation: str | None, limit: int) -> list[Audited]:
    handles = [row[1] for row in database.connection.execute(staff_queries.ALL, (organisation,)).fetchall()]
    names = {database.keys.staff("object", handle.encode()): handle for handle in handles}
    rows = database.connection.execute(staff_queries.NEWEST, (organisation, limit)).fetchall()
    return [
        Audited(id=number, at=from_seconds(minute * 60), handle=handle, what=what, whom=names.get(thing, ""))
        for number, minute, handle, what, thing in rows
    ]


def forget_old(database: Database, now: float, chunk: int) -> int:
    """Rows past their two years; where the chain begins from then on is kept. The trigger counts from the clock of the
    last clean-up and lets nothing younger go."""
    days = TABLES["audit"].days
    assert days is not None
    past = min(now, database.meta("clock")) - days * DAY_SECONDS
    database.lock_audit()
    oldest = database.connection.execute(staff_queries.OLDEST, (chunk,)).fetchall()
    rows = list(takewhile(lambda row: row[1] * 60 <= past, oldest))
    if rows:
        number, _, chain = rows[-1]
        database.set_meta(ROOT, _pack(number, chain) + _end(database.keys, ROOT, number, chain))
        database.connection.execute(staff_queries.FORGET, (number,))
    return len(rows)


def verify_audit(path: Path, keys: Keys) -> BrokenAudit | None:
    """Read the whole audit, beside a running Safar or without one. Raises StoreError."""
    try:
        with closing(open_readonly(path)) as connection:
            connection.execute("begin")
            if not _begun(connection):
                return None
            rows = connection.execute(staff_queries.ROWS)
            return verify_rows(rows, _meta(connection, ROOT), _meta(connection, HEAD), keys)
    except sqlite3.Error as error:
        raise explain(path, error) from error


def verify_rows(
    rows: Iterable[Sequence[Any]], root: bytes | None, head: bytes | None, keys: Keys
) -> BrokenAudit | None:
    """Rows of ``staff_queries.ROWS``, and what ``meta`` says of both ends."""
    number, chain, genuine = _unpack(keys, root)
    if not genuine:
        return BrokenAudit(row=number + 1, missing=True)
    for *row, written in rows:
        if row[0] != number + 1:
            return BrokenAudit(row=number + 1, missing=True)
        chain = _chain(keys, chain, row)
        if chain != written:
            return BrokenAudit(row=row[0], missing=False, at=from_seconds(row[1] * 60), what=str(row[3]))
        number = row[0]
    if head != _end(keys, HEAD, number, chain):
        return BrokenAudit(row=number + 1, missing=True)
    return None


def _begun(connection: sqlite3.Connection) -> bool:
    """The first account is the first row. A database of an older version has neither."""
    tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    if "audit" not in tables:
        return False
    return any(connection.execute(f"select 1 from {table} limit 1").fetchone() for table in ("staff", "audit"))  # noqa: S608


def _root(database: Database) -> tuple[int, bytes]:
    """The last row that is past and gone."""
    return _unpack(database.keys, database.meta(ROOT))[:2]


def _unpack(keys: Keys, root: bytes | None) -> tuple[int, bytes, bool]:
    if root is None:
        return *_FIRST, True
    number, chain = int.from_bytes(root[:8], "big"), root[8:40]
    return number, chain, root[40:] == _end(keys, ROOT, number, chain)


def _meta(connection: sqlite3.Connection, name: str) -> Any:
    row = connection.execute(queries.GET_META, (name,)).fetchone()
    return row[0] if row else None


def _pack(number: int, chain: bytes) -> bytes:
    return number.to_bytes(8, "big") + chain


def _end(keys: Keys, name: str, number: int, chain: bytes) -> bytes:
    return keys.audit(name.encode() + _pack(number, chain))


def _chain(keys: Keys, before: bytes, row: Sequence[Any]) -> bytes:
    return keys.audit(before + msgspec.json.encode([part.hex() if isinstance(part, bytes) else part for part in row]))
