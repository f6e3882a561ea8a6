"""Where a text too long for one message is cut, whatever the messenger counts."""

from collections.abc import Callable, Iterator

#: Length of a piece of the text, from and to, as the messenger counts it.
Size = Callable[[int, int], int]


def ranges(text: str, limit: int, size: Size) -> Iterator[tuple[int, int]]:
    """The parts in order, blanks around them left out; none when there is nothing to see."""
    end, last = 0, len(text.rstrip())
    while (start := end + len(text[end:last]) - len(text[end:last].lstrip())) < last:
        end = _fitting(text, start, last, limit, size)
        yield start, start + len(text[start:end].rstrip())


def _fitting(text: str, start: int, last: int, limit: int, size: Size) -> int:
    """Where the part that begins at ``start`` ends: at a paragraph, else a line, else a sentence, else a word."""
    end = min(last, start + limit)
    while (excess := size(start, end) - limit) > 0:
        # Few characters count for more than two; never more than half is left out at once, so that some always stays.
        end -= min((excess + 1) // 2, (end - start) // 2)
    if end == last:
        return end
    for mark in ("\n\n", "\n", ". ", " "):
        # From end + 1: a break right behind the last fitting letter is as good as one before it.
        found = text.rfind(mark, start + 1, end + 1)
        if found > 0:
            return min(end, found + len(mark))
    return end
