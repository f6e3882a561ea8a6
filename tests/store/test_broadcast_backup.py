"""A restore brings alerts back, and lets none of them go on by itself (THREATS T16, F35)."""

from pathlib import Path

import pytest

from bot.store import Entry, Keys, SqliteStore, back_up, restore
from bot.store.broadcast_protocol import Broadcast, BroadcastState, DeliveryEnd, Tally
from tests.store.helpers import Clock, draft, everybody, let_out, staffed, works


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.fixture
async def alert(store: SqliteStore, clock: Clock) -> Broadcast:
    """One that got to its first of three people."""
    await staffed(store.staff, clock, "anna", "boris")
    for number in range(3):
        await store.take(works(str(number)))
    alert = await let_out(store.broadcasts)
    await store.broadcasts.enrol(alert.key, await everybody(store))
    await store.broadcasts.start(alert.key)
    lease = await store.lease("alerts", "a")
    assert lease is not None
    account = store.account_mark("telegram", "8000000001")
    claimed = await store.broadcasts.claim_deliveries(alert.key, account, lease, 0, 2, lambda _: "send")
    ends = [DeliveryEnd(id=claimed.rows[0].id, state="sent", ref="1")]
    await store.broadcasts.settle_deliveries(alert.key, lease, ends)
    return alert


async def told(store: SqliteStore, key: bytes) -> tuple[Broadcast, Tally]:
    found, tally = await store.broadcasts.broadcast(None, key), await store.broadcasts.tally(None, key)
    assert found is not None
    assert tally is not None
    return found, tally


async def restored(store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path) -> tuple[SqliteStore, int]:
    back_up(path, backups, keys, clock.now)
    await store.close()
    paused = restore(backups, path, keys, clock.advance(days=10)).paused
    return await SqliteStore.open(path, keys, clock=clock), paused


async def test_one_under_way_is_paused_and_who_was_due_may_have_got_it_since(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path, alert: Broadcast
) -> None:
    await store.erase("telegram", "8000000001", "nobody")
    store, paused = await restored(store, path, keys, clock, backups)
    found, tally = await told(store, alert.key)
    assert paused == 1
    assert (found.state, found.reason, found.draft, found.editors) == ("paused", "restored", alert.draft, alert.editors)
    assert (tally.audience, tally.sent, tally.uncertain, tally.due, tally.sending, tally.left) == (3, 1, 2, 0, 0, 0)

    assert await store.broadcasts.turn("org", alert.key, ("paused",), "sending")
    lease = await store.lease("alerts", "b")
    assert lease is not None
    account = store.account_mark("telegram", "8000000001")
    claim = (alert.key, account, lease, 0, 10, lambda _: "send")
    assert (await store.broadcasts.claim_deliveries(*claim)).rows == ()
    entry = Entry(handle="anna", what="alert-decided")
    assert await store.broadcasts.decide_uncertain("org", alert.key, repeat=True, entry=entry) == 2
    assert len((await store.broadcasts.claim_deliveries(*claim)).rows) == 2
    await store.close()


async def test_who_was_erased_since_the_backup_leaves_it(
    store: SqliteStore, path: Path, keys: Keys, clock: Clock, backups: Path, alert: Broadcast
) -> None:
    back_up(path, backups, keys, clock.now)
    for number in range(3):
        await store.erase("telegram", "8000000001", str(number))
    await store.close()
    restore(backups, path, keys, clock.advance(days=1))
    store = await SqliteStore.open(path, keys, clock=clock)
    _, tally = await told(store, alert.key)
    assert (tally.audience, tally.left) == (3, 3)
    await store.close()


@pytest.mark.parametrize(
    ("state", "after"),
    [("approved", "paused"), ("paused", "paused"), ("done", "done"), ("cancelled", "cancelled")],
)
async def test_what_waits_for_its_hour_is_paused_too_and_what_is_over_stays_over(
    store: SqliteStore,
    path: Path,
    keys: Keys,
    clock: Clock,
    backups: Path,
    alert: Broadcast,
    state: BroadcastState,
    after: str,
) -> None:
    waiting = await let_out(store.broadcasts)
    assert await store.broadcasts.turn(None, waiting.key, ("enrolling",), state, "why")
    written = await store.broadcasts.add("org", draft(), Entry(handle="anna", what="alert-drafted"))
    store, _ = await restored(store, path, keys, clock, backups)
    found, _ = await told(store, waiting.key)
    assert (found.state, found.reason) == (after, "restored" if after == "paused" else "why")
    assert (await told(store, written.key))[0] == written
    await store.close()
