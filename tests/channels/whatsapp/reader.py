"""What a person sees of a body: how WhatsApp reads its marks (faq.whatsapp.com, "How to format your messages").

No client publishes its rule, so there are three readers here: one that wants blanks around a span, one that knows what
a word is, and one for which only letters of ASCII make words. None of them may see a span that is not ours.
"""

import re
from typing import NamedTuple

from bot.channels.whatsapp.layout import HAIR, JOINER


class Shown(NamedTuple):
    """``text`` as it is seen, without the marks; ``spans``: kind, start and end in it."""

    text: str
    spans: list[tuple[str, int, int]]


_KINDS = {"*": "bold", "_": "italic", "~": "strike", "`": "code"}
#: What must stand before a mark that opens, and after one that closes.
READERS = {
    "blanks": (r"(?<!\S)", r"(?!\S)"),
    "words": (r"(?<![^\W_])", r"(?![^\W_])"),
    "ascii": (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"),
}
_BLOCK = re.compile(r"^[ \t]*(?:> ?|[*-] |\d+[.)] )", re.MULTILINE)


def read(body: str, reader: str = "words") -> Shown:
    before, after = READERS[reader]
    spans: list[tuple[str, int, int]] = []
    marks: set[int] = set()
    for mark, kind in _KINDS.items():
        sign = re.escape(mark)
        for match in re.finditer(rf"{before}{sign}(?=\S)([^\n]*?)(?<=\S){sign}{after}", body):
            if match[1]:
                spans.append((kind, match.start(), match.end()))
                marks |= {match.start(), match.end() - 1}
    spans += [("code", match.start(), match.end()) for match in re.finditer(r"```(.+?)```", body, re.DOTALL)]
    spans += [("block", match.start(), match.end()) for match in _BLOCK.finditer(body)]
    kept = [at for at in range(len(body)) if at not in marks and body[at] not in (HAIR, JOINER)]
    return Shown(
        "".join(body[at] for at in kept),
        sorted((kind, sum(at < start for at in kept), sum(at < end for at in kept)) for kind, start, end in spans),
    )


def bold(shown: Shown) -> set[int]:
    """Places of the letters that are shown bold, blanks left out."""
    return {
        at for kind, start, end in shown.spans if kind == "bold" for at in range(start, end) if shown.text[at].strip()
    }
