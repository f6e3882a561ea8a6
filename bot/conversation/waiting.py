"""The node that waits: asked, with its choices and the ways out of it."""

from typing import Final

from bot.catalogue import Ask, Menu, Option, Target
from bot.conversation.model import Choice
from bot.conversation.talk import Talk

_TICK: Final = "✓ "


def resume(talk: Talk) -> None:
    """The waiting question once more, after something else was said."""
    node = talk.waiting
    if node is None:
        return
    if isinstance(node, Ask) and not talk.page.empty:
        talk.phrase("answer-continues")
    wait(talk, node)


def wait(talk: Talk, node: Ask | Menu) -> None:
    """Ask, and stand there."""
    frame = talk.top
    if frame.node in frame.path:
        talk.stand(frame.node, frame.path[: frame.path.index(frame.node)])
    if isinstance(node, Ask):
        talk.text(node.text)
    else:
        talk.branches(node.text)
    talk.said.append(f"{frame.flow}.{frame.node}")
    offer(talk, node)


def offer(talk: Talk, node: Ask | Menu) -> None:
    """The choices of the waiting node, and the ways out of it."""
    page, frame = talk.page, talk.top
    if isinstance(node, Menu):
        page.choices += [Choice(id=option.token, label=talk.label(option.label)) for option in visible(talk, node)]
        if not talk.at_home:
            page.foot += [talk.button("back", "back-button"), talk.button("menu", "menu-button")]
        return
    page.expects = node.answer
    page.asks_location = node.answer == "location"
    if node.answer == "yes_no":
        for answer in ("yes", "no"):
            target = Target(kind="option", id=frame.flow, node=frame.node, option=answer)
            page.choices.append(talk.choice(target, talk.words(answer)))
    picked = talk.picked if node.many else ()
    for option in visible(talk, node):
        tick = _TICK if option.id in picked else ""
        page.choices.append(Choice(id=option.token, label=tick + talk.label(option.label)))
    if node.many:
        page.choices.append(talk.button("done", "done-button"))
    if node.optional:
        page.choices.append(talk.button("skip", "skip-button"))
    if talk.can_go_back:
        page.foot.append(talk.button("back", "back-button"))


def visible(talk: Talk, node: Ask | Menu) -> list[Option]:
    """The options that are for this person."""
    return [
        option
        for option in node.options
        if (option.when is None or talk.holds(option.when))
        and (option.target[:8] != "article:" or _serves(talk, option.target[8:]))
    ]


def _serves(talk: Talk, article_id: str) -> bool:
    article = talk.prepared.catalogue.articles.get(article_id)
    return article is not None and talk.serves(article)
