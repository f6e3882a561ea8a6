"""Words with the endings of the five variants, folded: в Краснодаре, Moskvada, Бишкектен."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

#: In, from, to, of, who is there: Uzbek and Kyrgyz with their vowel harmony; Tajik -ро.
_JOINED: Final = re.compile(
    r"i?[dt][aeo](?:n|gi|gu|man|min|mun|miz|biz|san|sin|nman|nmin)?|[gk][aeo](?:cha|che)?|[ndt][iu](?:n|ng)?|lik|ro"
)
#: Cases of Russian nouns and adjectives, the longest first.
_CASE: Final = re.compile(
    r"(?:imi|iami|ami|ogo|ego|omu|emu|aia|oie|oe|oi|ei|om|em|iam|am|iax|ax|ov|ix|im|ie|iu|ia|a|e|i|o|u)$"
)
#: What must be left of a word: three letters, of Уфа two.
_SHORTEST: Final = 3


def without_joined(word: str) -> Iterator[str]:
    """The word without each ending that Uzbek, Kyrgyz or Tajik may have joined to it, the shortest stem first."""
    for start in range(2 if len(word) < 5 else _SHORTEST, len(word)):  # ош: ошто
        if _JOINED.fullmatch(word, start):
            yield word[:start]


def stem(words: Iterable[str]) -> str:
    """Words without their Russian endings, joined: a name and its cases have one stem."""
    return "".join(map(_without_case, words))


def _without_case(word: str) -> str:
    found = _CASE.search(word)
    return word[: max(found.start(), min(_SHORTEST, len(word) - 1))] if found else word
