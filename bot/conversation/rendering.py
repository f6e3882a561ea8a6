"""A text and the values that it quotes, as words on the screen (THREATS T58).

Values are put in once, literally: what a person typed is never read again for braces or marks.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from bot.catalogue import Slot, Text
from bot.conversation.prepared import PLACE_ANSWERS
from bot.places.routing import promise
from bot.text import LANGUAGES, format_date, format_list, format_quantity

if TYPE_CHECKING:
    from bot.conversation.page import Spans
    from bot.conversation.talk import Talk

#: A larger number is no quantity of anything, and more than a formatter can take.
_LARGEST: Final = 10**15

State = Literal["current", "stale", "missing"]


def rendered(talk: "Talk", text: Text, values: Mapping[str, str] | None = None) -> "tuple[str, Spans, State]":
    """The words, which of them are bold, and how the translation stands to its source."""
    form = text.forms[talk.language]
    parts = form.parts
    if len(parts) == 1 and not isinstance(parts[0], Slot) and not parts[0].bold:
        return parts[0].text, (), form.state
    words: list[str] = []
    bold: list[tuple[int, int]] = []
    end = 0
    for part in parts:
        piece = _value(talk, part, values or {}) if isinstance(part, Slot) else part.text
        start, end = end, end + len(piece)
        words.append(piece)
        if part.bold and piece:
            if bold and bold[-1][1] == start:
                start = bold.pop()[0]
            bold.append((start, end))
    return "".join(words), tuple(bold), form.state


def _value(talk: "Talk", slot: Slot, values: Mapping[str, str]) -> str:
    match slot.kind:
        case "today":
            return format_date(talk.today, talk.language)
        case "value":
            return values.get(slot.name, "")
        case "fact":
            return _fact(talk, slot)
        case "point":
            return _point(talk, slot)
        case "person":
            return _person(talk, slot.name)
        case "answers":
            return shown_answer(talk, talk.top.flow, f"answers.{slot.name}", talk.lookup("answers", slot.name, ""))
        case "profile":
            return shown_answer(talk, "", f"profile.{slot.name}", talk.profile.get(slot.name))


def _fact(talk: "Talk", slot: Slot) -> str:
    """A value that is valid today, else the words that it is being checked."""
    at = slot.of
    owner, dot, field = at.partition(".")
    if dot and (owner == "profile" or owner == "answers"):
        at = str(talk.lookup("profile" if owner == "profile" else "answers", field, ""))
    fact = talk.prepared.catalogue.facts.get(slot.name)
    found = fact.on(talk.today, at) if fact else None
    if fact is None or found is None:
        return talk.words("fact-unsure")
    if found.text is not None:
        return rendered(talk, found.text)[0]
    if isinstance(found.value, date):
        return format_date(found.value, talk.language)
    return _quantity(found.value, fact.unit, talk.language)


def _point(talk: "Talk", slot: Slot) -> str:
    point = talk.prepared.catalogue.points.get(slot.name)
    if point is None:
        return talk.words("fact-unsure")
    talk.points = [*(talk.points or ()), point.key]
    phones = ", ".join(point.phones)
    if point.doubtful:
        phones = f"{phones} {talk.words('point-unsure')}"
    if slot.of == "phone":
        return phones
    name = rendered(talk, point.name)[0]
    return name if slot.of == "name" else f"{name}: {phones}"


def _person(talk: "Talk", field: str) -> str:
    """Of who is asked to answer, or who answers: their name, who they are, their languages, when they answer."""
    id = talk.lookup("answers", "organisation", "") or (talk.ticket.organisation if talk.ticket else "")
    organisation = talk.prepared.catalogue.organisations.get(str(id))
    if organisation is None:
        return talk.words("fact-unsure")
    if field == "languages":
        return ", ".join(LANGUAGES[code].own_name for code in organisation.languages)
    if field == "when":
        by = promise(organisation, talk.prepared.catalogue.calendars, talk.now).by + (talk.local - talk.now)
        return f"{format_date(by.date(), talk.language)}, {by:%H:%M}"
    return rendered(talk, organisation.name if field == "name" else organisation.who)[0]


def shown_answer(talk: "Talk", flow: str, name: str, value: Any) -> str:
    """What a person told, as they were asked for it: the label of a choice, a date in their language."""
    saved = talk.prepared.saved.get((flow, name))
    if saved is not None and saved.many and isinstance(value, str) and " " in value:
        value = value.split()  # the profile holds text alone
    if isinstance(value, list):
        return format_list([shown_answer(talk, flow, name, item) for item in value], talk.language)
    if value is None:
        return ""
    if isinstance(value, bool):
        return talk.words("yes" if value else "no")
    if saved is not None and isinstance(value, str) and value in saved.labels:
        return rendered(talk, saved.labels[value])[0]
    if name == "profile.city" or (saved is not None and saved.answer in PLACE_ANSWERS):
        place = talk.prepared.gazetteer.get(str(value))
        return place.name(talk.language) if place else str(value)
    if saved is not None and saved.answer == "date":
        try:
            return format_date(date.fromisoformat(value), talk.language)
        except (TypeError, ValueError):
            return str(value)
    return _quantity(value, "count", talk.language)


def _quantity(value: Any, unit: str, language: str) -> str:
    is_printable = isinstance(value, int | float) and abs(value) < _LARGEST
    return format_quantity(value, unit, language) if is_printable else str(value)
