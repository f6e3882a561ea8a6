"""THREATS T5, T12: from the clear cells nobody learns what a talk was about, nor when a reminder will come."""

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue, Target
from bot.conversation import Event
from bot.store import Outcome, SqliteStore, Timer, create_key_file, load_keys
from bot.store.columns import TABLES
from tests.delivery.running import Running
from tests.fakes.botapi import bot_api
from tests.store.helpers import NOON, Clock, works
from tests.threats.talking import introduction, update

PERSON = {"id": 5_129_990_001, "is_bot": False, "first_name": "P"}
#: Random for everyone: who is meant, not what was said.
_RANDOM = {"id", "contact", "lookup", "key", "update_key", "mark"}


def token(kind: Any, id: str) -> Event:
    return Event(kind="choice", choice=Target(kind=kind, id=id).token)


def said(text: str) -> Event:
    return Event(kind="text", text=text)


#: As many events each; the first is about trafficking and detention, the second about nothing.
HARD = [token("article", "forced-labour"), said("нас заперли и не отпускают"), token("article", "police-detained")]
EASY = [token("article", "emergency-numbers"), said("какие у бота команды"), token("flow", "language")]


def clear_rows(path: Path, *, but: tuple[str, ...]) -> dict[str, Counter[tuple[Any, ...]]]:
    """Table -> its rows, without what is sealed and without random names."""
    with closing(sqlite3.connect(path)) as connection:
        found = {}
        for name, table in TABLES.items():
            shown = [c.name for c in table.columns if c.form == "clear" and c.name not in _RANDOM]
            if name not in but and shown:
                found[name] = Counter(connection.execute(f"select {', '.join(shown)} from {name}").fetchall())
        return found


async def left_by(talk: list[Event], catalogue: Catalogue, folder: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    folder.mkdir()
    async with bot_api() as api:
        bot = await Running.start(api, catalogue, folder)
        for event in [*introduction("ru", {"citizenship": "TJ", "country": "RU"}), *talk]:
            bot.clock.ahead += timedelta(seconds=5)
            await bot.receives(update(event, PERSON))
            await bot.delivery.outbox.idle()
        await bot.stop()
    # The canary is sealed anew for each database, the clock is that of the clean-up.
    return clear_rows(folder / "safar.db", but=("counts", "meta"))


async def test_a_talk_about_trafficking_and_one_about_nothing_leave_the_same_clear_rows(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    hard = await left_by(HARD, catalogue, tmp_path / "hard")
    easy = await left_by(EASY, catalogue, tmp_path / "easy")

    assert hard == easy
    assert sum(map(sum, (rows.values() for rows in hard.values()))) > 10


async def test_sums_are_by_topic_and_hour_and_never_of_danger(catalogue: Catalogue, tmp_path: Path) -> None:
    await left_by([*HARD, said("меня бьют"), said("не хочу жить")], catalogue, tmp_path / "one")

    with closing(sqlite3.connect(tmp_path / "one" / "safar.db")) as connection:
        topics = {topic for (topic,) in connection.execute("select topic from counts")}
    assert topics == {"forced-labour", "police-detained"}


@pytest.mark.parametrize("days", [1, 7, 30, 90])
async def test_the_term_of_a_reminder_does_not_show(days: int, tmp_path: Path) -> None:
    """A reminder a day or a month from now looks the same on every day that passes, and still rings on its own."""
    create_key_file(tmp_path / "master.key")
    keys, clock = load_keys(tmp_path / "master.key"), Clock()
    due = NOON + timedelta(days=days)
    store = await SqliteStore.open(tmp_path / "safar.db", keys, clock=clock)
    await store.take(works(outcome=Outcome(timers=(Timer(due=due, body=b"t", kind="reminder"),))))

    def shown() -> tuple[Any, ...]:
        with closing(sqlite3.connect(tmp_path / "safar.db")) as connection:
            (row,) = connection.execute("select state, kind, day from timers").fetchall()
        return (*row[:2], row[2] - int(clock.now.timestamp() // 86_400))

    assert shown() == ("waiting", "reminder", 0)
    while clock.now < due - timedelta(hours=1):
        assert await store.due_timers(clock.now, 10) == []
        assert await store.due_timers(clock.now, 10) == []
        assert clock.now.date() == due.date() or shown() == ("waiting", "reminder", 1)
        clock.advance(hours=min(24, (due - clock.now).total_seconds() / 3600 - 0.5))
    clock.now = due
    assert [timer.body for timer in await store.due_timers(clock.now, 10)] == [b"t"]
    await store.close()
