"""What became of messages whose messenger tells it: sent, failed, delivered, read, and never back (F23, T75)."""

from collections.abc import Sequence

from bot.store import queries
from bot.store.columns import STATES
from bot.store.database import Database
from bot.store.protocol import News
from bot.store.recipients import reported


def report_all(database: Database, calls: Sequence[Sequence[News]]) -> list[None]:
    news = [one for call in calls for one in call]
    ids = [one.id for one in news]
    waiting = {row[0]: row[1] for row in database.select(queries.NEWS_OF_WAITING, ids)}
    sent = {row[0]: (row[1], row[2]) for row in database.select(queries.NEWS_OF_SENT, ids)}
    others = [one for one in news if one.id not in waiting and one.id not in sent]
    if others:
        reported(database, others)
    states, arrived, failed = [], [], []
    for one in news:
        state = STATES.index(one.state)
        contact, before = sent.get(one.id, (waiting.get(one.id), -1))
        if contact is None or state <= before:
            continue
        sent[one.id] = contact, state
        states.append((one.id, contact, state, database.day))
        if one.state == "failed":
            failed.append((one.id, contact, database.day, one.code))
        elif one.whole and waiting.pop(one.id, None) is not None:
            arrived.append((one.id,))
    database.write(queries.ADD_DELIVERY, states)
    database.write(queries.ADD_FAILURE, failed)
    database.write(queries.DROP_OUTBOX, arrived)
    return [None] * len(calls)


def failures(database: Database, channel: str) -> list[tuple[str, int]]:
    rows = database.connection.execute(queries.FAILURES, (channel,)).fetchall()
    return [(str(code), int(number)) for code, number in rows]


def deliveries(database: Database) -> dict[str, int]:
    found = dict(database.connection.execute(queries.DELIVERIES).fetchall())
    return {state: int(found.get(number, 0)) for number, state in enumerate(STATES)}
