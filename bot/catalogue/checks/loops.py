"""Whether a conversation could run in a circle without ever waiting for an answer, also across calls."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from bot.catalogue.checks.graph import END, from_each
from bot.catalogue.draft import Draft, File
from bot.catalogue.findings import Finding
from bot.catalogue.shapes import flow as shapes

Spot = tuple[str, str]


def loops(draft: Draft) -> Iterator[Finding]:
    passing = _passing(draft)
    graph: dict[Spot, set[Spot]] = {}
    for id, file in draft.flows.items():
        onward = from_each(file)
        for name, node in file.shape.nodes.items():
            if not isinstance(node, shapes.Ask | shapes.Menu):
                graph[id, name] = _next(draft, passing, (id, name), node, onward[name])
    while cycle := _cycle(graph):
        for spot in cycle:
            graph[spot] -= set(cycle)
        flow, name = first = min(cycle)
        turn = cycle.index(first)
        around = " -> ".join(
            node if owner == flow else f"{owner}.{node}" for owner, node in [*cycle[turn:], *cycle[:turn], first]
        )
        at = draft.flows[flow].document.key_at("nodes", name)
        what = f"{around} goes round without ever waiting"
        yield Finding(at=at, rule="endless-loop", what=what, remedy="put a question or a menu into the circle")
    if "menu" in passing:
        what = "the menu can end without waiting, and would begin anew at once"
        at = draft.flows["menu"].at("start")
        yield Finding(at=at, rule="endless-loop", what=what, remedy="end every way of it with a menu or a question")


def _next(draft: Draft, passing: set[str], spot: Spot, node: shapes.Node, onward: list[str]) -> set[Spot]:
    """Where a node that does not wait leads at once."""
    flow, _ = spot
    goes_on = {(flow, name) for name in onward if name in draft.flows[flow].shape.nodes}
    if not isinstance(node, shapes.Call):
        return goes_on
    called = draft.flows.get(node.call)
    inside = {(called.id, called.shape.start)} if called and called.shape.start in called.shape.nodes else set()
    return inside | (goes_on if node.call in passing else set())


def _passing(draft: Draft) -> set[str]:
    """The flows that can come from their start to an end without waiting."""
    passing: set[str] = set()
    while True:
        more = {id for id, file in draft.flows.items() if id not in passing and _ends_at_once(file, passing)}
        if not more:
            return passing
        passing |= more


def _ends_at_once(file: File[shapes.Flow], passing: set[str]) -> bool:
    onward = from_each(file)
    seen: set[str] = set()
    waiting = [file.shape.start]
    while waiting:
        name = waiting.pop()
        node = file.shape.nodes.get(name)
        if name == END or isinstance(node, shapes.End):
            return True
        if name in seen or node is None or isinstance(node, shapes.Ask | shapes.Menu):
            continue
        seen.add(name)
        if not isinstance(node, shapes.Call) or node.call in passing:
            waiting += onward[name]
    return False


def _cycle(graph: dict[Spot, set[Spot]]) -> list[Spot]:
    """A circle in the order in which it is gone, without repeating its first spot; empty when there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[Spot] = error.args[1]
        return circle[:0:-1]
    return []
