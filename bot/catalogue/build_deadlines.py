"""Legal terms and working days of the catalogue out of ``content/deadlines/`` and ``content/calendars/``."""

from collections.abc import Iterator
from typing import Final, get_args

from bot.catalogue import shapes
from bot.catalogue.draft import Entry, File
from bot.catalogue.legal import DeadlineRule, TermFact, WorkCalendar
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.model import Place
from bot.catalogue.shapes.calendar import Weekday
from bot.catalogue.shapes.deadlines import TermFact as TermShape
from bot.catalogue.values import Source

_WEEKDAYS: Final = get_args(Weekday)


def build_deadline(entry: Entry[shapes.DeadlineRule], into: Gathered) -> DeadlineRule:
    make = Maker(into=into, document=entry.document, owner=("deadline", entry.key), top=entry.way)
    key, shape, page = f"deadlines.{entry.key}", entry.shape, entry.shape.source
    return DeadlineRule(
        id=entry.key,
        title=make.text(f"{key}.title", shape.title, "title"),
        action=make.text(f"{key}.action", shape.action, "action"),
        consequence=make.text(f"{key}.consequence", shape.consequence, "consequence"),
        citizenships=frozenset(shape.for_),
        country=shape.in_,
        kind=shape.kind,
        event=shape.event,
        direction=shape.direction,
        term=_term(shape.term),
        lasts=_term(shape.lasts),
        window="calendar_year" if shape.window == "calendar_year" else _term(shape.window),
        counts_first_day=shape.counts_first_day,
        at_office=shape.at_office,
        unless=frozenset(shape.unless),
        one_of=shape.one_of or "",
        starts=shape.starts,
        once_past=shape.once_past,
        repeats=shape.repeats,
        sensitive=shape.sensitive,
        in_force=shape.status == "in_force",
        source=Source(title=page.title, url=page.url, page_date=page.page_date, checked=shape.checked_on),
        confidence=shape.confidence,
        owner=shape.owner,
        recheck_every=shape.recheck_every,
        at=entry.at(),
    )


def terms(entry: Entry[shapes.DeadlineRule]) -> Iterator[tuple[TermShape, Place]]:
    """Every length of time that a rule quotes, and where."""
    shape = entry.shape
    for name, term in (("term", shape.term), ("lasts", shape.lasts), ("window", shape.window)):
        if isinstance(term, TermShape):
            yield term, entry.at(name, "fact")


def build_calendar(file: File[shapes.Calendar]) -> WorkCalendar:
    shape, page = file.shape, file.shape.source
    return WorkCalendar(
        country=file.id,
        years=frozenset(map(int, shape.valid_years)),
        weekend=frozenset(map(_WEEKDAYS.index, shape.weekend)),
        off=frozenset({*shape.holidays, *shape.moved_off}),
        worked=frozenset(shape.worked),
        expected=frozenset(shape.expected),
        source=Source(title=page.title, url=page.url, page_date=page.page_date, checked=shape.checked_on),
    )


def _term(shape: object) -> TermFact | None:
    if not isinstance(shape, TermShape):
        return None
    return TermFact(fact=shape.fact, of=shape.of or "", day_of_next_month=shape.day_of_next_month)
