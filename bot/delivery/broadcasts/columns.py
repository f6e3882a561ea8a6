"""What the index keeps of contacts: numbers in columns, some thirty bytes for each, and no way back to a name."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

_W = TypeVar("_W", bound=Hashable)
Mask = NDArray[np.bool_]
Column = NDArray[Any]
#: A contact: number, state, then the codes in the order of ``NAMES``.
Row = tuple[int, ...]

GONE, BLOCKED, ACTIVE = range(3)
_TYPES: Final = {
    "id": np.int64,
    "state": np.uint8,
    "account": np.uint16,
    "language": np.uint16,
    "citizenship": np.uint16,
    "stage": np.uint16,
    "country": np.uint16,
    "region": np.uint16,
    "city": np.uint16,
    "consent": np.uint32,
    "seen_day": np.int32,
}
NAMES: Final = tuple(_TYPES)
#: Of the words in one column; further ones count as unknown.
_MOST_WORDS: Final = 0xFFFF
#: A test for so few codes is made code by code, which is faster than a table.
_FEW: Final = 8
#: New contacts stand unsorted behind the others until there are so many of them.
_MOST_NEW: Final = 50_000


class Words(Generic[_W]):
    """The different values of a column, each with its code. 0 is what is not known."""

    def __init__(self, unknown: _W) -> None:
        self.words = [unknown]
        self._codes = {unknown: 0}

    def code(self, word: _W) -> int:
        code = self._codes.get(word)
        if code is None:
            if len(self.words) > _MOST_WORDS:
                return 0
            code = self._codes[word] = len(self.words)
            self.words.append(word)
        return code

    def mask(self, column: Column, test: Callable[[_W], bool]) -> Mask:
        """Rows whose word passes the test."""
        table = np.fromiter(map(test, self.words), np.bool_, len(self.words))
        yes, no = np.flatnonzero(table), np.flatnonzero(~table)
        if min(len(yes), len(no)) > _FEW:
            return table.take(column)
        mask = np.zeros(len(column), np.bool_)
        for code in yes if len(yes) <= len(no) else no:
            mask |= column == column.dtype.type(code)
        return mask if len(yes) <= len(no) else ~mask


class Columns:
    """Rows in the order of their numbers, and behind them the new ones. Used by one writer at a time."""

    def __init__(self) -> None:
        self._columns = {name: np.empty(1024, kind) for name, kind in _TYPES.items()}
        self._size = self._sorted = 0
        #: Number -> where it stands, of those behind the sorted ones.
        self._new: dict[int, int] = {}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> Column:
        return self._columns[name][: self._size]

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self._columns.values())

    def extend(self, rows: Sequence[Row]) -> None:
        """While it is built: rows in ascending order, all behind those that are there."""
        self._append(np.array(rows, np.int64))
        self._sorted = self._size

    def put(self, rows: Iterable[Row]) -> None:
        """Rows as they are now, known or new."""
        rows = {row[0]: row for row in rows}.values()
        if not rows:
            return
        values = np.array([*rows], np.int64)
        ids = self._columns["id"][: self._sorted]
        places = np.searchsorted(ids, values[:, 0])
        for index, number in enumerate(values[:, 0].tolist()):
            at = int(places[index])
            if at == self._sorted or ids[at] != number:
                at = self._new.get(number, -1)
            places[index] = at
        fresh = values[places < 0]
        fresh = fresh[fresh[:, 1] != GONE]
        self._write(places[places >= 0], values[places >= 0])
        self._new.update(zip(fresh[:, 0].tolist(), range(self._size, self._size + len(fresh)), strict=True))
        self._append(fresh)

    def is_untidy(self) -> bool:
        return len(self._new) > _MOST_NEW

    def tidied(self) -> "Columns":
        """The same, all sorted and without those who are gone; this one stays as it is."""
        kept = np.flatnonzero(self["state"] != GONE)
        order = kept[np.argsort(self["id"][kept])]
        tidy = Columns()
        tidy._columns = {name: column[order] for name, column in self._columns.items()}
        tidy._size = tidy._sorted = len(order)
        return tidy

    def _append(self, values: NDArray[np.int64]) -> None:
        size = self._size + len(values)
        room = len(self._columns["id"])
        if size > room:
            room = max(size, room + room // 2)
            self._columns = {name: _grown(column, room) for name, column in self._columns.items()}
        places = np.arange(self._size, size)
        self._size = size
        self._write(places, values)

    def _write(self, places: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        for index, name in enumerate(NAMES):
            self._columns[name][places] = values[:, index]


def _grown(column: Column, room: int) -> Column:
    grown = np.empty(room, column.dtype)
    grown[: len(column)] = column
    return grown
