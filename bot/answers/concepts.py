"""Terms of the glossary in what a person types: зарплата, oylik, маош and айлык are one concept."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import msgspec

from bot.text import keys

#: Words of a message that are looked at (THREATS T64).
MAX_WORDS: Final = 40
#: A shorter word must be typed exactly; a longer one may lose its last vowels and take an ending.
_SHORTEST: Final = 4
_LONG: Final = 6
_ENDING: Final = 6
_VOWELS: Final = "aeiou"
#: Words are found by their first letters, which no ending changes.
_BEGIN: Final = 3
#: Words whose concepts are kept: most messages are made of the same ones.
_REMEMBERED: Final = 50_000

Phrase = tuple[str, ...]
Begun = dict[str, list[tuple[Phrase, str]]]
"""By the first letters of the second word: the rests of phrases whose first word has been said."""


class Stems(msgspec.Struct, frozen=True, eq=False):
    """What people call concepts, taken apart."""

    #: A word, or the stem of one -> the concepts that it names, up to which length of what is typed.
    words: dict[str, list[tuple[int, str]]]
    #: The first word of a phrase, or its stem -> up to which length, the rest, the concept.
    phrases: dict[str, list[tuple[int, Phrase, str]]]


def stems_of(forms: Mapping[str, tuple[str, ...]]) -> Stems:
    """``forms``: name of a concept -> what people call it, in any language."""
    stems = Stems({}, {})
    for concept, given in forms.items():
        for key in sorted({key for form in given for key in keys(form)}):
            words = key.split()
            for stem, longest in _stems(words[0]) if words else ():
                if len(words) == 1:
                    stems.words.setdefault(stem, []).append((longest, concept))
                else:
                    stems.phrases.setdefault(stem, []).append((longest, tuple(words[1:]), concept))
    return stems


class Concepts:
    """Finds concepts in words; what it has seen it remembers."""

    def __init__(self, stems: Stems) -> None:
        self._words: Final = stems.words
        self._phrases: Final = stems.phrases
        self._known: Final[dict[str, tuple[frozenset[str], Begun]]] = {}

    def find(self, words: list[str]) -> set[str]:
        """The concepts named in the words of a folded text."""
        found: set[str] = set()
        for place, word in enumerate(words[:MAX_WORDS]):
            concepts, begun = self._known.get(word) or self._of_word(word)
            found |= concepts
            if begun and place + 1 < len(words):
                for rest, concept in begun.get(words[place + 1][:_BEGIN], ()):
                    if concept not in found and _follows(rest, words, place + 1):
                        found.add(concept)
        return found

    def _of_word(self, word: str) -> tuple[frozenset[str], Begun]:
        """The concepts that the word alone names, and the rests of the phrases that it begins."""
        length = len(word)
        stems = [word, *(f"{word[:end]}-" for end in range(_SHORTEST, length + 1))]
        concepts = frozenset(
            concept for stem in stems for longest, concept in self._words.get(stem, ()) if length <= longest
        )
        begun: Begun = {}
        for stem in stems:
            for longest, rest, concept in self._phrases.get(stem, ()):
                if length <= longest:
                    begun.setdefault(rest[0][:_BEGIN], []).append((rest, concept))
        if len(self._known) < _REMEMBERED:
            self._known[word] = concepts, begun
        return concepts, begun


def _follows(rest: Phrase, words: list[str], place: int) -> bool:
    return place + len(rest) <= len(words) and all(map(_is_form, rest, words[place : place + len(rest)]))


@lru_cache(maxsize=16_384)
def _stems(word: str) -> tuple[tuple[str, int], ...]:
    """The word as it is, and with a hyphen what a typed form may begin with; each with the most letters of the form."""
    length = len(word)
    if length < _SHORTEST:
        return ((word, length),)
    stems = {word: length + _ENDING}
    if word[-1] == "k":
        stems[word[:-1] + "g"] = length + _ENDING  # oylik, oyligim
    if length >= _LONG:
        stems[word[:_SHORTEST] + word[_SHORTEST:].rstrip(_VOWELS)] = length + _ENDING
    return tuple((f"{stem}-", longest) for stem, longest in stems.items())


def _is_form(word: str, typed: str) -> bool:
    stems = _stems(word)
    if len(word) < _SHORTEST:
        return word == typed
    return any(len(typed) <= longest and typed.startswith(stem[:-1]) for stem, longest in stems)
