"""What to answer to a message in somebody's own words: danger first, then an article, choices, or an honest nothing."""

import re
from collections.abc import Set as AbstractSet
from typing import Final, Literal

import msgspec

from bot.answers.concepts import Concepts
from bot.answers.danger import Danger
from bot.answers.features import signs as signs_of
from bot.answers.index import OTHER_KINDS, Corridor, Index, Ranked
from bot.answers.learnt import Learnt, learn, lessons
from bot.catalogue import Catalogue
from bot.text import LANGUAGES, Guess, clean, fold

Kind = Literal["article", "choices", "none", "smalltalk", "other_language", "urgent"]

#: From this score on an article is shown when it is ahead of the next by so much, or of nothing at all.
_SURE: Final = 0.2
_AHEAD: Final = 0.06
#: Nearer others are offered beside the article.
_FAR: Final = 0.15
#: From this score on articles are offered as choices.
_LIKELY: Final = 0.13
_CHOICES: Final = 3
#: A message of more words than this is a story: its sentences are looked at one by one too.
_STORY: Final = 12
_SENTENCE: Final = re.compile(r"[.!?;\n]+|,\s|\s[-–—]\s")
_MIN_SENTENCE: Final = 3
_MAX_SENTENCES: Final = 8
#: What a sentence of its own counts beside the whole story.
_PART: Final = 0.5
#: Words of an unanswered question that are kept.
_SCRUBBED: Final = 60


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``topics``: the nearest articles, best first, at most three; for an article the first one is it.

    ``need`` says more of the kind: the branch of the emergency, or smalltalk, forged, abuse. ``also`` is the second
    need of a story, "" when there is none. ``language`` is that of the message, "" when not sure.
    """

    kind: Kind
    language: str = ""
    topics: tuple[str, ...] = ()
    need: str = ""
    score: float = 0.0
    also: str = ""
    #: Others of ``topics`` are near enough to be offered beside the article.
    close: bool = False


class Answers:
    """Over one catalogue. Pure: nothing is kept of what is asked."""

    def __init__(self, catalogue: Catalogue, *known: Learnt) -> None:
        """What of ``known`` was learnt from the same lessons is taken over: most edits are to texts."""
        taught = lessons(catalogue)
        same = next((one for one in known if one.lessons == taught), None)
        self.learnt: Final[Learnt] = same or learn(catalogue)
        self._concepts: Final = Concepts(self.learnt.stems)
        self._index: Final = Index(
            self.learnt.topics, catalogue.articles, self._concepts, catalogue.words.places, catalogue.words.passports
        )
        asking = (word for words in catalogue.words.asking.values() for word in words)
        self._danger: Final = Danger(self.learnt.cries, asking)
        self._recogniser: Final = self.learnt.recogniser

    def ask(self, text: str, corridor: Corridor = Corridor(), language: str = "") -> Answer:  # noqa: B008 - frozen
        """``language`` is that of the profile, which tips the scale where the message does not."""
        text = clean(text)
        key = fold(text)
        signs = signs_of(key, self._concepts)
        branch = self._danger.find(text, key, signs)
        if branch:
            return Answer(kind="urgent", language=self.language(text, language), need=branch, score=1.0)
        return self._calm(text, key, signs, corridor, language)

    def find(self, text: str, corridor: Corridor, language: str) -> Answer:
        """The same for a message that is known to be in no ``danger``."""
        text = clean(text)
        key = fold(text)
        return self._calm(text, key, signs_of(key, self._concepts), corridor, language)

    def danger(self, text: str) -> str:
        """The branch of the emergency that a message calls for, "" when it is none."""
        key = fold(text)
        return self._danger.find(text, key, signs_of(key, self._concepts))

    def cries(self, text: str) -> bool:
        """Whether a listed phrase of danger stands in a message, whatever else is said."""
        return self._danger.cries(text)

    def language(self, text: str, prior: str = "") -> str:
        """The language of a message, if it is one of ours and sure; ``prior`` is that of the profile."""
        return _ours(self._recogniser.guess(text, prior))

    def reasons(self, text: str, topic: str) -> list[tuple[str, float]]:
        """What in a message speaks for a topic or against it, the heaviest first."""
        return self._index.reasons(fold(clean(text)), topic)

    def scrub(self, text: str) -> str:
        """A message without anything that could name somebody (T13): only words that the editors' own questions have
        again and again, and none that begins with a capital inside a sentence."""
        words = clean(text).split()[:_SCRUBBED]
        kept = [
            word if self._index.knows(fold(word)) and (place == 0 or word.islower()) else "…"
            for place, word in enumerate(words)
        ]
        return " ".join(word for word, before in zip(kept, ["", *kept], strict=False) if (word, before) != ("…", "…"))

    def _calm(self, text: str, key: str, signs: AbstractSet[str], corridor: Corridor, language: str) -> Answer:
        guess = self._recogniser.guess(text, language)
        if guess.language and guess.language not in LANGUAGES:
            return Answer(kind="other_language", language=guess.language, score=guess.certainty)
        return self._article(text, key, signs, corridor, _ours(guess))

    def _article(self, text: str, key: str, signs: AbstractSet[str], corridor: Corridor, language: str) -> Answer:
        ranked, also = self._ranked(text, key, signs, corridor)
        if not ranked:
            return Answer(kind="none", language=language)
        best = ranked[0]
        ahead = best.score - (ranked[1].score if len(ranked) > 1 else 0.0)
        topics = tuple(one.topic for one in ranked if one.topic not in OTHER_KINDS)[:_CHOICES]
        if best.topic in OTHER_KINDS:
            if best.topic == "offtopic" or best.score < _LIKELY:
                return Answer(kind="none", language=language, topics=topics, score=best.score)
            return Answer(kind="smalltalk", language=language, topics=topics, need=best.topic, score=best.score)
        kind: Kind = "none"
        is_exact = best.score >= 1.0
        if is_exact or (best.score >= _SURE and ahead >= _AHEAD and " " in key):
            kind = "article"
        elif best.score >= _LIKELY:
            kind = "choices"
        close = kind == "article" and ahead < _FAR
        return Answer(kind=kind, language=language, topics=topics, score=best.score, also=also, close=close)

    def _ranked(self, text: str, key: str, signs: AbstractSet[str], corridor: Corridor) -> tuple[list[Ranked], str]:
        """The topics of a message, and the second need of a story."""
        named = self._index.named(key)
        ranked = self._index.rank(key, signs, corridor, named)
        if key.count(" ") < _STORY or not ranked:
            return ranked, ""
        total = {one.topic: one.score for one in ranked}
        firsts: dict[str, float] = {}
        for sentence in [part for part in _SENTENCE.split(text) if len(part.split()) >= _MIN_SENTENCE][:_MAX_SENTENCES]:
            own = fold(sentence)
            part = self._index.rank(own, signs_of(own, self._concepts), corridor, named)
            for place, one in enumerate(part[:_CHOICES]):
                total[one.topic] = total.get(one.topic, 0.0) + _PART * one.score
                if place == 0 and one.topic not in OTHER_KINDS:
                    firsts[one.topic] = max(firsts.get(one.topic, 0.0), one.score)
        ranked = sorted((Ranked(topic, score) for topic, score in total.items()), key=lambda one: -one.score)
        second = [topic for topic, score in firsts.items() if topic != ranked[0].topic and score >= _SURE]
        return ranked, max(second, key=lambda topic: firsts[topic], default="")


def _ours(guess: Guess) -> str:
    return guess.language if guess.language in LANGUAGES else ""
