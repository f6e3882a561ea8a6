"""The store on PostgreSQL. Only this folder needs asyncpg, and only who has set SAFAR_DATABASE_URL loads it."""

from bot.store.postgresql.backup import back_up, backup_folder, restore, verify_audit
from bot.store.postgresql.copying import move_in
from bot.store.postgresql.opening import check_before_opening, has_data
from bot.store.postgresql.store import PostgresStore

__all__ = [
    "PostgresStore",
    "back_up",
    "backup_folder",
    "check_before_opening",
    "has_data",
    "move_in",
    "restore",
    "verify_audit",
]
