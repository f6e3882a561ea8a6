from collections.abc import AsyncIterator

import pytest

from tests.fakes import botapi
from tests.fakes.botapi import BotApi


@pytest.fixture
async def bot_api() -> AsyncIterator[BotApi]:
    async with botapi.bot_api() as api:
        yield api
