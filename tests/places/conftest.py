"""The gazetteer as it serves: the table, the regions, and what editors wrote in ``content/places/``."""

from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Catalogue, load
from bot.places import Gazetteer, gazetteer

_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    loaded = load(_REPOSITORY, as_of=date(2026, 11, 28))
    assert loaded.catalogue is not None
    return loaded.catalogue


@pytest.fixture(scope="session")
def places(catalogue: Catalogue) -> Gazetteer:
    return gazetteer(catalogue.places)
