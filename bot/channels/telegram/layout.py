"""Text within Telegram's limits: parts of at most 4,096 UTF-16 units, spans counted in those units."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from bot.channels.cutting import ranges

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

    def size(start: int, end: int) -> int:
        return units(text[start:end])

    return [(text[start:end], _entities(text, start, end, spans)) for start, end in ranges(text, LIMIT, size)]


def units(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _entities(text: str, start: int, end: int, spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    found = []
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        piece = text[first:last]
        if first < last and not piece.isspace():
            found.append({**span.entity, "offset": units(text[start:first]), "length": units(piece)})
    return found
