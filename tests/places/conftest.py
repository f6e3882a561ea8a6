"""The gazetteer and the help points of this repository, as they serve."""

from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import Catalogue, load
from bot.places import Directory, Gazetteer, gazetteer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    loaded = load(ROOT, as_of=date(2026, 11, 21))
    assert loaded.catalogue is not None
    return loaded.catalogue


@pytest.fixture(scope="session")
def places(catalogue: Catalogue) -> Gazetteer:
    return gazetteer(catalogue.places)


@pytest.fixture(scope="session")
def directory(catalogue: Catalogue) -> Directory:
    return Directory(catalogue.points.values())
