"""How a table and its columns are declared: what lies in the clear, and why (T1, T5, T11)."""

from typing import Final, Literal

import msgspec


class Column(msgspec.Struct, frozen=True):
    name: str
    form: Literal["clear", "sealed"]
    reason: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    #: Days after which a row goes, as ``retention.py`` does it; None when only an erasure or other code ends it.
    days: int | None
    #: Why that long.
    kept: str
    columns: tuple[Column, ...]


def clear(name: str, reason: str) -> Column:
    return Column(name, "clear", reason)


def sealed(name: str, reason: str) -> Column:
    return Column(name, "sealed", reason)


CONTACT: Final = clear("contact", "a random number, the same in no other database")
DAY: Final = clear("day", "day-sharp, so that it tells no hour of a talk (T12)")
