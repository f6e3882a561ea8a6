"""Opening a PostgreSQL: the right one is brought up to date, any other is refused untouched, in one sentence."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.settings import BrokenSettings, load_settings
from bot.store import (
    Keys,
    KeyUnusable,
    PostgresUrl,
    StoreError,
    back_up,
    check_before_opening,
    create_key_file,
    has_data,
    keys_for,
    load_keys,
    location,
    open_store,
)
from bot.store import schema as sqlite_schema
from bot.store.columns import TABLES
from bot.store.postgresql.connection import PostgresConnection
from bot.store.postgresql.opening import open_database
from bot.store.schema import migrations
from tests import postgres
from tests.store.helpers import NOON, works

ROOT = Path(__file__).resolve().parents[2]
NOW = NOON.timestamp()


@pytest.fixture(scope="module")
def server() -> postgres.Server:
    return postgres.shared()


@pytest.fixture
def empty(server: postgres.Server) -> PostgresUrl:
    return PostgresUrl(server.new())


@pytest.fixture
def url(server: postgres.Server, keys: Keys) -> PostgresUrl:
    return PostgresUrl(server.sealed_with(keys))


def tell(url: PostgresUrl, *statements: str) -> list[Any]:
    rows: list[Any] = []
    for statement in statements:
        rows = postgres.query(url.secret, statement)
    return rows


def everything(url: PostgresUrl) -> str:
    """The whole database as text."""
    dump = postgres.shared().dump(url.secret, "--no-comments").decode()
    return "\n".join(line for line in dump.splitlines() if "restrict" not in line)


def refused(url: PostgresUrl, keys: Keys, match: str, error: type[StoreError] = StoreError) -> None:
    begun = time.monotonic()
    for opens in (lambda: open_database(url, keys, now=NOW), lambda: check_before_opening(url, keys)):
        with pytest.raises(error, match=match) as raised:
            opens()
        assert len(str(raised.value).splitlines()) == 1
    assert time.monotonic() - begun < 4


class TestRefusals:
    def test_a_wrong_key(self, url: PostgresUrl, tmp_path: Path) -> None:
        before = everything(url)
        create_key_file(tmp_path / "other.key")
        refused(url, load_keys(tmp_path / "other.key"), "put the right key file back", KeyUnusable)
        assert everything(url) == before

    def test_a_newer_schema(self, url: PostgresUrl, keys: Keys) -> None:
        tell(url, "update safar.meta set value = '99' where name = 'schema'")
        before = everything(url)
        refused(url, keys, "newer Safar .schema 99")
        assert everything(url) == before

    @pytest.mark.parametrize("table", ["notes(text text)", "meta(key text)", "meta(name text, value text)"])
    def test_another_programs_tables(self, empty: PostgresUrl, keys: Keys, table: str) -> None:
        tell(empty, "create schema safar", f"create table safar.{table}")
        before = everything(empty)
        refused(empty, keys, "is another program's: give Safar a database of its own")
        assert everything(empty) == before

    def test_no_server(self, keys: Keys, tmp_path: Path) -> None:
        refused(PostgresUrl(f"postgresql://safar@/safar?host={tmp_path}"), keys, "cannot be reached: start it")
        refused(PostgresUrl("postgresql://safar@127.0.0.1:1/safar"), keys, "at 127.0.0.1:1 cannot be reached: start it")

    def test_no_such_database(self, server: postgres.Server, keys: Keys) -> None:
        refused(PostgresUrl(server.url("nowhere")), keys, "no database nowhere.*createdb")

    def test_a_wrong_password_is_told_and_not_shown(self, server: postgres.Server, keys: Keys) -> None:
        server.run("drop role if exists locked")
        server.run("create role locked login password 'right'")
        url = PostgresUrl(server.url(user="locked:not-the-one"))
        refused(url, keys, "does not take the password of locked: set the right one in SAFAR_DATABASE_URL")
        assert "not-the-one" not in f"{url} {url!r}"

    def test_a_user_who_may_not_make_tables(self, server: postgres.Server, empty: PostgresUrl, keys: Keys) -> None:
        server.run("drop role if exists guest")
        server.run("create role guest login")
        url = PostgresUrl(server.url(empty.name, user="guest"))
        with pytest.raises(StoreError, match="make guest the owner of the database"):
            open_database(url, keys, now=NOW)

    def test_a_user_who_does_not_own_what_another_made(
        self, server: postgres.Server, url: PostgresUrl, keys: Keys, tmp_path: Path
    ) -> None:
        """The schema is not even in its search path, though the database is its own."""
        tell(url, "create role later login", f"alter database {url.name} owner to later")
        try:
            theirs = PostgresUrl(server.url(url.name, user="later"))
            refused(theirs, keys, "make later the owner of the database .* and of all in its schema safar")
            for does in (has_data, lambda where: back_up(where, tmp_path, keys, NOON)):
                with pytest.raises(StoreError, match="make later the owner"):
                    does(theirs)
        finally:
            tell(url, f"alter database {url.name} owner to postgres", "drop role later")

    def test_a_parameter_that_the_server_does_not_know(self, empty: PostgresUrl, keys: Keys) -> None:
        refused(PostgresUrl(f"{empty.secret}&foo=bar"), keys, r"a parameter after the \? of SAFAR_DATABASE_URL")

    @pytest.mark.parametrize("value", ["off"])
    def test_a_commit_that_is_not_durable(
        self, server: postgres.Server, url: PostgresUrl, keys: Keys, value: str
    ) -> None:
        """T74"""
        tell(url, f"alter database {url.name} set synchronous_commit = {value}")
        refused(url, keys, "synchronous_commit is off.*set it to on")

    def test_without_the_package_it_says_what_to_install(self, tmp_path: Path) -> None:
        code = """
import sys
sys.modules["asyncpg"] = None
from bot.store import PostgresUrl, StoreError, has_data
try:
    has_data(PostgresUrl("postgresql://safar@/safar"))
except StoreError as error:
    print(error)
"""
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "make install-postgres" in run.stdout

    def test_a_setting_that_is_no_url(self) -> None:
        with pytest.raises(BrokenSettings, match="SAFAR_DATABASE_URL: write it as postgresql://"):
            load_settings(database_url="mysql://elsewhere")


def test_the_package_is_loaded_only_where_it_is_used() -> None:
    code = "import sys, bot.app, bot.cli.backup, bot.cli.staff; print('asyncpg' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_a_setting_names_the_place_and_shows_no_password(server: postgres.Server) -> None:
    settings = load_settings(database_url="postgresql://safar:hush@db.example.org:5433/bot")
    where = location(settings)
    assert str(where) == "the PostgreSQL database bot at db.example.org:5433"
    assert "hush" not in f"{settings!r} {where!r}"


def test_a_key_is_made_only_where_there_is_no_data(url: PostgresUrl, empty: PostgresUrl, tmp_path: Path) -> None:
    """T7"""
    with pytest.raises(KeyUnusable, match="is sealed with it: put it back"):
        keys_for(tmp_path / "new.key", url)
    assert not (tmp_path / "new.key").exists()
    keys_for(tmp_path / "new.key", empty)
    assert (tmp_path / "new.key").exists()


class TestMigrations:
    def test_running_them_again_changes_nothing(self, url: PostgresUrl, keys: Keys) -> None:
        before = everything(url)
        open_database(url, keys, now=NOW).close()
        assert everything(url) == before

    def test_one_that_fails_leaves_nothing(self, url: PostgresUrl, keys: Keys) -> None:
        before = everything(url)
        broken = "create table more(a bigint); delete from meta; insert into nowhere values (1);"
        with pytest.raises(StoreError):
            open_database(url, keys, now=NOW, scripts=[*migrations("postgresql"), broken])
        assert everything(url) == before

    def test_of_two_that_start_together_one_makes_the_tables(self, empty: PostgresUrl, keys: Keys) -> None:
        async def both() -> None:
            stores = await asyncio.gather(*(open_store(empty, keys) for _ in range(4)))
            for store in stores:
                await store.take(works())
                await store.close()

        asyncio.run(both())
        assert tell(empty, "select count(*) from safar.contacts")[0][0] == 1

    @pytest.mark.parametrize("made", [True, False])
    def test_killed_in_the_middle_it_is_as_if_it_had_not_begun(
        self, url: PostgresUrl, empty: PostgresUrl, keys: Keys, tmp_path: Path, made: bool
    ) -> None:
        """F12"""
        where = url if made else empty
        before = everything(where)
        code = f"""
import os
from pathlib import Path
from bot.store import PostgresUrl, load_keys
from bot.store.postgresql import connection, opening
from bot.store.schema import migrations
scripts = [*migrations("postgresql"), "create table more(a bigint)"]
set_version = opening._set_version
def killed(*values):
    os.kill(os.getpid(), 9)
opening._set_version = killed
opening.open_database(PostgresUrl({where.secret!r}), load_keys(Path({str(tmp_path / "master.key")!r})), now=1.0,
    scripts=scripts)
"""
        child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
        assert child.returncode == -9
        for _ in range(50):
            if everything(where) == before:
                break
            time.sleep(0.1)
        assert everything(where) == before
        open_database(where, keys, now=NOW).close()


Shape = dict[str, Any]


class TestDialects:
    """One schema, written twice."""

    @pytest.fixture
    def file(self, path: Path, keys: Keys) -> Iterator[sqlite3.Connection]:
        sqlite_schema.open_database(path, keys, now=NOW).close()
        with closing(sqlite3.connect(path)) as connection:
            yield connection

    @pytest.fixture
    def connection(self, url: PostgresUrl) -> Iterator[PostgresConnection]:
        connection = PostgresConnection(url)
        yield connection
        connection.close()

    def test_the_same_scripts(self) -> None:
        folder = ROOT / "bot" / "store" / "migrations"
        names = {dialect: sorted(file.name for file in (folder / dialect).iterdir()) for dialect in folder.iterdir()}
        assert len(names) == 2
        assert len({tuple(found) for found in names.values()}) == 1

    def test_the_same_tables_and_columns_as_are_declared(
        self, file: sqlite3.Connection, connection: PostgresConnection
    ) -> None:
        declared = {name: [column.name for column in table.columns] for name, table in TABLES.items()}
        assert {name: list(columns) for name, columns in _columns_of(connection).items()} == declared
        assert _columns_of(connection) == _columns_in(file) | {"meta": _columns_of(connection)["meta"]}

    def test_the_same_references(self, file: sqlite3.Connection, connection: PostgresConnection) -> None:
        query = """
select t.relname, a.attname, r.relname, c.confdeltype from pg_constraint c join pg_class t on t.oid = c.conrelid
join pg_class r on r.oid = c.confrelid join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
where c.contype = 'f' and t.relnamespace = 'safar'::regnamespace
"""
        theirs = {(table, column, of, {b"c": "CASCADE"}[how]) for table, column, of, how in connection.execute(query)}
        ours = {
            (table, row[3], row[2], row[6])
            for table in TABLES
            for row in file.execute(f"select * from pragma_foreign_key_list('{table}')")
        }
        assert theirs == ours

    def test_the_same_indexes(self, file: sqlite3.Connection, connection: PostgresConnection) -> None:
        query = "select indexname, indexdef from pg_indexes where schemaname = 'safar'"
        made = {
            name: "UNIQUE" in how for name, how in connection.execute(query) if not name.endswith(("_pkey", "_key"))
        }
        ours = file.execute("select name, sql from sqlite_master where type = 'index' and sql is not null").fetchall()
        assert made == {name: "unique" in sql.lower() for name, sql in ours}

    def test_the_same_triggers(self, file: sqlite3.Connection, connection: PostgresConnection) -> None:
        query = "select tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid where not tgisinternal"
        theirs = {row[0] for row in connection.execute(query)}
        ours = {row[0] for row in file.execute("select name from sqlite_master where type = 'trigger'")}
        # SQLite has no truncate.
        emptied = {"audit_is_not_emptied", "broadcasts_are_not_emptied", "broadcast_hands_are_not_emptied"}
        assert theirs == ours | emptied

    @pytest.mark.parametrize(
        "script", ["update safar.audit set handle = 'b'", "delete from safar.audit", "truncate safar.audit"]
    )
    async def test_the_audit_refuses_to_be_changed(self, url: PostgresUrl, keys: Keys, script: str) -> None:
        """T38"""
        tell(url, "insert into safar.audit values (1, 999999999, 'a', 'signed-in', '', '')")
        with pytest.raises(Exception, match="a row of the audit is"):
            tell(url, script)


_TYPES = {"int8": "INTEGER", "bytea": "BLOB", "text": "TEXT", "float8": "REAL"}


def _columns_of(connection: PostgresConnection) -> Shape:
    query = """
select c.relname, a.attname, y.typname, a.attnotnull from pg_attribute a join pg_class c on c.oid = a.attrelid
join pg_type y on y.oid = a.atttypid
where c.relkind = 'r' and c.relnamespace = 'safar'::regnamespace and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
"""
    shape: Shape = {}
    for table, column, kind, needed in connection.execute(query):
        shape.setdefault(table, {})[column] = (_TYPES[kind], needed)
    return shape


def _columns_in(file: sqlite3.Connection) -> Shape:
    return {
        table: {row[1]: (row[2].upper(), bool(row[3])) for row in file.execute(f"pragma table_info({table})")}
        for table in TABLES
    }
