"""Text as WhatsApp reads it: marks around what is bold, and none that the text itself would set (THREATS T62).

WhatsApp has no escape. It takes ``*``, ``_``, ``~`` and the backtick for marks where one side is a letter or a sign
and the other is not within a word; marks with a blank on both sides, and those inside a word, are shown as they are.
So a mark of the text gets a hair space on the sides where it has no blank: a twentieth of a letter wide, and a blank
for Android, iOS and the web, which zero-width characters are not for all of them. What opens a list or a quotation
does so at the beginning of a line alone: a word joiner, which is not seen at all, stands there first.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from bot.channels.cutting import ranges

#: ``messages/text-messages`` (2026-07-02), and bodies of interactive messages and captions: characters.
TEXT_LIMIT: Final = 4096
BODY_LIMIT: Final = 1024

HAIR: Final = "\N{HAIR SPACE}"
JOINER: Final = "\N{WORD JOINER}"

_MARKS: Final = "*_~`"
_MARK: Final = re.compile(r"[*_~`]")
_OPENER: Final = re.compile(r"^[^\S\n]*(?=>|[*-]\s|\d+[.)]\s)", re.MULTILINE)
_URL: Final = re.compile(r"https?://\S*[^\s*_~`.,;:!?)\]]")
#: What stands at one place, in this order; the last in the place of the character that is there.
_CLOSE, _HAIR, _JOIN, _OPEN, _INSTEAD = range(5)

Spans = Iterable[tuple[int, int]]


def parts(text: str, bold: Spans, limit: int = TEXT_LIMIT, last_limit: int = TEXT_LIMIT) -> list[str]:
    """The text in messages of at most ``limit`` characters, marked; the last one in at most ``last_limit``."""
    bold = tuple(bold)

    @cache
    def piece(start: int, end: int) -> str:
        inside = ((max(a, start) - start, min(b, end) - start) for a, b in bold)
        return marked(text[start:end], ((a, b) for a, b in inside if a < b))

    def size(start: int, end: int) -> int:
        return len(piece(start, end))

    cuts = list(ranges(text, limit, size))
    if cuts and size(*cuts[-1]) > last_limit:
        start, end = cuts.pop()
        *_, (last, _) = ranges(text[start:end], last_limit, lambda a, b: size(start + a, start + b))
        cuts += [(start, start + len(text[start : start + last].rstrip())), (start + last, end)]
    return [piece(start, end) for start, end in cuts]


def marked(text: str, bold: Spans = ()) -> str:
    """The text with ``*`` around its bold spans, (start, end) in code points; all else is shown as it is written."""
    spans = _bold(text, bold)
    edges = {at for start, end in spans for at in (start - 1, end)}
    put: set[tuple[int, int, str]] = set()
    urls = [match.span() for match in _URL.finditer(text)]
    for match in _MARK.finditer(text):
        at = match.start()
        if any(start <= at < end for start, end in urls):
            # In an address nothing may stand between: %2A is the same there as its character.
            if not _within_word(text, at):
                put.add((at, _INSTEAD, f"%{ord(text[at]):02X}"))
        elif at in edges or text[at] == "`" or not _within_word(text, at):
            if not _blank(text, at - 1):
                put.add((at, _HAIR, HAIR))
            if not _blank(text, at + 1):
                put.add((at + 1, _HAIR, HAIR))
    starts = {start for start, _ in spans}
    put |= {(at.end(), _JOIN, JOINER) for at in _OPENER.finditer(text) if at.end() not in starts}
    put |= {(start, _OPEN, "*") for start, _ in spans} | {(end, _CLOSE, "*") for _, end in spans}
    written, before = [], 0
    for place, order, sign in sorted(put):
        written += [text[before:place], sign]
        before = place + (order == _INSTEAD)
    return "".join((*written, text[before:]))


def _bold(text: str, bold: Spans) -> list[tuple[int, int]]:
    """What WhatsApp can show as bold of these spans: whole words, line by line, beginning and ending with no mark."""
    found: list[tuple[int, int]] = []
    for first, last in _joined(bold):
        for line in re.finditer(r"[^\n]+", text[first:last]):
            start, end = first + line.start(), first + line.end()
            while start < end and (text[start].isspace() or text[start] in _MARKS):
                start += 1
            while start < end and (text[end - 1].isspace() or text[end - 1] in _MARKS):
                end -= 1
            if start < end and not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
                found.append((start, end))
    return found


def _joined(bold: Spans) -> Sequence[tuple[int, int]]:
    """In order; what overlaps or touches is one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(bold):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _within_word(text: str, at: int) -> bool:
    """Between letters or figures of ASCII: not every reader of marks knows other letters for letters."""
    around = text[at - 1 : at], text[at + 1 : at + 2]
    return all(sign.isascii() and sign.isalnum() for sign in around)


def _blank(text: str, at: int) -> bool:
    """Whether there is a blank at this place, or nothing."""
    return not 0 <= at < len(text) or text[at].isspace()
