"""What a person typed, held against what the waiting node asked for."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

import msgspec

from bot.catalogue import Ask, Bound
from bot.text import SOURCE, named_units, parse_date, parse_money, parse_number, parse_phone


class Unfit(msgspec.Struct, frozen=True):
    """It is no answer to this question; ``phrase`` says what would be."""

    phrase: str


def read(node: Ask, text: str, today: date, country: str = "") -> Any:
    """The value to save (plain JSON data), or Unfit. For the kinds of answer that have no choices
    and are no place.

    ``country`` settles whose telephone number a local one is. "10 days" is no answer to "how many months?".
    """
    if node.answer == "number" and (asked := named_units(node.text.plain(SOURCE))):
        named = named_units(text)
        if named and not named & asked:
            return Unfit("bad-number")
    value = _READERS[node.answer](text, today, country)
    if node.between is not None and not isinstance(value, Unfit):
        low, high = (_bound(bound, today) for bound in node.between)
        if (_fits(low, value) and value < low) or (_fits(high, value) and value > high):
            return Unfit("out-of-range")
    return value.isoformat() if isinstance(value, date) else value


def _bound(bound: Bound | None, today: date) -> Any:
    return today + bound if isinstance(bound, timedelta) else bound


def _fits(bound: float | date | None, value: Any) -> bool:
    """A bound of another kind than the answer says nothing about it."""
    return bound is not None and isinstance(bound, date) == isinstance(value, date)


def _number(text: str, today: date, country: str) -> Any:
    value = parse_number(text)
    return Unfit("bad-number") if value is None else value


def _money(text: str, today: date, country: str) -> Any:
    value = parse_money(text)
    return Unfit("bad-money") if value is None else value.amount


def _date(text: str, today: date, country: str) -> Any:
    return parse_date(text, today) or Unfit("bad-date")


def _phone(text: str, today: date, country: str) -> Any:
    return parse_phone(text, country) or Unfit("bad-phone")


def _text(text: str, today: date, country: str) -> Any:
    return text


_READERS: Final[Mapping[str, Callable[[str, date, str], Any]]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "phone": _phone,
}
