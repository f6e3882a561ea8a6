"""Where contacts, their sessions and what waits to be sent are kept: sealed, durable, forgotten in time."""

from bot.store.backup import Restored, back_up, backup_folder, restore
from bot.store.keys import Keys, KeyUnusable, create_key_file, keys_for, load_keys
from bot.store.protocol import (
    ClockJumped,
    DueTimer,
    Moved,
    News,
    OutboxRow,
    Outcome,
    Person,
    Settled,
    Store,
    StoreClosed,
    StoreError,
    Taken,
    Timer,
    Work,
)
from bot.store.sealing import SealBroken
from bot.store.sqlite import SqliteStore

__all__ = [
    "ClockJumped",
    "DueTimer",
    "KeyUnusable",
    "Keys",
    "Moved",
    "News",
    "OutboxRow",
    "Outcome",
    "Person",
    "Restored",
    "SealBroken",
    "Settled",
    "SqliteStore",
    "Store",
    "StoreClosed",
    "StoreError",
    "Taken",
    "Timer",
    "Work",
    "back_up",
    "backup_folder",
    "create_key_file",
    "keys_for",
    "load_keys",
    "restore",
]
