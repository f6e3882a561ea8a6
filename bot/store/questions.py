"""Questions that found no answer, of people who let editors read them (THREATS T13), and sums."""

from datetime import date, datetime

from bot.store import queries
from bot.store.database import DAY_SECONDS, QUESTION, Database, from_seconds
from bot.store.sealing import SealBroken


def kept_questions(database: Database) -> list[bytes]:
    """The bodies, oldest first; one whose seal is broken is left out."""
    bodies = []
    for number, contact, cell, wrapped in database.connection.execute(queries.QUESTIONS).fetchall():
        try:
            bodies.append(QUESTION.open(database.contact_key(contact, wrapped), number, cell))
        except SealBroken:
            continue
    return bodies


def sums(database: Database, prefix: str) -> list[tuple[str, int]]:
    """Topic and sum of all that begin so, the largest first."""
    rows = database.connection.execute(queries.SUMS, (f"{prefix}%",)).fetchall()
    return [(str(topic), int(number)) for topic, number in rows]


def sum_since(database: Database, topic: str, hour: datetime) -> int:
    values = (topic, int(hour.timestamp() // 3600))
    return int(database.connection.execute(queries.SUM_SINCE, values).fetchone()[0])


def sums_by_day(database: Database, prefix: str) -> list[tuple[str, date, int]]:
    rows = database.connection.execute(queries.SUMS_BY_DAY, (f"{prefix}%",)).fetchall()
    return [(str(topic), from_seconds(day * DAY_SECONDS).date(), int(number)) for topic, day, number in rows]
