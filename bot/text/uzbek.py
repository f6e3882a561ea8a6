"""Uzbek from Latin letters to Cyrillic, by the rules of the language guide and the words of ``uzbek.tsv``.

Left alone: placeholders in braces, links, addresses, handles, numbers, Roman numerals, words with w or a bare c,
and the names that the table keeps.
"""

import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

_APOSTROPHE: Final = "ʻʼ'‘’`´ʹ′‛"
_PROTECTED: Final = (
    r"\{[^{}]*\}|(?:https?://|www\.|t\.me/)\S*[\w/]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|(?<!\w)[@#/](?=[A-Za-z])\w+|\be-mail\b"
    r"|(?<![\w.-])(?:[a-z0-9-]+\.)+(?:ru|uz|kg|tj|kz|org|com|net|info|me|su|io|app|gov|int|eu)\b(?:/\S*[\w/])?"
)
_LETTER: Final = rf"[A-Za-zÕÖõöĞǴğǵŞşÇç]|(?<=[A-Za-z])[{_APOSTROPHE}](?=[A-Za-z])"
_TOKEN: Final = re.compile(rf"(?P<kept>{_PROTECTED})|(?P<word>(?:{_LETTER}|(?<=[OoGg])[{_APOSTROPHE}])+)")
#: Where single quotes stand around words, the last sign of a word is one of them, unless it is no quote.
_QUOTE: Final = re.compile(r"(?<!\w)['‘](?=\w)")
_TOKEN_IN_QUOTES: Final = re.compile(rf"(?P<kept>{_PROTECTED})|(?P<word>(?:{_LETTER}|(?<=[OoGg])[ʻʼ`´ʹ′])+)")
#: 2026-yil 5-mart, without the hyphen in Cyrillic.
_DATE_HYPHEN: Final = re.compile(
    r"(?<=\d)[-‐‑–](?=(?:yil|yanvar|fevral|mart|aprel|may(?!o)|iyun|iyul|avgust|senty?abr|okty?abr|noyabr|dekabr))",
    re.IGNORECASE,
)
#: A Russian short name stands in brackets after the Latin one, ``DMS (ДМС)``: in Cyrillic both are the same.
_TWICE: Final = re.compile(r"\b([Ѐ-ӿ]{2,}) \(\1(\)|, )")
_ROMAN: Final = re.compile(r"(?=..)X{0,3}(?:IX|IV|V?I{0,3})")

#: One letter for oʻ and for gʻ on the way, so that the rules see what stands before them.
_O, _G, _TUTUQ = "õ", "ğ", "ʼ"
_LETTER_O: Final = re.compile(f"([Oo])[{_APOSTROPHE}]")
_LETTER_G: Final = re.compile(f"([Gg])[{_APOSTROPHE}]")
_OTHER_TUTUQ: Final = re.compile(f"[{_APOSTROPHE}]")
_PROPOSED: Final = str.maketrans(
    {"ö": _O, "Ö": _O.upper(), "ǵ": _G, "Ǵ": _G.upper(), "ş": "sh", "Ş": "Sh", "ç": "ch", "Ç": "Ch"}
)

_CONSONANT: Final = "[bcdfghjklmnpqrstvxzğ]"
_VOWEL: Final = "[aeiouõ]"
#: First that fits wins. A verb in -t with -sa, -sin and a noun in -t with -siz keep тс.
_RULES: Final = (
    ("sʼh", "сҳ"),
    ("sh", "ш"),
    ("ch", "ч"),
    (f"y{_O}", f"й{_O}"),
    ("(?<=[bdz])ye", "ъе"),
    (f"(?<={_CONSONANT})ye", "ье"),
    ("ye", "е"),
    ("(?<=l)yi", "ьи"),
    ("(?<=[ln])yon(?![ak])", "ьон"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("(?<=[aiu])tsk", "тск"),
    ("ts(?=h|a|in(?:lar|mi|chi)?$|iz(?:li|lan|lar|cha|mi|man|mas|ni|ga|da|i|$))", "тс"),
    ("ts", "ц"),
    ("(?<=[kpn])s(?=iya|ion|iyon)", "ц"),
    ("(?<=n)s(?=ial)", "ц"),
    ("l(?=sk|ts)", "ль"),
    (f"^e|(?<={_VOWEL})e", "э"),
    *zip("abdefghijklmnopqrstuvxyz", "абдефгҳижклмнопқрстувхйз", strict=True),
    (_O, "ў"),
    (_G, "ғ"),
    (_TUTUQ, "ъ"),
)
_RULE: Final = re.compile("|".join(f"({pattern})" for pattern, _ in _RULES))
_FOREIGN: Final = re.compile("w|c(?!h)")

#: Uzbek endings, as many as there are.
_ENDINGS: Final = re.compile(
    r"(?:lar|lik|li|siz|chi|imiz|ingiz|miz|ngiz|im|ing|si|i|m|ng|ning|ni|gacha|ga|kacha|ka|qa|dagi|dan|da|cha|mi|dir)*"
)


def _load() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    stems: dict[str, str] = {}
    words: dict[str, str] = {}
    keep: set[str] = set()
    for line in files(__package__).joinpath("uzbek.tsv").read_text("utf-8").splitlines():
        latin, _, cyrillic = line.partition("\t")
        if not cyrillic or line.startswith("#"):
            continue
        if cyrillic == "keep":
            keep.add(latin)
        elif latin.endswith("*"):
            stems[_spelt(latin[:-1])] = cyrillic
        else:
            words[_spelt(latin)] = cyrillic
    return stems, words, frozenset(keep)


@lru_cache(maxsize=16_384)  # a catalogue has some thousand texts, and is loaded again after every edit
def to_cyrillic(text: str) -> str:
    """Uzbek Latin, with any apostrophe, in Cyrillic letters; everything else stays as it stands."""
    token = _TOKEN_IN_QUOTES if _QUOTE.search(text) else _TOKEN
    return _TWICE.sub(_once, token.sub(_token, _DATE_HYPHEN.sub(" ", text)))


def _once(found: re.Match[str]) -> str:
    return found[1] if found[2] == ")" else f"{found[1]} ("


def _token(found: re.Match[str]) -> str:
    return found["kept"] or _word(found["word"])


@lru_cache(maxsize=4096)
def _word(written: str) -> str:
    word = _spelt(written)
    lower = word.lower()
    kept = _kept(word, lower)
    if kept:
        return written[:kept] + _by_rule(word, lower, kept)
    listed, taken = _listed(lower)
    return _cased(listed, word[:taken], word) + _by_rule(word, lower, taken)


def _spelt(word: str) -> str:
    """With one sign for each of oʻ, gʻ and tutuq: after o and g an apostrophe makes the letter."""
    word = _LETTER_O.sub(lambda found: _O if found[1] == "o" else _O.upper(), word.translate(_PROPOSED))
    word = _LETTER_G.sub(lambda found: _G if found[1] == "g" else _G.upper(), word)
    return _OTHER_TUTUQ.sub(_TUTUQ, word)


def _kept(word: str, lower: str) -> int:
    """How many letters stay Latin: those of a brand, before its ending; all of a foreign word."""
    for end in range(min(len(word), _LONGEST), 1, -1):
        if word[:end] in _KEEP and _ENDINGS.fullmatch(lower, end):
            return end
    return len(word) if _FOREIGN.search(lower) or _ROMAN.fullmatch(word) else 0


def _listed(lower: str) -> tuple[str, int]:
    """What the table says of the beginning of a word, and how many letters that takes."""
    for end in range(min(len(lower), _LONGEST), 1, -1):
        head = lower[:end]
        if head in _WORDS and _ENDINGS.fullmatch(lower, end):
            cyrillic = _WORDS[head]
            return (cyrillic if end == len(lower) else cyrillic.removesuffix("ь")), end
        if head in _STEMS:
            return _STEMS[head], end
    return "", 0


def _by_rule(word: str, lower: str, start: int) -> str:
    acronym = word[:2].isupper() and not word.isupper()
    done = []
    for found in _RULE.finditer(lower, start):
        there = word[found.start() : found.end()]
        assert found.lastindex
        cyrillic = _RULES[found.lastindex - 1][1]
        if there == "TS" and (acronym or not lower[found.end() :].startswith(("i", "e", "o", "u"))):
            cyrillic = "тс"
        done.append(_cased(cyrillic, there, word))
    return "".join(done).replace(_O, "ў").replace(_O.upper(), "Ў")


def _cased(cyrillic: str, latin: str, word: str) -> str:
    """In capitals as its Latin was; a single capital of a word in capitals stands for all of its letters."""
    if latin.isupper() and (len(latin) > 1 or word.isupper()):
        return cyrillic.upper()
    if latin[:1].isupper():
        return cyrillic[:1].upper() + cyrillic[1:]
    return cyrillic


_STEMS, _WORDS, _KEEP = _load()
_LONGEST: Final = max(map(len, (*_STEMS, *_WORDS, *_KEEP)))
