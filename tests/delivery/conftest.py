"""Delivery on the real store, aiogram as the client, and a Bot API server on the loopback."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest
import pytest_asyncio

from bot.catalogue import Catalogue, load
from tests.delivery.running import Begin, Running
from tests.fakes.botapi import BotApi, bot_api

_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """A small one, with the bot's real phrases and words."""
    root = tmp_path_factory.mktemp("delivery") / "catalogue"
    copytree(Path(__file__).parent / "small", root)
    (root / "content" / "facts").mkdir(parents=True)
    for name in ("content/phrases.yaml", "content/words.yaml", "content/facts/bot.yaml"):
        copy(_REPOSITORY / name, root / name)
    loaded = load(root, as_of=date(2026, 3, 31))
    assert loaded.catalogue is not None, [str(finding) for finding in loaded.findings if finding.level == "error"]
    return loaded.catalogue


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as api:
        yield api


@pytest_asyncio.fixture
async def begin(api: BotApi, catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Begin]:
    """Starts the bot; a second call is the next process on the same database."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Running:
            running = await Running.start(api, catalogue, tmp_path, **settings)
            stack.push_async_callback(running.stop)
            return running

        yield start


@pytest_asyncio.fixture
async def bot(begin: Begin) -> Running:
    return await begin()
