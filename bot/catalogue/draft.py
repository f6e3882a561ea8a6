"""What was read, before it is known to be right: files in their shapes, with the places of everything."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Generic, Literal, TypeVar

import msgspec
from pydantic import BaseModel

from bot.catalogue import shapes
from bot.catalogue.document import Document, Way
from bot.catalogue.expressions import Expression
from bot.catalogue.model import Catalogue, Form, Place, Slot, Text

_S = TypeVar("_S", bound=BaseModel)
Owner = tuple[
    Literal["flow", "article", "phrase", "fact", "point", "deadline", "template", "asking", "organisation"], str
]
"""What a text belongs to: kind and id."""
TextKind = Literal["body", "answer", "label", "words", "template", "template-button"]


class File(msgspec.Struct, Generic[_S], frozen=True, kw_only=True):
    """A file that has its shape. ``id`` is the file's stem."""

    id: str
    document: Document
    raw: bytes
    shape: _S

    def at(self, *way: str | int) -> Place:
        return self.document.at(*way)


class Entry(msgspec.Struct, Generic[_S], frozen=True, kw_only=True):
    """One of many in a file: a fact, a help point. ``way`` leads to it."""

    key: str
    document: Document
    shape: _S
    way: Way

    def at(self, *way: str | int) -> Place:
        return self.document.at(*self.way, *way)


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A text and what the checks ask of it. ``owner``: flow or article id; ``words`` are typed by people, not shown."""

    text: Text
    kind: TextKind
    owner: Owner

    def slots(self) -> Iterator[Slot]:
        return (part for part in self.text.forms["ru"].parts if isinstance(part, Slot))

    def forms(self) -> Iterator[tuple[str, Form]]:
        """The forms that are in a language of their own, fallbacks left out."""
        return ((language, form) for language, form in self.text.forms.items() if form.language == language)


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A ``when`` and where it stands."""

    expression: Expression
    document: Document
    way: Way
    owner: Owner

    def at(self, column: int) -> Place:
        return self.document.inside(column, *self.way)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that had its shape. ``broken`` names files that could not be used: what they hold is not missed."""

    as_of: date
    flows: Mapping[str, File[shapes.Flow]]
    articles: Mapping[str, File[shapes.Article]]
    facts: Mapping[str, Entry[shapes.Fact]]
    points: Mapping[str, Entry[shapes.HelpPoint]]
    organisations: Mapping[str, Entry[shapes.Organisation]]
    places: Mapping[str, Entry[shapes.PlaceNames]]
    deadlines: Mapping[str, Entry[shapes.DeadlineRule]]
    calendars: Mapping[str, File[shapes.Calendar]]
    needs: Mapping[str, Entry[shapes.Served]]
    phrases: File[shapes.Phrases] | None
    words: File[shapes.WordLists] | None
    texts: tuple[Said, ...]
    conditions: tuple[Condition, ...]
    catalogue: Catalogue
    previous: Catalogue | None
    broken: frozenset[str]
