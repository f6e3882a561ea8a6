"""The real guidance, loaded once for the tests of answers."""

import pytest

from bot.answers import Answers
from bot.catalogue import Catalogue
from tests import real


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return real.catalogue()


@pytest.fixture(scope="session")
def answers(catalogue: Catalogue) -> Answers:
    return Answers(catalogue)
