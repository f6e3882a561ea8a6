"""A choice taken: tapped, numbered or named."""

from bot.catalogue import Article, Ask, HelpPoint, Menu, Target
from bot.conversation.alerting import refuse, show_alert
from bot.conversation.articles import related, show_article, show_details
from bot.conversation.commands import obey
from bot.conversation.feedback import note_silent
from bot.conversation.helping import show_number, show_point
from bot.conversation.prepared import PLACE_ANSWERS
from bot.conversation.talk import Talk
from bot.conversation.waiting import resume, visible, wait
from bot.conversation.walking import close, give, move_on, open_flow, repeat, restart_at, walk


def take_token(talk: Talk, token: str) -> None:
    """Whatever a button stands for; an unknown one brings the present question again."""
    target = talk.prepared.target(token)
    articles = talk.prepared.catalogue.articles
    match target:
        case Target(kind="option"):
            taken = _take_option(talk, target)
        case Target(kind="article", id=article) if article in articles:
            taken = show_aside(talk, articles[article])
        case Target(kind="details", id=article) if article in articles:
            taken = show_aside(talk, articles[article], details=True)
        case Target(kind="silent", id=point):
            taken = note_silent(talk, point)
        case Target(kind="save", id=point) if point in talk.prepared.catalogue.points:
            taken = show_number(talk, talk.prepared.catalogue.points[point])
        case Target(kind="help", id=need):
            talk.rest()
            taken = open_flow(talk, "help", answers={"need": need})
        case Target(kind="point", id=key, option=need) if key in talk.prepared.catalogue.points:
            taken = _show_point(talk, talk.prepared.catalogue.points[key], need)
        case Target(kind="flow", id=flow) if flow in talk.prepared.catalogue.flows:
            talk.rest()
            taken = open_flow(talk, flow)
        case Target(kind="place", id=place):
            taken = _take_place(talk, place)
        case Target(kind="language", id=language):
            taken = speak(talk, language)
        case Target(kind="alerts-off", id=organisation):
            taken = _refuse(talk, organisation)
        case Target(kind="command", id="details"):
            taken = show_last_details(talk)
        case Target(kind="command", id=command):
            taken = obey(talk, command)
        case _:
            taken = target is None and show_alert(talk, token)
    if not taken:
        repeat(talk)


def show_last_details(talk: Talk) -> bool:
    """The long form of the article that was offered last."""
    for token in talk.session.offered:
        target = talk.prepared.tokens.get(token)
        article = talk.prepared.catalogue.articles.get(target.id) if target and target.kind == "details" else None
        if article is not None:
            return show_aside(talk, article, details=True)
    return False


def show_aside(talk: Talk, article: Article, *, details: bool = False) -> bool:
    """An article beside what is under way: a question that waits is asked again below it."""
    talk.rest()
    talk.misses = 0
    asked = isinstance(talk.waiting, Ask)
    if not details:
        show_article(talk, article, alone=not asked)
    else:
        show_details(talk, article)
        if not asked:
            talk.page.extra += related(talk, article)
    return _beside(talk)


def _show_point(talk: Talk, point: HelpPoint, need: str) -> bool:
    talk.rest()
    talk.misses = 0
    show_point(talk, point, need)
    return _beside(talk)


def _refuse(talk: Talk, organisation: str) -> bool:
    talk.rest()
    refuse(talk, organisation)
    return _beside(talk)


def _beside(talk: Talk) -> bool:
    """What waits goes on below what was shown: a question is asked again, to a menu leads a button."""
    if isinstance(talk.waiting, Ask):
        resume(talk)
        return True
    if talk.waiting is not None and not talk.at_home:
        talk.page.foot.append(talk.button("back", "back-button"))
    talk.page.foot.append(talk.button("menu", "menu-button"))
    return True


def speak(talk: Talk, language: str) -> bool:
    """Change the language; what waits is asked again in it."""
    talk.save("profile.language", language)
    talk.rest()
    if talk.stack and talk.top.flow == "language":
        if not close(talk, said=False):
            walk(talk)
        return True
    return False


def choose(talk: Talk, node: Ask | Menu, option_id: str) -> bool:
    """Take a choice of the waiting node by its id; False when it is not offered to this person."""
    if isinstance(node, Ask) and node.answer == "yes_no":
        give(talk, node, option_id == "yes", option_id)
        return True
    option = next((option for option in visible(talk, node) if option.id == option_id), None)
    if option is None:
        return False
    if isinstance(node, Menu):
        return follow(talk, option.target)
    if node.many:
        toggle(talk, node, [option_id])
    else:
        give(talk, node, option_id, option_id)
    return True


def follow(talk: Talk, target: str) -> bool:
    """Go where a line of a menu leads."""
    kind, _, name = target.rpartition(":")
    if kind == "flow":
        return open_flow(talk, name)
    if kind == "article":
        article = talk.prepared.catalogue.articles.get(name)
        return article is not None and show_aside(talk, article)
    move_on(talk, name)
    return True


def toggle(talk: Talk, node: Ask, option_ids: list[str]) -> None:
    """Choose what was not chosen and the other way round, and ask on."""
    picked = set(talk.picked) ^ set(option_ids)
    talk.pick(tuple(option.id for option in node.options if option.id in picked))
    talk.misses = 0
    wait(talk, node)


def _take_place(talk: Talk, place_id: str) -> bool:
    node = talk.waiting
    if not isinstance(node, Ask) or node.answer not in PLACE_ANSWERS:
        return False
    give(talk, node, place_id)
    return True


def _take_option(talk: Talk, target: Target) -> bool:
    """Of the waiting node; of an earlier one, which is taken anew; of a menu passed long ago."""
    depth = _depth(talk, target)
    if depth is not None:
        if (depth, target.node) != (len(talk.stack) - 1, talk.top.node):
            restart_at(talk, depth, target.node)
        node = talk.waiting
        return node is not None and choose(talk, node, target.option)
    talk.rest()
    flow = talk.prepared.catalogue.flows.get(target.id)
    menu = flow.nodes.get(target.node) if flow else None
    if not isinstance(menu, Menu):
        return False
    option = next((option for option in visible(talk, menu) if option.id == target.option), None)
    if option is None:
        return False
    if ":" in option.target:
        return follow(talk, option.target)
    return target.id == "menu" and open_flow(talk, "menu", option.target)


def _depth(talk: Talk, target: Target) -> int | None:
    """Where in the stack the node of a choice waits, or was passed."""
    for depth in range(len(talk.stack) - 1, -1, -1):
        frame = talk.stack[depth]
        if frame.flow == target.id and (frame.node == target.node or target.node in frame.path):
            node = talk.flow(frame).nodes.get(target.node)
            return depth if isinstance(node, Ask | Menu) else None
    return None
