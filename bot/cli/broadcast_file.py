"""An alert as a YAML file, for ``safar broadcast draft``: every finding stands at its line (docs/alerts.md)."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import click
import msgspec
from pydantic import BeforeValidator, Field

from bot.catalogue.document import Document, Unreadable
from bot.catalogue.shapes.base import Day, Shape, Words, bad_value
from bot.catalogue.shapes.content import LanguageCode
from bot.catalogue.shaping import shape
from bot.catalogue.source import parse, read
from bot.catalogue.values import Topic
from bot.delivery.broadcasts.model import Alert, Source
from bot.delivery.broadcasts.reading import BrokenRule, read_rule
from bot.delivery.broadcasts.refusals import Finding
from bot.delivery.broadcasts.rule import EVERYBODY
from bot.places import Gazetteer

_S = TypeVar("_S", bound=Shape)


def _moment(value: Any) -> Any:
    """As it is typed, without a zone: it is that of the organisation."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            return datetime.strptime(value, form)  # noqa: DTZ007 - the zone comes with the organisation
        except (ValueError, TypeError):
            continue
    shown = f'"{value[:40]}"' if isinstance(value, str) else "this"
    raise bad_value(f"{shown} is not a moment", "write it as 2026-03-05 09:00, or 2026-03-05")


_Moment = Annotated[datetime, BeforeValidator(_moment)]


class _Source(Shape):
    title: Words
    url: Words | None = None
    checked_on: Day


class _File(Shape):
    name: Words
    urgency: Literal["life", "important", "news"]
    source: _Source
    segment: object
    topics: tuple[Topic, ...] = ()
    starts: _Moment | None = None
    ends: _Moment
    repeat: Literal["monthly", "yearly"] | None = None
    texts: dict[LanguageCode, Words] = Field(min_length=1)


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a file. ``saved``: the mark of a saved segment that stands in the place of a rule."""

    alert: Alert
    saved: str
    document: Document

    def show(self, finding: Finding) -> str:
        """``file:line:column rule: what is wrong; what to do``."""
        at = self.document.at(*finding.at.split("."))
        return f"{at} {finding.level} {finding.rule}: {finding.what}; {finding.remedy}"


def read_alert(path: Path, zone: str, places: Gazetteer) -> Written:
    """Times are those of ``zone``. Raises ``ClickException`` with every finding."""
    document, file = _shaped(path, _File)
    source, saved = file.source, file.segment if isinstance(file.segment, str) else ""
    try:
        rule = EVERYBODY if saved else read_rule(document, ("segment",), file.segment, places)
    except BrokenRule as broken:
        raise click.ClickException(str(broken)) from None
    alert = Alert(
        name=file.name,
        texts=dict(file.texts.items()),
        source=Source(title=source.title, url=source.url or "", checked_on=source.checked_on.isoformat()),
        urgency=file.urgency,
        topics=file.topics,
        segment=rule,
        segment_from=saved,
        starts=_utc(file.starts, zone) if file.starts else None,
        ends=_utc(_whole_day(file.ends), zone),
        repeat=file.repeat or "",
    )
    return Written(alert=alert, saved=saved, document=document)


class _Texts(Shape):
    texts: dict[LanguageCode, Words] = Field(min_length=1)


def read_texts(path: Path) -> dict[str, str]:
    """Of a correction: the texts alone. Raises ``ClickException``."""
    return dict(_shaped(path, _Texts)[1].texts.items())


def _whole_day(ends: datetime) -> datetime:
    """A day without a time is valid to its end."""
    return ends + timedelta(days=1) if ends.time() == time() else ends


def _utc(moment: datetime, zone: str) -> datetime:
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _shaped(path: Path, model: type[_S]) -> tuple[Document, _S]:
    try:
        document = parse(read(path, path.name), path.name)
    except Unreadable as unreadable:
        raise click.ClickException(str(unreadable)) from None
    shaped, findings = shape(document, model)
    if shaped is None:
        raise click.ClickException("\n".join(map(str, findings)))
    return document, shaped
