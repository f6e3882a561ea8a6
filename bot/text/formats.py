"""Values as people read them, in each language: CLDR by Babel, and ``calendar`` where it falls short."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import get_month_names
from babel.lists import format_list as _babel_list
from babel.numbers import format_decimal

from bot.text.calendar import AND_OR, DATE, MONEY, MONTHS, UNITS

#: Units that are a currency.
_CURRENCIES: Final = {"rub": "RUB", "kzt": "KZT", "usd": "USD", "eur": "EUR"}
#: Which form of ``UNITS`` each Russian plural category takes.
_RUSSIAN: Final = {"one": 0, "few": 1, "many": 2, "other": 1}


def format_date(day: date, language: str) -> str:
    """``5 марта 2026 года``, ``2026-yil 5-mart``: one whole date that a person acts on."""
    return DATE[language].format(year=day.year, month=_months(language)[day.month - 1], day=day.day)


def format_number(value: float, language: str) -> str:
    """``15 000``, ``1,5``: at most three digits after the comma, none that are nought."""
    return format_decimal(value, format="#,##0.###", locale=_locale(language))


def format_money(value: float, currency: str, language: str) -> str:
    """``8 900 ₽``; hundredths only when there are some. ``currency`` is one of ``MONEY``."""
    whole = float(value).is_integer()
    number = format_decimal(value, format="#,##0" if whole else "#,##0.00", locale=_locale(language))
    return f"{number}\xa0{MONEY[currency]}"


def format_quantity(value: float, unit: str, language: str) -> str:
    """A number with its unit, one of those of a fact but ``text`` and ``date``. A space that does not break holds them
    together.
    """
    if unit in _CURRENCIES:
        return format_money(value, _CURRENCIES[unit], language)
    number = format_number(value, language)
    if unit == "count":
        return number
    if unit == "percent":
        return f"{number}\xa0%" if language == "ru" else f"{number}%"
    forms = UNITS[language][unit]
    form = _RUSSIAN[_locale(language).plural_form(value)] if len(forms) > 1 else 0
    return f"{number}\xa0{forms[form]}"


def format_list(items: Sequence[str], language: str, or_: bool = False) -> str:
    """``а, б и в``; with ``or_`` ``а, б или в``."""
    if language not in AND_OR:
        return _babel_list(items, style="or" if or_ else "standard", locale=_locale(language))
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {AND_OR[language][or_]} {items[-1]}"


@lru_cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache
def _months(language: str) -> tuple[str, ...]:
    if language in MONTHS:
        return MONTHS[language]
    names = get_month_names("wide", context="format", locale=_locale(language))
    return tuple(names[month] for month in range(1, 13))
