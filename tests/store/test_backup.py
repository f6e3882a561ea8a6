"""A backup opens nothing by itself, and brings back nobody who was erased (T16, T74, F35)."""

import asyncio
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store import (
    Keys,
    Outcome,
    Person,
    SqliteStore,
    StoreError,
    Timer,
    back_up,
    create_key_file,
    load_keys,
    restore,
)
from tests.store.helpers import NOON, Clock, fence, works

ANNA, BORIS = "5000000001", "5000000002"
BOT = ("telegram", "8000000001")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


async def fill(store: SqliteStore, *addresses: str) -> None:
    for address in addresses:
        timers = (Timer(due=NOON, body=b"t"),)
        left = Outcome(profile=b"p", session=address.encode(), outbox=(b"1", b"2"), timers=timers)
        taken = await store.take(works(address, update=address, outcome=left))
        await store.claim([taken.rows[0].id], await fence(store))


async def session(store: SqliteStore, address: str) -> bytes | None:
    seen: list[Person] = []
    await store.take(works(address, lambda person: seen.append(person) or Outcome()))  # type: ignore[func-returns-value]
    return seen[0].session


async def test_back_up_erase_restore_that_one_is_gone_and_all_others_are_back(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    others = [str(number) for number in range(50)]
    await fill(store, ANNA, *others)
    back_up(path, backups, keys, clock.now)
    await store.erase(*BOT, ANNA)
    await store.close()

    done = restore(backups, path, keys, clock.now)

    assert (done.contacts, done.dropped, done.held) == (50, 1, 150)
    again = await SqliteStore.open(path, keys, clock=clock)
    assert await session(again, ANNA) is None
    assert [await session(again, address) for address in others] == [address.encode() for address in others]
    await again.close()


@pytest.mark.parametrize("lost", ["database", "damaged", "copy unreachable"])
async def test_the_erased_stay_erased_also_when_the_database_is_lost(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path, lost: str
) -> None:
    await fill(store, ANNA, BORIS)
    back_up(path, backups, keys, clock.now)
    copy = (backups / "contact-keys.db").read_bytes()
    await store.erase(*BOT, ANNA)
    await store.close()
    if lost == "database":
        path.unlink()
    elif lost == "damaged":
        path.write_bytes(b"\xff" * 9000)
    else:
        (backups / "contact-keys.db").write_bytes(copy)

    assert restore(backups, path, keys, clock.now).dropped == 1
    again = await SqliteStore.open(path, keys, clock=clock)
    assert (await session(again, ANNA), await session(again, BORIS)) == (None, BORIS.encode())
    await again.close()


async def test_who_is_erased_after_a_restore_goes_from_the_same_backup_too(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    await fill(store, ANNA, BORIS)
    back_up(path, backups, keys, clock.now)
    await store.close()
    restore(backups, path, keys, clock.now)
    store = await SqliteStore.open(path, keys, clock=clock)
    await store.erase(*BOT, ANNA)
    await store.close()
    path.unlink()

    assert restore(backups, path, keys, clock.now).dropped == 1


async def test_an_unplugged_copy_forgets_with_the_next_retention(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    await fill(store, ANNA, BORIS)
    back_up(path, backups, keys, clock.now)
    backups.rename(backups.with_name("away"))
    await store.erase(*BOT, ANNA)
    backups.with_name("away").rename(backups)
    await store.retain(clock.advance(hours=1))
    await store.close()
    path.unlink()

    assert restore(backups, path, keys, clock.now).dropped == 1


async def test_the_data_file_alone_opens_nothing(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path, tmp_path: Path
) -> None:
    await fill(store, ANNA)
    data = back_up(path, backups, keys, clock.now)
    with closing(sqlite3.connect(path)) as connection:
        (wrapped,) = connection.execute("select wrapped from contact_keys").fetchone()

    assert wrapped not in data.read_bytes()
    assert wrapped in (backups / "contact-keys.db").read_bytes()
    shutil.copy(data, tmp_path / "stolen.db")
    stolen = await SqliteStore.open(tmp_path / "stolen.db", keys, clock=clock)
    assert await stolen.unsent(["telegram"], 10) == []
    await stolen.close()


async def test_nothing_leaves_before_a_person_says_so(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    await fill(store, ANNA)
    back_up(path, backups, keys, clock.now)
    await store.close()
    for release in (True, False):
        restore(backups, path, keys, clock.now)
        again = await SqliteStore.open(path, keys, clock=clock)

        assert await again.recover() == 0
        assert await again.unsent(["telegram"], 10) == []
        assert await again.pending(*BOT, ANNA) == []
        assert await again.due_timers(NOON, 10) == []
        assert await again.claim(range(1, 100), await fence(again)) == set()
        assert await again.held() == 3

        new = await again.take(works(ANNA, update="new"))
        assert [row.id for row in await again.unsent(["telegram"], 10)] == [row.id for row in new.rows]
        await (again.release_held() if release else again.discard_held())
        assert await again.held() == 0
        assert len(await again.unsent(["telegram"], 10)) == (3 if release else 1)
        assert len(await again.due_timers(NOON, 10)) == int(release)
        await again.close()


async def test_ids_given_since_the_backup_do_not_come_again(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    back_up(path, backups, keys, clock.now)
    for _ in range(20):
        last = (await store.take(works(outcome=Outcome(outbox=(b"b",) * 99)))).rows[-1].id
    await store.close()
    restore(backups, path, keys, clock.now)

    again = await SqliteStore.open(path, keys, clock=clock)
    assert (await again.take(works())).rows[0].id > last
    await again.close()


async def test_a_backup_under_load_is_whole(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    """Each turn writes the same number into session and reply: a snapshot that tears a turn shows two numbers."""
    stop = False

    async def load(address: str) -> int:
        number = 0
        while not stop:
            number += 1
            left = Outcome(session=b"%d" % number, outbox=(b"%d" % number,))
            await store.take(works(address, outcome=left))
        return number

    async def copy() -> None:
        nonlocal stop
        for number in range(3):
            await asyncio.to_thread(back_up, path, backups, keys, clock.now + timedelta(seconds=number))
        stop = True

    addresses = [str(number) for number in range(20)]
    *numbers, _ = await asyncio.gather(*(load(address) for address in addresses), copy())
    assert min(number for number in numbers if number is not None) > 3
    await store.close()
    restore(backups, path, keys, clock.now)
    again = await SqliteStore.open(path, keys, clock=clock)
    await again.release_held()
    for address in addresses:
        rows = await again.pending(*BOT, address)
        assert rows[-1].body == await session(again, address)
        assert [row.body for row in rows] == [b"%d" % (n + 1) for n in range(len(rows))]
    await again.close()


async def test_only_the_newest_keys_are_there_and_old_data_goes_after_14_days(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
) -> None:
    names = [f"safar-data-202602{day:02}-120000.db" for day in range(20, 29)]
    for name in names:
        (backups / name).touch(0o600)
    back_up(path, backups, keys, clock.now)
    clock.advance(hours=1)
    back_up(path, backups, keys, clock.now)

    new = ["safar-data-20260310-120000.db", "safar-data-20260310-130000.db"]
    assert sorted(file.name for file in backups.iterdir()) == ["contact-keys.db", *names[5:], *new]
    assert {stat.S_IMODE(file.stat().st_mode) for file in backups.iterdir()} == {0o600}


class TestRefusals:
    async def test_restoring_under_a_running_safar(
        self, store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        await fill(store, ANNA)
        back_up(path, backups, keys, clock.now)
        with pytest.raises(StoreError, match="stop Safar before"):
            restore(backups, path, keys, clock.now)
        assert await session(store, ANNA) == ANNA.encode()

    async def test_a_folder_without_a_whole_backup(
        self, store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        with pytest.raises(StoreError, match="holds no whole backup"):
            restore(backups, path, keys, clock.now)
        back_up(path, backups, keys, clock.now)
        (backups / "contact-keys.db").unlink()
        with pytest.raises(StoreError, match=r"contact-keys\.db"):
            restore(backups, path, keys, clock.now)

    async def test_a_damaged_backup_leaves_the_database(
        self, store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        await fill(store, *map(str, range(100)))
        data = back_up(path, backups, keys, clock.now)
        await store.close()
        raw = bytearray(data.read_bytes())
        raw[20 * 4096 : 24 * 4096] = b"\xff" * 4 * 4096
        data.write_bytes(raw)
        before = path.read_bytes()
        with pytest.raises(StoreError, match="is damaged"):
            restore(backups, path, keys, clock.now)
        assert path.read_bytes() == before

    async def test_another_key(
        self, store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path, tmp_path: Path
    ) -> None:
        back_up(path, backups, keys, clock.now)
        create_key_file(tmp_path / "other.key")
        with pytest.raises(StoreError, match="not the one that sealed"):
            restore(backups, path, load_keys(tmp_path / "other.key"), clock.now)

    def test_no_database_and_no_folder(self, path: Path, keys: Keys, backups: Path, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="nothing to back up"):
            back_up(path, backups, keys, NOON)
        path.touch()
        with pytest.raises(StoreError, match="does not exist: create it"):
            back_up(path, tmp_path / "nowhere", keys, NOON)

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a disk that is always full")
    async def test_a_backup_that_cannot_be_written_leaves_no_file(
        self, store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path
    ) -> None:
        (backups / ".safar-data-20260310-120000.db.partial").symlink_to("/dev/full")
        (backups / "contact-keys.db").mkdir()
        with pytest.raises(StoreError, match="cannot be written"):
            back_up(path, backups, keys, clock.now)
        assert [file.name for file in backups.iterdir()] == ["contact-keys.db"]
