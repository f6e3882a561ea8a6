"""The gazetteer and the help points of this repository, as they serve."""

import pytest

from bot.catalogue import Catalogue
from bot.places import Directory, Gazetteer, gazetteer
from tests import real


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return real.catalogue()


@pytest.fixture(scope="session")
def places(catalogue: Catalogue) -> Gazetteer:
    return gazetteer(catalogue.places)


@pytest.fixture(scope="session")
def directory(catalogue: Catalogue) -> Directory:
    return Directory(catalogue.points.values())
