"""Dates as people type them. All that a text says of a day must agree; else it is not understood."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from bot.text.cleaning import clean
from bot.text.folding import fold, keys
from bot.text.typed import NUMBER_WORDS

#: A date without a year this near in the future is meant; else the last one that has passed.
_AHEAD: Final = timedelta(days=60)
_YEARS: Final = range(1900, 2101)
#: Code points; a longer text is a story, with more than one day in it.
_LONGEST: Final = 300

_CLOCK: Final = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
_DASHES: Final = str.maketrans("‐‑‒–—−", "------")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(\d{4})\s?[./\-]\s?(\d{1,2})\s?[./\-]\s?(\d{1,2})(?!\d)")
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2})\s?[./\-,]\s?(\d{1,2})(?:\s?[./\-,]\s?(\d{4}|\d{2}))?(?!\d)")
_SPACED: Final = re.compile(r"(\d{1,2}) (\d{1,2})(?: (\d{4}|\d{2}))?")
_RUN_TOGETHER: Final = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_RUN_YEAR_FIRST: Final = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")

#: Keys of stems (any ending follows) and of short forms, from January.
_MONTHS: Final = tuple(
    re.compile(rf"(?:{stems})\w{{0,6}}|{short}")
    for stems, short in (
        ("ianvar", "ian|ianv"),
        ("fevral", "fev|fevr"),
        ("mart", "mar"),
        ("aprel", "apr"),
        ("mai", "mae"),
        ("iun", "jun"),
        ("iul", "jul"),
        ("avgust", "avg"),
        ("sentabr|sentiabr", "sen|sent"),
        ("oktabr|oktiabr", "okt"),
        ("noiabr", "noi|noia|noiab"),
        ("dekabr", "dek"),
    )
)
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")

#: Days from today; the longer phrase is looked for first.
_DAYS: Final = {
    0: "сегодня, bugun, имрӯз, бүгүн",
    -1: "вчера, kecha, дирӯз, дина, кечээ",
    -2: "позавчера, avvalgi kun, avvalgi kuni, oʻtgan kuni, парерӯз, пареруз, мурдагы күнү, мурдагүнү, өткөн күнү",
    1: "завтра, ertaga, пагоҳ, фардо, эртең",
    2: "послезавтра, indinga, пасфардо, бүрсүгүнү, бүрсүгүн",
}
_RELATIVE: Final = sorted(
    ((key, days) for days, words in _DAYS.items() for word in words.split(", ") for key in keys(word)),
    key=lambda item: (-len(item[0]), item),
)

_UNITS: Final = (
    ("day", re.compile(r"den|dnia|dnei|sut\w{0,3}|kun\w{0,4}|r[uo]z\w{0,3}")),
    ("week", re.compile(r"nedel\w{0,4}|xafta\w{0,4}|apta\w{0,4}|juma\w{0,3}")),
    ("month", re.compile(r"mesia\w{0,5}|oi(?:dan)?|mox\w{0,3}|ai(?:dan)?")),
    ("year", re.compile(r"god\w?|let|il(?:dan)?|sol\w{0,3}|jil\w{0,3}")),
)
_AGO: Final = frozenset(
    map(fold, ("назад", "oldin", "avval", "ilgari", "burun", "пеш", "қабл", "мурун", "мурда", "илгери"))
)
_LATER: Final = frozenset(map(fold, ("через", "keyin", "soʻng", "баъд", "пас", "кийин", "соң")))

_NAMED_YEARS: Final = (
    (-1, re.compile(r"\bproshl\w+ god\w*|\b[ou]tgan il\w*|\bbultur\w*|\bguzashta|\bporsol|\botkon jil\w*|\bbiltir\w*")),
    (0, re.compile(r"\bet\w+ god\w*|\bbu il\w*|\bushbu il\w*|\bimsol|\bbul jil\w*|\bushul jil\w*|\bbil\b")),
    (1, re.compile(r"\bsledu\w+ god\w*|\bkelas[ei] il\w*|\bsoli oianda|\bkelerki jil\w*|\bkingi jil\w*")),
)


def parse_date(text: str, today: date) -> date | None:
    """The day that a person means, None when there is none, or more than one.

    Day before month: ``5.3.26``, ``05/03``, ``2026-03-05``, ``5 марта``, ``2026-жылдын 5-марты``; ``вчера``, ``кеча``,
    ``дирӯз``; ``3 дня назад``, ``bir hafta oldin``. Without a year it is the last such day that has passed, or the
    coming one when that is at most 60 days ahead. Years of two figures reach ten years ahead of ``today``.
    """
    if len(text) > _LONGEST:
        return None
    text = _CLOCK.sub(" ", clean(text).translate(_DASHES))
    key = fold(text)
    found = {*_in_figures(text, key, today), *_by_month(key, today), *_counted(key, today), *_by_name(key, today)}
    return found.pop() if len(found) == 1 else None


def named_units(text: str) -> frozenset[str]:
    """The units of time that a text names: day, week, month, year."""
    return frozenset(unit for word in _TOKEN.findall(fold(text)) for unit, pattern in _UNITS if pattern.fullmatch(word))


def _in_figures(text: str, key: str, today: date) -> Iterator[date | None]:
    rest = text.strip(" .,!?")
    if run := _RUN_YEAR_FIRST.fullmatch(rest):
        yield _day(run[1], run[2], run[3], today)
    elif run := _RUN_TOGETHER.fullmatch(rest) or _SPACED.fullmatch(rest):
        yield _day(run[3], run[2], run[1], today)
    for found in _YEAR_FIRST.finditer(text):
        yield _day(found[1], found[2], found[3], today)
    for found in _DAY_FIRST.finditer(_YEAR_FIRST.sub(" ", text)):
        yield _day(found[3] or _named_year(key, today), found[2], found[1], today)


def _by_month(key: str, today: date) -> Iterator[date | None]:
    words = _TOKEN.findall(key)
    months = [(place, number) for place, word in enumerate(words) if (number := _month(word))]
    if len(months) != 1:
        if months:
            yield None
        return
    place, month = months[0]
    figures = {at: word for at, word in enumerate(words) if word.isdecimal()}
    years = [at for at, word in figures.items() if len(word) == 4]
    days = [at for at in (place - 1, place - 2) if at in figures and at not in years][:1]
    days = days or [at for at in (place + 1,) if at in figures and at not in years]
    if not years and days and days[0] < place and place + 1 in figures:
        years = [place + 1]
    if len(days) != 1 or len(years) > 1 or set(figures) != {*days, *years}:
        yield None
        return
    year = words[years[0]] if years else _named_year(key, today)
    yield _day(year, str(month), words[days[0]], today)


def _counted(key: str, today: date) -> Iterator[date | None]:
    """``3 дня назад``, ``bir hafta oldin``, ``месяц назад``, ``через 5 дней``."""
    words = _TOKEN.findall(key)
    ago, later = not _AGO.isdisjoint(words), not _LATER.isdisjoint(words)
    units = [(at, unit) for at, word in enumerate(words) for unit, pattern in _UNITS if pattern.fullmatch(word)]
    if ago == later or len(units) != 1:
        return
    at, unit = units[0]
    before = words[at - 1] if at else ""
    if before.isdecimal() and len(before) <= 3:
        count = int(before)
    elif before in NUMBER_WORDS:
        count = NUMBER_WORDS[before]
    elif not before or (before in _LATER and at == 1):
        count = 1
    else:
        yield None
        return
    yield _moved(today, unit, -count if ago else count)


def _by_name(key: str, today: date) -> Iterator[date | None]:
    rest = f" {key} "
    for name, days in _RELATIVE:
        if f" {name} " in rest:
            rest = rest.replace(f" {name} ", " ")
            yield _moved(today, "day", days)


def _month(word: str) -> int | None:
    return next((number for number, pattern in enumerate(_MONTHS, 1) if pattern.fullmatch(word)), None)


def _named_year(key: str, today: date) -> str | None:
    return next((str(today.year + years) for years, pattern in _NAMED_YEARS if pattern.search(key)), None)


def _day(year: str | None, month: str, day: str, today: date) -> date | None:
    if year is None:
        return _nearest(int(month), int(day), today)
    full = int(year)
    if len(year) <= 2:
        full += 2000 if full <= today.year % 100 + 10 else 1900
    return _date(full, int(month), int(day))


def _nearest(month: int, day: int, today: date) -> date | None:
    """29 February may be up to eight years back."""
    years = (today.year + offset for offset in (1, 0, -1, -2, -3, -4, -5, -6, -7, -8))
    days = (_date(year, month, day) for year in years)
    return next((found for found in days if found and found - today <= _AHEAD), None)


def _date(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS or not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _moved(today: date, unit: str, count: int) -> date | None:
    if unit in ("day", "week"):
        moved = today.toordinal() + count * (7 if unit == "week" else 1)
        return date.fromordinal(moved) if 0 < moved <= date.max.toordinal() else None
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if year not in _YEARS:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
