"""Opening a PostgreSQL database: refused untouched when it is not ours, else brought to the newest schema.

Everything of Safar lies in a schema of its own. Whoever uses it holds a shared lock, so that a restore knows that
nothing runs. Raises StoreError with one sentence on what to do.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import asyncpg

from bot.store.keys import Keys, KeyUnusable
from bot.store.postgres_url import PostgresUrl
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.failures import explain
from bot.store.postgresql.meta import packed, unpacked
from bot.store.protocol import StoreError
from bot.store.schema import fits, migrations, new_canary

_OLDEST_SERVER: Final = 14
_MIGRATING: Final = "select pg_advisory_xact_lock(7305798)"
_RUNNING: Final = 7305799
#: Settings with which a commit that was told is on the disk (THREATS T74).
_DURABLE: Final = {"fsync": ("on",), "synchronous_commit": ("on", "local", "remote_write", "remote_apply")}
_TABLES: Final = "select tablename from pg_tables where schemaname = 'safar'"
#: Read from the catalogue's tables: what a session remembers of names may be older than another one's migration.
_OUR_META: Final = """
select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'safar' and c.relname = 'meta' and a.attname in ('name', 'value')
"""
#: Without the right to use it a schema is left out of the search path, and its tables are not refused but not found.
_SHUT: Final = "select 1 from pg_namespace where nspname = 'safar' and not has_schema_privilege(oid, 'usage')"
_META: Final = "select value from meta where name = ?1"


def open_database(
    url: PostgresUrl, keys: Keys, *, now: float, scripts: Sequence[str] | None = None
) -> PostgresConnection:
    """The one connection of this process that writes."""
    scripts = migrations("postgresql") if scripts is None else scripts
    with _explained(url):
        connection = PostgresConnection(url)
        try:
            _check_right(connection)
            _check_server(url, connection)
            _hold_running(url, connection)
            _check(url, connection, keys, len(scripts))
            if version_of(connection) < len(scripts):
                _migrate(url, connection, scripts, keys, now)
        except BaseException:
            connection.close()
            raise
    return connection


def check_before_opening(url: PostgresUrl, keys: Keys) -> None:
    """Raises StoreError when the database is not for this program or not for these keys; it stays as it was."""
    with reading(url) as connection:
        _check_server(url, connection)
        _check(url, connection, keys, len(migrations("postgresql")))


def has_data(url: PostgresUrl) -> bool:
    with reading(url) as connection:
        return bool(tables_of(connection))


@contextmanager
def reading(url: PostgresUrl) -> Iterator[PostgresConnection]:
    """A second connection, for looking and for backups; one moment of the database, while others write on."""
    with _explained(url):
        connection = PostgresConnection(url)
        try:
            connection.script("set idle_in_transaction_session_timeout = 0")  # a backup waits for its own disk
            _check_right(connection)
            connection.execute("begin isolation level repeatable read read only")
            yield connection
            connection.execute("commit")
        finally:
            connection.close()


@contextmanager
def replacing(url: PostgresUrl) -> Iterator[PostgresConnection]:
    """In one transaction, while nothing runs: the connection on which everything may be written anew."""
    with _explained(url):
        connection = PostgresConnection(url)
        try:
            connection.script("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
            _check_right(connection)
            _check_server(url, connection)
            connection.execute("begin")
            if not connection.execute("select pg_try_advisory_xact_lock(?1)", (_RUNNING,)).fetchone()[0]:
                raise StoreError(f"Safar is running on {url}, or a command of it: stop it first.")
            yield connection
            connection.script("commit")
        finally:
            connection.close()


def check_database(url: PostgresUrl, connection: PostgresConnection, keys: Keys) -> None:
    """There is a database of ours, of a version that we know, sealed with this key. Raises StoreError."""
    if not version_of(connection):
        raise StoreError(f"There is no data of Safar in {url}: look at SAFAR_DATABASE_URL.")
    _check(url, connection, keys, len(migrations("postgresql")))


def create(connection: PostgresConnection, scripts: Sequence[str]) -> None:
    """An empty schema of the version of ``scripts``; in a transaction."""
    connection.script("create schema if not exists safar")
    for script in scripts:
        connection.script(script)
    _set_version(connection, len(scripts))


@contextmanager
def _explained(url: PostgresUrl) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise explain(url, error) from None


def _check_right(connection: PostgresConnection) -> None:
    if connection.execute(_SHUT).fetchone():
        raise asyncpg.InsufficientPrivilegeError("schema safar")


def _check_server(url: PostgresUrl, connection: PostgresConnection) -> None:
    number = int(connection.execute("show server_version_num").fetchone()[0])
    if number < _OLDEST_SERVER * 10_000:
        raise StoreError(
            f"The server of {url} is PostgreSQL {number // 10_000}: Safar needs {_OLDEST_SERVER} or newer."
        )
    for name, allowed in _DURABLE.items():
        value = connection.execute(f"show {name}").fetchone()[0]
        if value not in allowed:
            raise StoreError(
                f"{name} is {value} in {url}, which loses at a power cut what people were told: set it to on."
            )


def _hold_running(url: PostgresUrl, connection: PostgresConnection) -> None:
    if not connection.execute("select pg_try_advisory_lock_shared(?1)", (_RUNNING,)).fetchone()[0]:
        raise StoreError(f"A restore writes {url} anew: wait until it is done.")


def _check(url: PostgresUrl, connection: PostgresConnection, keys: Keys, newest: int) -> None:
    """Before anything is written: is this empty, or ours, of a version that we know, and sealed with this key?"""
    if not tables_of(connection):
        return
    version = version_of(connection)
    if not version:
        raise StoreError(f"The schema safar in {url} is another program's: give Safar a database of its own.")
    if version > newest:
        raise StoreError(
            f"{url} was written by a newer Safar (schema {version}, this one knows {newest}): install that one again."
        )
    row = connection.execute(_META, ("canary",)).fetchone()
    if not fits(keys, unpacked(row[0]) if row else None):
        raise KeyUnusable(
            f"The master key is not the one that sealed {url}: put the right key file back; the data was not touched."
        )


def tables_of(connection: PostgresConnection) -> set[str]:
    """Names of what lies in our schema, whoever made it."""
    return {row[0] for row in connection.execute(_TABLES).fetchall()}


def version_of(connection: PostgresConnection) -> int:
    """0: there is nothing of ours."""
    if connection.execute(_OUR_META).fetchone()[0] != 2:
        return 0
    row = connection.execute(_META, ("schema",)).fetchone()
    return int(unpacked(row[0])) if row else 0


def _set_version(connection: PostgresConnection, version: int) -> None:
    connection.executemany(
        "insert into meta (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value",
        [("schema", packed(version))],
    )


def _migrate(url: PostgresUrl, connection: PostgresConnection, scripts: Sequence[str], keys: Keys, now: float) -> None:
    """Each script in a transaction of its own, its number included; of processes that start together, one does it."""
    while True:
        connection.script(f"begin; set local statement_timeout = 0; set local lock_timeout = 0; {_MIGRATING}")
        try:
            version = version_of(connection)
            if version >= len(scripts):
                _check(url, connection, keys, len(scripts))
                return
            if version == 0:
                connection.script("create schema if not exists safar")
            connection.script(scripts[version])
            if version == 0:
                life = {"canary": new_canary(keys), "clock": now}
                rows = [(name, packed(value)) for name, value in life.items()]
                connection.executemany("insert into meta (name, value) values (?1, ?2)", rows)
            _set_version(connection, version + 1)
            connection.script("commit")
        finally:
            connection.script("rollback")
