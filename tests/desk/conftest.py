"""The whole bot with its real content and two organisations that answer."""

import pytest
import pytest_asyncio

from bot.catalogue import Catalogue
from tests.delivery.running import Running
from tests.desk.people import Talker, of_today
from tests.threats.conftest import api, begin, bot, log

__all__ = ["api", "begin", "bot", "log"]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return of_today()


@pytest_asyncio.fixture
async def talker(bot: Running) -> Talker:
    person = Talker(bot)
    await person.meets()
    return person
