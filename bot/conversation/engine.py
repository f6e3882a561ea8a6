"""One event taken: session and event in; session, replies and effects out."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from bot.catalogue import Ask, Call, Catalogue, Menu
from bot.conversation.alerting import AGAIN, is_due_again, show_on_arrival
from bot.conversation.alerts import Shown
from bot.conversation.choosing import show_aside, take_token
from bot.conversation.interpreting import take_text
from bot.conversation.model import Effect, Event, Frame, Session, Turn, Wake
from bot.conversation.news import knock
from bot.conversation.page import shown
from bot.conversation.placing import take_location, waits_for_place
from bot.conversation.prepared import Prepared, prepare
from bot.conversation.talk import MAX_DEPTH, AlertsFor, Talk
from bot.conversation.tickets import Ticket
from bot.conversation.walking import move_on, open_flow, repeat, walk
from bot.text import clean, from_tag, script

#: What is said of an event that is no answer; the present question comes again after it.
_REFUSALS: Final = {
    "voice": "voice-unsupported",
    "file": "file-refused",
    "contact": "contact-refused",
    "edited": "edited-ignored",
    "forwarded": "forwarded-ignored",
    "location": "location-not-needed",
    "unsupported": "unsupported",
}
#: Letters that tell the Cyrillic languages apart, for the first greeting.
_LETTERS: Final = (
    ("tg", re.compile("[ҷҳӣӯ]", re.IGNORECASE)),
    ("ky", re.compile("[ңөү]", re.IGNORECASE)),
    ("uz_Cyrl", re.compile("[ўқғҳ]", re.IGNORECASE)),
)
_MAX_SUCCESSORS: Final = 20
_MOST_POINTS: Final = 5


def turn(
    session: Session,
    event: Event,
    catalogue: Catalogue,
    now: datetime,
    channel: str = "web",
    *,
    code: str = "",
    ticket: Ticket | None = None,
    unanswered: Mapping[str, int] | None = None,
    alerts: Sequence[Shown] = (),
    alerts_for: AlertsFor | None = None,
) -> Turn:
    """Take one event. ``now`` is aware. ``code`` is a new one, by which the person may move to another chat; empty
    where there is none. ``ticket`` is the contact's newest one; ``unanswered``: help point -> reports that nobody
    answers there. ``alerts``: all that people may ask about, those that are over too; ``alerts_for``: profile -> those
    that are for such a person today, the newest first. Any event in any session gives a turn: nothing raises."""
    prepared = prepare(catalogue)
    text = clean(event.text)
    guess = "" if "language" in session.profile else _guess(prepared, text, session.guess, event.language)
    talk = Talk(prepared, session, now, channel, guess, code, ticket, unanswered, alerts, alerts_for)
    moved = _restore(talk)
    match event.kind:
        case "timeout":
            if not _wake(talk, event.code):
                return Turn(session=session, replies=(), ticket=ticket)
        case "desk":
            if not knock(talk, event.code):
                return Turn(session=session, replies=(), ticket=ticket)
        case "start":
            _start(talk, event.code)
        case "resume":
            _reopen(talk)
        case "moved":
            _arrive(talk)
        case "choice" if not moved:
            take_token(talk, event.choice)
        case "text" if not moved:
            take_text(talk, text)
        case "location" if not moved and (node := waits_for_place(talk)) is not None:
            take_location(talk, node, event.latitude, event.longitude)
        case _ if moved:
            walk(talk)
        case _:
            talk.phrase(_REFUSALS.get(event.kind, "unsupported"))
            repeat(talk)
    show_on_arrival(talk, event)
    return _taken(talk, event, guess)


def _taken(talk: Talk, event: Event, guess: str) -> Turn:
    before = talk.session
    tapped = event.kind == "choice" and before.bare and event.choice in before.offered
    offered = talk.page.offered(talk.channel)
    choices = shown(offered, talk.first, talk.channel, talk.button("more", "more-button"))
    page = talk.page.replies(talk.language, talk.notes(), choices, replaces=tapped and not talk.before)
    replies = (*talk.before, *page)
    if talk.before and not page:
        offered = talk.before[-1].choices
    said = tuple(talk.said)
    effects = tuple(talk.effects)
    if talk.forgotten:
        return Turn(session=Session(), replies=replies, effects=effects, said=said)
    session = Session(
        profile=talk.profile,
        stack=tuple(talk.stack),
        offered=tuple(choice.id for choice in offered) if replies else before.offered,
        first=talk.first if replies else before.first,
        misses=talk.misses,
        turns=before.turns + 1,
        told=talk.told,
        guess="" if "language" in talk.profile else guess,
        then=talk.then,
        bare=talk.plain and bool(replies),
        points=before.points if talk.points is None else tuple(dict.fromkeys(talk.points))[:_MOST_POINTS],
        asked=talk.asked,
        last=before.last if event.kind in {"timeout", "desk"} else talk.seconds,
        looks=talk.looks,
        alerted=talk.alerted,
    )
    wake = _wait_until(talk, session)
    return Turn(
        session=session,
        replies=replies,
        effects=(*effects, *wake),
        said=said,
        ticket=talk.ticket,
        opens=talk.opens,
        lines=tuple(talk.lines),
    )


def _wait_until(talk: Talk, session: Session) -> tuple[Effect, ...]:
    node = talk.waiting
    if node is None or node.timeout is None:
        return ()
    return (Wake(due=talk.now + node.timeout.after, code=str(session.turns)),)


# where the person stood


def _restore(talk: Talk) -> bool:
    """Put the stack on today's catalogue: removed nodes give way to their successors, what has none is dropped.

    True when the top stands on a node that has not been asked yet.
    """
    moved = False
    if all(_stands(talk.prepared, frame, top=frame is talk.stack[-1]) for frame in talk.stack):
        return moved
    kept: list[Frame] = []
    for frame in talk.stack[-MAX_DEPTH:]:
        top = frame is talk.stack[-1]
        new = _succeeded(talk.prepared, frame)
        if new is None or not (top or _stands(talk.prepared, new, top=False)):
            talk.lost = top
        else:
            kept.append(new)
            moved = top and not _stands(talk.prepared, new, top=True)
    talk.stack = [] if talk.lost else kept
    return moved and not talk.lost


def _stands(prepared: Prepared, frame: Frame, *, top: bool) -> bool:
    """Only a node that waits can be on top; below it also one that called."""
    flow = prepared.catalogue.flow(frame.flow, frame.version)
    if flow is None or flow.version != frame.version:
        return False
    return isinstance(flow.nodes.get(frame.node), Ask | Menu if top else Ask | Menu | Call)


def _succeeded(prepared: Prepared, frame: Frame) -> Frame | None:
    flow = prepared.catalogue.flow(frame.flow, frame.version)
    if flow is None:
        return None
    node = frame.node
    for _ in range(_MAX_SUCCESSORS):
        if node in flow.nodes:
            return replace(frame, node=node, version=flow.version)
        node = flow.successors.get(node, "")
    return None


# events that are no answer


def _start(talk: Talk, code: str) -> None:
    """A first contact, a known one, or a deep link: the language is asked before anything else is shown."""
    talk.stack.clear()
    talk.then = ""
    catalogue, target = talk.prepared.catalogue, talk.prepared.tokens.get(code)
    if target is not None and target.kind == "language":
        talk.save("profile.language", target.id)
    if target is None or target.kind not in {"flow", "article"}:
        open_flow(talk, "menu" if "language" in talk.profile else "start")
    elif "language" not in talk.profile:
        talk.then = code
        open_flow(talk, "language")
    elif target.kind == "article" and target.id in catalogue.articles:
        show_aside(talk, catalogue.articles[target.id])
    else:
        open_flow(talk, target.id)


def _reopen(talk: Talk) -> None:
    """A page is opened again: nothing is repeated after a long silence."""
    talk.rest()
    if talk.waiting is None and "language" in talk.profile:
        talk.phrase("welcome-back")
    repeat(talk)


def _arrive(talk: Talk) -> None:
    """From another chat: what is known of the person came along, what was said there did not (T24)."""
    talk.stack.clear()
    talk.then = ""
    talk.phrase("moved-here")
    open_flow(talk, "menu")


def _wake(talk: Talk, code: str) -> bool:
    """A wait that is over, or a reminder, which says first only that there is one (T19, T20)."""
    node = talk.waiting
    if node is not None and node.timeout is not None and code == str(talk.session.turns):
        move_on(talk, node.timeout.go)
        return True
    target = talk.prepared.tokens.get(code)
    if target is None or target.kind != "flow" or (target.id == AGAIN and not is_due_again(talk)):
        return False
    talk.stack.clear()
    talk.phrase("reminder-again-line" if target.id == AGAIN else "reminder-first-line")
    talk.page.template = "reminder"
    talk.page.choices.append(talk.choice(target, talk.words("details-button")))
    return True


def _guess(prepared: Prepared, text: str, before: str, tag: str) -> str:
    """The language of someone new: by the words and letters of a message, by earlier ones, by the app's language."""
    by_letters = (language for language, letters in _LETTERS if letters.search(text))
    seen = prepared.answers.language(text) or next(by_letters, "")
    return seen or before or from_tag(tag) or ("uz" if script(text) == "Latn" else "")
