"""The real content: what is counted must be true for it, not for an example."""

from datetime import date

import pytest

from bot.catalogue import Catalogue
from tests import real

AS_OF = date(2026, 11, 28)


@pytest.fixture(scope="session")
def content() -> Catalogue:
    return real.catalogue(AS_OF)
