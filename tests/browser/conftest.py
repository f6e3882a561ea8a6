"""A real Chromium in front of the real server."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.desk import Desk
from tests.browser.tab import Tab, tab
from tests.desk.people import of_today
from tests.web.console.staffing import person
from tests.web.serving import Site, site

#: The first one is Chromium without windows, and does the same in half the processor's time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine; on Debian: apt-get install chromium-headless-shell")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path / "data") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, safar: Site) -> AsyncIterator[Tab]:
    """A small phone, in Russian."""
    async with tab(browser, safar.url) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def office(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path / "data", served=of_today) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def desks(browser: Browser, office: Site) -> AsyncIterator[Any]:
    """Opens a tab in which somebody is signed in."""
    async with AsyncExitStack() as stack:

        async def open_desk(handle: str, *roles: str) -> Desk:
            desk = Desk(await stack.enter_async_context(tab(browser, office.url)))
            await desk.page.clock.install()
            await desk.is_signed_in(await person(office, handle, *roles))
            return desk

        yield open_desk


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """For eyes: SAFAR_PICTURES names a folder for them."""
    return Path(os.environ.get("SAFAR_PICTURES", tmp_path))
