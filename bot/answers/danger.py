"""Messages of immediate danger: by phrases that editors list, and by likeness to examples. Nothing is kept of the text.

A phrase that stands in the message alarms, unless all else in it says that it is harmless ("dying of laughter");
without a phrase the examples must be clear. To miss a cry costs more than to answer a harmless message with a number.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

import msgspec

from bot.answers.concepts import Concepts, stems_of
from bot.answers.features import Reader
from bot.answers.linear import Linear
from bot.catalogue import Catalogue
from bot.text import DangerWords

#: Not branches: questions about anything, and harmless messages with words of danger.
_CALM: Final = ""
_NEAR: Final = "near"
#: How far a branch must be ahead of both when no listed phrase stands in the message.
_CLEAR: Final = 0.1
#: How far "near", questions with a word of asking, or questions without one must be ahead of the branch of a listed
#: phrase to silence it.
_HARMLESS: Final = 0.5
_ASKED: Final = 0.3
_QUESTION: Final = 0.8
#: Questions of an article in one language that stand for calm; more where the topic itself is near danger.
_QUESTIONS: Final = 4
_QUESTIONS_NEAR: Final = 16
_NEAR_NEEDS: Final = frozenset(
    {"detention", "trafficking", "violence", "health", "children", "shelter", "family_tracing"}
)
#: What people ask here is a cry itself.
_CRY: Final = "psychological"
#: A message of fewer words is an alarm only by a listed phrase: it is likelier to be an answer.
_FEWEST_WORDS: Final = 3
_CALM_KINDS: Final = ("smalltalk", "offtopic", "forged", "abuse")


class Cries(msgspec.Struct, frozen=True, eq=False):
    """What was learnt of danger."""

    phrases: DangerWords
    linear: Linear

    @classmethod
    def learn(cls, catalogue: Catalogue, reader: Reader) -> "Cries":
        """From the phrases and examples of each branch, from what is near, and from calm."""
        #: "They do not let me go" is said of a cell and of a husband too: whatever else is named is more exact.
        branches = dict(sorted(catalogue.words.danger.items(), key=lambda branch: branch[0] == "trafficking"))
        lines: list[tuple[str, str]] = []
        for branch in branches:
            lines += _texts(branch, catalogue.examples.get(branch, {}))
        lines += _texts(_NEAR, catalogue.examples.get(_NEAR, {}))
        for kind in _CALM_KINDS:
            lines += _texts(_CALM, catalogue.examples.get(kind, {}))
        phrases = DangerWords.of(branches)
        for article in catalogue.articles.values():
            most = _QUESTIONS if _NEAR_NEEDS.isdisjoint(article.needs) else _QUESTIONS_NEAR
            for questions in article.questions.values() if article.needs[:1] != (_CRY,) else ():
                lines += [(_CALM, one) for one in islice(questions, most) if phrases.find(one) is None]
        return cls(phrases, Linear.learn([(branch, reader.signs(text)) for branch, text in lines], rounds=3))


class Danger:
    def __init__(self, cries: Cries, asking: Iterable[str]) -> None:
        """``asking``: words of a mere question."""
        self._phrases, self._linear = cries.phrases, cries.linear
        self._asking = Concepts(stems_of({"asking": tuple(asking)}))

    def cries(self, text: str) -> bool:
        """Whether a listed phrase stands in it, whatever else is said."""
        return self._phrases.find(text) is not None

    def find(self, text: str, key: str, signs: AbstractSet[str]) -> str:
        """The branch of the emergency that a message calls for, "" when it is none; ``key`` is the folded text."""
        scores = dict(zip(self._linear.classes, self._linear.scores(signs).tolist(), strict=True))
        calm, near = scores.pop(_CALM, 0.0), scores.pop(_NEAR, 0.0)
        branch = max(scores, key=lambda one: scores[one], default=_CALM)
        found = self._phrases.longest(text)
        if found is not None:
            named, length = found
            if 2 * length >= _words(key):
                return named  # hardly anything else was said
            score = scores.get(named, 0.0)
            enough = _ASKED if self._asking.find(key.split()) else _QUESTION
            return _CALM if near - score > _HARMLESS or calm - score > enough else named
        is_clear = bool(branch) and _words(key) >= _FEWEST_WORDS and scores[branch] - max(calm, near) >= _CLEAR
        return branch if is_clear else _CALM


def _words(key: str) -> int:
    """Words alone: "20 November 2026" is one."""
    return sum(word.isalpha() for word in key.split())


def _texts(branch: str, by_language: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    return [(branch, text) for texts in by_language.values() for text in texts]
