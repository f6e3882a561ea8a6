"""What a typed message means. The order is the rule: safety first, then the question that waits, then the rest."""

import re
from typing import Final

from bot.catalogue import Ask, Menu
from bot.conversation.answering import Unfit, read
from bot.conversation.articles import show_article
from bot.conversation.choosing import choose, give, show_aside, show_last_details, take_token, toggle
from bot.conversation.commands import obey
from bot.conversation.model import Choice
from bot.conversation.talk import Talk
from bot.conversation.waiting import offer, visible, wait
from bot.conversation.walking import open_flow, repeat
from bot.text import fold, parse_number

#: Commands that come before everything else.
_URGENT: Final = ("hide", "delete", "stop")
_LIST: Final = re.compile(r"[,;]")


def take_text(talk: Talk, text: str) -> None:
    word = fold(text)
    command = talk.prepared.commands.get(word, "")
    if command in _URGENT and obey(talk, command):
        return
    branch = talk.prepared.danger.find(text)
    if branch is not None:
        if talk.waiting is not None and _named(talk, talk.waiting, text, exactly=True):
            return  # the question knows this answer and goes on from it
        talk.rest()
        open_flow(talk, "emergency", answers={"branch": branch})
        return
    if show_last_details(talk) if command == "details" else obey(talk, command):
        return
    unfit = _answer(talk, text, word)
    if unfit is None:
        return
    talk.rest()
    if not (_opened(talk, word) or _questioned(talk, text)):
        _missed(talk, unfit)


# the waiting node's own answer


def _answer(talk: Talk, text: str, word: str) -> Unfit | None:
    """None when it was taken."""
    node = talk.waiting
    unfit = Unfit("dont-know")
    if isinstance(node, Ask) and node.answer not in {"choice", "yes_no"}:
        value = read(node, text, talk.today, talk.profile.get("country", ""))
        if not isinstance(value, Unfit):
            give(talk, node, value)
            return None
        unfit = value
    elif node is not None:
        if isinstance(node, Ask):
            unfit = Unfit("bad-yes-no" if node.answer == "yes_no" else "not-understood-choices")
            if node.many and _LIST.search(text):
                return _several(talk, node, text)
        if _named(talk, node, text, exactly=True):
            return None
    number = parse_number(text) if " " not in word else None
    if number is not None and number in range(1, len(talk.session.offered) + 1):
        take_token(talk, talk.session.offered[int(number) - 1])
        return None
    if node is not None and _named(talk, node, text):
        return None
    return Unfit("pick-number") if number is not None and unfit.phrase == "not-understood-choices" else unfit


def _spot(talk: Talk) -> tuple[str, str, str]:
    return talk.top.flow, talk.top.version, talk.top.node


def _named(talk: Talk, node: Ask | Menu, text: str, exactly: bool = False) -> bool:
    if isinstance(node, Ask) and node.answer == "yes_no":
        said = talk.prepared.yes_no.get(fold(text))
        return said is not None and choose(talk, node, said)
    find = talk.prepared.named if exactly else talk.prepared.nearest
    option = find(_spot(talk), text, {option.id for option in visible(talk, node)})
    return option is not None and choose(talk, node, option)


def _several(talk: Talk, node: Ask, text: str) -> Unfit | None:
    """``1, 3`` or ``паспорт, патент``: all of them, or none when one is not understood."""
    options = visible(talk, node)
    chosen: list[str] = []
    for member in filter(str.strip, _LIST.split(text)):
        number = parse_number(member)
        if number is not None and number in range(1, len(options) + 1):
            chosen.append(options[int(number) - 1].id)
        elif (named := talk.prepared.nearest(_spot(talk), member, {option.id for option in options})) is not None:
            chosen.append(named)
        else:
            return Unfit("not-understood-choices")
    toggle(talk, node, chosen)
    return None


# questions and everything else


def _opened(talk: Talk, word: str) -> bool:
    flow = talk.prepared.openers.get(word)
    return flow is not None and open_flow(talk, flow)


def _questioned(talk: Talk, text: str) -> bool:
    """A question of its own: a sure match is answered at once, a less sure one is offered where no question waits."""
    profile, articles = talk.profile, talk.prepared.catalogue.articles
    match = talk.prepared.index.find(text, profile.get("citizenship", ""), profile.get("country", ""), talk.language)
    if match.kind == "none" or (match.kind == "choices" and (isinstance(talk.waiting, Ask) or talk.new)):
        return False
    if match.kind == "article" and talk.new:
        show_article(talk, articles[match.topics[0]], alone=False)
        return open_flow(talk, "start")
    if match.kind == "article":
        return show_aside(talk, articles[match.topics[0]])
    talk.phrase("did-you-mean")
    for topic in match.topics:
        talk.page.extra.append(Choice(id=articles[topic].token, label=talk.label(articles[topic].title)))
    talk.page.foot += [talk.button("help", "help-button"), talk.button("menu", "menu-button")]
    return True


def _missed(talk: Talk, unfit: Unfit) -> None:
    """A more exact question, then the choices with their numbers, then a person: never a third identical error."""
    node = talk.waiting
    if node is None:
        if not (talk.idle or talk.new or talk.lost):
            talk.phrase(unfit.phrase)
        repeat(talk)
        return
    talk.misses += 1
    if talk.misses == 1:
        if isinstance(node, Ask) and node.retry is not None:
            talk.text(node.retry)
            talk.said.append(f"{talk.top.flow}.{talk.top.node}.retry")
        else:
            talk.phrase(unfit.phrase)
        offer(talk, node)
    elif talk.misses == 2:
        talk.page.numbered = bool(node.options) or (isinstance(node, Ask) and node.answer == "yes_no")
        talk.phrase("pick-number" if talk.page.numbered else "not-understood")
        wait(talk, node)
    else:
        talk.misses = 0
        talk.phrase("ask-person")
        talk.page.choices.append(talk.button("help", "help-button"))
        if isinstance(node, Ask) and node.optional:
            talk.page.choices.append(talk.button("skip", "skip-button"))
        talk.page.foot += [talk.button("back", "back-button"), talk.button("menu", "menu-button")]
