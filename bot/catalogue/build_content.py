"""Articles, facts, phrases and words of the catalogue out of the files of ``content/``."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from bot.catalogue import shapes
from bot.catalogue.document import Way
from bot.catalogue.draft import Entry, File
from bot.catalogue.findings import Finding
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.model import (
    Article,
    Fact,
    FactValue,
    Need,
    Target,
    Template,
    Text,
)
from bot.catalogue.shapes.content import ByLanguage, CheckedPage, Page
from bot.catalogue.shapes.content import FactValue as ValueShape
from bot.catalogue.values import Source, Unit, Wording
from bot.catalogue.words import Term, Words
from bot.text import LANGUAGES

_UNREAD: Final[Wording] = "machine"


def build_article(file: File[shapes.Article], title: Text, into: Gathered) -> Article:
    make = Maker(into=into, document=file.document, owner=("article", file.id))
    key, shape = f"articles.{file.id}", file.shape
    return Article(
        id=file.id,
        section=file.document.file.split("/")[-2],
        title=title,
        answer=make.branches(f"{key}.answer", shape.answer, "answer", kind="answer"),
        steps=tuple(
            make.branches(f"{key}.steps.{index + 1}", step, "steps", index) for index, step in enumerate(shape.steps)
        ),
        careful=make.branches(f"{key}.careful", shape.careful, "careful"),
        today=make.branches(f"{key}.today", shape.today, "today"),
        citizenships=frozenset(shape.for_),
        countries=frozenset(shape.in_),
        questions={language: tuple(questions) for language, questions in shape.questions.items()},
        needs=shape.needs,
        related=shape.related,
        sources=tuple(_source(page, page.checked) for page in shape.sources),
        review_by=shape.review_by,
        verified=shape.status == "verified",
        sensitive=shape.sensitive,
        wording=dict.fromkeys(LANGUAGES, _UNREAD) | {**shape.wording},
        at=file.at(),
        token=Target(kind="article", id=file.id).token,
    )


def build_fact(entry: Entry[shapes.Fact], into: Gathered) -> Fact:
    """A value that is no number although its unit asks for one is a finding."""
    make = Maker(into=into, document=entry.document, owner=("fact", entry.key), top=entry.way)
    shape = entry.shape
    given: list[tuple[Way, ValueShape]] = [(("values", index), value) for index, value in enumerate(shape.values)]
    if shape.value is not None:
        days = (shape.valid_from, shape.valid_to)
        given.append(((), ValueShape.model_construct(at="", value=shape.value, valid_from=days[0], valid_to=days[1])))
    values: dict[str, tuple[FactValue, ...]] = {}
    for way, one in given:
        before = values.get(one.at, ())
        values[one.at] = (*before, _value(make, shape.unit, one, len(before), *way))
    return Fact(
        key=entry.key,
        what=shape.what,
        unit=shape.unit,
        by=shape.by,
        values=values,
        source=_source(shape.source, shape.checked_on),
        confidence=shape.confidence,
        owner=shape.owner,
        recheck_every=shape.recheck_every,
        at=entry.at(),
    )


def _value(make: Maker, unit: Unit, shape: ValueShape, before: int, *way: str | int) -> FactValue:
    text, days = None, (shape.valid_from, shape.valid_to)
    value: str | float | date = shape.value
    if unit == "text":
        key = f"facts.{make.owner[1]}.values.{shape.at or 'all'}" + (f".{before + 1}" if before else "")
        text = make.text(key, shape.value, *way, "value")
    elif (read := _day(shape.value) if unit == "date" else _number(shape.value)) is not None:
        value = read
    else:
        at = make.document.at(*make.top, *way, "value")
        what = f'"{shape.value[:40]}" is not a {"date" if unit == "date" else "number"}'
        remedy = "write it as 2026-03-05" if unit == "date" else "write digits alone, as 8900 or 0.5, or unit: text"
        make.into.findings.append(Finding(at=at, rule="bad-value", what=what, remedy=remedy))
    return FactValue(value=value, text=text, valid_from=days[0], valid_to=days[1])


def _number(text: str) -> float | None:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text, re.ASCII):
        return None
    return float(text) if "." in text else int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def build_phrases(file: File[shapes.Phrases], into: Gathered) -> dict[str, Text]:
    make = Maker(into=into, document=file.document, owner=("phrase", ""))
    return {key: make.text(f"phrases.{key}", source, key) for key, source in file.shape.root.items()}


def build_template(file: File[shapes.Template], into: Gathered) -> Template:
    make = Maker(into=into, document=file.document, owner=("template", file.id))
    key = f"templates.{file.id}"
    return Template(
        name=file.id,
        body=make.text(f"{key}.body", file.shape.body, "body", kind="template"),
        buttons=tuple(
            make.text(f"{key}.buttons.{index + 1}", label, "buttons", index, kind="template-button")
            for index, label in enumerate(file.shape.buttons)
        ),
        parameters=dict(file.shape.parameters),
    )


def build_term(entry: Entry[shapes.Term]) -> Term:
    shape = entry.shape
    forms = {"ru": shape.ru, "uz": shape.uz, "uz_Cyrl": shape.uz_cyrl, "tg": shape.tg, "ky": shape.ky}
    return Term(id=entry.key, en=shape.en, forms={language: tuple(given) for language, given in forms.items()})


def build_need(entry: Entry[shapes.Served]) -> Need:
    shape = entry.shape
    return Need(need=shape.need, by=shape.by, feature=shape.feature or "", not_yet=shape.not_yet or "")


def build_words(file: File[shapes.WordLists], lures: File[shapes.Lures] | None, marked: Iterable[str]) -> Words:
    """``marked``: names of the help points whose very name may be an offence."""
    shape = file.shape
    return Words(
        commands={name: _lists(lists) for name, lists in shape.commands},
        danger={name: _lists(lists) for name, lists in shape.danger},
        yes_no={name: _lists(lists) for name, lists in shape.yes_no},
        asking=_lists(shape.asking),
        places={country: tuple(names) for country, names in shape.places.items()},
        passports={citizenship: tuple(names) for citizenship, names in shape.passports.items()},
        other_languages={code: (one.say, one.lines) for code, one in shape.other_languages.items()},
        preview=_lists(shape.preview),
        lures={name: _lists(lists) for name, lists in lures.shape} if lures else {},
        barred=(*shape.barred, *marked),
    )


def build_examples(file: File[shapes.Examples]) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return {kind: _lists(by_language) for kind, by_language in file.shape}


def _lists(by_language: ByLanguage) -> Mapping[str, tuple[str, ...]]:
    return {language: tuple(words) for language, words in by_language.items()}


def _source(page: Page | CheckedPage, checked: date) -> Source:
    return Source(title=page.title, url=page.url, page_date=page.page_date, checked=checked)
