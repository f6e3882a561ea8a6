"""The whole bot with its real content: Telegram through a Bot API server on the loopback, all logs into a file."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from bot.catalogue import Catalogue
from tests.delivery.running import Begin, Running
from tests.fakes.botapi import BotApi, bot_api
from tests.web import serving


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return serving.catalogue()


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as api:
        yield api


@pytest_asyncio.fixture
async def begin(api: BotApi, catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Begin]:
    """Starts the bot on the database of this test."""
    (tmp_path / "data").mkdir()
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Running:
            running = await Running.start(api, catalogue, tmp_path / "data", **settings)
            stack.push_async_callback(running.stop)
            return running

        yield start


@pytest_asyncio.fixture
async def bot(begin: Begin) -> Running:
    return await begin()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Every line that any library writes at DEBUG, with tracebacks, but for those of the fake server."""
    path = tmp_path / "log.jsonl"
    root, level = logging.getLogger(), logging.getLogger().level
    handler = logging.FileHandler(path)
    handler.addFilter(lambda record: not record.name.startswith("aiohttp.access"))
    with path.open("a", encoding="utf-8") as lines:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
            logger_factory=structlog.PrintLoggerFactory(lines),
        )
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        yield path
        structlog.reset_defaults()
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()
