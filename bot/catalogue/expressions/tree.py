"""What an expression is once it is parsed."""

from collections.abc import Callable
from datetime import date
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, Literal, Protocol

import msgspec

Kind = Literal["profile", "answers", "fact", "today", "channel"]


class ExpressionError(Exception):
    """What an editor wrote is no expression; ``column`` counts from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


class Duration(msgspec.Struct, frozen=True):
    """Calendar months and days. Only durations without months can be compared: a month has no fixed length."""

    months: int = 0
    days: int = 0


class Name(msgspec.Struct, frozen=True):
    """Something looked up. ``of`` is the bracket after a fact: a literal, or ``profile.x`` / ``answers.x``."""

    kind: Kind
    name: str = ""
    of: str = ""
    column: int = 1


Value = str | float | bool | date | Duration | list[Any] | None


class Scope(Protocol):
    """What an expression can see. ``lookup`` returns None for whatever is not known, and never raises."""

    @property
    def today(self) -> date: ...

    def lookup(self, kind: Kind, name: str, at: str) -> Any: ...


class Constant(msgspec.Struct, frozen=True):
    value: Value


class List(msgspec.Struct, frozen=True):
    items: tuple["Tree", ...]


class Not(msgspec.Struct, frozen=True):
    inner: "Tree"


class Negative(msgspec.Struct, frozen=True):
    inner: "Tree"


class Logic(msgspec.Struct, frozen=True):
    is_and: bool
    parts: tuple["Tree", ...]


class Compare(msgspec.Struct, frozen=True):
    operator: str
    left: "Tree"
    right: "Tree"


class Sum(msgspec.Struct, frozen=True):
    minus: bool
    left: "Tree"
    right: "Tree"


class Call(msgspec.Struct, frozen=True):
    function: Literal["count", "days_between"]
    arguments: tuple["Tree", ...]


Tree = Constant | Name | List | Not | Negative | Logic | Compare | Sum | Call


class Expression(msgspec.Struct, frozen=True):
    """Two expressions are equal when their sources are. ``names`` are all that it looks up, in order."""

    source: str
    names: tuple[Name, ...]
    tree: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
}
