"""A new, empty place for a store, of each kind."""

from pathlib import Path

from bot.store import Keys, Location, PostgresUrl
from tests import postgres

BACKENDS = ["sqlite", "postgresql"]


def place(backend: str, folder: Path, keys: Keys) -> Location:
    return folder / "safar.db" if backend == "sqlite" else PostgresUrl(postgres.shared().sealed_with(keys))
