"""The audit cannot be changed unnoticed (THREATS T38), and ends after two years (T11)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.store import Entry, Keys, SqliteStore, StoreError, verify_audit
from bot.store.audit import BrokenAudit
from bot.store.schema import open_database
from tests.store.helpers import Clock

FREE = "drop trigger audit_is_never_changed; drop trigger audit_is_kept;"


async def filled(path: Path, keys: Keys, clock: Clock, rows: int = 8) -> None:
    store = await SqliteStore.open(path, keys, clock=clock)
    for number in range(rows):
        await store.staff.record(Entry(handle="anna", what="ticket-opened", object=b"%d" % number))
    await store.close()


def tamper(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


async def test_as_it_was_written_it_is_whole(path: Path, keys: Keys, clock: Clock) -> None:
    open_database(path, keys, now=clock.now.timestamp()).close()
    assert verify_audit(path, keys) is None
    await filled(path, keys, clock)
    assert verify_audit(path, keys) is None


@pytest.mark.parametrize("script", ["update audit set handle = 'boris'", "delete from audit where id = 8"])
async def test_the_database_itself_refuses_to_change_or_remove_a_row(
    path: Path, keys: Keys, clock: Clock, script: str
) -> None:
    await filled(path, keys, clock)
    with pytest.raises(sqlite3.IntegrityError):
        tamper(path, script)


@pytest.mark.parametrize("column", ["minute", "handle", "what", "object", "chain"])
@pytest.mark.parametrize("row", [1, 5, 8])
async def test_one_changed_cell_is_named(path: Path, keys: Keys, clock: Clock, column: str, row: int) -> None:
    await filled(path, keys, clock)
    value = {"minute": "minute + 1", "handle": "'boris'", "what": "'signed-in'"}.get(column, "zeroblob(32)")
    tamper(path, f"{FREE} update audit set {column} = {value} where id = {row};")

    broken = verify_audit(path, keys)
    assert broken is not None
    assert (broken.row, broken.missing) == (row, False)


@pytest.mark.parametrize(
    ("script", "row"),
    [
        ("delete from audit where id = 4", 4),
        ("delete from audit where id = 1", 1),
        ("delete from audit where id = 8", 8),
        ("delete from audit where id > 2", 3),
        ("delete from audit where id = 8; delete from meta where name = 'audit_head'", 8),
        ("update audit set id = 20 where id = 8", 8),
    ],
)
async def test_a_missing_row_is_named(path: Path, keys: Keys, clock: Clock, script: str, row: int) -> None:
    await filled(path, keys, clock)
    tamper(path, f"{FREE} {script};")
    assert verify_audit(path, keys) == BrokenAudit(row=row, missing=True)


async def test_emptying_it_all_shows_while_there_is_an_account(path: Path, keys: Keys, clock: Clock) -> None:
    await filled(path, keys, clock)
    account = (
        "insert into staff (id, handle, organisation, roles, state, created, step, totp) "
        "values (1, 'anna', 'o', '', 'active', 0, 0, x'00')"
    )
    tamper(path, f"{FREE} delete from audit; delete from meta where name like 'audit%'; {account};")
    assert verify_audit(path, keys) == BrokenAudit(row=1, missing=True)


async def test_two_years_later_the_oldest_rows_go_and_the_rest_is_whole(path: Path, keys: Keys, clock: Clock) -> None:
    await filled(path, keys, clock)
    clock.advance(days=400)
    await filled(path, keys, clock)
    store = await SqliteStore.open(path, keys, clock=clock)
    clock.advance(days=330)
    await store.trust_clock(clock.now)
    assert (await store.retain(clock.now))["audit"] == 8
    assert (await store.retain(clock.now))["audit"] == 0
    assert len(await store.staff.audit(None, 100)) == 8
    await store.close()
    assert verify_audit(path, keys) is None
    await filled(path, keys, clock)
    assert verify_audit(path, keys) is None

    tamper(path, f"{FREE} delete from audit where id = 9;")
    assert verify_audit(path, keys) == BrokenAudit(row=9, missing=True)


async def test_the_end_of_the_old_rows_cannot_be_moved(path: Path, keys: Keys, clock: Clock) -> None:
    await filled(path, keys, clock)
    move = "insert into meta select 'audit_root', cast(x'0000000000000004' || chain || chain as blob) from audit"
    tamper(path, f"{FREE} {move} where id = 4; delete from audit where id <= 4;")
    broken = verify_audit(path, keys)
    assert broken is not None
    assert broken.missing


def test_a_file_that_is_no_database_is_told(path: Path, keys: Keys) -> None:
    path.write_bytes(b"no database at all, " * 500)
    with pytest.raises(StoreError):
        verify_audit(path, keys)
