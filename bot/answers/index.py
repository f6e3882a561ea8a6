"""Which article a question asks for, by its words: those that are rare among all questions weigh most.

Words are compared by the beginning of their key (``bot.text.fold``), so that scripts, endings and look-alikes do not
matter; a word that no question holds is read as its nearest neighbour. The few best lines are then compared whole.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Final, Literal

import msgspec
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.catalogue import Article, Catalogue, Literal_
from bot.text import fold

#: Letters of a word's key that count: the endings of five languages come after them.
_STEM: Final = 5
_MAX_WORDS: Final = 40
_COMPARED_WHOLE: Final = 12
#: From this score on the article is shown; from the second on it is offered among others.
SURE: Final = 0.55
LIKELY: Final = 0.35
#: A sure match is ahead of the next article by this much.
_AHEAD: Final = 0.1
_SAME_LANGUAGE: Final = 1.03


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """``article``: one sure topic. ``choices``: up to three, best first. ``none``: no topic; ``score`` is 0 to 1."""

    kind: Literal["article", "choices", "none"]
    topics: tuple[str, ...] = ()
    score: float = 0.0


class _Line(msgspec.Struct, frozen=True):
    """One way to ask for an article."""

    article: str
    language: str
    key: str
    weight: float


class Index:
    def __init__(self, lines: Sequence[tuple[str, str, str]], articles: Mapping[str, Article]) -> None:
        """``lines``: article, language, key."""
        self._articles = articles
        words = [frozenset(_stems(key)) for _, _, key in lines]
        seen: dict[str, int] = defaultdict(int)
        for stems in words:
            for stem in stems:
                seen[stem] += 1
        self._weights = {stem: log(1 + len(lines) / count) for stem, count in seen.items()}
        self._lines = [
            _Line(article, language, key, sum(map(self._weights.__getitem__, stems)))
            for (article, language, key), stems in zip(lines, words, strict=True)
        ]
        self._found_by: dict[str, list[int]] = defaultdict(list)
        for number, stems in enumerate(words):
            for stem in stems:
                self._found_by[stem].append(number)
        self._exact = {key: article for article, _, key in lines}

    @classmethod
    def build(cls, catalogue: Catalogue) -> "Index":
        """From the titles and questions of all articles, in all languages."""
        return cls([line for article in catalogue.articles.values() for line in _lines(article)], catalogue.articles)

    def find(self, text: str, citizenship: str, country: str, language: str) -> Match:
        """What answers a question of someone of that citizenship in that country; "" where it is not known."""
        key = fold(text)
        exact = self._exact.get(key)
        if exact is not None and self._serves(exact, citizenship, country):
            return Match(kind="article", topics=(exact,), score=1.0)
        ranked = self._ranked(key, citizenship, country, language)
        if not ranked or ranked[0][1] < LIKELY:
            return Match(kind="none", score=ranked[0][1] if ranked else 0.0)
        best, score = ranked[0]
        if score >= SURE and (len(ranked) == 1 or score - ranked[1][1] >= _AHEAD):
            return Match(kind="article", topics=(best,), score=score)
        near = [(article, other) for article, other in ranked[:3] if other >= LIKELY]
        return Match(kind="choices", topics=tuple(article for article, _ in near), score=score)

    def _ranked(self, key: str, citizenship: str, country: str, language: str) -> list[tuple[str, float]]:
        stems = {self._known(stem) for stem in _stems(key)}
        asked = sum(self._weights.get(stem, self._unknown) for stem in stems)
        shared: dict[int, float] = defaultdict(float)
        for stem in stems:
            for number in self._found_by.get(stem, ()):
                shared[number] += self._weights[stem]
        served: dict[str, bool] = {}
        scores: list[tuple[float, _Line]] = []
        for number, weight in shared.items():
            line = self._lines[number]
            if line.article not in served:
                served[line.article] = self._serves(line.article, citizenship, country)
            if served[line.article]:
                scores.append((2 * weight / (asked + line.weight), line))
        scores.sort(key=lambda scored: -scored[0])
        best: dict[str, float] = {}
        for overlap, line in scores[:_COMPARED_WHOLE]:
            alike = fuzz.token_sort_ratio(key, line.key) / 100
            score = (0.7 * overlap + 0.3 * alike) * (_SAME_LANGUAGE if line.language == language else 1)
            best[line.article] = max(best.get(line.article, 0.0), min(score, 1.0))
        return sorted(best.items(), key=lambda scored: -scored[1])

    @property
    def _unknown(self) -> float:
        """A word of no question weighs like a rare one: it is a sign that the question is about something else."""
        return log(1 + len(self._lines) / 2)

    def _known(self, stem: str) -> str:
        if stem in self._weights or len(stem) < _STEM:
            return stem
        near = process.extractOne(stem, self._weights.keys(), scorer=OSA.distance, score_cutoff=1)
        return near[0] if near is not None else stem

    def _serves(self, article_id: str, citizenship: str, country: str) -> bool:
        article = self._articles[article_id]
        return (not citizenship or citizenship in article.citizenships) and (
            not country or country in article.countries
        )


def _stems(key: str) -> list[str]:
    """Short words say little, unless there is nothing else."""
    words = key.split()[:_MAX_WORDS]
    return [word[:_STEM] for word in words if len(word) > 2] or [word[:_STEM] for word in words]


def _lines(article: Article) -> Iterator[tuple[str, str, str]]:
    for language, form in article.title.forms.items():
        title = "".join(part.text for part in form.parts if isinstance(part, Literal_))
        yield article.id, language, fold(title)
    for language, questions in article.questions.items():
        for question in questions:
            yield article.id, language, fold(question)
