"""Where contacts, their sessions and what waits to be sent are kept: sealed, durable, forgotten in time."""

from bot.store.audit import BrokenAudit, verify_audit
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
    Ticket,
    TicketChange,
    Timer,
    Work,
)
from bot.store.schema import check_before_opening
from bot.store.sealing import SealBroken
from bot.store.sqlite import SqliteStore
from bot.store.staff_protocol import Account, Audited, Entry, Factor, Invitation, Session, StaffStore, What

__all__ = [
    "Account",
    "Audited",
    "BrokenAudit",
    "ClockJumped",
    "DueTimer",
    "Entry",
    "Factor",
    "Invitation",
    "KeyUnusable",
    "Keys",
    "Moved",
    "News",
    "OutboxRow",
    "Outcome",
    "Person",
    "Restored",
    "SealBroken",
    "Session",
    "Settled",
    "SqliteStore",
    "StaffStore",
    "Store",
    "StoreClosed",
    "StoreError",
    "Taken",
    "Ticket",
    "TicketChange",
    "Timer",
    "What",
    "Work",
    "back_up",
    "backup_folder",
    "check_before_opening",
    "create_key_file",
    "keys_for",
    "load_keys",
    "restore",
    "verify_audit",
]
