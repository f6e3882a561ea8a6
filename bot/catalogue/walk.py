"""Takes a YAML parser's events and makes a document of them, or says why not."""

from typing import Any, Final

import yaml

from bot.catalogue.document import Document, Way, place_of
from bot.catalogue.findings import Finding

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 5_000

_NULL: Final = frozenset({"~", "null"})


class Stop(Exception):
    """Enough is known; the rest of the file is not walked."""


class _Open:
    """A mapping or list that is being read."""

    def __init__(self, way: Way, value: dict[str, Any] | list[Any]) -> None:
        self.way = way
        self.value = value
        #: In a mapping, the key that waits for its value.
        self.key: str | None = None


class Walk:
    """Takes the parser's events one by one; deep, huge or clever input stops it at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.document: Document | None = None
        self._values: dict[Way, Any] = {}
        self._keys: dict[Way, Any] = {}
        self._ways: dict[int, Way] = {}
        self._quoted: set[Way] = set()
        self._stack: list[_Open] = []
        self._count = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._special(event)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._special(event)
            self._begin(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._stack.pop()
        elif kind is yaml.AliasEvent:
            self._stop(
                event, "alias", f'"*{event.anchor}" repeats another part', "write the text out, or put it in quotes"
            )
        elif kind is yaml.DocumentStartEvent and self.document is not None:
            self._stop(event, "second-document", 'a second document begins ("---")', "make it a file of its own")

    def _special(self, event: Any) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            self._stop(event, "too-big", f"the file has more than {MAX_VALUES} values", "split it into several files")
        if event.anchor is not None:
            self._stop(event, "anchor", f'"&{event.anchor}" names a part', "remove it, or put the text in quotes")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self._stop(event, "tag", f'"{tag}" is a YAML tag', "remove it, or put the text in quotes")

    def _scalar(self, event: Any) -> None:
        value: str = event.value
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event)
            return
        way = self._place_next(event)
        if event.style or (value and value not in _NULL):
            if event.style:
                self._quoted.add(way)
            self._put(value)
        elif way:
            if not value:
                comma = isinstance(way[-1], str) and " " in way[-1]
                remedy = 'put a text with a comma into quotes "..."' if comma else "write one, or remove the line"
                self._add(event, "empty-value", f"{_name(way)} has no value", remedy)
            self._put(None)

    def _key(self, top: _Open, event: Any) -> None:
        key: str = event.value
        assert isinstance(top.value, dict)
        if key == "<<" and not event.style:
            self._stop(event, "merge-key", '"<<" copies another part', "write the lines out")
        if key in top.value:
            first = self._keys[(*top.way, key)]
            what = f'"{key}" is here a second time (first in line {first.line + 1})'
            self._add(event, "duplicate-key", what, "keep one of them")
        self._keys.setdefault((*top.way, key), event.start_mark)
        top.key = key

    def _begin(self, event: Any, value: dict[str, Any] | list[Any]) -> None:
        top = self._stack[-1] if self._stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._stop(event, "bad-key", "a key must be one word or text", "put it in quotes")
        if len(self._stack) >= MAX_DEPTH:
            self._stop(event, "too-deep", f"the file is nested more than {MAX_DEPTH} levels deep", "use fewer levels")
        way = self._place_next(event)
        self._put(value)
        self._ways[id(value)] = way
        self._stack.append(_Open(way, value))

    def _place_next(self, event: Any) -> Way:
        """Remember where the coming value stands, and return the way to it."""
        way: Way = ()
        if self._stack:
            top = self._stack[-1]
            way = (*top.way, top.key if isinstance(top.value, dict) and top.key is not None else len(top.value))
        self._values[way] = event.start_mark
        return way

    def _put(self, value: Any) -> None:
        if not self._stack:
            self.document = Document(
                file=self.file,
                data=value,
                _values=self._values,
                _keys=self._keys,
                _ways=self._ways,
                _quoted=self._quoted,
            )
            return
        top = self._stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            assert top.key is not None
            top.value[top.key] = value
            top.key = None

    def _add(self, event: Any, rule: str, what: str, remedy: str) -> None:
        self.findings.append(Finding(at=place_of(event.start_mark, self.file), rule=rule, what=what, remedy=remedy))

    def _stop(self, event: Any, rule: str, what: str, remedy: str) -> None:
        self._add(event, rule, what, remedy)
        raise Stop


def _name(way: Way) -> str:
    return f'"{way[-1]}"' if isinstance(way[-1], str) else "this line of the list"
