"""*Delete me* leaves nothing, in no table and in no byte of a file (T14, T15)."""

import asyncio
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from bot.store import Keys, Outcome, Settled, SqliteStore, TicketChange, Timer
from bot.store.columns import TABLES
from tests.store.helpers import NOON, Clock, let_out, send_to_all, staffed, works

ANNA, BORIS = "5000000001", "5000000002"


async def fill(store: SqliteStore, address: str, turns: int = 3) -> bytes:
    timers = tuple(Timer(due=NOON + timedelta(days=n), body=b"t", kind="reminder") for n in range(3))
    taken = None
    change = TicketChange(head=b"h", lines=(b"l", b"m"), organisation="o", opens=True)
    await store.take(works(address, outcome=Outcome(ticket=change)))
    for number in range(turns):
        outcome = Outcome(
            profile=b"p",
            session=b"s%d" % number,
            outbox=(b"b",) * 3,
            timers=timers,
            questions=(b"q",),
            move=f"{address}-{number}",
        )
        taken = await store.take(works(address, update=f"{address}-{number}", ref=f"in{number}", outcome=outcome))
        one, two, _ = (row.id for row in taken.rows)
        await store.settle(
            [Settled(id=one, state="sent", ref="o", reported=True), Settled(id=two, state="failed", code="x")]
        )
    assert taken is not None
    return taken.contact


def referring(path: Path) -> dict[str, str]:
    """Table -> the column by which it refers to a contact, as the schema says."""
    database = sqlite_utils.Database(path)
    keys = [(table.name, key) for table in database.tables for key in table.foreign_keys]
    database.close()
    return {name: str(key.column) for name, key in keys if key.other_table == "contacts"} | {"contacts": "id"}


def referring_to_tickets(path: Path) -> set[str]:
    database = sqlite_utils.Database(path)
    keys = [(table.name, key) for table in database.tables for key in table.foreign_keys]
    database.close()
    return {name for name, key in keys if (key.other_table, key.column) == ("tickets", "ticket")}


def traces(path: Path, contact: bytes) -> dict[str, list[Any]]:
    number = (int.from_bytes(contact, "big"),)
    with closing(sqlite3.connect(path)) as connection:
        found = {
            table: connection.execute(f"select * from {table} where {column} = ?", number).fetchall()
            for table, column in referring(path).items()
        }
        for table in referring_to_tickets(path):
            query = (
                f"select l.* from {table} l left join tickets t on t.id = l.ticket where t.contact = ? or t.id is null"
            )
            found[table] = connection.execute(query, number).fetchall()
        return found


async def test_every_table_that_can_refer_to_a_contact_is_emptied_of_it(
    store: SqliteStore, path: Path, clock: Clock
) -> None:
    anna, boris = await fill(store, ANNA), await fill(store, BORIS)
    await staffed(store.staff, clock, "anna", "boris")
    await send_to_all(store, store.broadcasts, await let_out(store.broadcasts))
    assert {name for name, rows in traces(path, anna).items() if rows} == {
        *referring(path),
        *referring_to_tickets(path),
    }
    assert referring_to_tickets(path) == {name for name, table in TABLES.items() if name.startswith("ticket_")}
    assert set(referring(path)) == {
        name for name, table in TABLES.items() if "contact" in [column.name for column in table.columns]
    } | {
        "contacts",
        "contact_keys",
    }
    before = traces(path, boris)

    await store.erase("telegram", "8000000001", ANNA)

    assert {name for name, rows in traces(path, anna).items() if rows} == set()
    assert traces(path, boris) == before


async def test_no_byte_of_the_erased_stays_in_any_file(store: SqliteStore, path: Path) -> None:
    anna = await fill(store, ANNA)
    cells = [cell for rows in traces(path, anna).values() for row in rows for cell in row]
    ghosts = [cell for cell in cells if isinstance(cell, bytes) and len(cell) > 16]
    ghosts += [cell[13:] for cell in ghosts] + [anna]

    def haunted() -> set[str]:
        return {file.name for file in path.parent.iterdir() for ghost in ghosts if ghost in file.read_bytes()}

    assert haunted()
    await store.take(works(ANNA, outcome=Outcome(forget=True)))
    await store.kept_flows()
    assert haunted() == set()


async def test_a_reader_in_the_way_delays_the_ghosts_but_no_turn(store: SqliteStore, path: Path) -> None:
    await fill(store, ANNA)
    wal = path.with_name("safar.db-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from contacts").fetchone()
        begun = time.monotonic()
        await store.erase("telegram", "8000000001", ANNA)
        for number in range(20):
            await store.take(works(BORIS, update=str(number)))
        assert time.monotonic() - begun < 3
        assert wal.stat().st_size
        reader.execute("rollback")

    for _ in range(80):
        if not wal.stat().st_size:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the WAL was not emptied within 8 seconds")


async def test_the_change_that_tells_of_an_erasure_names_nobody_and_is_gone_after_two_minutes(
    store: SqliteStore, path: Path, clock: Clock
) -> None:
    """Indexes must hear of it, in every process: its number is sealed, so no row refers to who is gone."""
    anna = await fill(store, ANNA)
    seen, _ = await store.changes(0)
    await store.erase("telegram", "8000000001", ANNA)

    def rows() -> list[bytes]:
        with closing(sqlite3.connect(path)) as connection:
            return [who for (who,) in connection.execute("select who from changes").fetchall() if who]

    assert [one.channel for one in (await store.changes(seen))[1] if one.number == int.from_bytes(anna, "big")] == [""]
    assert len(rows()) > 1
    assert len(set(rows())) == len(rows()), "two changes of one contact look like those of two"
    assert not [row for row in rows() if anna in row]
    for seconds in (0, 119, 2):
        await store.retain(clock.advance(seconds=seconds))
    assert rows() == []


async def test_a_thousand_rows_are_gone_in_two_seconds(store: SqliteStore, path: Path) -> None:
    body = tuple(b"%d" % n for n in range(1000))
    anna = (await store.take(works(ANNA, outcome=Outcome(session=b"s", outbox=body)))).contact
    assert len(traces(path, anna)["outbox"]) == 1000

    begun = time.monotonic()
    await store.erase("telegram", "8000000001", ANNA)
    assert time.monotonic() - begun < 2
    assert traces(path, anna)["outbox"] == []


async def test_a_tombstone_stays_14_days_and_names_nobody(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock
) -> None:
    anna = await fill(store, ANNA)
    await store.erase("telegram", "8000000001", ANNA)

    def stones() -> list[bytes]:
        with closing(sqlite3.connect(path)) as connection:
            return [mark for (mark,) in connection.execute("select mark from tombstones").fetchall()]

    assert keys.tombstone(int.from_bytes(anna, "big")) in stones()
    assert {len(stone) for stone in stones()} == {32}
    assert len(stones()) == 3, "hers, that of her ticket's key, and that of the ticket for those who answer"
    for _ in range(14):
        await store.retain(clock.advance(days=1))
    assert len(stones()) == 3
    await store.retain(clock.advance(days=1))
    assert stones() == []
