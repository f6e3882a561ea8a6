"""Topics as profiles of letters: how alike are a question and all that is asked about a topic?

The groups of three and four letters of all lines of a topic, in all languages, make one profile, each the heavier the
fewer topics share it. So scripts, endings, look-alikes and slips matter little, and the words that every question has
("what", "how", "can I") count for almost nothing. Groups are numbers, so that a whole catalogue is counted at once.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.answers.arrays import Floats, Ints, SmallInts
from bot.answers.features import words_of

_SIZES: Final = (3, 4)
#: Groups of letters fall into so many buckets; two groups in one are rare and do little harm.
_BUCKETS: Final = 1 << 18
#: What a group of letters that no line holds weighs, beside one that a single topic has: a sign that the question is
#: about something else, or only a slip.
_UNKNOWN: Final = 0.3
_SPACE: Final = ord(" ")


class Profiles(msgspec.Struct, frozen=True, eq=False):
    """What was counted."""

    topics: tuple[str, ...]
    #: Of each bucket.
    _weights: Floats
    #: For each bucket, from ``_starts[bucket]`` on: the topics that hold it, and what it says for each.
    _starts: Ints
    _holders: SmallInts
    _says: Floats

    @classmethod
    def count(cls, lines: Sequence[tuple[str, str]]) -> "Profiles":
        """``lines``: topic and key of each line."""
        topics = tuple(dict.fromkeys(topic for topic, _ in lines))
        places = {topic: place for place, topic in enumerate(topics)}
        owners = np.array([places[topic] for topic, _ in lines], dtype=np.int64)
        texts = [_framed(words_of(key)) for _, key in lines]
        counts = _counted(texts, owners)
        topic, bucket, number = counts
        held = np.bincount(bucket, minlength=_BUCKETS)
        unknown = _UNKNOWN * np.log(1 + len(topics))
        weights = np.where(held, np.log(1 + len(topics) / np.maximum(held, 1)), unknown).astype(np.float32)
        says = weights[bucket] * (1 + np.log(number)).astype(np.float32)
        lengths = np.sqrt(np.bincount(topic, weights=says * says, minlength=len(topics)))
        says = (says / np.maximum(lengths[topic], 1e-9)).astype(np.float32)
        order = np.argsort(bucket, kind="stable")
        starts = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
        return cls(topics, weights, starts, topic[order].astype(np.int32), says[order])

    def scores(self, key: str) -> Floats:
        """Likeness to each of ``topics``, 0 to 1."""
        return self._scores(np.unique(_groups(_framed(words_of(key)))))

    def _scores(self, buckets: Ints) -> Floats:
        weights = self._weights[buckets]
        length = float(np.sqrt(np.add.reduce(weights * weights))) or 1.0
        starts, ends = self._starts[buckets], self._starts[buckets + 1]
        sizes = ends - starts
        total = int(sizes.sum())
        if not total:
            return np.zeros(len(self.topics), dtype=np.float32)
        # the places of all postings: each bucket's own run, one after another
        at = np.repeat(starts - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(total)
        added = np.repeat(weights / length, sizes) * self._says[at]
        return np.bincount(self._holders[at], weights=added, minlength=len(self.topics)).astype(np.float32)

    def shared(self, key: str, topic: str) -> Iterator[tuple[str, float]]:
        """The groups of letters that a key and a topic share, with what each adds to the likeness."""
        framed = _framed(words_of(key))
        pieces = [framed[at : at + size] for size in _SIZES for at in range(len(framed) - size + 1)]
        named = {int(_hashed(piece, len(piece))[0][0]): piece for piece in pieces if " " not in piece}
        if topic not in self.topics or not named:
            return
        place = self.topics.index(topic)
        buckets = np.array(sorted(named), dtype=np.int64)
        weights = self._weights[buckets]
        length = float(np.sqrt(np.add.reduce(weights * weights))) or 1.0
        for bucket, weight in zip(buckets, weights, strict=True):
            run = slice(int(self._starts[bucket]), int(self._starts[bucket + 1]))
            for holder, says in zip(self._holders[run], self._says[run], strict=True):
                if holder == place:
                    yield named[int(bucket)], float(weight * says) / length


def _framed(words: list[str]) -> str:
    """The edges of a word are a letter of their own; a word that comes again counts once."""
    return " ".join([f"_{word}_" for word in dict.fromkeys(words)])


def _groups(text: str) -> Ints:
    """The bucket of each group of letters of a framed text, those across words left out."""
    return np.concatenate([_hashed(text, size)[0] for size in _SIZES])


def _hashed(text: str, size: int) -> tuple[Ints, Ints]:
    """The buckets of all groups of that size within words, and where each begins."""
    letters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    runs = max(len(letters) - size + 1, 0)
    code = np.full(runs, size, dtype=np.int64)
    within = np.ones(runs, dtype=bool)
    for ahead in range(size):
        column = letters[ahead : ahead + runs]
        code = (code * 1_000_003 + column) & 0xFFFFFFFF
        within &= column != _SPACE
    return ((code ^ (code >> 13)) % _BUCKETS)[within], np.flatnonzero(within)


def _counted(texts: list[str], owners: Ints) -> tuple[Ints, Ints, Ints]:
    """Topic, bucket, and number of the topic's lines that hold it; all lines are gone through as one text."""
    whole = " ".join(texts)
    line_of = np.repeat(np.arange(len(texts)), [len(text) + 1 for text in texts])
    found = [_hashed(whole, size) for size in _SIZES]
    once = np.sort(np.concatenate([line_of[begins] * _BUCKETS + buckets for buckets, begins in found]))
    once = once[_changes(once)]
    pairs = np.sort(owners[once // _BUCKETS] * _BUCKETS + once % _BUCKETS)
    begins = np.flatnonzero(_changes(pairs))
    numbers = np.diff(np.append(begins, len(pairs)))
    return pairs[begins] // _BUCKETS, pairs[begins] % _BUCKETS, numbers


def _changes(ordered: Ints) -> NDArray[np.bool_]:
    """Where a sorted row begins another value."""
    return np.append(np.ones(min(len(ordered), 1), dtype=bool), ordered[1:] != ordered[:-1])
