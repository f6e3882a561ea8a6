"""An office over a real store and the bot's own content, and the people whom it serves."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store import SqliteStore, create_key_file, load_keys
from tests.delivery.broadcasts.alerting import Alerting, Opener, Ticking, Town
from tests.delivery.broadcasts.offices import Site
from tests.fakes.botapi import BotApi
from tests.store.helpers import Clock


@pytest.fixture
async def opened(api: BotApi, tmp_path: Path) -> AsyncIterator[Opener]:
    """Opens the house for so many people, where time passes at that speed."""
    async with AsyncExitStack() as stack:

        async def open_(people: int = 120, speed: float = 1.0) -> Alerting:
            create_key_file(tmp_path / "master.key")
            ticking = Ticking(speed)
            store = await SqliteStore.open(tmp_path / "safar.db", load_keys(tmp_path / "master.key"), clock=ticking)
            stack.push_async_callback(store.close)
            town = await Town.make(store, ticking)
            await town.arrive(people - town.people)
            alerting = Alerting(town, api, ticking)
            stack.push_async_callback(alerting.stop)
            return alerting

        yield open_


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    (tmp_path / "data").mkdir()
    create_key_file(tmp_path / "master.key")
    clock = Clock()
    store = await SqliteStore.open(tmp_path / "data" / "safar.db", load_keys(tmp_path / "master.key"), clock=clock)
    try:
        yield await Site.make(store, clock)
    finally:
        await store.close()
