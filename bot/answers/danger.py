"""Messages of immediate danger: by phrases that editors list, and by likeness to examples. Nothing is kept of the text.

A phrase that stands in the message alarms, unless all else in it says that it is harmless ("dying of laughter");
without a phrase the examples must be clear. To miss a cry costs more than to answer a harmless message with a number.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Final

from bot.answers.features import Reader, signs
from bot.answers.linear import Linear
from bot.catalogue import Catalogue
from bot.text import DangerWords

#: Not a branch: everything that is no danger.
_CALM: Final = ""
#: How far a branch must be ahead of calm when no listed phrase stands in the message, and how far behind when one does.
_CLEAR: Final = 0.25
_DOUBTFUL: Final = -1.0
#: Questions of an article in one language that stand for calm.
_QUESTIONS: Final = 6
#: A message of fewer words is an alarm only by a listed phrase: it is likelier to be an answer.
_FEWEST_WORDS: Final = 3
_CALM_KINDS: Final = ("near", "smalltalk", "offtopic", "forged", "abuse")


class Danger:
    def __init__(self, phrases: DangerWords, lines: Sequence[tuple[str, str]], reader: Reader) -> None:
        """``lines``: branch, or "" for calm, and text of each example."""
        self._phrases = phrases
        self._concepts = reader.concepts
        self._taught = frozenset(branch for branch, _ in lines) - {_CALM}
        self._linear = Linear([(branch, reader.signs(text)) for branch, text in lines])

    @classmethod
    def build(cls, catalogue: Catalogue, reader: Reader) -> "Danger":
        #: "They do not let me go" is said of a cell and of a husband too: whatever else is named is more exact.
        branches = sorted(catalogue.words.danger.items(), key=lambda branch: branch[0] == "trafficking")
        lines: list[tuple[str, str]] = []
        for branch, _ in branches:
            lines += _texts(branch, catalogue.examples.get(branch, {}))
        for kind in _CALM_KINDS:
            lines += _texts(_CALM, catalogue.examples.get(kind, {}))
        for article in catalogue.articles.values():
            for questions in article.questions.values():
                lines += [(_CALM, question) for question in islice(questions, _QUESTIONS)]
        return cls(DangerWords(dict(branches)), lines, reader)

    def find(self, text: str, key: str) -> str:
        """The branch of the emergency that a message calls for, "" when it is none; ``key`` is the folded text."""
        scores = dict(zip(self._linear.classes, self._linear.scores(signs(key, self._concepts)).tolist(), strict=True))
        calm = scores.pop(_CALM, 0.0)
        branch = max(scores, key=lambda one: scores[one], default=_CALM)
        named = self._phrases.find(text)
        if named is not None:
            is_calm = named in self._taught and scores.get(named, 0.0) - calm < _DOUBTFUL
            return _CALM if is_calm else named
        is_clear = bool(branch) and key.count(" ") + 1 >= _FEWEST_WORDS and scores[branch] - calm >= _CLEAR
        return branch if is_clear else _CALM


def _texts(branch: str, by_language: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    return [(branch, text) for texts in by_language.values() for text in texts]
