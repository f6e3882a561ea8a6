"""THREATS T1, T4, T10, T27, T28, T69 over the whole bot: every transcript is played by people full of marks, on
Telegram and on the web page, with faults on the way; then the files, the logs and what left for Telegram are searched.
"""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.catalogue import Catalogue, Transcript
from bot.conversation import Event, Turn, turn
from bot.delivery import step
from bot.store import Settled, SqliteStore, create_key_file, load_keys
from tests.delivery.running import Begin
from tests.fakes import botapi
from tests.fakes.botapi import TOKEN, BotApi
from tests.fakes.botspec import SHARED
from tests.marks import search_marks
from tests.store.helpers import works
from tests.threats.talking import played, posted, transcripts, update
from tests.web.serving import Page, site

LATITUDE, LONGITUDE = 55.731947, 37.618253
#: Who the person is: never needed, so it may appear nowhere, not even in a request to Telegram.
IDENTITY = ["Nigora-4711", "Karimova-4712", "nigora_4713", "992901234714", "AgACfile4715", "55.731", "37.618"]
NAME, FAMILY, USERNAME, PHONE, FILE = IDENTITY[:5]
#: What they say and who they are to Telegram: goes to Telegram at most.
WORDS = ["overstayed-4716", "Norilsk-4717", "caption-4718", "poison-4719", "start4720"]
TYPED, CITY, CAPTION, POISON, CODE = WORDS
#: As long as Telegram lets ids be (52 bits): a shorter number turns up by chance among the digits of a dump.
FIRST_CHAT = 4_129_990_472_015_001
#: Between two events of one person: nobody is a flood.
_SECOND = timedelta(seconds=3)


def person(number: int) -> dict[str, Any]:
    names = {"first_name": NAME, "last_name": FAMILY, "username": USERNAME}
    return {"id": FIRST_CHAT + number, "is_bot": False, "language_code": "tg", **names}


def beside(number: int) -> list[dict[str, Any]]:
    """What a person sends that no transcript holds."""
    here = {"latitude": LATITUDE, "longitude": LONGITUDE}
    contact = {"phone_number": PHONE, "first_name": NAME, "user_id": FIRST_CHAT + number, "vcard": f"TEL:{PHONE}"}
    contents: list[dict[str, Any]] = [
        {"text": f"{TYPED} {CITY} {NAME}"},
        {"text": POISON},
        {"text": f"/start {CODE}"},
        {"contact": contact},
        {"photo": [{"file_id": FILE, "file_unique_id": FILE, "width": 1, "height": 1}], "caption": CAPTION},
        {"voice": {"file_id": FILE, "file_unique_id": FILE, "duration": 1}},
        {"location": here},
        {"location": {**here, "live_period": 600}},
        {"venue": {"location": here, "title": CITY, "address": CITY}, "location": here},
    ]
    updates = []
    for content in contents:
        made = update(Event(kind="text", text="x"), person(number))
        del made["message"]["text"]
        made["message"] |= content
        updates.append(made)
    edited = update(Event(kind="text", text=f"{TYPED} again"), person(number))
    edited["edited_message"] = edited.pop("message")
    return [*updates, edited]


def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours, whose own words hold the person's."""

    def breaks(session: Any, event: Event, *rest: Any, **more: Any) -> Turn:
        if POISON in event.text:
            raise ValueError(f"cannot take {event.text}")
        return turn(session, event, *rest, **more)

    monkeypatch.setattr(step, "turn", breaks)


async def test_telegram(
    begin: Begin, api: BotApi, catalogue: Catalogue, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch)
    bot = await begin(timeout_seconds=0.3)
    faults = cycle([botapi.SERVER_ERROR, botapi.DROPPED, botapi.BAD_GATEWAY, botapi.BAD_REQUEST, botapi.LOST_REQUEST])

    async def talks(number: int, transcript: Transcript) -> None:
        if number % 10 == 0:
            api.fail("sendMessage", next(faults))
        language = transcript.languages[number % len(transcript.languages)]
        for event in played(transcript, catalogue, language):
            bot.clock.ahead += _SECOND
            await bot.receives(update(event, person(number), LATITUDE, LONGITUDE))
        for extra in beside(number):
            bot.clock.ahead += _SECOND
            await bot.receives(extra)

    await asyncio.gather(*(talks(number, transcript) for number, transcript in enumerate(transcripts())))
    await bot.delivery.outbox.idle()

    sent = [call.params for call in api.calls]
    assert len(sent) > 500
    assert not api.made("getFile")
    marks = [*IDENTITY, *WORDS, TOKEN.partition(":")[2], str(FIRST_CHAT)[:-3]]
    assert (tmp_path / "data" / "safar.db-wal").stat().st_size > 100_000
    assert "event-set-aside" in log.read_text(encoding="utf-8")
    assert search_marks(tmp_path, marks) == []
    await bot.stop()
    _dump(tmp_path)
    assert search_marks(tmp_path, marks) == []
    assert [mark for mark in IDENTITY if mark in json.dumps(sent, ensure_ascii=False)] == []


async def test_web_chat(catalogue: Catalogue, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch)
    cookies: list[str] = []
    async with site(tmp_path / "data") as safar:

        async def talks(number: int, transcript: Transcript) -> None:
            language = transcript.languages[number % len(transcript.languages)]
            async with Page(safar, language) as page:
                page.http.headers["user-agent"] = NAME
                for event in played(transcript, catalogue, language):
                    await page.does(**posted(event, LATITUDE, LONGITUDE))
                for text in (f"{TYPED} {CITY} {NAME} {PHONE}", POISON):
                    await page.says(text)
                await page.does(kind="location", latitude=LATITUDE, longitude=LONGITUDE)
                cookies.extend(one.value for one in page.http.cookie_jar)
            assert not [mark for mark in IDENTITY if mark in json.dumps(page.shown, ensure_ascii=False)]

        await asyncio.gather(*(talks(number, transcript) for number, transcript in enumerate(transcripts())))
        marks = [*IDENTITY, *WORDS, *cookies]
        assert len(cookies) > 40
        assert search_marks(tmp_path, marks) == []
    _dump(tmp_path)
    assert search_marks(tmp_path, marks) == []


def _dump(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data" / "safar.db")) as connection:
        (folder / "dump.sql").write_text("\n".join(connection.iterdump()))
        assert connection.execute("select count(*) from contacts").fetchone()[0] > 10


async def test_a_log_that_holds_a_mark_is_found(log: Path, tmp_path: Path) -> None:
    structlog.get_logger().debug("x", words=TYPED)
    assert search_marks(tmp_path, [TYPED])


@pytest.mark.skipif(not (SHARED / "samples").exists(), reason="needs ../shared/specs, not part of the repository")
async def test_no_platform_id_of_any_sample_stays(begin: Begin, api: BotApi, log: Path, tmp_path: Path) -> None:
    """T4: search_marks looks for every number in base64 too, so a wamid in the clear would be found by its number."""
    bot = await begin()
    telegram: set[str] = set()
    for path in sorted((SHARED / "samples" / "telegram").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for one in document.get("result", [document]):
            bot.clock.ahead += _SECOND
            telegram |= _ids(one)
            await bot.receives(one)
    await bot.delivery.outbox.idle()
    (tmp_path / "whatsapp").mkdir()
    create_key_file(tmp_path / "key")
    store = await SqliteStore.open(tmp_path / "whatsapp" / "safar.db", load_keys(tmp_path / "key"))
    whatsapp = _ids([json.loads(path.read_text()) for path in (SHARED / "samples" / "whatsapp").glob("*.json")])

    async def kept(id: str) -> None:
        taken = await store.take(works(id, update=id, ref=id, channel="whatsapp"))
        await store.settle([Settled(id=row.id, state="sent", ref=id) for row in taken.rows])

    await asyncio.gather(*map(kept, whatsapp))

    assert len(telegram) > 20
    assert any(id.startswith("wamid.") for id in whatsapp)
    assert any(id.isdecimal() for id in whatsapp)
    assert search_marks(tmp_path, sorted(telegram | whatsapp)) == []
    await store.close()


def _ids(document: Any) -> set[str]:
    """Everything that names a person, a message or a file, long enough to be no chance hit."""
    if isinstance(document, list):
        return set().union(*map(_ids, document)) if document else set()
    if not isinstance(document, dict):
        return set()
    found = {
        str(value)
        for key, value in document.items()
        if isinstance(value, str | int) and (key.endswith("id") or key in _NAMING) and len(str(value)) >= 8
    }
    return found.union(*map(_ids, document.values())) if document else found


_NAMING = frozenset({"from", "username", "phone_number", "phone", "to", "recipient_user_id"})
