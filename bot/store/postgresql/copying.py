"""Between a SQLite file and PostgreSQL: the same tables and columns, row by row, and every row read back."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from bot.store import queries
from bot.store.backup import add_triggers, is_in_use, make_empty, open_alone
from bot.store.failures import explain
from bot.store.keys import Keys
from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.meta import packed, unpacked
from bot.store.postgresql.opening import check_database, create, replacing, tables_of, version_of
from bot.store.protocol import StoreError
from bot.store.schema import check_database as check_file
from bot.store.schema import migrations, tables

_COUNTERS: Final = """
select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'safar'::regnamespace and a.attidentity <> ''
"""
#: Ids go on a little later, for blocks that were given out meanwhile.
_ID_LEAP: Final = 1_000_000


def move_in(path: Path, url: PostgresUrl, keys: Keys) -> dict[str, int]:
    """Everything from a SQLite file into an empty database, in one transaction, and every row compared before the
    commit; how many rows each table has. Raises StoreError; then the database is as it was."""
    if not path.exists():
        raise StoreError(f"There is no database at {path}: nothing to move.")
    try:
        with closing(open_alone(path)) as source, replacing(url) as target:
            check_file(path, source, keys, len(migrations()))
            if tables_of(target):
                raise StoreError(f"There is data in {url} already: name an empty database.")
            counts = load(source, target)
            check_database(url, target, keys)
            return counts
    except sqlite3.Error as error:
        if is_in_use(error):
            raise StoreError(f"{path} is in use: stop Safar before you move its data.") from None
        raise explain(path, error) from error


def load(source: sqlite3.Connection, target: PostgresConnection) -> dict[str, int]:
    """Fill a database without a schema, in its transaction. Raises StoreError when a row did not come over whole."""
    create(target, migrations("postgresql")[: source.execute("pragma user_version").fetchone()[0]])
    names = tables(source)
    meta = dict(source.execute("select name, value from meta"))
    next_id = meta.pop("next_id")
    target.executemany(queries.SET_META, [(name, packed(value)) for name, value in meta.items()])
    # The triggers judge how rows come about, not what is copied.
    target.script("".join(f"alter table {table} disable trigger user; " for table in names))
    for table in names:
        if table != "meta":
            columns = _columns(source, table)
            target.copy_in(table, columns, source.execute(f"select {', '.join(columns)} from {table}"))  # noqa: S608
    target.execute("select setval('ids', ?1, false)", (next_id,))
    for table, column in target.execute(_COUNTERS).fetchall():
        last = f"select coalesce(max({column}), 0) + 1 from {table}"  # noqa: S608 - names from the schema
        target.script(f"select setval(pg_get_serial_sequence('safar.{table}', '{column}'), ({last}), false)")
    target.script("".join(f"alter table {table} enable trigger user; " for table in names))
    target.script("analyze")
    return {table: _compare(source, target, table, meta) for table in names}


def empty_into(source: PostgresConnection, data: Path, apart: frozenset[str]) -> None:
    """Write all tables but ``apart`` into a new SQLite file of the same version."""
    make_empty(data, version_of(source))
    with closing(sqlite3.connect(data, isolation_level=None)) as file:
        file.execute("begin")
        for table in tables(file):
            if table in apart or table == "meta":
                continue
            columns = _columns(file, table)
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            for rows in source.chunks(f"select {names} from {table}"):  # noqa: S608 - names from the schema
                file.executemany(f"insert into {table} ({names}) values ({marks})", map(tuple, rows))  # noqa: S608
        meta = {name: unpacked(value) for name, value in source.execute("select name, value from meta").fetchall()}
        del meta["schema"]
        meta["next_id"] = source.execute("select last_value from ids").fetchone()[0] + _ID_LEAP
        file.executemany("insert into meta (name, value) values (?, ?)", meta.items())
        file.execute("commit")
    add_triggers(data, version_of(source))


def _compare(source: sqlite3.Connection, target: PostgresConnection, table: str, meta: dict[str, Any]) -> int:
    """How many rows a table has on both sides. Raises StoreError."""
    if table == "meta":
        rows = target.execute("select name, value from meta").fetchall()
        found = {name: unpacked(value) for name, value in rows if name != "schema"}
        if found != meta:
            raise _differs(table)
        return len(found)
    columns = _columns(source, table)
    order = [row[1] for row in source.execute(f"pragma table_info({table})") if row[5]]
    text = {row[1] for row in source.execute(f"pragma table_info({table})") if row[2].lower() == "text"}
    query = f"select {', '.join(columns)} from {table} order by "  # noqa: S608 - names from the schema
    mine = source.execute(query + ", ".join(order))
    sorted_alike = ", ".join(f'{name} collate "C"' if name in text else name for name in order)
    number = 0
    for theirs in _flat(target.chunks(query + sorted_alike)):
        if mine.fetchone() != tuple(theirs):
            raise _differs(table)
        number += 1
    if mine.fetchone() is not None:
        raise _differs(table)
    return number


def _flat(chunks: Iterator[list[Any]]) -> Iterator[Sequence[Any]]:
    for rows in chunks:
        yield from rows


def _columns(file: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in file.execute(f"pragma table_info({table})")]


def _differs(table: str) -> StoreError:
    return StoreError(
        f"A row of {table} did not come over as it was: nothing was kept; try again, and look at the disks."
    )
