"""Counts as staff see them: never a number from which a group under ten can be worked out (THREATS T70).

Every number is rounded down to tens, so that two of them, of one alert or of two segments that differ by one person,
never subtract to 1-9; what is under ten is only that.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from bot.delivery.broadcasts.counting import Count
from bot.text import LANGUAGES

#: Every cell is shown, also where it holds nobody: a missing one would say more than ``< 10``.
_CHANNELS: Final = ("telegram", "whatsapp")
SMALLEST: Final = 10
UNDER: Final = "< 10"


def rounded(number: int) -> str:
    """``12430`` for 12,437; ``< 10`` below ten, none included."""
    return str(tens(number)) if number >= SMALLEST else UNDER


def tens(number: int) -> int:
    return number - number % SMALLEST


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """What may be shown of a ``Count``: each number as ``rounded`` writes it. Without cells where nobody knows who of
    those reached is where, as of a correction."""

    matching: str
    reached: str
    by_channel: dict[str, str]
    by_language: dict[str, str]

    @property
    def small(self) -> bool:
        return self.reached == UNDER


def counted(count: Count) -> Counted:
    known = bool(count.by_channel) or not count.reached
    return Counted(
        matching=rounded(count.matching),
        reached=rounded(count.reached),
        by_channel=_cells(count.by_channel, _CHANNELS) if known else {},
        by_language=_cells(count.by_language, LANGUAGES) if known else {},
    )


def _cells(numbers: Mapping[str, int], names: Iterable[str]) -> dict[str, str]:
    return {name: rounded(numbers.get(name, 0)) for name in dict.fromkeys((*names, *sorted(numbers)))}


def same_number(typed: str, shown: str) -> bool:
    """A number as a person types it: ``12 430``, ``12,430``, ``<10``."""
    return _bare(typed) == _bare(shown) != ""


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit() or sign == "<")


def number_of(shown: str) -> int:
    """Of ``rounded``; 0 of ``< 10``, and of what is no number."""
    return 0 if shown == UNDER or not _bare(shown).isdecimal() else int(_bare(shown))


def moved(before: int, now: int) -> bool:
    """By more than a tenth: people must look again (THREATS T34)."""
    return abs(now - before) * 10 > before
