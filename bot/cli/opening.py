"""What the commands on the store share: settings, key and database of an installation that has run before."""

import contextlib
from collections.abc import AsyncIterator

from bot.settings import BrokenSettings, Settings, load_settings
from bot.store import SqliteStore, StoreError, load_keys


def read_settings() -> Settings:
    try:
        return load_settings()
    except BrokenSettings as broken:
        raise SystemExit(str(broken)) from None


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[SqliteStore]:
    """The store beside a running Safar, or without one. Raises StoreError; never makes a key or a database."""
    if not settings.database.exists():
        raise StoreError(f"There is no database at {settings.database}: look at SAFAR_DATA_DIR.")
    store = await SqliteStore.open(settings.database, load_keys(settings.key_file))
    try:
        yield store
    finally:
        await store.close()
