"""One key for words that people type in many ways: scripts, keyboards, accents, look-alikes, stretched letters.

The key is in small Latin letters and is read by nobody. It is coarse on purpose (х, ҳ, h, kh are one letter; so are
е, ё, э, ye, yo; и, й, ы, y; ц, ts, c, s): it serves to find a word among those that we expect, never to tell
languages apart.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'`´‘’‛ʻʼʹˈ′＇\1\2"))

#: Letters that Unicode does not take apart into a plain one, and those that stand for several Latin ones.
_LETTERS: Final = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufxie", strict=True)),
        **dict(zip("ғқҳӯӣўңөүұәіһњќљѓїјѕ", "gkxuionouuaixxkjgijs", strict=True)),
        **{"ё": "yo", "ж": "j", "ҷ": "j", "ц": "s", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "yu", "я": "ya"},
        **{"ъ": "", "ь": "", "ç": "ch", "ş": "sh", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "s", "æ": "e"},
    }
)
#: Joined to the letter before: batalyon, батальон.
_YO: Final = re.compile("[ьй]о")

_CYRILLIC_TWINS: Final = "АВЕКМНОРСТХУІЈЅаекморстхуіјѕ"
_LATIN_TWINS: Final = "ABEKMHOPCTXYIJSaekmopctxyijs"
_TO_CYRILLIC: Final = str.maketrans(_LATIN_TWINS + "bhn0", _CYRILLIC_TWINS + "внпо")
_TO_LATIN: Final = str.maketrans(_CYRILLIC_TWINS + "0", _LATIN_TWINS + "o")
_NOT_TWIN_LATIN: Final = re.compile(f"[^\\W\\d_{_LATIN_TWINS}bhn\u0400-\u052f]")
_NOT_TWIN_CYRILLIC: Final = re.compile(f"(?![{_CYRILLIC_TWINS}])[\u0400-\u052f]")
_LATIN: Final = re.compile("[A-Za-z]")
_CYRILLIC: Final = re.compile("[\u0400-\u052f]")

_WORD: Final = re.compile(r"[^\W_]+")
_NO_LIGATURES: Final = re.compile("[^\ufb50-\ufdff]+")
#: Figures for letters inside a word, as in chats: ya6ash, be4ora, п0мощь.
_FIGURES: Final = re.compile(r"(?<=[^\W\d_])[046](?=[^\W\d_])")
#: Letters that ``plain_keys`` spells otherwise.
_SPECIAL: Final = re.compile("[ўӯҷЎӮҶõöÕÖ]|[oO][\u2018\u2019ʻʼ'`]")
_FIGURE: Final = {"0": "o", "4": "ch", "6": "sh"}
_STRETCHED: Final = re.compile("([a-gi-z])\\1+")
_TWICE: Final = re.compile("([a-z\1\2])\\1+")
_SHCH: Final = re.compile("s?\1(?:s?\1|\2)*")
#: In this order. ``sh`` and ``ch`` are \1 and \2 on the way, so that their h is not taken for x.
_STEPS: Final = (
    *(("w", "sh"), ("zh", "j"), ("dj", "j"), ("kh", "x"), ("q", "k"), ("sh", "\1"), ("ch", "\2"), ("h", "x")),
    *(("c", "s"), ("ts", "s"), ("yo", "e"), ("ye", "e"), ("y", "i")),
)


@lru_cache(maxsize=8)  # one message is folded half a dozen times in its turn
def fold(text: str) -> str:
    """The key of a text that was cleaned: ``Йўқ!``, ``yoʻq``, ``yo'q`` and ``YOQ`` are one."""
    key = text.translate(_APOSTROPHES)
    if not key.isascii() and _LATIN.search(key) and _CYRILLIC.search(key):
        key = _one_alphabet(key)
    key = _YO.sub("yo", key.casefold()).translate(_LETTERS)
    if not key.isascii():
        key = _plain(key)
    key = _STRETCHED.sub(r"\1", _FIGURES.sub(_figure, key))
    for old, new in _STEPS:
        key = key.replace(old, new)
    key = _SHCH.sub("\1", _TWICE.sub(r"\1", key)).replace("\1", "sh").replace("\2", "ch")
    return " ".join(_WORD.findall(key))


def keys(text: str) -> frozenset[str]:
    """Every key under which a label is found: the fold, and what a plain Russian keyboard makes of ў, ӯ, ө and ҷ."""
    return frozenset((fold(text), *plain_keys(text)))


def plain_keys(text: str) -> frozenset[str]:
    """What a plain keyboard makes of a text with letters that it lacks; empty when it has none of them."""
    if not _SPECIAL.search(text):
        return frozenset()
    lower = text.casefold()
    spelt = {lower, lower.replace("ў", "у"), lower.replace("ӯ", "ў"), lower.replace("ҷ", "ч")}
    spelt |= {re.sub("[oõö][\u2018\u2019ʻʼ'`]|[õö]", "u", lower)}
    return frozenset(map(fold, spelt))


def _one_alphabet(text: str) -> str:
    """Letters that look alike are taken from the alphabet that their word is written in (T63).

    A word of such letters alone, some of them Latin, is Cyrillic where most other words are.
    """
    sides = [side for word in _WORD.findall(text) if (side := _is_cyrillic(word)) is not None]
    letters = len(_CYRILLIC.findall(text)) - len(_LATIN.findall(text))
    mostly_cyrillic = sum(sides) * 2 > len(sides) if sides else letters > 0

    def taken(found: re.Match[str]) -> str:
        word = found[0]
        if not _LATIN.search(word):
            return word
        side = _is_cyrillic(word)
        if side or (side is None and (mostly_cyrillic or len(_CYRILLIC.findall(word)) * 2 >= len(word))):
            return word.translate(_TO_CYRILLIC)
        return word.translate(_TO_LATIN)

    return _WORD.sub(taken, text)


def _is_cyrillic(word: str) -> bool | None:
    """None when every letter has a twin in the other alphabet."""
    latin, cyrillic = _NOT_TWIN_LATIN.search(word), _NOT_TWIN_CYRILLIC.search(word)
    if latin and cyrillic:
        return len(_CYRILLIC.findall(word)) >= len(_LATIN.findall(word))
    return None if not latin and not cyrillic else cyrillic is not None


def _figure(found: re.Match[str]) -> str:
    return _FIGURE[found[0]]


def _plain(text: str) -> str:
    """Without accents, full-width and styled forms; other alphabets stay. Arabic ligatures would grow eighteenfold."""
    taken = _NO_LIGATURES.sub(lambda found: unicodedata.normalize("NFKD", found[0]), text)
    bare = "".join([letter for letter in taken if letter < "\u0300" or not unicodedata.combining(letter)])
    return bare.casefold().translate(_LETTERS)
