"""THREATS T1, T5, T12, T29, T30 over a whole talk: what a thief, a curious caseworker and a log reader learn."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue
from bot.conversation import unpack
from bot.store import load_keys
from tests.delivery.running import Running
from tests.desk.people import ANNA, CLINIC, WAGES, Talker, answers, only, read
from tests.fakes.botapi import bot_api
from tests.marks import search_marks
from tests.store.helpers import works
from tests.store.test_tickets import seized
from tests.threats.test_t12_one_talk_leaves_what_another_does import clear_rows

MARKS = ["first-8801", "later-8802", "answer-8803", "note-8804", "held-8805"]
FIRST, LATER, ANSWER, NOTE, HELD = MARKS


async def a_talk(bot: Running, need: str, organisation: str, *, chat: int = 5_129_990_001) -> bytes:
    talker = Talker(bot, chat)
    await talker.meets()
    await talker.asks_for_person(need, first=f"{FIRST} слово")
    await talker.says(f"{LATER} слово")
    ticket = (await only(bot, organisation)).ticket
    await bot.delivery.desk.note(organisation, ticket, ANNA, NOTE)
    await answers(bot, ticket, ANSWER, organisation)
    await talker.says("1")
    await talker.says(f"сколько стоит патент {HELD}")
    return ticket


async def test_no_word_of_it_is_in_any_file_or_log(bot: Running, tmp_path: Path, log: Path) -> None:
    ticket = await a_talk(bot, "wages", WAGES)
    await bot.delivery.desk.close(WAGES, ticket, ANNA)
    await bot.delivery.outbox.idle()
    shutil.copytree(tmp_path / "data", tmp_path / "running")

    assert search_marks(tmp_path, [*MARKS, WAGES, "Команда этого бота"]) == []
    assert log.read_text(), "the log was written"
    shown = repr([await read(bot, ticket), await bot.delivery.desk.inbox(WAGES), await bot.store.tickets(WAGES)])
    assert [mark for mark in [*MARKS, WAGES] if mark in shown] == []


async def left_by(need: str, organisation: str, catalogue: Catalogue, folder: Path) -> Any:
    folder.mkdir()
    async with bot_api() as api:
        bot = await Running.start(api, catalogue, folder)
        await a_talk(bot, need, organisation)
        await bot.stop()
    return clear_rows(folder / "safar.db", but=("counts", "meta"))


async def test_a_ticket_about_health_and_one_about_wages_leave_the_same_clear_rows(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = ("ticket", "desk")
    monkeypatch.setattr(
        "tests.threats.test_t12_one_talk_leaves_what_another_does._RANDOM",
        {"id", "contact", "lookup", "key", "update_key", "mark", *random},
    )
    health = await left_by("health", CLINIC, catalogue, tmp_path / "health")
    wages = await left_by("wages", WAGES, catalogue, tmp_path / "wages")

    assert health == wages
    assert health["tickets"] == Counter({("open", *next(iter(health["tickets"]))[1:]): 1})


async def test_two_tickets_of_one_organisation_share_no_clear_cell(bot: Running, tmp_path: Path) -> None:
    await a_talk(bot, "wages", WAGES)
    other = Talker(bot, 5_129_990_002)
    await other.meets()
    await other.asks_for_person("documents")
    with closing(sqlite3.connect(tmp_path / "data" / "safar.db")) as connection:
        rows = connection.execute("select id, contact, ticket, desk from tickets").fetchall()

    assert len(rows) == 2
    assert all(one != two for one, two in zip(*rows, strict=True))


async def test_24_hours_after_the_end_the_master_key_opens_nothing(bot: Running, tmp_path: Path) -> None:
    ticket = await a_talk(bot, "wages", WAGES)
    database, keys = tmp_path / "data" / "safar.db", load_keys(tmp_path / "data" / "master.key")
    assert seized(database, keys, {})
    await bot.store.retain(bot.clock.now())
    closed = bot.clock.now()
    assert await bot.delivery.desk.close(WAGES, ticket, ANNA)
    bot.clock.ahead += timedelta(hours=23, minutes=59)
    assert await read(bot, ticket)

    await bot.store.retain(bot.clock.now())
    bot.clock.ahead += closed + timedelta(hours=24, seconds=1) - bot.clock.now()
    assert await bot.delivery.desk.open(WAGES, ticket, ANNA) is None
    assert await bot.delivery.desk.inbox(WAGES) == []
    await bot.store.retain(bot.clock.now())
    assert seized(database, keys, {}) == []
    assert not await bot.delivery.desk.has_left(WAGES, ticket)


async def test_a_strangers_ticket_is_as_one_that_never_was(bot: Running, tmp_path: Path) -> None:
    """T29: every act at the desk, for a foreign ticket and for none: refused alike, and nothing is written."""
    ticket = await a_talk(bot, "wages", WAGES)
    desk, database = bot.delivery.desk, tmp_path / "data" / "safar.db"

    def rows() -> list[Any]:
        with closing(sqlite3.connect(database)) as connection:
            tables = ("tickets", "ticket_lines", "ticket_keys", "outbox", "timers", "contacts")
            return [connection.execute(f"select * from {table}").fetchall() for table in tables]

    before = rows()
    last = (await read(bot, ticket)).lines[-1].id
    for organisation, name in ((CLINIC, ticket), (CLINIC, bytes(16)), (WAGES, bytes(16)), (WAGES, b""), ("", ticket)):
        results = [
            await desk.open(organisation, name, ANNA),
            await desk.answer(organisation, name, ANNA, "слово", last),
            await desk.note(organisation, name, ANNA, "слово"),
            await desk.close(organisation, name, ANNA),
            await desk.offer_transfer(organisation, name, CLINIC if organisation != CLINIC else WAGES, ANNA),
            await desk.has_left(organisation, name),
        ]
        assert results == [None, "gone", False, False, False, False]
    assert rows() == before


async def test_the_first_words_are_in_no_session(bot: Running) -> None:
    """The question that takes them is answered and handed over in one turn."""
    await a_talk(bot, "wages", WAGES)
    seen: list[Any] = []

    def look(person: Any) -> Any:
        seen.append((person.profile or b"") + (person.session or b""))
        raise LookupError

    await bot.store.take(works("5129990001", look, account="8000000001"))
    assert unpack(None, seen[0])
    assert [mark for mark in MARKS if mark.encode() in seen[0]] == []


async def test_a_file_is_refused_and_not_asked_for_while_a_person_answers(bot: Running, talker: Talker) -> None:
    await talker.asks_for_person()
    photo = [{"file_id": "AgAC", "file_unique_id": "A", "width": 1, "height": 1}]
    message = {**bot.api._from_person(talker.chat), "photo": photo, "caption": LATER}
    await bot.receives({"update_id": bot.api.next_update(), "message": message})
    await bot.delivery.outbox.idle()

    assert "не открывает фото" in bot.api.texts(talker.chat)[-1]
    assert bot.api.made("getFile") == []
    ticket = (await only(bot)).ticket
    assert LATER not in "".join(line.text for line in (await read(bot, ticket)).lines)
