"""A help point's card in words: what matters first, in a few short lines."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from bot.catalogue import HelpPoint
from bot.conversation.model import Link, Pin
from bot.conversation.page import Spans
from bot.conversation.rendering import rendered
from bot.conversation.talk import Talk
from bot.places import Card, Opening, Place
from bot.text import LANGUAGES, SOURCE, format_date, format_list, format_number

#: Channels where a place on the map is one more message, and each costs: it comes with the number, when asked for.
_PAID: Final = frozenset({"whatsapp"})
#: So many of its needs say what a point does.
_MOST_NEEDS: Final = 4
_DAYS_OF_WEEK: Final = 7
#: What is said before a card, the card, its links and the menu below it fit into the 1,024 characters of an interactive
#: message of WhatsApp, whose menu takes 150 of them.
_ROOM: Final = 1024 - 150


class _Line(msgspec.Struct, frozen=True):
    """``spare``: when room is short the largest goes first; 0 stays."""

    words: str
    bold: Spans = ()
    spare: int = 0


def tell(talk: Talk, card: Card, need: str, place: Place | None) -> None:
    """``need`` is named first among what the point does; hours are in the time of ``place`` where it is known."""
    point = card.point
    name = talk.label(point.name)
    links = list(_links(point))
    talk.page.add(name, ((0, len(name)),))
    room = _ROOM - talk.page.length - sum(len(link.label) + len(link.url) for link in links)
    for line in _fitting(list(_lines(talk, card, need, place)), room):
        talk.page.add(line.words, line.bold, between="\n")
    talk.page.links += links
    if card.pin is not None and talk.channel not in _PAID:
        talk.page.pin = Pin(latitude=card.pin.lat, longitude=card.pin.lon, title=name, address=card.address)


def _fitting(lines: list[_Line], room: int) -> list[_Line]:
    while sum(len(line.words) + 1 for line in lines) > room and any(line.spare for line in lines):
        lines.remove(max(lines, key=lambda line: line.spare))
    return lines


def _lines(talk: Talk, card: Card, need: str, place: Place | None) -> Iterator[_Line]:
    """From what matters most to what matters least."""
    point = card.point
    kind = talk.words(f"kind-{_dashed(point.kind)}")
    yield _line(talk, "help-does", kind=kind, needs=_needs(talk, point, need), spare=4)
    for warning in card.warnings:
        if warning != "stale":
            yield _line(talk, f"help-{_dashed(warning)}")
    yield from _phones(talk, card)
    if card.phones or card.opening.state != "unknown":
        yield _Line(hours_in_words(talk, card.opening, place))
    if card.address:
        yield _line(talk, "help-address", address=card.address)
    if card.kilometres is not None:
        yield _line(talk, "help-distance", km=format_number(max(round(card.kilometres), 1), talk.language), spare=6)
    if terms := _terms(talk, point):
        yield _Line(terms, spare=5)
    if card.bring is not None:
        yield _line(talk, "help-bring", what=rendered(talk, card.bring)[0], spare=3)
    if card.say is not None:
        yield _line(talk, "help-say", sentence=card.say.source, spare=1)
        if talk.language != SOURCE and card.say.forms[talk.language].state != "missing":
            yield _line(talk, "help-means", meaning=rendered(talk, card.say)[0], spare=2)
    if point.verified_on is not None:
        yield _line(talk, "checked-on", date=format_date(point.verified_on, talk.language))
    if "stale" in card.warnings and card.phones:
        yield _line(talk, "help-stale")


def _line(talk: Talk, key: str, spare: int = 0, **values: str) -> _Line:
    text = talk.prepared.catalogue.phrases.get(key)
    if text is None:
        return _Line(key, spare=spare)
    words, bold, state = rendered(talk, text, values)
    talk.states.add(state)
    return _Line(words, bold, spare)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _needs(talk: Talk, point: HelpPoint, need: str) -> str:
    first = [need] if need in point.needs else []
    named = [*first, *(other for other in point.needs if other != need)][:_MOST_NEEDS]
    return format_list([talk.words(f"need-{_dashed(one)}") for one in named], talk.language)


def _phones(talk: Talk, card: Card) -> Iterator[_Line]:
    """Whom to call: the point, and one that surely answers where it has no phone or nobody has confirmed it."""
    if card.phones:
        unsure = f" {talk.words('point-unsure')}" if card.point.doubtful else ""
        yield _line(talk, "help-phone", phones=", ".join(card.phones) + unsure)
    else:
        yield _line(talk, "help-no-phone")
    if card.instead is not None:
        key = "help-if-silent" if card.phones else "help-instead"
        yield _line(talk, key, name=talk.label(card.instead.name), phones=", ".join(card.instead_phones))


def _terms(talk: Talk, point: HelpPoint) -> str:
    """What it costs, and what is spoken there: one line."""
    said = [talk.words(f"help-{point.cost}")] if point.cost != "unknown" else []
    if point.languages:
        spoken = ", ".join(LANGUAGES[code].own_name for code in point.languages if code in LANGUAGES)
        said.append(talk.words("help-speaks", {"languages": spoken}))
    return " ".join(said)


def _links(point: HelpPoint) -> Iterator[Link]:
    if point.telegram:
        yield Link(label=f"Telegram: @{point.telegram}", url=f"https://t.me/{point.telegram}")
    if point.whatsapp:
        yield Link(label=f"WhatsApp: {point.whatsapp}", url=f"https://wa.me/{point.whatsapp.removeprefix('+')}")
    if point.website:
        yield Link(label=point.website.removeprefix("https://"), url=point.website)


# hours


def hours_in_words(talk: Talk, opening: Opening, place: Place | None) -> str:
    """``Открыто сегодня до 18:00``; in the person's own time, which is said where it is another than the point's."""
    if opening.changes is None:
        return talk.words(_WITHOUT_TIME[opening.state])
    zone = ZoneInfo(place.timezone) if place else opening.changes.tzinfo
    changes = opening.changes.astimezone(zone)
    today = talk.now.astimezone(zone).date()
    time = f"{changes.hour}:{changes.minute:02}"
    day = changes.date()
    if opening.state == "open" and time == "0:00":
        day, time = day - timedelta(days=1), "24:00"
    values = {"time": time, "date": format_date(day, talk.language)}
    key = f"hours-{'open' if opening.state == 'open' else 'opens'}"
    days = (day - today).days
    if days == 0:
        key += "-today"
    elif days == 1:
        key += "-tomorrow"
    elif days < _DAYS_OF_WEEK and opening.state == "closed":
        key, values["day"] = "hours-opens-weekday", talk.words(f"weekday-{day.isoweekday()}")
    else:
        key += "-date"
    words = talk.words(key, values)
    return words if _same_time(changes, opening.changes) else f"{words} {talk.words('hours-your-time')}"


def _same_time(here: datetime, there: datetime) -> bool:
    return here.utcoffset() == there.utcoffset()


_WITHOUT_TIME: Final[Mapping[str, str]] = {
    "always": "hours-always",
    "open": "hours-always",
    "closed": "hours-closed",
    "unknown": "hours-unknown",
}
