"""The words and buttons that work everywhere."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.catalogue import Ask, Menu
from bot.conversation.model import Hide
from bot.conversation.news import forward, show_news
from bot.conversation.page import most_choices
from bot.conversation.placing import ask_exactly, waits_for_place
from bot.conversation.talk import KEEPS, Talk
from bot.conversation.waiting import wait
from bot.conversation.walking import go_back, move_on, open_flow, repeat


def obey(talk: Talk, command: str) -> bool:
    """Do what a command asks; False when it means nothing here."""
    return _COMMANDS[command](talk) if command in _COMMANDS else False


def _opens(flow: str) -> Callable[[Talk], bool]:
    def open_it(talk: Talk) -> bool:
        talk.rest()
        return flow in talk.prepared.catalogue.flows and open_flow(talk, flow)

    return open_it


def _hide(talk: Talk) -> bool:
    """T21: the recent messages go, and nothing tells what they were about."""
    talk.effects.append(Hide())
    talk.stack.clear()
    talk.phrase("hidden-stays" if talk.channel in KEEPS else "hidden")
    return open_flow(talk, "menu")


def _more(talk: Talk) -> bool:
    """The next choices, where a channel shows only some at a time; after the last ones the first again."""
    shown = most_choices(talk.channel)
    if not shown or len(talk.session.offered) <= shown:
        return False
    first = talk.session.first + shown - 1
    talk.first = first if first < len(talk.session.offered) else 0
    repeat(talk)
    return True


def _back(talk: Talk) -> bool:
    talk.rest()
    node = talk.waiting
    if isinstance(node, Menu) and not any(option.token in talk.session.offered for option in node.options):
        wait(talk, node)  # an article stood beside it
    else:
        go_back(talk)
    return True


def _skip(talk: Talk) -> bool:
    node = talk.waiting
    if not isinstance(node, Ask) or not node.optional:
        return False
    if node.many:
        talk.pick(())
    if node.save:
        talk.save(node.save, None)
    move_on(talk, talk.way(node.next))
    return True


def _done(talk: Talk) -> bool:
    """The end of choosing several answers."""
    node = talk.waiting
    if not isinstance(node, Ask) or not node.many:
        return False
    picked = talk.picked
    if not picked:
        return _skip(talk)
    talk.pick(())
    if node.save:
        talk.save(node.save, list(picked))
    move_on(talk, talk.way(node.next))
    return True


def _none_of_these(talk: Talk) -> bool:
    """Of the places that were offered."""
    node = waits_for_place(talk)
    if node is None:
        return False
    ask_exactly(talk, node)
    return True


def _hello(talk: Talk) -> bool:
    if not talk.new:
        talk.phrase("welcome-back")
    repeat(talk)
    return True


def _thanks(talk: Talk) -> bool:
    """Nothing is asked of someone who only says thanks, unless a question waits."""
    talk.rest()
    if not talk.new:
        talk.phrase("glad-to-help")
    if talk.new or isinstance(talk.waiting, Ask):
        repeat(talk)
    else:
        talk.page.foot.append(talk.button("menu", "menu-button"))
    return True


_COMMANDS: Final[Mapping[str, Callable[[Talk], bool]]] = {
    "menu": _opens("menu"),
    "language": _opens("language"),
    "help": _opens("help"),
    "stop": _opens("stop"),
    "delete": _opens("delete"),
    "alerts": _opens("alerts"),
    "check": _opens("check"),
    "hide": _hide,
    "back": _back,
    "more": _more,
    "skip": _skip,
    "done": _done,
    "none-of-these": _none_of_these,
    "news": show_news,
    "forward": forward,
    "hello": _hello,
    "thanks": _thanks,
}
