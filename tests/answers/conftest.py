"""The real guidance, loaded once for the tests of answers."""

from datetime import date
from pathlib import Path

import pytest

from bot.answers import Answers
from bot.catalogue import Catalogue, load

ROOT = Path(__file__).resolve().parents[2]
#: A day on which the content was whole.
AS_OF = date(2026, 11, 21)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    loaded = load(ROOT, as_of=AS_OF).catalogue
    assert loaded is not None
    return loaded


@pytest.fixture(scope="session")
def answers(catalogue: Catalogue) -> Answers:
    return Answers(catalogue)
