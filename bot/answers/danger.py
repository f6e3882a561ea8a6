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

#: Not branches: questions about anything, and harmless messages with words of danger.
_CALM: Final = ""
_NEAR: Final = "near"
#: How far a branch must be ahead of both when no listed phrase stands in the message.
_CLEAR: Final = 0.1
#: How far "near" must be ahead of the branch of a listed phrase to silence it.
_HARMLESS: Final = 0.5
#: Questions of an article in one language that stand for calm.
_QUESTIONS: Final = 6
#: A message of fewer words is an alarm only by a listed phrase: it is likelier to be an answer.
_FEWEST_WORDS: Final = 3
_CALM_KINDS: Final = ("smalltalk", "offtopic", "forged", "abuse")


class Danger:
    def __init__(self, phrases: DangerWords, lines: Sequence[tuple[str, str]], reader: Reader) -> None:
        """``lines``: branch, or "" for calm, and text of each example."""
        self._phrases = phrases
        self._concepts = reader.concepts
        self._linear = Linear([(branch, reader.signs(text)) for branch, text in lines])

    @classmethod
    def build(cls, catalogue: Catalogue, reader: Reader) -> "Danger":
        #: "They do not let me go" is said of a cell and of a husband too: whatever else is named is more exact.
        branches = sorted(catalogue.words.danger.items(), key=lambda branch: branch[0] == "trafficking")
        lines: list[tuple[str, str]] = []
        for branch, _ in branches:
            lines += _texts(branch, catalogue.examples.get(branch, {}))
        lines += _texts(_NEAR, catalogue.examples.get(_NEAR, {}))
        for kind in _CALM_KINDS:
            lines += _texts(_CALM, catalogue.examples.get(kind, {}))
        for article in catalogue.articles.values():
            for questions in article.questions.values():
                lines += [(_CALM, question) for question in islice(questions, _QUESTIONS)]
        return cls(DangerWords(dict(branches)), lines, reader)

    def find(self, text: str, key: str) -> str:
        """The branch of the emergency that a message calls for, "" when it is none; ``key`` is the folded text."""
        scores = dict(zip(self._linear.classes, self._linear.scores(signs(key, self._concepts)).tolist(), strict=True))
        calm, near = scores.pop(_CALM, 0.0), scores.pop(_NEAR, 0.0)
        branch = max(scores, key=lambda one: scores[one], default=_CALM)
        named = self._phrases.find(text)
        if named is not None:
            return _CALM if near - scores.get(named, 0.0) > _HARMLESS else named
        is_clear = bool(branch) and key.count(" ") + 1 >= _FEWEST_WORDS and scores[branch] - max(calm, near) >= _CLEAR
        return branch if is_clear else _CALM


def _texts(branch: str, by_language: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    return [(branch, text) for texts in by_language.values() for text in texts]
