"""Text within Telegram's limits: parts of at most 4,096 UTF-16 units, spans counted in those units."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

#: core.telegram.org/bots/api#sendmessage, Bot API 10.3: 1-4096 characters after entities parsing.
LIMIT: Final = 4096


class Span(msgspec.Struct, frozen=True):
    """``start`` and ``end`` in code points of the whole text; ``entity`` is Telegram's, without its place."""

    start: int
    end: int
    entity: Mapping[str, Any]


def parts(text: str, spans: Iterable[Span]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Messages in order, each with its entities; none when there is nothing to see."""
    spans = tuple(spans)
    return [(text[start:end], _entities(text, start, end, spans)) for start, end in _ranges(text)]


def units(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _ranges(text: str) -> Iterable[tuple[int, int]]:
    end, last = 0, len(text.rstrip())
    while (start := end + len(text[end:last]) - len(text[end:last].lstrip())) < last:
        end = _fitting(text, start, last)
        yield start, start + len(text[start:end].rstrip())


def _fitting(text: str, start: int, last: int) -> int:
    """Where the part that begins at ``start`` ends: at a paragraph, else a line, else a sentence, else a word."""
    end = min(last, start + LIMIT)
    while (excess := units(text[start:end]) - LIMIT) > 0:
        end -= (excess + 1) // 2
    if end == last:
        return end
    for mark in ("\n\n", "\n", ". ", " "):
        # From end + 1: a break right behind the last fitting letter is as good as one before it.
        found = text.rfind(mark, start + 1, end + 1)
        if found > 0:
            return min(end, found + len(mark))
    return end


def _entities(text: str, start: int, end: int, spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    found = []
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        piece = text[first:last]
        if first < last and not piece.isspace():
            found.append({**span.entity, "offset": units(text[start:first]), "length": units(piece)})
    return found
