"""A destroyed ticket opens for nobody, not even for who has the master key, the files and the backups (T30)."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store import Keys, Outcome, SealBroken, SqliteStore, TicketChange, Work, back_up, copies, restore
from bot.store.database import HEAD, LINE, TICKET_KEY
from tests.store.helpers import Clock, works

ANNA, BORIS = "5000000001", "5000000002"
CLOSES = Outcome(ticket=TicketChange(head=b"over", closes=True))


async def opened(store: SqliteStore, address: str) -> bytes:
    change = TicketChange(head=b"hiv", lines=(b"they beat me",), organisation="clinic", opens=True)
    await store.take(works(address, outcome=Outcome(ticket=change)))
    return (await store.tickets("clinic"))[-1].id


async def close(store: SqliteStore, ticket: bytes) -> None:
    await store.take(Work(channel="", account="", ticket=ticket, organisation="clinic", step=lambda known: CLOSES))


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seized(path: Path, keys: Keys, wrapped: dict[int, bytes]) -> list[bytes]:
    """All that opens with the master key, and with wrapped keys found anywhere."""
    opened = []
    with closing(sqlite3.connect(path)) as connection:
        wrapped = {**wrapped, **dict(connection.execute("select ticket, wrapped from ticket_keys").fetchall())}
        cells: list[tuple[Any, int, int, bytes]] = [
            (HEAD, ticket, ticket, cell) for ticket, cell in connection.execute("select id, head from tickets")
        ]
        lines = connection.execute("select ticket, id, body from ticket_lines")
        cells += [(LINE, ticket, row, cell) for ticket, row, cell in lines]
    for place, ticket, row, cell in cells:
        for number, sealed in wrapped.items():
            try:
                key = AESGCM(TICKET_KEY.unwrap(keys.wrapping, number, sealed))
                opened.append(place.open(key, row, cell))
            except SealBroken:
                assert number != ticket or sealed is not wrapped.get(ticket)
    return opened


async def test_after_24_hours_nothing_of_it_is_in_any_file(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    ticket = await opened(store, ANNA)
    with closing(sqlite3.connect(path)) as connection:
        (wrapped,) = connection.execute("select wrapped from ticket_keys").fetchone()
        cells = [
            row[0] for row in connection.execute("select body from ticket_lines union all select head from tickets")
        ]
    (tmp_path / "backup").mkdir()
    back_up(path, tmp_path / "backup", keys, clock.now)
    assert seized(path, keys, {}), "as long as it lives, the master key opens it"
    assert wrapped in (tmp_path / "backup" / copies.NAME).read_bytes()

    await close(store, ticket)
    await store.retain(clock.advance(hours=24))
    await store.kept_flows()

    assert seized(path, keys, {}) == []
    assert [
        name for name, found in files_of(path.parent).items() if any(one in found for one in (wrapped, *cells))
    ] == []
    assert [name for name, found in files_of(tmp_path / "backup").items() if wrapped in found] == []


async def test_no_backup_brings_a_destroyed_or_erased_ticket_back(
    path: Path, keys: Keys, clock: Clock, tmp_path: Path
) -> None:
    store = await SqliteStore.open(path, keys, clock=clock)
    (tmp_path / "backup").mkdir()
    destroyed, erased = await opened(store, ANNA), await opened(store, BORIS)
    kept = await opened(store, "5000000003")
    await close(store, destroyed)
    back_up(path, tmp_path / "backup", keys, clock.now)
    await store.retain(clock.advance(hours=24))
    await store.erase("telegram", "8000000001", BORIS)
    await store.close()

    restored = restore(tmp_path / "backup", path, keys, clock.now)
    store = await SqliteStore.open(path, keys, clock=clock)
    assert restored.contacts == 2
    assert [ticket.id for ticket in await store.tickets("clinic")] == [kept]
    assert await store.ticket_erased("clinic", erased)
    assert await store.ticket("clinic", destroyed) is None
    assert seized(path, keys, {})
    await store.close()


async def test_a_ticket_that_does_not_open_any_more_holds_up_nobody(path: Path, keys: Keys, clock: Clock) -> None:
    store = await SqliteStore.open(path, keys, clock=clock)
    broken, whole = await opened(store, ANNA), await opened(store, BORIS)
    await store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update tickets set head = zeroblob(285) where ticket = ?", (broken,))

    store = await SqliteStore.open(path, keys, clock=clock)
    assert [ticket.id for ticket in await store.tickets("clinic")] == [whole]
    assert (await store.take(works(ANNA))).error is None
    again = await opened(store, ANNA)
    assert {ticket.id for ticket in await store.tickets("clinic")} == {whole, again}
    await store.close()


async def test_the_key_of_one_ticket_opens_no_other(store: SqliteStore, path: Path, keys: Keys) -> None:
    await opened(store, ANNA)
    await opened(store, BORIS)

    assert len(seized(path, keys, {})) == 4, "two heads and two lines, each with its own key alone"


async def test_it_closes_by_its_own_second_across_midnight(store: SqliteStore, clock: Clock) -> None:
    await store.retain(clock.advance(hours=11, minutes=59))
    late = await opened(store, ANNA)
    await close(store, late)
    clock.advance(minutes=2)
    later = await opened(store, BORIS)
    await close(store, later)

    await store.retain(clock.advance(hours=12))
    await store.retain(clock.advance(hours=11, minutes=59))
    assert [ticket.id for ticket in await store.tickets("clinic")] == [later]
