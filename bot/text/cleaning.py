"""What comes from outside, made harmless before anything else looks at it (THREATS T63, T64)."""

import re
import unicodedata
from typing import Final, Literal

#: Code points of a message that are looked at; the rest is cut off first.
MAX_TEXT: Final = 4096
#: Accents on one letter that are kept. Normalising a run of n of them takes n² steps: 44 ms for 4,096.
_MAX_MARKS: Final = 3

#: Controls, soft hyphen, bidi marks, zero-width and invisible letters, surrogates, tags, variation selectors.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
_BREAK: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE: Final = re.compile("[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
#: Nothing in these needs cleaning: ASCII, Latin, Cyrillic, the letters for oʻ, punctuation.
_PLAIN: Final = re.compile("[\n -~¡-¬®-ɏʻʼЀ-ԯ‐-‧‰-⁞₠-₿№]*")

_LATIN: Final = re.compile("[A-Za-zÀ-ÖØ-öø-ɏ]")
_CYRILLIC: Final = re.compile("[Ѐ-ԯ]")


def clean(text: str) -> str:
    """A message as typed, without what cannot be seen: cut to 4,096 code points, NFC, spaces plain, ends trimmed."""
    text = text[:MAX_TEXT]
    if _PLAIN.fullmatch(text):
        return text.strip()
    text = _BREAK.sub("\n", text)
    text = _SPACE.sub(" ", _HIDDEN.sub("", text))
    return unicodedata.normalize("NFC", _few_marks(text))[:MAX_TEXT].strip()


def has_hidden(text: str) -> bool:
    """Whether a text holds characters that a reader cannot see."""
    return _HIDDEN.search(text) is not None


def script(text: str) -> Literal["Latn", "Cyrl", ""]:
    """The script of most letters; "" when there is no letter of either."""
    latin, cyrillic = len(_LATIN.findall(text)), len(_CYRILLIC.findall(text))
    if not latin and not cyrillic:
        return ""
    return "Latn" if latin > cyrillic else "Cyrl"


def _few_marks(text: str) -> str:
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)
