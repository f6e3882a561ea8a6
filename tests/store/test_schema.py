"""Opening: the right file is brought up to date, any other is refused untouched, quickly, in one sentence."""

import hashlib
import os
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlite_utils

from bot.store import Keys, KeyUnusable, SqliteStore, StoreError, create_key_file, load_keys
from bot.store.columns import TABLES
from bot.store.schema import migrations, open_database, statements
from tests.store.helpers import NOON, works

ROOT = Path(__file__).resolve().parents[2]
NOW = NOON.timestamp()


@pytest.fixture
async def filled(path: Path, keys: Keys) -> Path:
    store = await SqliteStore.open(path, keys)
    for number in range(200):
        await store.take(works(str(number), update=str(number)))
    await store.close()
    return path


def digests(folder: Path) -> dict[str, str]:
    """Of all but the index of the WAL, which every reader makes."""
    files = [file for file in folder.iterdir() if file.is_file() and file.stat().st_size and "-shm" not in file.name]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def refused(path: Path, keys: Keys, match: str, error: type[StoreError] = StoreError, seconds: float = 2) -> None:
    before, begun = digests(path.parent) if path.parent.is_dir() else {}, time.monotonic()
    with pytest.raises(error, match=match) as raised:
        open_database(path, keys, now=NOW)
    assert time.monotonic() - begun < seconds
    assert len(str(raised.value).splitlines()) == 1
    if before:
        assert digests(path.parent) == before


class TestPragmas:
    def test_durable_private_and_forgetful(self, path: Path, keys: Keys) -> None:
        connection = open_database(path, keys, now=NOW)
        wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "trusted_schema": 0}

        assert {name: connection.execute(f"pragma {name}").fetchone()[0] for name in wanted} == wanted
        connection.execute("begin immediate")
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
        connection.close()


class TestDeclaration:
    """The schema that the migrations make is the one that ``columns.py`` declares (T1, T11)."""

    @pytest.fixture
    def database(self, path: Path, keys: Keys) -> sqlite_utils.Database:
        open_database(path, keys, now=NOW).close()
        return sqlite_utils.Database(path)

    def test_every_table_and_column_is_declared_and_no_other(self, database: sqlite_utils.Database) -> None:
        made = {
            table.name: [column.name for column in table.columns]
            for table in database.tables
            if not table.name.startswith("sqlite_")
        }

        assert made == {name: [column.name for column in table.columns] for name, table in TABLES.items()}

    def test_sealed_columns_hold_bytes(self, database: sqlite_utils.Database) -> None:
        for name, table in TABLES.items():
            types = {column.name: column.type for column in database[name].columns}
            assert {types[column.name] for column in table.columns if column.form == "sealed"} <= {"BLOB"}

    def test_every_declaration_has_its_reason(self) -> None:
        assert all(table.kept for table in TABLES.values())
        assert all(column.reason for table in TABLES.values() for column in table.columns)

    def test_whatever_names_a_contact_goes_with_it(self, database: sqlite_utils.Database) -> None:
        for table in database.tables:
            if any(column.name == "contact" for column in table.columns):
                (key,) = database.query(f"select * from pragma_foreign_key_list('{table.name}')")
                assert (key["table"], key["on_delete"]) == ("contacts", "CASCADE"), table.name

    def test_a_foreign_key_is_found_through_an_index(self, database: sqlite_utils.Database) -> None:
        for table in database.tables:
            for key in table.foreign_keys:
                plan = " ".join(
                    row["detail"]
                    for row in database.query(f"explain query plan select 1 from {table.name} where {key.column} = 1")
                )
                assert "SEARCH" in plan, table.name


class TestMigrations:
    def test_running_them_again_changes_nothing(self, filled: Path, keys: Keys) -> None:
        before = filled.read_bytes()
        open_database(filled, keys, now=NOW).close()
        assert filled.read_bytes() == before

    def test_a_new_one_runs_once_on_the_data(self, filled: Path, keys: Keys) -> None:
        scripts = [*migrations(), "create table more(a); insert into more select count(*) from contacts;"]
        for _ in range(2):
            connection = open_database(filled, keys, now=NOW, scripts=scripts)
            assert connection.execute("select a from more").fetchall() == [(200,)]
            assert connection.execute("pragma user_version").fetchone() == (len(scripts),)
            connection.close()

    def test_one_that_fails_leaves_nothing(self, filled: Path, keys: Keys) -> None:
        broken = "create table more(a); update contacts set profile = null; insert into nowhere values (1);"
        scripts = [*migrations(), broken]
        with pytest.raises(StoreError):
            open_database(filled, keys, now=NOW, scripts=scripts)

        connection = open_database(filled, keys, now=NOW)
        assert connection.execute("select count(*) from contacts where profile is null").fetchone() == (0,)
        assert connection.execute("select count(*) from sqlite_master where name = 'more'").fetchone() == (0,)
        connection.close()

    @pytest.mark.parametrize("first", [True, False])
    def test_killed_in_the_middle_it_is_as_if_it_had_not_begun(
        self, path: Path, keys: Keys, tmp_path: Path, first: bool
    ) -> None:
        if not first:
            open_database(path, keys, now=NOW).close()
        code = f"""
import os, sqlite3, sys
from pathlib import Path
from bot.store import load_keys, schema
scripts = schema.migrations()
if not {first}:
    scripts.append("create table more(a);\\ninsert into more values (zeroblob(9000000));\\nselect kill();")
else:
    scripts[0] += "\\nselect kill();"
prepare = schema._prepare
def prepared(path, connection):
    prepare(path, connection)
    connection.execute("pragma cache_spill=1")
    connection.create_function("kill", 0, lambda: os.kill(os.getpid(), 9))
schema._prepare = prepared
schema.open_database(Path({str(path)!r}), load_keys(Path({str(tmp_path / "master.key")!r})), now=1.0, scripts=scripts)
"""
        child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
        assert child.returncode == -9

        connection = open_database(path, keys, now=NOW)
        assert connection.execute("pragma user_version").fetchone() == (len(migrations()),)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert connection.execute("select count(*) from sqlite_master where name = 'more'").fetchone() == (0,)
        connection.close()

    def test_a_script_is_cut_at_its_statements(self) -> None:
        table = "-- a; b\ncreate table t(\n  a\n);"
        trigger = "create trigger x after insert on t begin select 1; select 2; end;"
        assert [statement.strip() for statement in statements(f"{table} {trigger}\n")] == [table, trigger]


class TestRefusals:
    async def test_a_wrong_key(self, filled: Path, tmp_path: Path) -> None:
        create_key_file(tmp_path / "other.key")
        refused(filled, load_keys(tmp_path / "other.key"), "put the right key file back", KeyUnusable)

    @pytest.mark.usefixtures("keys")
    async def test_a_wrong_key_after_a_crash_leaves_the_wal_alone_too(self, path: Path, tmp_path: Path) -> None:
        create_key_file(tmp_path / "other.key")
        code = f"""
import asyncio, os
from pathlib import Path
from bot.store import SqliteStore, load_keys
from tests.store.helpers import works
async def main():
    store = await SqliteStore.open(Path({str(path)!r}), load_keys(Path({str(tmp_path / "master.key")!r})))
    await store.take(works(update="1"))
    os.kill(os.getpid(), 9)
asyncio.run(main())
"""
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
        wal = path.with_name(path.name + "-wal")
        before = path.read_bytes(), wal.read_bytes()
        assert before[1]

        with pytest.raises(KeyUnusable):
            open_database(path, load_keys(tmp_path / "other.key"), now=NOW)
        assert (path.read_bytes(), wal.read_bytes()) == before

    async def test_a_newer_schema(self, filled: Path, keys: Keys) -> None:
        with sqlite3.connect(filled) as connection:
            connection.execute("pragma user_version=99")
        refused(filled, keys, "newer Safar .schema 99")

    def test_another_programs_database(self, path: Path, keys: Keys) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute("create table notes(text)")
        refused(path, keys, "another program's database")

    def test_a_file_that_is_no_database(self, path: Path, keys: Keys) -> None:
        path.write_bytes(b"just some text, " * 1000)
        refused(path, keys, "is damaged or is not a database")

    async def test_a_damaged_page(self, filled: Path, keys: Keys) -> None:
        raw = bytearray(filled.read_bytes())
        assert len(raw) > 40 * 4096
        for page in range(6, len(raw) // 4096, 7):
            raw[page * 4096 : page * 4096 + 64] = b"\xff" * 64
        filled.write_bytes(raw)
        refused(filled, keys, "safar.db is damaged.*safar restore FOLDER", seconds=5)

    async def test_a_truncated_file(self, filled: Path, keys: Keys) -> None:
        os.truncate(filled, filled.stat().st_size // 2)
        refused(filled, keys, "safar restore FOLDER", seconds=5)

    def test_a_missing_folder(self, tmp_path: Path, keys: Keys) -> None:
        refused(tmp_path / "nowhere" / "safar.db", keys, "The folder .*nowhere does not exist: create it")

    def test_a_folder_in_the_place_of_the_file(self, path: Path, keys: Keys) -> None:
        path.mkdir()
        refused(path, keys, "safar.db")

    def test_a_half_made_file_is_begun_anew(self, path: Path, keys: Keys) -> None:
        path.touch()
        open_database(path, keys, now=NOW).close()

    @pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody who may not write")
    @pytest.mark.parametrize("existing", [True, False])
    async def test_a_read_only_folder(self, filled: Path, tmp_path: Path, existing: bool) -> None:
        if not existing:
            filled.unlink()
        code = f"""
from pathlib import Path
import os
from bot.store import StoreError, load_keys
from bot.store.schema import migrations, open_database
keys, scripts = load_keys(Path({str(tmp_path / "master.key")!r})), migrations()
os.setgid(65534), os.setuid(65534)
try:
    open_database(Path({str(filled)!r}), keys, now=1.0, scripts=scripts)
except StoreError as error:
    print(error)
"""
        for folder in (filled.parent, *filled.parent.parents[:-2]):
            folder.chmod(folder.stat().st_mode | 0o055)
        if existing:
            filled.chmod(0o644)
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert "the user that runs Safar" in run.stdout, run.stderr
        assert len(run.stdout.splitlines()) == 1
