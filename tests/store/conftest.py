"""A database in a folder of its own, and the key beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import Keys, SqliteStore, create_key_file, load_keys
from tests.store.helpers import Clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder: the key is not in it."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "safar.db"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    create_key_file(tmp_path / "master.key")
    return load_keys(tmp_path / "master.key")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(path: Path, keys: Keys, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = await SqliteStore.open(path, keys, clock=clock)
    yield store
    await store.close()
