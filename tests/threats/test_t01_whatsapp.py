"""THREATS T1, T4, T10, T27, T28, T69 on WhatsApp: transcripts played by people full of marks, with faults on the way;
then the files, the logs and what left for WhatsApp are searched."""

import asyncio
import base64
import json
import sqlite3
from contextlib import closing
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Catalogue, Transcript
from bot.conversation import Event
from tests.fakes import graphfaults, graphnet
from tests.fakes.graphapi import graph_api
from tests.marks import search_marks
from tests.threats.talking import played, transcripts
from tests.threats.test_t01_nothing_is_left import LATITUDE, LONGITUDE, POISON, poisoned
from tests.whatsapp.running import Running, quick

#: Who the person is; the number is hidden in every ``wamid`` too (T4).
NAME, USERNAME, PHONE, FILE = "Nigora-4711", "nigora_4713", "992901234714", "1037543291543714"
IDENTITY = [NAME, USERNAME, PHONE, FILE, "55.731", "37.618"]
TYPED, CAPTION = "overstayed-4716", "caption-4718"
PERSON = "TJ.4129990472015"


def content(event: Event) -> dict[str, Any]:
    """The event as WhatsApp has it."""
    match event.kind:
        case "choice":
            reply = {"type": "button_reply", "button_reply": {"id": event.choice, "title": "?"}}
            return {"type": "interactive", "interactive": reply}
        case "location":
            return {"type": "location", "location": {"latitude": LATITUDE, "longitude": LONGITUDE}}
        case "start":
            return {"type": "request_welcome"}
        case _:
            return {"type": "text", "text": {"body": event.text}}


def beside() -> list[dict[str, Any]]:
    """What a person sends that no transcript holds."""
    file = {"id": FILE, "mime_type": "image/jpeg", "sha256": "x", "url": f"https://lookaside.example/?mid={FILE}"}
    card = {"name": {"formatted_name": NAME}, "phones": [{"phone": PHONE, "wa_id": PHONE}]}
    place = {"latitude": LATITUDE, "longitude": LONGITUDE}
    return [
        {"type": "text", "text": {"body": f"{TYPED} {NAME}"}},
        {"type": "text", "text": {"body": POISON}},
        {"type": "image", "image": {**file, "caption": CAPTION}},
        {"type": "audio", "audio": {**file, "voice": True}},
        {"type": "document", "document": {**file, "filename": f"{NAME}.pdf"}},
        {"type": "contacts", "contacts": [card]},
        {"type": "location", "location": place},
        {"type": "location", "location": {**place, "name": TYPED, "address": TYPED}},
    ]


async def test_whatsapp(catalogue: Catalogue, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned(monkeypatch)
    folder = tmp_path / "data"
    folder.mkdir()
    spoilt = cycle([graphfaults.SERVER_ERROR, graphfaults.DROPPED, graphfaults.BAD_REQUEST, graphfaults.NO_ID])
    async with graph_api() as api:
        bot = await Running.start(api, catalogue, folder, timeout_seconds=0.5)
        quick(bot)

        async def talks(number: int, transcript: Transcript) -> None:
            id, phone = f"{PERSON}{number:03}", f"{PHONE}{number:03}"
            api.person(id, phone=phone if number % 3 else "", name=NAME, username=USERNAME)
            for at, event in enumerate(played(transcript, catalogue, transcript.languages[number % 5])):
                if (number + at) % 25 == 0:
                    api.fail("messages", next(spoilt))
                await api.sends(id, content(event))
                await asyncio.sleep(0.01)
            for extra in beside():
                await api.sends(id, extra)

        some = [transcript for transcript in transcripts() if len(transcript.languages) == 5][::5]
        await asyncio.gather(*(talks(number, transcript) for number, transcript in enumerate(some)))
        await bot.quiet()
        for number in range(len(some)):
            await api.changes_number(f"{PERSON}{number:03}", f"{PHONE}9{number:03}")
        await bot.quiet()
        sent = [call.params for call in api.calls]
        assert len(sent) > 500
        assert api.problems == []
        assert {call.method for call in api.calls} == {"messages"}
        assert "event-set-aside" in log.read_text(encoding="utf-8")
        assert (await bot.store.deliveries())["delivered"] > 100
        marks = [*IDENTITY, TYPED, CAPTION, POISON, PERSON, graphnet.TOKEN, graphnet.APP_SECRET, "wamid."]
        marks += [base64.b64encode(PHONE.encode()).decode()[:14]]
        assert search_marks(tmp_path, marks) == []
        await bot.stop()
    with closing(sqlite3.connect(folder / "safar.db")) as connection:
        (tmp_path / "dump.sql").write_text("\n".join(connection.iterdump()))
        assert connection.execute("select count(*) from contacts").fetchone()[0] >= len(some)
    assert search_marks(tmp_path, marks) == []
    told = json.dumps([{**one, "recipient": "", "to": ""} for one in sent], ensure_ascii=False)
    assert [mark for mark in IDENTITY if mark in told] == []
