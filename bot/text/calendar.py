"""Our own words for dates, units, lists and money, where CLDR (Babel 2.18) lacks a language or writes as nobody does.

Months, orders of a date and units follow the language guide (official and press pages; not yet proofread by natives).
``tests/text/test_formats.py`` holds each row against Babel and fails when CLDR has caught up: then the row goes.
"""

from collections.abc import Mapping
from typing import Final

#: With the whole year, the words as they stand inside a sentence.
DATE: Final[Mapping[str, str]] = {
    "ru": "{day} {month} {year} года",
    "uz": "{year}-yil {day}-{month}",
    "uz_Cyrl": "{year} йил {day} {month}",
    "tg": "{day} {month} соли {year}",
    "ky": "{year}-жылдын {day}-{month}",
}

#: From January; in the case that ``DATE`` asks for. The others are Babel's.
# fmt: off
MONTHS: Final[Mapping[str, tuple[str, ...]]] = {
    "uz_Cyrl": (
        "январь", "февраль", "март", "апрель", "май", "июнь",
        "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
    ),
    "tg": (
        "январи", "феврали", "марти", "апрели", "майи", "июни",
        "июли", "августи", "сентябри", "октябри", "ноябри", "декабри",
    ),
    "ky": (
        "январы", "февралы", "марты", "апрели", "майы", "июну",
        "июлу", "августу", "сентябры", "октябры", "ноябры", "декабры",
    ),
}
# fmt: on

#: A noun after a number. In Russian by plural category: one, few (and fractions), many. Elsewhere it stays singular.
#: ``mrp`` is the monthly unit of account of Kazakhstan.
UNITS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "ru": {
        "days": ("день", "дня", "дней"),
        "working_days": ("рабочий день", "рабочих дня", "рабочих дней"),
        "months": ("месяц", "месяца", "месяцев"),
        "years": ("год", "года", "лет"),
        "hours": ("час", "часа", "часов"),
        "weeks": ("неделя", "недели", "недель"),
        "minutes": ("минута", "минуты", "минут"),
        "mrp": ("МРП", "МРП", "МРП"),
        "uzs": ("сум", "сума", "сумов"),
        "tjs": ("сомони", "сомони", "сомони"),
        "kgs": ("сом", "сома", "сомов"),
    },
    "uz": {
        "days": ("kun",),
        "working_days": ("ish kuni",),
        "months": ("oy",),
        "years": ("yil",),
        "hours": ("soat",),
        "weeks": ("hafta",),
        "minutes": ("daqiqa",),
        "mrp": ("MRP",),
        "uzs": ("soʻm",),
        "tjs": ("somoniy",),
        "kgs": ("qirgʻiz somi",),
    },
    "uz_Cyrl": {
        "days": ("кун",),
        "working_days": ("иш куни",),
        "months": ("ой",),
        "years": ("йил",),
        "hours": ("соат",),
        "weeks": ("ҳафта",),
        "minutes": ("дақиқа",),
        "mrp": ("МРП",),
        "uzs": ("сўм",),
        "tjs": ("сомоний",),
        "kgs": ("қирғиз соми",),
    },
    "tg": {
        "days": ("рӯз",),
        "working_days": ("рӯзи корӣ",),
        "months": ("моҳ",),
        "years": ("сол",),
        "hours": ("соат",),
        "weeks": ("ҳафта",),
        "minutes": ("дақиқа",),
        "mrp": ("МРП",),
        "uzs": ("сӯм",),
        "tjs": ("сомонӣ",),
        "kgs": ("сом",),
    },
    "ky": {
        "days": ("күн",),
        "working_days": ("жумуш күнү",),
        "months": ("ай",),
        "years": ("жыл",),
        "hours": ("саат",),
        "weeks": ("апта",),
        "minutes": ("мүнөт",),
        "mrp": ("МРП",),
        "uzs": ("сум",),
        "tjs": ("сомони",),
        "kgs": ("сом",),
    },
}

#: "and", "or" before the last of a list. The others are Babel's.
AND_OR: Final[Mapping[str, tuple[str, str]]] = {"uz_Cyrl": ("ва", "ёки"), "tg": ("ва", "ё")}

#: The sign that people see on a price; CLDR prints the bare code in uz, tg and ky, and ".00" after whole sums.
MONEY: Final[Mapping[str, str]] = {"RUB": "₽", "KZT": "₸", "USD": "$", "EUR": "€"}
