"""What the commands on the store share: settings, key and database of an installation that has run before."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import structlog

from bot.settings import BrokenSettings, Settings, load_settings
from bot.store import DatabaseStore, StoreError, has_data, load_keys, location
from bot.store import open_store as open_at


def read_settings() -> Settings:
    try:
        return load_settings()
    except BrokenSettings as broken:
        raise SystemExit(str(broken)) from None


@contextlib.contextmanager
def logs_beside() -> Iterator[None]:
    """Standard output is for answers alone, and whoever reads them is told of nothing that went well."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        yield
    finally:
        structlog.configure(**before)


@contextlib.asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[DatabaseStore]:
    """The store beside a running Safar, or without one. Raises StoreError; never makes a key or a database."""
    where = location(settings)
    if not await asyncio.to_thread(has_data, where):
        raise StoreError(
            f"There is no database at {where}: look at SAFAR_DATA_DIR."
            if isinstance(where, Path)
            else f"There is no data of Safar in {where}: look at SAFAR_DATABASE_URL."
        )
    store = await open_at(where, load_keys(settings.key_file))
    try:
        yield store
    finally:
        await store.close()
