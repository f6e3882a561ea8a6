"""Asking for a person: who could answer, the ticket that is opened, its transfer, its end by the person's will."""

from datetime import datetime, timedelta
from typing import Final

from bot.catalogue import Ask, HandOver
from bot.conversation.model import Knock
from bot.conversation.rendering import rendered, shown_answer
from bot.conversation.talk import Talk
from bot.conversation.tickets import Line, Ticket, leave, stay
from bot.conversation.tickets import transfer as transferred
from bot.places import Place
from bot.places.routing import URGENT, Seeker, promise, route
from bot.text import SOURCE

#: THREATS T66.
_MOST_A_DAY: Final = 3
_DAY_SECONDS: Final = 86_400


def route_to(talk: Talk, need: str) -> None:
    """Saves ``answers.person``: open (there is a ticket already), enough (for today), nobody, here, or later; and
    ``answers.organisation``."""
    recent = [at for at in talk.asked if talk.seconds - at < _DAY_SECONDS]
    answerer = None
    if talk.with_person:
        person = "open"
    elif len(recent) >= _MOST_A_DAY:
        person = "enough"
    else:
        catalogue = talk.prepared.catalogue
        answerer = route(catalogue.organisations.values(), _seeker(talk, need), catalogue.calendars, talk.now)
        person = "nobody" if answerer is None else "here" if answerer.there_now else "later"
    talk.save("answers.person", person)
    talk.save("answers.organisation", answerer.organisation.id if answerer else None)


def hand_over(talk: Talk, over: HandOver) -> None:
    """To whom the person agreed, if they are still there; else ``answers.person`` becomes nobody."""
    organisation = talk.prepared.catalogue.organisations.get(str(talk.lookup("answers", "organisation", "")))
    if talk.with_person or organisation is None or not organisation.active:
        talk.save("answers.person", "open" if talk.with_person else "nobody")
        return
    seeker, place = _seeker(talk, over.need), _whereabouts(talk)
    message, hours = (str(talk.lookup("answers", name, "") or "") for name in (over.message, over.hours))
    said = [text for text in (_note(talk, over), message) if text]
    lines = [Line(by="system", at=talk.seconds, text="opened")]
    lines += [Line(by="person", at=talk.seconds, text=text) for text in said]
    talk.ticket = Ticket(
        organisation=organisation.id,
        need=seeker.need,
        urgent=seeker.need in URGENT,
        language=seeker.language,
        country=seeker.country,
        region=talk.prepared.gazetteer.label(place, SOURCE) if place else "",
        zone=place.timezone if place else "",
        hours=hours,
        hours_label=_in_source(talk, over.hours) if hours else "",
        opened=talk.seconds,
        waiting=talk.seconds,
        promised=expect_answer(talk, organisation.id),
        lines=len(lines),
        pending=len(said),
    )
    talk.lines += lines
    talk.opens = True
    talk.asked = (*(at for at in talk.asked if talk.seconds - at < _DAY_SECONDS), talk.seconds)


def transfer(talk: Talk, *, agreed: bool) -> None:
    ticket = talk.ticket
    if ticket is None or ticket.closed or not ticket.transfer_to:
        return
    if not agreed:
        talk.act(stay(ticket, talk.seconds))
    else:
        talk.act(transferred(ticket, talk.seconds, expect_answer(talk, ticket.transfer_to)))


def leave_ticket(talk: Talk) -> None:
    if talk.ticket is not None and not talk.ticket.closed:
        talk.act(leave(talk.ticket, talk.seconds))


def expect_answer(talk: Talk, organisation_id: str) -> int:
    """Until when an answer is promised; when that time comes the talk is woken to say that there was none (T32)."""
    catalogue = talk.prepared.catalogue
    organisation = catalogue.organisations.get(organisation_id)
    by: datetime = talk.now + timedelta(days=1)
    if organisation is not None:
        by = promise(organisation, catalogue.calendars, talk.now).by
    talk.effects.append(Knock(due=by, code="late"))
    return int(by.timestamp())


def _seeker(talk: Talk, need: str) -> Seeker:
    owner, _, name = need.partition(".")
    if name:
        need = str(talk.lookup("answers", name, "") or "")
    place = _whereabouts(talk)
    return Seeker(
        need=need if name else owner,
        language=talk.language,
        country=place.country if place else talk.profile.get("country", ""),
        region=place.region if place else "",
    )


def _whereabouts(talk: Talk) -> Place | None:
    """The city that was told in this flow, else the one of the profile."""
    told = talk.lookup("answers", "city", "") or talk.profile.get("city", "")
    gazetteer = talk.prepared.gazetteer
    return gazetteer.get(told) or gazetteer.find(told, country=talk.profile.get("country", "")).place if told else None


def _note(talk: Talk, over: HandOver) -> str:
    """What was asked and answered in this flow, in the source language, which caseworkers read. No name and no
    number of a document: no flow asks for them."""
    aside = {f"answers.{name}" for name in (over.message, over.hours)}
    lines = []
    for node in talk.flow(talk.top).nodes.values():
        if isinstance(node, Ask) and node.save.startswith("answers.") and node.save not in aside:
            name = node.save.removeprefix("answers.")
            answered = _in_source(talk, name)
            if answered:
                lines.append(f"{_spoken_in_source(talk, node)} {answered}")
    return "\n".join(dict.fromkeys(lines))


def _in_source(talk: Talk, name: str) -> str:
    language, talk.language = talk.language, SOURCE
    try:
        return shown_answer(talk, talk.top.flow, f"answers.{name}", talk.lookup("answers", name, ""))
    finally:
        talk.language = language


def _spoken_in_source(talk: Talk, node: Ask) -> str:
    language, talk.language = talk.language, SOURCE
    try:
        return rendered(talk, node.text)[0]
    finally:
        talk.language = language
