"""The editors' transcripts as updates of Telegram and as events of the web page."""

from collections.abc import Iterator
from functools import cache
from itertools import count
from typing import Any

from bot.catalogue import Catalogue, Finding, Target, Transcript, load_transcripts
from bot.conversation import Event
from bot.conversation.transcripts import _Player
from tests.web.serving import ROOT

_numbers = count(900_000_001)


@cache
def transcripts() -> tuple[Transcript, ...]:
    """Those that need nobody who answers: tests/desk has people for the others."""
    return tuple(one for one in load_transcripts(ROOT)[0] if not one.staffed)


def option(flow: str, node: str, choice: str) -> Event:
    return Event(kind="choice", choice=Target(kind="option", id=flow, node=node, option=choice).token)


def token_of(kind: Any, id: str) -> Event:
    return Event(kind="choice", choice=Target(kind=kind, id=id).token)


def introduction(language: str, profile: dict[str, str]) -> Iterator[Event]:
    """What someone does who tells all this of themselves."""
    yield Event(kind="start")
    yield option("language", "choose", language.replace("_", "-"))
    if "citizenship" in profile:
        yield option("about-you", "citizenship", profile["citizenship"])
    where = {"before": "planning", "back": "returned"}.get(profile.get("stage", ""), profile.get("country", ""))
    if where in {"planning", "returned", "RU", "KZ"}:
        yield option("about-you", "where", where)
    yield Event(kind="choice", choice=Target(kind="command", id="menu").token)


def played(transcript: Transcript, catalogue: Catalogue, language: str) -> Iterator[Event]:
    """The events of one transcript, from the beginning of the acquaintance."""
    yield from introduction(language, dict(transcript.profile))
    if transcript.flow:
        yield Event(kind="choice", choice=Target(kind="flow", id=transcript.flow).token)
    player = _Player(transcript, catalogue, language)
    for step in transcript.steps:
        event = player._event(step)
        for finding in player.act(step):
            raise AssertionError(str(finding))
        if event is not None:
            assert not isinstance(event, Finding)
            yield event


def update(event: Event, person: dict[str, Any], latitude: float = 0.0, longitude: float = 0.0) -> dict[str, Any]:
    """The event as Telegram would send it; a place is the one given here. Its message is one that no fake has shown."""
    number = next(_numbers)
    chat = {"id": person["id"], "type": "private", **{k: v for k, v in person.items() if k.endswith("name")}}
    message = {"message_id": number, "date": 1_770_000_000, "from": person, "chat": chat}
    if event.kind == "choice":
        query = {"id": f"77{number}", "from": person, "message": {**message, "text": "?"}, "data": event.choice}
        return {"update_id": number, "callback_query": query | {"chat_instance": "1"}}
    if event.kind == "location":
        return {"update_id": number, "message": message | {"location": {"latitude": latitude, "longitude": longitude}}}
    text = f"/start {event.code}".strip() if event.kind == "start" else event.text
    return {"update_id": number, "message": message | {"text": text}}


def posted(event: Event, latitude: float = 0.0, longitude: float = 0.0) -> dict[str, Any]:
    """The event as the web page would send it."""
    place = {"latitude": latitude, "longitude": longitude} if event.kind == "location" else {}
    said = {"text": event.text, "choice": event.choice, "code": event.code}
    return {"kind": event.kind, **{key: value for key, value in said.items() if value}, **place}
