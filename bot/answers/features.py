"""What a folded text is made of: words and their stems, pairs of them, the concepts that they name."""

from itertools import combinations, pairwise
from typing import Final

from bot.answers.concepts import MAX_WORDS, Concepts
from bot.text import fold

_MAX_LETTERS: Final = 30
#: Uzbek, Kyrgyz, Tajik and Russian endings come after these letters of a word.
_STEM: Final = 5
#: Concepts of one message that are also taken in pairs.
_PAIRED: Final = 6


class Reader:
    """Texts as keys and signs; what was read once is remembered: many lines teach several models."""

    def __init__(self, concepts: Concepts) -> None:
        self.concepts: Final = concepts
        self._keys: dict[str, str] = {}
        self._signs: dict[str, frozenset[str]] = {}

    def key(self, text: str) -> str:
        """The folded text."""
        if text not in self._keys:
            self._keys[text] = fold(text)
        return self._keys[text]

    def signs(self, text: str) -> frozenset[str]:
        """The signs of a text that is not folded."""
        if text not in self._signs:
            self._signs[text] = frozenset(signs(self.key(text), self.concepts))
        return self._signs[text]


def words_of(key: str) -> list[str]:
    """The words of a folded text that are looked at, cut to a bearable length."""
    return [word[:_MAX_LETTERS] for word in key.split(maxsplit=MAX_WORDS)[:MAX_WORDS]]


def signs(key: str, concepts: Concepts) -> set[str]:
    """Words, their stems (``paten-``), pairs of neighbours' stems, concepts (``#patent``) and pairs of these."""
    words = words_of(key)
    stems = [word[:_STEM] for word in words]
    found = set(words)
    found.update([f"{word[:_STEM]}-" for word in words if len(word) > _STEM])
    found.update([f"{one} {other}" for one, other in pairwise(stems)])
    named = [f"#{concept}" for concept in sorted(concepts.find(words))]
    found.update(named)
    found.update(map("&".join, combinations(named[:_PAIRED], 2)))
    return found
