"""The numbers of those who watch over a store, on each backend (THREATS T71)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import DatabaseStore, Keys, Outcome, open_store
from bot.store.standing import MOST
from tests.store.backends import BACKENDS, place
from tests.store.conftest import clock, keys
from tests.store.helpers import NOON, Clock, works

__all__ = ["clock", "keys"]


@pytest.fixture(params=BACKENDS)
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, keys: Keys, clock: Clock
) -> AsyncIterator[DatabaseStore]:
    store = await open_store(place(request.param, tmp_path, keys), keys, clock=clock)
    yield store
    await store.close()


async def test_what_waits_is_counted(store: DatabaseStore) -> None:
    for update in ("1", "2"):
        await store.take(works(update=update, outcome=Outcome(session=b"session", outbox=(b"one", b"two"))))
    assert await store.lease("telegram", "this process")
    known = await store.standing()
    assert (known.replies, known.tickets, known.calls) == (4, 0, {})
    assert known.leases == {"telegram": 1}
    assert known.cleaned == NOON.timestamp()


async def test_no_more_than_so_many_are_counted(store: DatabaseStore) -> None:
    await store.take(works(outcome=Outcome(session=b"session", outbox=(b"reply",) * (MOST + 1))))
    assert (await store.standing()).replies == MOST
