"""The closed sets and plain values that content is made of: where it comes from, units, where a help point is."""

from datetime import date
from typing import Final, Literal

import msgspec

#: Who has read a text in a language: nobody but its translator, a second reader, somebody who grew up with it.
Wording = Literal["machine", "reviewed", "native-checked"]
#: ``mrp``: the monthly unit of account of Kazakhstan, in which its law states fines and fees.
# fmt: off
Unit = Literal[
    "rub", "kzt", "uzs", "tjs", "kgs", "usd", "eur", "mrp",
    "days", "working_days", "weeks", "months", "years", "hours", "minutes",
    "percent", "count", "date", "text",
]
# fmt: on
#: Characters of a message that a locked screen shows.
PREVIEW: Final = 80
#: What alerts are about, and what a person may follow.
Topic = Literal["documents", "work", "money", "health", "children", "police", "home"]
#: How much a person takes: every alert; what cannot wait; danger to life; nothing.
AlertChoice = Literal["all", "important", "life", "none"]
PointKind = Literal["emergency", "consulate", "government", "hotline", "legal", "ngo", "red_cross", "clinic", "shelter"]
Precision = Literal["address", "city"]
#: What is said of a point, unknown where nothing is.
Told = Literal["yes", "no", "unknown"]
# fmt: off
#: The time zones of the five countries, by their names in the IANA database.
Zone = Literal[
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Kirov", "Europe/Volgograd", "Europe/Astrakhan", "Europe/Saratov",
    "Europe/Ulyanovsk", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk", "Asia/Barnaul",
    "Asia/Tomsk", "Asia/Novokuznetsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Chita", "Asia/Yakutsk",
    "Asia/Khandyga", "Asia/Vladivostok", "Asia/Ust-Nera", "Asia/Magadan", "Asia/Sakhalin", "Asia/Srednekolymsk",
    "Asia/Kamchatka", "Asia/Anadyr",
    "Asia/Almaty", "Asia/Qyzylorda", "Asia/Qostanay", "Asia/Aqtobe", "Asia/Aqtau", "Asia/Atyrau", "Asia/Oral",
    "Asia/Tashkent", "Asia/Samarkand", "Asia/Dushanbe", "Asia/Bishkek",
]
# fmt: on


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Where a claim comes from."""

    title: str
    url: str | None
    #: The date of the page, as sharp as it is known: ``2026-03-11``, ``2025-08`` or ``2024``.
    page_date: str | None


class Source(Page, frozen=True, kw_only=True):
    checked: date


class City(msgspec.Struct, frozen=True, kw_only=True):
    """A city under its Russian and its English name."""

    ru: str
    en: str


class Coordinates(msgspec.Struct, frozen=True, kw_only=True):
    """Degrees north and east of the door, or of the middle of the city."""

    lat: float
    lon: float
    precision: Precision
