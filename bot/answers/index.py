"""Which article a question asks for, by the groups of letters that its questions are made of.

All titles and questions of an article, in all languages, make one profile: each group of three to five letters of
their keys (``bot.text.fold``), the heavier the fewer articles share it. So scripts, endings, look-alikes and slips
matter little, and the words that every question has ("what", "how", "can I") count for almost nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log, sqrt
from typing import Final, Literal

import msgspec

from bot.catalogue import Article, Catalogue, Literal_
from bot.text import fold

_SIZES: Final = (3, 4, 5)
_MAX_WORDS: Final = 40
_MAX_LETTERS: Final = 30
#: From this score on the article is shown; from the second on it is offered, alone or among others.
SURE: Final = 0.15
LIKELY: Final = 0.1
#: A sure match is ahead of the next article by this much.
_AHEAD: Final = 0.1
#: What is offered beside the likeliest is at least this part as likely.
_NEAR: Final = 0.6
#: What a group of letters that no question holds weighs, beside one that a single article has: a sign that the
#: question is about something else, or only a slip.
_UNKNOWN: Final = 0.3


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """``article``: one sure topic. ``choices``: up to three, best first. ``none``: no topic; ``score`` is 0 to 1."""

    kind: Literal["article", "choices", "none"]
    topics: tuple[str, ...] = ()
    score: float = 0.0


class Index:
    def __init__(self, lines: Sequence[tuple[str, str]], articles: Mapping[str, Article]) -> None:
        """``lines``: article and key."""
        self._articles = articles
        self._exact = {key: article for article, key in lines}
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for article, key in lines:
            counts[article].update(_groups(key))
        held = Counter(group for profile in counts.values() for group in profile)
        self._weights = {group: log(1 + len(counts) / number) for group, number in held.items()}
        self._unknown = _UNKNOWN * log(1 + len(counts))
        #: A group of letters -> the articles that have it, and what it says for each.
        self._speaks_for: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for article, profile in counts.items():
            weights = {group: self._weights[group] * (1 + log(number)) for group, number in profile.items()}
            length = _length(weights.values())
            for group, weight in weights.items():
                self._speaks_for[group].append((article, weight / length))

    @classmethod
    def build(cls, catalogue: Catalogue) -> "Index":
        """From the titles and questions of all articles, in all languages."""
        return cls([line for article in catalogue.articles.values() for line in _lines(article)], catalogue.articles)

    def find(self, text: str, citizenship: str, country: str) -> Match:
        """What answers a question of someone of that citizenship in that country; "" where it is not known."""
        key = fold(text)
        exact = self._exact.get(key)
        if exact is not None and self._serves(exact, citizenship, country):
            return Match(kind="article", topics=(exact,), score=1.0)
        ranked = [
            (article, score) for article, score in self._ranked(key) if self._serves(article, citizenship, country)
        ]
        if not ranked or ranked[0][1] < LIKELY:
            return Match(kind="none", score=ranked[0][1] if ranked else 0.0)
        best, score = ranked[0]
        if score >= SURE and (len(ranked) == 1 or score - ranked[1][1] >= _AHEAD):
            return Match(kind="article", topics=(best,), score=score)
        near = [article for article, other in ranked[:3] if other >= _NEAR * score]
        return Match(kind="choices", topics=tuple(near), score=score)

    def _ranked(self, key: str) -> list[tuple[str, float]]:
        asked = {group: self._weights.get(group, self._unknown) for group in _groups(key)}
        scores: dict[str, float] = defaultdict(float)
        for group, weight in asked.items():
            for article, says in self._speaks_for.get(group, ()):
                scores[article] += weight * says
        length = _length(asked.values())
        return sorted(
            ((article, min(score / length, 1.0)) for article, score in scores.items()), key=lambda one: -one[1]
        )

    def _serves(self, article_id: str, citizenship: str, country: str) -> bool:
        article = self._articles[article_id]
        return (not citizenship or citizenship in article.citizenships) and (
            not country or country in article.countries
        )


def _groups(key: str) -> set[str]:
    """The groups of letters of a key; the edges of a word are a letter of their own."""
    words = [f"_{word[:_MAX_LETTERS]}_" for word in dict.fromkeys(key.split()[:_MAX_WORDS])]
    return {word[at : at + size] for word in words for size in _SIZES for at in range(len(word) - size + 1)}


def _length(weights: Iterable[float]) -> float:
    return sqrt(sum(weight * weight for weight in weights)) or 1.0


def _lines(article: Article) -> Iterator[tuple[str, str]]:
    for form in article.title.forms.values():
        yield article.id, fold("".join(part.text for part in form.parts if isinstance(part, Literal_)))
    for questions in article.questions.values():
        for question in questions:
            yield article.id, fold(question)
