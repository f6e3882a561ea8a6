"""Terms of the glossary in what a person types: зарплата, oylik, маош and айлык are one concept."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

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


class Concepts:
    """``forms``: name of a concept -> what people call it, in any language."""

    def __init__(self, forms: Mapping[str, tuple[str, ...]]) -> None:
        self._words: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._phrases: dict[str, list[tuple[Phrase, str]]] = defaultdict(list)
        self._known: dict[str, tuple[frozenset[str], tuple[tuple[Phrase, str], ...]]] = {}
        for concept, given in forms.items():
            for key in {key for form in given for key in keys(form)}:
                match key.split():
                    case []:
                        continue
                    case [word]:
                        self._words[word[:_BEGIN]].append((word, concept))
                    case [first, *_] as phrase:
                        self._phrases[first[:_BEGIN]].append((tuple(phrase), concept))

    def find(self, words: list[str]) -> set[str]:
        """The concepts named in the words of a folded text."""
        found: set[str] = set()
        for place, word in enumerate(words[:MAX_WORDS]):
            concepts, begun = self._known.get(word) or self._of_word(word)
            found |= concepts
            for rest, concept in begun:
                if concept not in found and _follows(rest, words, place + 1):
                    found.add(concept)
        return found

    def _of_word(self, word: str) -> tuple[frozenset[str], tuple[tuple[Phrase, str], ...]]:
        """The concepts that the word alone names, and the rests of the phrases that it begins."""
        begin = word[:_BEGIN]
        concepts = frozenset(concept for form, concept in self._words.get(begin, ()) if _is_form(form, word))
        begun = tuple(
            (phrase[1:], concept) for phrase, concept in self._phrases.get(begin, ()) if _is_form(phrase[0], word)
        )
        if len(self._known) < _REMEMBERED:
            self._known[word] = concepts, begun
        return concepts, begun


def _follows(rest: Phrase, words: list[str], place: int) -> bool:
    return place + len(rest) <= len(words) and all(map(_is_form, rest, words[place : place + len(rest)]))


def _is_form(word: str, typed: str) -> bool:
    if word == typed:
        return True
    length = len(word)
    if length < _SHORTEST or len(typed) > length + _ENDING:
        return False
    if typed.startswith(word):
        return True
    if word[-1] == "k":
        return typed.startswith(word[:-1] + "g")  # oylik, oyligim
    return length >= _LONG and typed.startswith(word[:_SHORTEST] + word[_SHORTEST:].rstrip(_VOWELS))
