"""The editors' tests of ``flows/transcripts/``: read here, played by ``bot.conversation``."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from bot.catalogue import shapes
from bot.catalogue.draft import File
from bot.catalogue.findings import Finding
from bot.catalogue.model import Place
from bot.catalogue.reading import CASE, Reader
from bot.catalogue.shapes.content import LanguageCode
from bot.text import LANGUAGES


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What the person does, what is answered, or both. ``types`` and ``shows`` are by language."""

    at: Place
    taps: str = ""
    types: Mapping[str, str] = {}
    sends: str = ""
    #: What a caseworker does.
    desk: str = ""
    #: None where the step does not say what is seen.
    sees: tuple[str, ...] | None = None
    shows: Mapping[str, str] = {}


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """``flow`` is opened first; without one the contact is new. ``languages`` are those to play it in."""

    name: str
    title: str
    today: date
    profile: Mapping[str, str]
    flow: str
    #: All organisations answer, day and night.
    staffed: bool
    #: There is an alert, and it is for everybody.
    alerts: bool
    languages: tuple[str, ...]
    steps: tuple[Step, ...]
    #: ``flow.node``, or ``nothing``.
    ends_in: str
    at: Place
    ends_at: Place


def load_transcripts(root: Path) -> tuple[tuple[Transcript, ...], tuple[Finding, ...]]:
    """Those that have their shape, and what is wrong with the others."""
    reader = Reader(root)
    files = reader.files("flows/transcripts/*.yaml", shapes.Transcript, CASE)
    return tuple(map(_transcript, files.values())), tuple(reader.findings)


def _transcript(file: File[shapes.Transcript]) -> Transcript:
    shape = file.shape
    return Transcript(
        name=file.id,
        title=shape.title,
        today=shape.today,
        profile=shape.profile.model_dump(exclude_none=True),
        flow=shape.flow or "",
        staffed=shape.staffed,
        alerts=shape.alerts,
        languages=shape.languages or tuple(LANGUAGES),
        steps=tuple(
            Step(
                at=file.at("turns", index),
                taps=turn.taps or "",
                types=_typed(turn.types),
                sends=turn.sends or "",
                desk=turn.desk or "",
                sees=tuple(turn.sees) if turn.sees is not None else None,
                shows=dict(turn.shows.items()),
            )
            for index, turn in enumerate(shape.turns)
        ),
        ends_in=shape.ends_in,
        at=file.at(),
        ends_at=file.at("ends_in"),
    )


def _typed(shape: str | Mapping[LanguageCode, str] | None) -> dict[str, str]:
    if isinstance(shape, str):
        return dict.fromkeys(LANGUAGES, shape)
    return dict((shape or {}).items())
