"""Which article a question asks for: two ways of looking at it, added up, then the corridor of the person.

``Profiles`` compares letters, and forgives slips, scripts and endings; ``Linear`` knows words and concepts, and has
learnt what tells neighbouring topics apart. Both are made from the articles' own questions when a catalogue is loaded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import msgspec

from bot.answers.concepts import Concepts
from bot.answers.features import Reader, signs
from bot.answers.linear import Linear
from bot.answers.profiles import Profiles
from bot.catalogue import Article, Catalogue, Literal_, Text
from bot.text import plain_keys

#: What a step of the linear model counts beside a likeness of letters.
_LEARNT: Final = 0.2
#: What is left of the score of a topic of another country or passport than the question names, or is likely to mean.
_ELSEWHERE: Final = 0.6
#: Questions of an article in one language that the models learn from: more cost time at every load.
_MAX_QUESTIONS: Final = 30
#: Where a question that names no country is asked.
_USUAL: Final = "RU"


class Ranked(msgspec.Struct, frozen=True):
    topic: str
    score: float


class Corridor(msgspec.Struct, frozen=True):
    """Where and as whom somebody asks; "" is not known. What a question names itself goes before the profile."""

    citizenship: str = ""
    country: str = ""


class Index:
    def __init__(
        self,
        lines: Sequence[tuple[str, str]],
        answers: Sequence[tuple[str, str]],
        articles: Mapping[str, Article],
        reader: Reader,
        places: Mapping[str, tuple[str, ...]],
        passports: Mapping[str, tuple[str, ...]],
    ) -> None:
        """``lines``: topic and text of each; topics that are no article are kinds of message that none answers.
        ``answers``: topic and text of what the articles themselves say, for the words of their profiles."""
        self._articles = articles
        self._concepts = reader.concepts
        self._places = Concepts(places)
        self._passports = Concepts(passports)
        self._exact = {reader.key(text): topic for topic, text in reversed(lines)}
        spelt = [(topic, {reader.key(text), *plain_keys(text)}) for topic, text in (*lines, *answers)]
        self._profiles = Profiles([(topic, key) for topic, keys in spelt for key in keys])
        self._linear = Linear([(topic, reader.signs(text)) for topic, text in lines])
        #: Where the topics of the profiles stand among the classes of the linear model.
        self._order = [self._linear.classes.index(topic) for topic in self._profiles.topics]

    @classmethod
    def build(cls, catalogue: Catalogue, reader: Reader) -> "Index":
        """From the titles and questions of all articles, in all languages, and the examples of what none answers."""
        lines = [line for article in catalogue.articles.values() for line in _lines(article)]
        for kind in OTHER_KINDS:
            for examples in catalogue.examples.get(kind, {}).values():
                lines += [(kind, example) for example in examples]
        answers = [line for article in catalogue.articles.values() for line in _answers(article)]
        return cls(lines, answers, catalogue.articles, reader, catalogue.words.places, catalogue.words.passports)

    def rank(self, key: str, corridor: Corridor, named: Corridor) -> list[Ranked]:
        """All topics that serve, best first; ``named`` is what the question itself says of place and passport."""
        exact = self._exact.get(key)
        together = self._profiles.scores(key) + _LEARNT * self._linear.scores(signs(key, self._concepts))[self._order]
        scores = dict(zip(self._profiles.topics, together.tolist(), strict=True))
        if exact is not None:
            scores[exact] = max(scores.values(), default=0.0) + 1.0
        country, citizenship = named.country or corridor.country, named.citizenship or corridor.citizenship
        found = []
        for topic, score in scores.items():
            article = self._articles.get(topic)
            if article is not None:
                if not _serves(article, corridor, named):
                    continue
                if (country or _USUAL) not in article.countries or (
                    citizenship and citizenship not in article.citizenships
                ):
                    score *= _ELSEWHERE
            found.append(Ranked(topic, score))
        found.sort(key=lambda one: -one.score)
        return found

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
        learnt = ((sign, _LEARNT * value) for sign, value in self._linear.shared(signs(key, self._concepts), topic))
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


def _answers(article: Article) -> Iterator[tuple[str, str]]:
    for branch in article.answer:
        for form in set(_forms(branch.text)):
            yield article.id, form


def _forms(text: Text) -> Iterable[str]:
    for form in text.forms.values():
        yield "".join(part.text for part in form.parts if isinstance(part, Literal_))
