"""Which article a question asks for: two ways of looking at it, added up, then the corridor of the person.

``Profiles`` compares letters, and forgives slips, scripts and endings; ``Linear`` knows words and concepts, and has
learnt what tells neighbouring topics apart. Both are made from the articles' own questions when a catalogue is loaded.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from bot.answers.concepts import Concepts, stems_of
from bot.answers.features import Reader
from bot.answers.features import signs as signs_of
from bot.answers.linear import Linear
from bot.answers.profiles import Profiles
from bot.catalogue import Article, Catalogue, Literal_, Text
from bot.text import plain_keys

#: What a step of the linear model counts beside a likeness of letters.
_LEARNT: Final = 0.2
#: What is left of the score of a topic of another country or passport than the question names, or is likely to mean.
_ELSEWHERE: Final = 0.6
#: Questions of an article in one language that the models learn from at most.
_MAX_QUESTIONS: Final = 60
#: Topics that are ranked at most.
_MOST: Final = 12
#: Where a question that names no country is asked.
_USUAL: Final = "RU"


class Ranked(msgspec.Struct, frozen=True):
    topic: str
    score: float


class Corridor(msgspec.Struct, frozen=True):
    """Where and as whom somebody asks; "" is not known. What a question names itself goes before the profile."""

    citizenship: str = ""
    country: str = ""


class Topics(msgspec.Struct, frozen=True, eq=False):
    """What was learnt of topics; those that are no article are kinds of message that none answers."""

    #: The key of a whole line -> its topic.
    exact: dict[str, str]
    profiles: Profiles
    linear: Linear

    @classmethod
    def learn(cls, catalogue: Catalogue, reader: Reader) -> "Topics":
        """From the titles and questions of all articles, in all languages, and the examples of what none answers."""
        lines = [line for article in catalogue.articles.values() for line in _lines(article)]
        for kind in OTHER_KINDS:
            for examples in catalogue.examples.get(kind, {}).values():
                lines += [(kind, example) for example in examples]
        spelt = [(topic, sorted({reader.key(text), *plain_keys(text)})) for topic, text in lines]
        return cls(
            {reader.key(text): topic for topic, text in reversed(lines)},
            Profiles.count([(topic, key) for topic, keys in spelt for key in keys]),
            Linear.learn([(topic, reader.signs(text)) for topic, text in lines]),
        )


class Index:
    def __init__(
        self,
        topics: Topics,
        articles: Mapping[str, Article],
        concepts: Concepts,
        places: Mapping[str, tuple[str, ...]],
        passports: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._exact, self._profiles, self._linear = topics.exact, topics.profiles, topics.linear
        self._articles = articles
        self._concepts = concepts
        self._known_factors: dict[tuple[Corridor, Corridor], NDArray[np.float32]] = {}
        self._places = Concepts(stems_of(places))
        self._passports = Concepts(stems_of(passports))
        #: Where the topics of the profiles stand among the classes of the linear model.
        self._order = [self._linear.classes.index(topic) for topic in self._profiles.topics]

    def rank(self, key: str, signs: AbstractSet[str], corridor: Corridor, named: Corridor) -> list[Ranked]:
        """The likeliest topics that serve, best first; ``named`` is what the question says of place and passport."""
        factors = self._factors(corridor, named)
        scores = (self._profiles.scores(key) + _LEARNT * self._linear.scores(signs)[self._order]) * factors
        scores[factors == 0] = -np.inf
        exact = self._exact.get(key)
        if exact is not None:
            scores[self._profiles.topics.index(exact)] += 1.0
        best = np.argsort(-scores, kind="stable")[:_MOST]
        return [Ranked(self._profiles.topics[place], float(scores[place])) for place in best if scores[place] > -np.inf]

    def _factors(self, corridor: Corridor, named: Corridor) -> NDArray[np.float32]:
        """What is left of the score of each topic: 0 where the article does not serve."""
        pair = corridor, named
        if pair not in self._known_factors:
            self._known_factors[pair] = np.array(
                [self._factor(topic, corridor, named) for topic in self._profiles.topics], dtype=np.float32
            )
        return self._known_factors[pair]

    def _factor(self, topic: str, corridor: Corridor, named: Corridor) -> float:
        article = self._articles.get(topic)
        if article is None:
            return 1.0
        if not _serves(article, corridor, named):
            return 0.0
        country, citizenship = named.country or corridor.country, named.citizenship or corridor.citizenship
        is_here = (country or _USUAL) in article.countries
        return 1.0 if is_here and (not citizenship or citizenship in article.citizenships) else _ELSEWHERE

    def knows(self, word: str) -> bool:
        """Whether editors have used this word, folded, in several questions or examples."""
        return self._linear.knows(word)

    def named(self, key: str) -> Corridor:
        """The country and the passport that a question names, "" where it names none or several."""
        words = key.split()
        places, passports = self._places.find(words), self._passports.find(words)
        return Corridor(
            citizenship=passports.pop() if len(passports) == 1 else "", country=places.pop() if len(places) == 1 else ""
        )

    def reasons(self, key: str, topic: str) -> list[tuple[str, float]]:
        """What in a question speaks for a topic, and how much: words, ``#concepts``, groups of letters; most first."""
        learnt = ((sign, _LEARNT * value) for sign, value in self._linear.shared(signs_of(key, self._concepts), topic))
        found = sorted([*learnt, *self._profiles.shared(key, topic)], key=lambda one: -abs(one[1]))
        return found


#: Kinds of message that no article answers, as topics of the index.
OTHER_KINDS: Final = ("smalltalk", "offtopic", "forged", "abuse")


def _serves(article: Article, corridor: Corridor, named: Corridor) -> bool:
    """A profile rules out; what a question names only changes the order."""
    if corridor.citizenship and not named.citizenship and corridor.citizenship not in article.citizenships:
        return False
    return not corridor.country or bool(named.country) or corridor.country in article.countries


def _lines(article: Article) -> Iterator[tuple[str, str]]:
    for form in set(_forms(article.title)):
        yield article.id, form
    for questions in article.questions.values():
        for question in islice(questions, _MAX_QUESTIONS):
            yield article.id, question


def _forms(text: Text) -> Iterable[str]:
    for form in text.forms.values():
        yield "".join(part.text for part in form.parts if isinstance(part, Literal_))
