"""One Graph API a test, and the bot on the small catalogue of delivery's tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio

from bot.catalogue import Catalogue
from tests.delivery.conftest import catalogue as catalogue
from tests.fakes.graphapi import GraphApi, graph_api
from tests.whatsapp.running import Begin, Running


@pytest_asyncio.fixture
async def api() -> AsyncIterator[GraphApi]:
    async with graph_api() as api:
        yield api
        assert api.problems == []


@pytest_asyncio.fixture
async def begin(api: GraphApi, catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Begin]:
    """Starts the bot; a second call is the next process on the same database."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Running:
            running = await Running.start(api, settings.pop("catalogue", catalogue), tmp_path, **settings)
            stack.push_async_callback(running.stop)
            return running

        yield start


@pytest_asyncio.fixture
async def bot(begin: Begin) -> Running:
    return await begin()
