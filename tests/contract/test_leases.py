"""Of several processes one sends, and what an older one claimed is not its own any more (T75, T76, F27, F28)."""

from datetime import timedelta

import pytest

from bot.store import Lease, OutboxRow, Outcome, Settled, Store
from tests.contract.test_store import Opener, clock, opener, store
from tests.store.helpers import Clock, works

__all__ = ["clock", "opener", "store"]
#: Those whose database only one process can send from.
ALONE = {"sqlite"}


@pytest.fixture
def alone(request: pytest.FixtureRequest) -> bool:
    return request.node.callspec.params["opener"] in ALONE


async def leased(store: Store, holder: str, name: str = "telegram") -> Lease:
    lease = await store.lease(name, holder)
    assert lease is not None
    return lease


async def reply(store: Store, address: str = "1") -> OutboxRow:
    (row,) = (await store.take(works(address, outcome=Outcome(session=b"s", outbox=(b"reply",))))).rows
    return row


async def test_the_same_holder_renews_it_with_the_same_fence(store: Store, clock: Clock) -> None:
    first = await leased(store, "a")
    for _ in range(5):
        clock.advance(seconds=8)
        assert await leased(store, "a") == first


async def test_a_living_one_is_not_anothers_where_several_send(store: Store, clock: Clock, alone: bool) -> None:
    first = await leased(store, "a")
    clock.advance(seconds=9)
    second = await store.lease("telegram", "b")
    if alone:
        assert second is not None, "whoever asks last is the one process"
        assert second.fence > first.fence
    else:
        assert second is None


async def test_after_ten_silent_seconds_it_is_anothers_under_a_higher_fence(store: Store, clock: Clock) -> None:
    first = await leased(store, "a")
    clock.advance(seconds=10.1)
    assert (await leased(store, "b")).fence > first.fence


async def test_what_is_released_is_free_at_once(store: Store) -> None:
    first = await leased(store, "a")
    await store.release(first)
    assert (await leased(store, "b")).fence > first.fence


async def test_releasing_what_is_anothers_by_now_changes_nothing(store: Store, clock: Clock) -> None:
    first = await leased(store, "a")
    clock.advance(seconds=11)
    second = await leased(store, "b")
    await store.release(first)
    assert await leased(store, "b") == second


async def test_names_are_apart(store: Store) -> None:
    assert (await leased(store, "a")).fence != (await leased(store, "a", "whatsapp")).fence


async def test_an_old_fence_claims_nothing(store: Store, clock: Clock) -> None:
    """F27: it was frozen, another took over, and now it wakes."""
    row = await reply(store)
    frozen = await leased(store, "a")
    clock.advance(seconds=120)
    awake = await leased(store, "b")
    assert await store.claim([row.id], frozen.fence) == set()
    assert await store.claim([row.id], awake.fence) == {row.id}


async def test_a_result_under_an_old_fence_is_ignored(store: Store, clock: Clock) -> None:
    row = await reply(store)
    frozen = await leased(store, "a")
    assert await store.claim([row.id], frozen.fence) == {row.id}
    clock.advance(seconds=120)
    awake = await leased(store, "b")
    assert await store.recover() == 1
    assert await store.claim([row.id], awake.fence) == {row.id}

    await store.settle([Settled(id=row.id, state="retry", due=clock.now - timedelta(hours=1), fence=frozen.fence)])
    assert await store.unsent(["telegram"], 10) == []
    await store.settle([Settled(id=row.id, state="sent", ref="9", fence=awake.fence)])
    assert (await store.take(works("1", outcome=Outcome(hide=True)))).wipe == ("9",)


async def test_only_what_no_living_lease_claimed_is_freed(opener: Opener, clock: Clock) -> None:
    store = await opener()
    dead, alive = await leased(store, "a"), await leased(store, "b", "whatsapp")
    theirs, ours = await reply(store, "1"), await reply(store, "2")
    assert await store.claim([theirs.id], dead.fence)
    assert await store.claim([ours.id], alive.fence)

    assert await store.recover() == 0
    clock.advance(seconds=9)
    await leased(store, "b", "whatsapp")
    clock.advance(seconds=2)
    assert await store.recover() == 1
    assert [row.id for row in await store.unsent(["telegram"], 10)] == [theirs.id]


async def test_what_was_released_in_the_middle_is_freed_at_once(store: Store) -> None:
    row = await reply(store)
    lease = await leased(store, "a")
    await store.claim([row.id], lease.fence)
    await store.release(lease)
    assert await store.recover() == 1
    assert await store.unsent(["telegram"], 10) != []
