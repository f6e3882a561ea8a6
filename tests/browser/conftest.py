"""A real Chromium in front of the real server."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.tab import Tab, tab
from tests.web.serving import Site, site

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine; on Debian: apt-get install chromium")
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
