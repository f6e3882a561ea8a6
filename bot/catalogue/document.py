"""A YAML file as it was typed, with the place of every key and value."""

from typing import Any

import msgspec

from bot.catalogue.findings import Finding
from bot.catalogue.model import Place

Way = tuple[str | int, ...]
"""The keys and indexes that lead from the top of a file to a value: ``("nodes", "entered", "between", 0)``."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it was typed: ``data`` is str, list and dict only, and None for a plain ``null``."""

    file: str
    data: Any
    #: Where things stand, as the parser's marks, which count from 0.
    _values: dict[Way, Any]
    _keys: dict[Way, Any]
    _ways: dict[int, Way]
    _quoted: set[Way]

    def way_of(self, mapping: dict[str, Any]) -> Way:
        """The way to a mapping of ``data``: to this very object, not to an equal one."""
        return self._ways[id(mapping)]

    def at(self, *way: str | int) -> Place:
        """Where the value stands; a way that leaves the file ends at its last value that exists."""
        while way not in self._values and way:
            way = way[:-1]
        return place_of(self._values[way], self.file) if way in self._values else Place(self.file)

    def key_at(self, *way: str | int) -> Place:
        """Where the key of that value stands; for an item of a list the item itself."""
        return place_of(self._keys[way], self.file) if way in self._keys else self.at(*way)

    def is_quoted(self, *way: str | int) -> bool:
        return way in self._quoted

    def inside(self, column: int, *way: str | int) -> Place:
        """The place of a character (from 1) of a text that stands in one line."""
        at = self.at(*way)
        return Place(at.file, at.line, at.column + column - 1 + (way in self._quoted))


class Unreadable(Exception):
    """The file cannot be used at all; ``findings`` say where and why."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))


def place_of(mark: Any, file: str) -> Place:
    """The parser counts from 0, people from 1."""
    return Place(file, mark.line + 1, mark.column + 1)
