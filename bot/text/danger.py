"""Words of immediate danger, found in what a person types, misspelt or not. Nothing is kept of the text."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from rapidfuzz.distance import OSA

from bot.text.folding import fold, keys

#: A word of a phrase may hold one slip from this length on (of its key).
_FORGIVING_FROM: Final = 5


class DangerWords(msgspec.Struct, frozen=True, eq=False):
    """Phrases by branch of the emergency flow and language, in every variant of ``keys``.

    A phrase of one word must stand as it is; in a longer one each word of five letters and more may hold one slip.
    Words of a phrase stand side by side in the text.
    """

    _order: dict[str, int]
    #: Letters of the longest word of a phrase.
    _longest: int
    #: The longest word of a phrase, as the rarest -> (where it stands in the phrase, the phrase, branch).
    _phrases: dict[str, list[tuple[int, tuple[str, ...], str]]]
    #: A word with one letter left out, and the word itself -> the words of phrases that it may be.
    _near: dict[str, set[str]]

    @classmethod
    def of(cls, words: Mapping[str, Mapping[str, tuple[str, ...]]]) -> "DangerWords":
        phrases = {
            (tuple(key.split()), branch): None
            for branch, by_language in words.items()
            for given in by_language.values()
            for phrase in dict.fromkeys(given)
            for key in sorted(keys(phrase))
            if key
        }
        longest = max((len(word) for phrase, _ in phrases for word in phrase), default=0)
        made = cls({branch: number for number, branch in enumerate(words)}, longest, {}, {})
        for phrase, branch in phrases:
            made._add(phrase, branch)
        return made

    def find(self, text: str) -> str | None:
        """The branch of the longest phrase in the text, the one listed first when several are as long."""
        found = self.longest(text)
        return found[0] if found else None

    def longest(self, text: str) -> tuple[str, int] | None:
        """The same, and how many words the phrase has."""
        words = fold(text).split()
        near = {word: self._meant(word) for word in set(words)}
        meant = [near[word] for word in words]
        found = {
            (-len(phrase), self._order[branch], branch)
            for place, longest in enumerate(meant)
            for word in longest
            for before, phrase, branch in self._phrases.get(word, ())
            if place >= before and self._stands(phrase, words, meant, place - before)
        }
        if not found:
            return None
        length, _, branch = min(found)
        return branch, -length

    def _add(self, phrase: tuple[str, ...], branch: str) -> None:
        longest = max(phrase, key=len)
        self._phrases.setdefault(longest, []).append((phrase.index(longest), phrase, branch))
        for word in phrase:
            self._near.setdefault(word, set()).add(word)
            if len(phrase) > 1 and len(word) >= _FORGIVING_FROM:
                for shorter in _without_one(word):
                    self._near.setdefault(shorter, set()).add(word)

    def _meant(self, word: str) -> set[str]:
        """The words of phrases that a typed word may be: itself, or one slip away from a long one."""
        meant = set(self._near.get(word, ()))
        if _FORGIVING_FROM - 1 <= len(word) <= self._longest + 1:
            meant.update(near for shorter in _without_one(word) for near in self._near.get(shorter, ()))
        return {near for near in meant if near == word or _is_slip(near, word)}

    @staticmethod
    def _stands(phrase: tuple[str, ...], words: list[str], meant: list[set[str]], start: int) -> bool:
        if len(phrase) == 1:
            return phrase[0] == words[start]
        if start + len(phrase) > len(meant):
            return False
        for place, word in enumerate(phrase, start):  # noqa: SIM110 - twice as fast as all() here
            if word not in meant[place]:
                return False
        return True


def _is_slip(known: str, typed: str) -> bool:
    return len(known) >= _FORGIVING_FROM and OSA.distance(known, typed, score_cutoff=1) <= 1


def _without_one(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))
