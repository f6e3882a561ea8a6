"""A site whose organisations answer, and browsers for its staff."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.desk.people import of_today
from tests.web.console.staffing import Browser, browser
from tests.web.serving import Site, site

Open = Callable[[], Awaitable[Browser]]


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path / "data", served=of_today) as running:
        yield running


@pytest.fixture
async def opens(safar: Site) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def open_browser() -> Browser:
            return await stack.enter_async_context(browser(safar))

        yield open_browser
