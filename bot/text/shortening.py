"""A label in less room, where a messenger's button or row has little of it."""

from collections.abc import Sequence
from typing import Final

#: Not left hanging before the three dots.
_LOOSE: Final = " ,.;:!?-–—(«/"


def shorten(label: str, limit: int) -> str:
    """On one line and at most ``limit`` characters: cut at a word, with "…" where something is missing."""
    label = " ".join(label.split()) or "…"
    if len(label) <= limit:
        return label
    space = label.rfind(" ", 0, limit)
    return label[: space if space > 0 else limit - 1].rstrip(_LOOSE)[: limit - 1] + "…"


def titles(labels: Sequence[str], limit: int) -> list[str]:
    """The labels of one message, each shortened, no two alike: what would be alike gets a number at its end."""
    found: list[str] = []
    for label in labels:
        title, number = shorten(label, limit), 1
        while title in found:
            number += 1
            mark = f" {number}"
            title = shorten(label, limit - len(mark)) + mark
        found.append(title)
    return found
