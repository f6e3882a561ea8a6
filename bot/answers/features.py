"""What a folded text is made of: words and their stems, pairs of them, the concepts that they name."""

from itertools import pairwise
from typing import Final

from bot.answers.concepts import MAX_WORDS, Concepts

_MAX_LETTERS: Final = 30
#: Uzbek, Kyrgyz, Tajik and Russian endings come after these letters of a word.
_STEM: Final = 5


def words_of(key: str) -> list[str]:
    """The words of a folded text that are looked at, cut to a bearable length."""
    return [word[:_MAX_LETTERS] for word in key.split(maxsplit=MAX_WORDS)[:MAX_WORDS]]


def signs(key: str, concepts: Concepts) -> set[str]:
    """Words, their stems (``paten-``), pairs of neighbours' stems, and concepts (``#patent``)."""
    words = words_of(key)
    stems = [word[:_STEM] for word in words]
    found = set(words)
    found.update([f"{word[:_STEM]}-" for word in words if len(word) > _STEM])
    found.update([f"{one} {other}" for one, other in pairwise(stems)])
    found.update([f"#{concept}" for concept in concepts.find(words)])
    return found
