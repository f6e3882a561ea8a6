"""A person answers in this chat: their news stands behind "1" (T20), and what is written goes to them."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from bot.catalogue import Target
from bot.conversation.handing import expect_answer
from bot.conversation.model import Choice, Knock
from bot.conversation.talk import Talk
from bot.conversation.tickets import MOST_WAITING, say, tell_late
from bot.conversation.walking import open_flow
from bot.text import parse_number

_NEWS: Final = Target(kind="command", id="news").token
#: Who has not looked is told again after that time, and not for each answer.
_AGAIN_SECONDS: Final = 3600
#: Hours of the day in which somebody may be answered, by the choice's id; other ids are any time.
_WINDOWS: Final = {"morning": (6, 9), "day": (9, 18), "evening": (18, 23)}
#: The person looks by themselves, and is never told.
_SILENT: Final = "silent"
#: News that is a conversation of its own.
_FLOWS: Final = {"closed": "person-closed", "transfer": "person-transfer", "late": "person-late"}


def knock(talk: Talk, code: str) -> bool:
    """Something happened to the ticket, or its time has come. False when that is nothing to anybody."""
    ticket = talk.ticket
    if ticket is None:
        return False
    if code == "late":
        if ticket.closed or ticket.late or not ticket.waiting or talk.seconds < ticket.promised:
            return False
        talk.act(tell_late(ticket, talk.seconds))
    ticket = talk.ticket
    if ticket is None or not ticket.news:
        return False
    local = talk.now.astimezone(ZoneInfo(ticket.zone)) if ticket.zone else talk.local
    due = _may_be_told(ticket.hours, local)
    if due is not None and due > local:
        talk.effects.append(Knock(due=talk.now + (due - local), code="news"))
    elif due is not None and talk.seconds - ticket.noticed >= _AGAIN_SECONDS:
        _tell(talk)
    return True


def is_asked_for(talk: Talk, word: str) -> bool:
    """ "1" right after it was said that there is news."""
    return talk.session.offered[:1] == (_NEWS,) and parse_number(word) == 1


def show_news(talk: Talk) -> bool:
    """All that waits, in order, once. The talk goes on with whoever answers, so what was under way before ends."""
    ticket = talk.ticket
    if ticket is None or not ticket.news:
        return False
    talk.ticket = replace(ticket, news=(), noticed=0)
    talk.stack.clear()
    talk.then = ""
    for news in ticket.news:
        if news.kind == "answer":
            title = talk.words("answer-title")
            talk.page.add(title, ((0, len(title)),))
            talk.page.add(news.text, between="\n")
            talk.said.append("answer")
            talk.plain = False
    flow = next((_FLOWS[news.kind] for news in reversed(ticket.news) if news.kind in _FLOWS), "")
    if flow:
        answers = {"organisation": ticket.transfer_to} if flow == "person-transfer" else None
        return open_flow(talk, flow, answers=answers)
    talk.phrase("answer-back")
    _ways_out(talk)
    return True


def pass_on(talk: Talk, text: str) -> None:
    """To whoever answers. Said once until they do, and silent afterwards."""
    ticket = talk.ticket
    assert ticket is not None, "asked before"
    if ticket.pending >= MOST_WAITING:
        talk.phrase("ticket-full")
        _ways_out(talk)
        return
    promised = ticket.promised if ticket.waiting else expect_answer(talk, ticket.organisation)
    talk.act(say(ticket, text, talk.seconds, promised))
    if not ticket.confirmed:
        talk.phrase("ticket-passed")
        _ways_out(talk)
    if ticket.news:
        _tell(talk)


def hold(talk: Talk, text: str) -> bool:
    """The bot took these words itself: they can be passed on with a tap."""
    if talk.ticket is not None and not talk.ticket.closed:
        talk.ticket = replace(talk.ticket, held=text)
        talk.phrase("bot-answered")
        talk.page.foot.append(talk.button("forward", "forward-button"))
    return True


def forward(talk: Talk) -> bool:
    ticket = talk.ticket
    if ticket is None or ticket.closed or not ticket.held:
        return False
    talk.ticket = replace(ticket, confirmed=False)
    pass_on(talk, ticket.held)
    return True


def offer_person(talk: Talk) -> None:
    flow = talk.prepared.catalogue.flows.get("person")
    if flow is not None:
        talk.page.choices.append(Choice(id=Target(kind="flow", id=flow.id).token, label=talk.label(flow.title)))


def _tell(talk: Talk) -> None:
    """A locked screen may show it: it says that there is something, and no more (T19)."""
    ticket = talk.ticket
    assert ticket is not None, "there is news of it"
    talk.phrase("news-answer" if any(one.kind == "answer" for one in ticket.news) else "news-other")
    talk.page.choices.append(talk.button("news", "news-button"))
    talk.page.template = "answer_waiting"
    talk.ticket = replace(ticket, noticed=talk.seconds)


def _ways_out(talk: Talk) -> None:
    flow = talk.prepared.catalogue.flows.get("person-leave")
    if flow is not None and talk.with_person:
        talk.page.foot.append(Choice(id=Target(kind="flow", id=flow.id).token, label=talk.label(flow.title)))
    talk.page.foot.append(talk.button("menu", "menu-button"))


def _may_be_told(hours: str, local: datetime) -> datetime | None:
    """When the person may be told next, ``local`` when that is now; None: never."""
    if hours == _SILENT:
        return None
    begin, end = _WINDOWS.get(hours, (0, 24))
    if begin <= local.hour < end:
        return local
    at = local.replace(hour=begin, minute=0, second=0, microsecond=0)
    return at if at > local else at + timedelta(days=1)
