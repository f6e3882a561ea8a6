"""From node to node, until something waits for the person."""

from typing import Any, Final

from msgspec.structs import replace

from bot.catalogue import Ask, Call, Do, End, Flow, Go, HandOver, Menu, Reminder, Say, Show
from bot.conversation.alerting import AGAIN, check_code, plan_again
from bot.conversation.articles import say_who_can_see, show_article
from bot.conversation.deadlines import show_deadlines
from bot.conversation.feedback import ask_which_is_silent
from bot.conversation.handing import hand_over, leave_ticket, route_to, transfer
from bot.conversation.helping import show_help
from bot.conversation.model import Count as CountEffect
from bot.conversation.model import Forget, Frame, Hide, Move, Remind
from bot.conversation.talk import MAX_DEPTH, Talk
from bot.conversation.waiting import resume, wait

#: Nodes entered in one turn; a flow that goes in circles is stopped there.
MAX_STEPS: Final = 50
#: Waiting nodes that *back* remembers in one flow.
_MAX_PATH: Final = 30


def open_flow(talk: Talk, flow_id: str, node: str = "", answers: dict[str, Any] | None = None) -> bool:
    """A flow on top of what is under way, which goes on afterwards. The menu is the ground on which all stands; who
    has not chosen a language yet is asked for it before.

    Always True: where there is no such flow the talk starts anew.
    """
    flows = talk.prepared.catalogue.flows
    if flow_id == "menu" and "language" not in talk.profile and "start" in flows:
        flow_id = "start"
    flow = flows.get(flow_id)
    if flow is None:
        lose_thread(talk)
        return True
    under = [] if flow_id in {"menu", "start"} else list(talk.stack)
    standing = [frame.flow for frame in under]
    if flow_id in standing:
        under = under[: standing.index(flow_id)]
    if flow_id == "menu":
        talk.then = ""
    talk.stack = under[-(MAX_DEPTH - 1) :]
    push(talk, flow, node, answers)
    walk(talk)
    return True


def push(talk: Talk, flow: Flow, node: str = "", answers: dict[str, Any] | None = None) -> None:
    talk.misses = 0
    talk.stack.append(Frame(flow=flow.id, version=flow.version, node=node or flow.start, answers=answers or {}))
    say_who_can_see(talk, flow.sensitive)


def lose_thread(talk: Talk) -> None:
    """Whatever cannot go on (a removed node, a circle, a depth without end) becomes a friendly start."""
    talk.phrase("welcome-back")
    talk.stack.clear()
    talk.then = ""
    menu = talk.prepared.catalogue.flows.get("menu")
    if menu is None or talk.steps >= MAX_STEPS:
        talk.page.foot.append(talk.button("menu", "menu-button"))
        return
    push(talk, menu)
    walk(talk)


def walk(talk: Talk) -> None:
    """Enter the node of the top frame, and those after it."""
    while True:
        talk.steps += 1
        frame = talk.top
        flow = talk.flow(frame)
        node = flow.nodes.get(frame.node)
        if talk.steps > MAX_STEPS or node is None:
            lose_thread(talk)
            return
        key = f"{frame.flow}.{frame.node}"
        match node:
            case Ask() | Menu():
                wait(talk, node)
                return
            case Say():
                if talk.branches(node.text):
                    talk.said.append(key)
                    talk.plain = False
            case Show() if node.what == "deadlines":
                show_deadlines(talk, node)
            case Show() if node.what == "help":
                show_help(talk, node)
            case Show():
                article = talk.prepared.catalogue.articles.get(node.id)
                if article is not None:
                    show_article(talk, article, alone=False)
            case Do():
                for name, argument in node.effects:
                    _do(talk, name, argument)
            case Call():
                if not _call(talk, node.flow):
                    lose_thread(talk)
                    return
                continue
            case End():
                said = talk.branches(node.text)
                if said:
                    talk.said.append(key)
                    talk.plain = False
                if close(talk, said=said):
                    return
                continue
        if leave(talk, node.next):
            return


def leave(talk: Talk, ways: tuple[Go, ...]) -> bool:
    """Take the way on; True when nothing more is to be entered."""
    target = talk.way(ways)
    if target == "end":
        return close(talk, said=False)
    talk.stand(target)
    return False


def close(talk: Talk, *, said: bool) -> bool:
    """The top flow has ended. True when nothing more is to be entered."""
    while True:
        closed = talk.stack.pop()
        talk.misses = 0
        if talk.forgotten:
            return _close_forgotten(talk, said=said)
        if not talk.stack:
            return _close_last(talk, said=said)
        caller = talk.flow(talk.top).nodes.get(talk.top.node)
        if isinstance(caller, Call):
            target = talk.way(caller.next)
            if target == "end":
                continue
            talk.stand(target)
            return False
        if isinstance(caller, Menu) and said and talk.top.flow == "menu":
            talk.page.foot.append(talk.button("menu", "menu-button"))
            return True
        if isinstance(caller, Ask) and closed.flow == "language" and not talk.top.path:
            talk.stand(talk.flow(talk.top).start)  # what was said before the first question is said again
            return False
        if isinstance(caller, Ask | Menu):
            resume(talk)
            return True
        return False


def _close_forgotten(talk: Talk, *, said: bool) -> bool:
    """Nothing goes on after *delete me*; the flow's last words stand, else our own."""
    talk.stack.clear()
    if not said:
        talk.phrase("erased")
    return True


def _close_last(talk: Talk, *, said: bool) -> bool:
    token, talk.then = talk.then, ""
    target = talk.prepared.tokens.get(token)
    say_who_can_see(talk, target is not None)
    if target is not None and target.kind == "flow" and target.id in talk.prepared.catalogue.flows:
        push(talk, talk.prepared.catalogue.flows[target.id])
        return False
    if target is not None and target.kind == "article" and target.id in talk.prepared.catalogue.articles:
        show_article(talk, talk.prepared.catalogue.articles[target.id], alone=True)
        said = True
    if said or "menu" not in talk.prepared.catalogue.flows:
        talk.page.foot.append(talk.button("menu", "menu-button"))
        return True
    return open_flow(talk, "menu")


def _call(talk: Talk, flow_id: str) -> bool:
    flow = talk.prepared.catalogue.flows.get(flow_id)
    if flow is None or len(talk.stack) >= MAX_DEPTH:
        return False
    if flow_id == "menu":
        talk.stack.clear()
    push(talk, flow)
    return True


def _do(talk: Talk, name: str, argument: object) -> None:
    match name, argument:
        case "set", dict():
            for place, value in argument.items():
                talk.save(place, value)
        case "remind", Reminder(flow=flow) if flow == AGAIN:
            plan_again(talk)
        case "remind", Reminder():
            talk.effects.append(Remind(due=talk.now + argument.after, flow=argument.flow))
        case "count", str():
            talk.effects.append(CountEffect(argument))
        case "move", _:
            offer_move(talk)
        case "route", str():
            route_to(talk, argument)
        case "hand_over", HandOver():
            hand_over(talk, argument)
        case "transfer", str():
            transfer(talk, agreed=argument == "agree")
        case "check", str():
            check_code(talk, argument)
        case "report", _:
            ask_which_is_silent(talk)
        case "leave", _:
            leave_ticket(talk)
        case "hide", _:
            talk.effects.append(Hide())
        case "forget", _:
            talk.effects.append(Forget())
            talk.forgotten = True


def offer_move(talk: Talk) -> None:
    """A code, said in groups that can be read out; where there is no other chat to go to, that is said."""
    if not talk.code:
        talk.phrase("move-impossible")
        return
    groups = [talk.code[start : start + 4] for start in range(0, len(talk.code), 4)]
    talk.phrase("move-code", {"code": " ".join(groups)})
    talk.effects.append(Move(talk.code))


def repeat(talk: Talk) -> None:
    """Where nothing else can be said: the present question, else the menu; the beginning for someone new."""
    talk.rest()
    node = talk.waiting
    if node is not None:
        wait(talk, node)
    elif talk.lost:
        lose_thread(talk)
    else:
        open_flow(talk, "menu" if "language" in talk.profile else "start")


def move_on(talk: Talk, target: str) -> None:
    """Leave the waiting node for another one."""
    talk.misses = 0
    frame = talk.top
    path = (*frame.path, frame.node)[-_MAX_PATH:]
    if target == "end":
        if close(talk, said=False):
            return
    else:
        talk.stand(target, path)
    walk(talk)


def give(talk: Talk, node: Ask, value: Any, choice: str = "") -> None:
    """Save the answer to the waiting node, and go on."""
    if node.save:
        talk.save(node.save, value)
    move_on(talk, node.next_by_choice.get(choice) or talk.way(node.next))


def go_back(talk: Talk) -> None:
    """To the waiting node before this one: in this flow, else in the one that called it, else the menu."""
    talk.misses = 0
    while talk.stack:
        frame = talk.top
        if frame.path:
            talk.stand(frame.path[-1], frame.path[:-1])
            walk(talk)
            return
        talk.stack.pop()
        if talk.waiting is not None:
            walk(talk)
            return
    open_flow(talk, "menu")


def restart_at(talk: Talk, depth: int, node: str) -> None:
    """Take an earlier node of a flow under way anew: everything after it is left."""
    del talk.stack[depth + 1 :]
    frame = talk.top
    path = frame.path[: frame.path.index(node)] if node in frame.path else frame.path
    talk.stack[-1] = replace(frame, node=node, path=path)
    talk.misses = 0
