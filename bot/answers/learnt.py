"""All that is learnt from a catalogue, as plain data: it takes seconds to learn, and no time to take over."""

import msgspec

from bot.answers.arrays import from_plain, to_plain
from bot.answers.concepts import Concepts, Stems, stems_of
from bot.answers.danger import Cries
from bot.answers.features import Reader
from bot.answers.index import Topics
from bot.catalogue import Catalogue
from bot.text import ELSEWHERE, LANGUAGES, Recogniser


class Learnt(msgspec.Struct, frozen=True, eq=False):
    """``lessons``: all that taught it."""

    lessons: bytes
    stems: Stems
    topics: Topics
    cries: Cries
    recogniser: Recogniser

    def to_bytes(self) -> bytes:
        return _ENCODER.encode(self)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Learnt":
        """Raises ValueError for what ``to_bytes`` has not made."""
        try:
            return _DECODER.decode(raw)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from error


_ENCODER = msgspec.msgpack.Encoder(enc_hook=to_plain)
_DECODER = msgspec.msgpack.Decoder(Learnt, dec_hook=from_plain)


def lessons(catalogue: Catalogue) -> bytes:
    """All that the models learn from: two catalogues with the same lessons make the same models."""
    words = catalogue.words
    articles = {
        key: (article.title.forms, article.questions, article.needs) for key, article in catalogue.articles.items()
    }
    lists = (words.danger, words.asking, words.places, words.passports, words.other_languages, words.commands)
    return msgspec.msgpack.encode((articles, catalogue.examples, catalogue.terms, lists, words.yes_no))


def learn(catalogue: Catalogue) -> Learnt:
    """Takes seconds."""
    stems = stems_of(
        {term.id: tuple(form for forms in term.forms.values() for form in forms) for term in catalogue.terms.values()}
    )
    reader = Reader(Concepts(stems))
    return Learnt(
        lessons(catalogue),
        stems,
        Topics.learn(catalogue, reader),
        Cries.learn(catalogue, reader),
        Recogniser.count(_lines(catalogue)),
    )


def _lines(catalogue: Catalogue) -> dict[str, list[str]]:
    """Lines by language for telling languages apart: questions and examples; Uzbek Cyrillic is made from Latin."""
    lines: dict[str, list[str]] = {language: [] for language in LANGUAGES if language != "uz_Cyrl"}
    lists = [article.questions for article in catalogue.articles.values()]
    lists += [*catalogue.examples.values(), *catalogue.words.commands.values(), *catalogue.words.yes_no.values()]
    for language, into in lines.items():
        # by turns: the first lines of the lists are then of all topics
        given = [list(by_language.get(language, ())) for by_language in lists]
        for place in range(max(map(len, given), default=0)):
            into += [questions[place] for questions in given if place < len(questions)]
    return {
        **lines,
        **{code: list(of) for code, (_, of) in catalogue.words.other_languages.items() if code != ELSEWHERE},
    }
