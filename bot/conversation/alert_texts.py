"""The texts of an alert as staff type them: what is wrong with them, and the facts that they quote, filled in.

The same marks as in articles: ``{fact:KEY}``, ``{fact:KEY[moscow]}``, ``{point:KEY}``. An alert is one text for many
people, so that nothing in it depends on a person.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Final, Literal

import msgspec

from bot.catalogue import PREVIEW, Catalogue, Form, Literal_, Part, Place, Slot, Text, Words, beginnings, did_you_mean
from bot.catalogue.placeholders import digits, links, literals, parse, slots
from bot.conversation.alerts import Shown, Urgency, alert_reply, text_in
from bot.conversation.model import Session
from bot.conversation.prepared import prepare
from bot.conversation.rendering import rendered
from bot.conversation.talk import Talk
from bot.text import LANGUAGES, SOURCE, fold, parse_phone, to_cyrillic

#: Characters of a message of WhatsApp with buttons, its links in it, and of a template that is filled in.
_MOST: Final = 1024
_SENTENCE: Final = re.compile(r"[.!?…\n]+")
_LIKE_PHONE: Final = re.compile(r"\+?\(?\d[\d ()\-–]{5,}\d")
_NOT: Final = fold("не")
_USE: Final = "write {fact:KEY}, {fact:KEY[PLACE]}, {point:KEY}, {point:KEY.phone} or {point:KEY.name}"


class AlertFinding(msgspec.Struct, frozen=True, kw_only=True):
    """``language: rule: what is wrong; what to do``. ``rule``: missing-text, bad-markup, unknown-fact,
    fact-without-value, unknown-point, number-differs, lost-placeholder, typed-phone, typed-link, lure, preview-word,
    text-too-long."""

    rule: str
    language: str
    what: str
    remedy: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.language}: {self.rule}: {self.what}; {self.remedy}"


class BrokenAlert(Exception):
    """The texts cannot be filled in; ``findings`` say why."""

    def __init__(self, findings: Collection[AlertFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, findings)))


def fill_alert(texts: Mapping[str, str], catalogue: Catalogue, as_of: date) -> dict[str, str]:
    """The texts as people read them, with the facts of ``as_of``; Uzbek in Cyrillic letters is made where only Latin is
    given. Raises BrokenAlert: an unknown fact or help point, or one without a value on that day."""
    typed = {language: parse(text.strip())[0] for language, text in texts.items() if text.strip()}
    wrong = [finding for language in typed for finding in _placeholders(texts[language], language, catalogue, as_of)]
    if wrong:
        raise BrokenAlert(wrong)
    if "uz" in typed and "uz_Cyrl" not in typed:
        typed["uz_Cyrl"] = tuple(
            Literal_(text=to_cyrillic(part.text)) if isinstance(part, Literal_) else part for part in typed["uz"]
        )
    return {
        language: _filled(typed[language], language, catalogue, as_of) for language in LANGUAGES if language in typed
    }


def _filled(parts: tuple[Part, ...], language: str, catalogue: Catalogue, as_of: date) -> str:
    """As an article says it on that day."""
    talk = Talk(prepare(catalogue), Session(), datetime.combine(as_of, time(12), UTC), "web", language)
    text = Text(key="", source="", at=Place("alert"), forms={language: Form(parts=parts, language=language)})
    return rendered(talk, text)[0]


def alert_findings(
    texts: Mapping[str, str],
    catalogue: Catalogue,
    as_of: date,
    *,
    languages: Collection[str] = tuple(LANGUAGES),
    organisation: str = "",
    urgency: Urgency = "important",
    source_title: str = "",
    source_url: str = "",
) -> list[AlertFinding]:
    """What is wrong with texts as they were typed, by language. ``languages``: those of the people whom it is for; the
    rest is what the message holds beside the text, and decides how long the text may be."""
    given = {language: texts[language].strip() for language in LANGUAGES if texts.get(language, "").strip()}
    found = [*_missing(given, languages), *_differences(given)]
    for language, text in given.items():
        found += _placeholders(text, language, catalogue, as_of)
        found += _typed(text, language)
        found += _asks_for_things(text, language, catalogue.words)
        found += _shown_locked(text, language, catalogue.words)
    if not any(finding.level == "error" for finding in found):
        shown = Shown(
            texts=fill_alert(given, catalogue, as_of),
            organisation=organisation,
            code="0" * 8,
            urgency=urgency,
            source_title=source_title,
            source_checked=as_of,
            source_url=source_url,
            ends=as_of,
        )
        for language in languages:
            found += _too_long(shown, language, catalogue)
    return found


def _missing(given: Mapping[str, str], languages: Collection[str]) -> Iterator[AlertFinding]:
    if not given:
        yield AlertFinding(rule="missing-text", language=SOURCE, what="there is no text", remedy="write it")
        return
    for language in languages:
        spoken = text_in(given, language)[1]
        if spoken == language:
            continue
        what = f"there is no text in {language}: these people read it in {spoken}"
        can_read = spoken in LANGUAGES[language].fallback
        level: Literal["error", "warning"] = "warning" if can_read else "error"
        yield AlertFinding(rule="missing-text", language=language, what=what, remedy="translate it", level=level)


def _differences(given: Mapping[str, str]) -> Iterator[AlertFinding]:
    """Numbers and placeholders are the same in every language: the first text is what the others are held against."""
    parts = {language: parse(text)[0] for language, text in given.items()}
    for language, own in list(parts.items())[1:]:
        first = next(iter(parts))
        if sorted(digits(own)) != sorted(digits(parts[first])):
            what = f"the numbers are {_list(digits(own))}, and {_list(digits(parts[first]))} in {first}"
            yield AlertFinding(rule="number-differs", language=language, what=what, remedy="make them the same")
        if slots(own) != slots(parts[first]):
            what = f"the placeholders are {_list(slots(own))}, and {_list(slots(parts[first]))} in {first}"
            yield AlertFinding(rule="lost-placeholder", language=language, what=what, remedy="make them the same")


def _list(words: Collection[str]) -> str:
    return ", ".join(sorted(words)) or "none"


def _placeholders(text: str, language: str, catalogue: Catalogue, as_of: date) -> Iterator[AlertFinding]:
    parts, problems = parse(text)
    for problem in problems:
        what, _, remedy = problem.partition("; ")
        remedy = _USE if what.endswith("is not a placeholder") else remedy
        yield AlertFinding(rule="bad-markup", language=language, what=what, remedy=remedy)
    for slot in (part for part in parts if isinstance(part, Slot)):
        fault = _fault(slot, catalogue, as_of)
        if fault is not None:
            rule, what, remedy = fault
            yield AlertFinding(rule=rule, language=language, what=what, remedy=remedy)


def _fault(slot: Slot, catalogue: Catalogue, as_of: date) -> tuple[str, str, str] | None:
    """Rule, what is wrong, what to do."""
    if slot.kind == "point":
        point = catalogue.points.get(slot.name)
        if point is None:
            return "unknown-point", f'no help point "{slot.name}" is shown', did_you_mean(slot.name, catalogue.points)
        if not point.phones and slot.of != "name":
            return "unknown-point", f'the help point "{slot.name}" has no phone', f"write {{point:{slot.name}.name}}"
        return None
    if slot.kind != "fact":
        return "bad-markup", f"{slot} is not known in an alert, which is one text for many people", _USE
    fact = catalogue.facts.get(slot.name)
    if fact is None:
        return "unknown-fact", f'there is no fact "{slot.name}"', did_you_mean(slot.name, catalogue.facts)
    if slot.of not in fact.values:
        differs = f'"{fact.key}" has no value at "{slot.of}"' if slot.of else f'"{fact.key}" differs by {fact.by}'
        return "unknown-fact", differs, f"write {{fact:{fact.key}[KEY]}}; {did_you_mean(slot.of, fact.values)}"
    if fact.on(as_of, slot.of) is None:
        return "fact-without-value", f"{slot} has no value on {as_of}", "enter the value that is valid then"
    return None


def _typed(text: str, language: str) -> Iterator[AlertFinding]:
    """A number that is typed reaches people unchecked, and no correction finds it (THREATS T57)."""
    parts = parse(text)[0]
    for link in dict.fromkeys(links(parts)):
        what, remedy = f'the link "{link}" is typed by hand', "give it as the source, or name a help point"
        yield AlertFinding(rule="typed-link", language=language, what=what, remedy=remedy)
    for number in dict.fromkeys(_LIKE_PHONE.findall(literals(parts))):
        if number.startswith("+") or parse_phone(number) is not None:
            what, remedy = f'the phone "{number}" is typed by hand', "write {point:KEY.phone}"
            yield AlertFinding(rule="typed-phone", language=language, what=what, remedy=remedy)


def _asks_for_things(text: str, language: str, words: Words) -> Iterator[AlertFinding]:
    """What forged alerts ask for, no alert asks for (THREATS T37)."""
    ask, things = (frozenset(map(fold, words.lures.get(name, {}).get(language, ()))) for name in ("ask", "thing"))
    for sentence in _SENTENCE.split(text):
        said = fold(sentence).split()
        asks = [word for before, word in zip(["", *said], said, strict=False) if word in ask and before != _NOT]
        if asks and any(word.startswith(tuple(things)) for word in said):
            what = f'"{sentence.strip()[:60]}" asks for money, a code, a card or a passport'
            remedy = "say it otherwise: forged messages ask for these, and people are told that ours never do"
            yield AlertFinding(rule="lure", language=language, what=what, remedy=remedy)


def _shown_locked(text: str, language: str, words: Words) -> Iterator[AlertFinding]:
    """Our neutral line stands before the text (T19); but a screen may show more than its share."""
    pattern = beginnings(words.preview).get(language)
    found = pattern.search(text[:PREVIEW]) if pattern else None
    if found is not None:
        what, remedy = f'"{found[0]}" is among the first {PREVIEW} characters', "begin with neutral words"
        yield AlertFinding(rule="preview-word", language=language, what=what, remedy=remedy, level="warning")


def _too_long(shown: Shown, language: str, catalogue: Catalogue) -> Iterator[AlertFinding]:
    """One message, on WhatsApp too; danger to life stands in the template besides."""
    reply = alert_reply(shown, language, catalogue)
    length = len(reply.text) + sum(len(link.url) + 2 for link in reply.links)
    template = catalogue.templates.get(reply.template)
    if template is not None:
        body = len(template.body.plain(language)) + sum(map(len, reply.parameters.values()))
        length = max(length, body)
    if length > _MOST:
        what = f"the message has {length} characters, more than the {_MOST} that fit"
        remedy = f"shorten the text by {length - _MOST}"
        yield AlertFinding(rule="text-too-long", language=language, what=what, remedy=remedy)
