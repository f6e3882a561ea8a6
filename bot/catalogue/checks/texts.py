"""What texts may hold, and how long they may be."""

import re
from collections.abc import Iterator
from typing import Final

from bot.catalogue.draft import Draft, Said
from bot.catalogue.findings import Finding
from bot.catalogue.model import Form, Literal_
from bot.catalogue.placeholders import digits, links, literals

#: One message of Telegram and WhatsApp, in code points; a button that is still read at a glance; WhatsApp's templates.
LONGEST: Final = {"body": 4096, "answer": 4096, "label": 64, "template": 1024, "template-button": 25}
MAX_ANSWER_WORDS: Final = 80
#: Room that a placeholder is given.
_VALUE: Final = 30
#: A term or sum in words escapes a correction as one in figures does: "тридцать дней", "двух недель", "сто рублей".
_SPELT: Final = re.compile(
    r"\b(?:дв(?:а|е|ух|ум|умя)|тр(?:и|[её]х|[её]м|емя)|четыр\w+|пят[ьи]\w*|шест[ьи]\w*|сем[ьи]\w*|восем\w+|восьми"
    r"|девят[ьи]\w*|десят[ьи]\w*|\w+надцат[ьи]\w*|двадцат[ьи]\w*|тридцат[ьи]\w*|сорока?|\w+десят|девяноста?|сто|ста"
    r"|двести|триста|\w+сот|тысяч\w*|миллион\w*|полтора|полутора|полгода)"
    r"(?:\s+(?:рабочи|календарн)\w+)?\s+(?:дн\w+|сут\w+|недел\w+|месяц\w*|год\w*|лет|час\w*|минут\w*|рубл\w+|тенге)\b",
    re.IGNORECASE,
)


def texts(draft: Draft) -> Iterator[Finding]:
    names = draft.words.shape.names if draft.words else ()
    for said in draft.texts:
        if said.kind == "words":
            continue
        if said.owner[0] in {"flow", "article", "phrase", "deadline", "template", "asking"}:
            yield from _typed(said, names)
        for language, form in said.forms():
            length = _length(form)
            if length > (longest := LONGEST[said.kind]):
                what = f"the text has {length} characters in {language}, more than the {longest} that fit"
                yield Finding(at=said.text.at, rule="text-too-long", what=what, remedy="shorten it, or split it")
        if said.kind == "answer" and (words := len(said.text.source.split())) > MAX_ANSWER_WORDS:
            what = f"the answer has {words} words, more than {MAX_ANSWER_WORDS}"
            yield Finding(
                at=said.text.at,
                rule="answer-too-long",
                what=what,
                remedy="keep what to do first, move the rest to steps",
            )


def _length(form: Form) -> int:
    return sum(len(part.text) if isinstance(part, Literal_) else _VALUE for part in form.parts)


def _typed(said: Said, names: tuple[str, ...]) -> Iterator[Finding]:
    """Numbers and links come from content/, so that one correction reaches every text (THREATS T57)."""
    parts = said.text.forms["ru"].parts
    known = {number for name in names for number in re.findall(r"\d+", name)}
    for number in dict.fromkeys(digits(parts)):
        if number not in known or not any(name in said.text.source for name in names if number in name):
            what, remedy = (
                f'the number "{number}" is typed by hand',
                "write {fact:KEY} or {point:KEY}, or list it in names",
            )
            yield Finding(at=said.text.at, rule="typed-number", what=what, remedy=remedy)
    for spelt in dict.fromkeys(_SPELT.findall(literals(parts))):
        what, remedy = f'the term or sum "{spelt}" is typed by hand', "write {fact:KEY}"
        yield Finding(at=said.text.at, rule="typed-number", what=what, remedy=remedy)
    for link in dict.fromkeys(links(parts)):
        what, remedy = f'the link "{link}" is typed by hand', "put it into the sources, or name a help point"
        yield Finding(at=said.text.at, rule="typed-link", what=what, remedy=remedy)
