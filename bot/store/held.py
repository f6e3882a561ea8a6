"""What a restore holds back until a person says that it may leave (T16, F35)."""

from bot.store import queries
from bot.store.database import Database


def count(database: Database) -> int:
    return int(database.connection.execute(queries.HELD).fetchone()[0])


def release(database: Database) -> None:
    for statement in queries.RELEASE:
        database.connection.execute(statement)


def discard(database: Database) -> None:
    for statement in queries.DISCARD:
        database.connection.execute(statement)
