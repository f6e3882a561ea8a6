"""A small linear model that learns from the editors' own questions what tells neighbouring topics apart.

Trained when a catalogue is loaded, by the passive-aggressive rule (Crammer et al., JMLR 2006): whenever a line's own
class is not ahead of every other by a margin, weights move just as far as it takes. No chance: the lines are gone
through in a fixed, well mixed order, so that one catalogue always gives one model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import log
from typing import Final
from zlib import crc32

import msgspec
import numpy as np

from bot.answers.arrays import Floats, Ints

#: The farthest that one line may move the weights.
_AGGRESSIVENESS: Final = 1.0
#: Features fall into so many rows; two features in one are rare and do little harm.
_ROWS: Final = 1 << 15
#: What a concept counts beside a word: it is what the languages share.
_CONCEPT: Final = 1.5
#: What fewer lines have may be a name.
_COMMON: Final = 3


class Linear(msgspec.Struct, frozen=True, eq=False):
    """What was learnt."""

    classes: tuple[str, ...]
    #: How many lines there were, and how many of them have a feature.
    _lines: int
    _held: dict[str, int]
    #: Of each row, by class.
    _weights: Floats

    @classmethod
    def learn(cls, lines: Sequence[tuple[str, Iterable[str]]], rounds: int = 2) -> "Linear":
        """``lines``: class and features of each line; ``rounds``: how often they are gone through."""
        data = [(name, sorted(features)) for name, features in lines]
        data.sort(key=lambda line: crc32(" ".join(line[1]).encode()))
        held = Counter(feature for _, features in data for feature in features)
        classes = tuple(sorted({name for name, _ in data}))
        model = cls(classes, len(data), dict(held), np.zeros((_ROWS, len(classes)), dtype=np.float32))
        places = {name: place for place, name in enumerate(classes)}
        vectors = [(places[name], *model._vector(features)) for name, features in data]
        for _ in range(rounds):
            # what is safe already is not looked at again
            vectors = [vector for vector in vectors if model._learn(*vector)]
        return model

    def scores(self, features: Iterable[str]) -> Floats:
        """The score of each of ``classes``; 1 apart is a safe distance."""
        return self._scores(*self._vector(sorted(features)))

    def _scores(self, rows: Ints, values: Floats) -> Floats:
        # a product so small is faster without BLAS, whose threads would wait for each other
        scores: Floats = np.add.reduce(self._weights[rows] * values[:, None], axis=0)
        return scores

    def knows(self, feature: str) -> bool:
        """Whether several lines have it."""
        return self._held.get(feature, 0) >= _COMMON

    def shared(self, features: Iterable[str], name: str) -> Iterator[tuple[str, float]]:
        """The features that speak for or against a class, with what each adds to its score."""
        known = [feature for feature in sorted(features) if feature in self._held]
        rows, values = self._vector(known)
        place = self.classes.index(name)
        for feature, row, value in zip(known, rows, values, strict=True):
            yield feature, float(value * self._weights[row, place])

    def _vector(self, features: Iterable[str]) -> tuple[Ints, Floats]:
        """Ints of the features that are known, and their values; the length is 1."""
        found = [(feature, held) for feature in features if (held := self._held.get(feature))]
        rows = np.array([crc32(feature.encode()) % _ROWS for feature, _ in found], dtype=np.int64)
        values = np.array([self._rarity(feature, held) for feature, held in found], dtype=np.float32)
        return rows, values / (np.sqrt(np.add.reduce(values * values)) or np.float32(1))

    def _rarity(self, feature: str, held: int) -> float:
        return log(1 + self._lines / held) * (_CONCEPT if feature[0] == "#" else 1.0)

    def _learn(self, place: int, rows: Ints, values: Floats) -> bool:
        """Move the weights if the line is not safe; whether it was not."""
        scores = self._scores(rows, values)
        own = scores[place]
        scores[place] = -np.inf
        rival = int(scores.argmax())
        loss = 1.0 - float(own - scores[rival]) if len(self.classes) > 1 else 0.0
        if loss <= 0:
            return False
        step = min(_AGGRESSIVENESS, loss / 2) * values
        self._weights[rows, place] += step
        self._weights[rows, rival] -= step
        return True
