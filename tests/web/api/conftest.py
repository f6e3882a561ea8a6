"""A site with an API, and a program that has a token for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.web.api.calling import Caller, served, token
from tests.web.serving import Site, site


@pytest.fixture
async def safar(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path / "data", served=served, api_per_minute=1_000) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def crm(safar: Site, http: aiohttp.ClientSession) -> Caller:
    return Caller(safar, http, await token(safar))
