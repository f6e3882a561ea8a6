"""Whether every node can be reached, and every node leads on."""

from collections.abc import Iterator

from bot.catalogue.checks.graph import END, edges, from_each
from bot.catalogue.document import Way
from bot.catalogue.draft import Draft, File
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.shapes import flow as shapes


def ways(draft: Draft) -> Iterator[Finding]:
    for file in draft.flows.values():
        unknown = list(_unknown_nodes(file))
        yield from unknown
        if not unknown:
            yield from _unreachable(file)
        for name, node in file.shape.nodes.items():
            yield from _branches(file, ("nodes", name), node)
            if isinstance(node, shapes.Ask):
                yield from _choices(file, name, node)


def _unknown_nodes(file: File[shapes.Flow]) -> Iterator[Finding]:
    nodes = file.shape.nodes
    named = [(edge.to, edge.at) for edge in edges(file)]
    named.append((file.shape.start, file.at("start")))
    named += [(new, file.at("successors", old)) for old, new in file.shape.successors.items()]
    for name, at in named:
        if name not in nodes and (name != END or at == file.at("start")):
            what = f'"{name}" is not a node of this flow'
            yield Finding(at=at, rule="unknown-node", what=what, remedy=did_you_mean(name, nodes))
    if END in nodes:
        at, what = file.document.key_at("nodes", END), f'"{END}" means the end of the flow'
        yield Finding(at=at, rule="bad-id", what=what, remedy="give the node another name")


def _unreachable(file: File[shapes.Flow]) -> Iterator[Finding]:
    onward = from_each(file)
    reached: set[str] = {END}
    waiting = [file.shape.start, *file.shape.successors.values()]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += onward[name]
    for name in onward:
        if name not in reached:
            at, what = file.document.key_at("nodes", name), f'no way leads from "{file.shape.start}" to "{name}"'
            yield Finding(at=at, rule="unreachable-node", what=what, remedy="lead a next to it, or remove it")


def _branches(file: File[shapes.Flow], way: Way, node: shapes.Node) -> Iterator[Finding]:
    """Lists with ``when``: what stands below a line without one is never reached; a ``next`` must end with one."""
    lists: list[tuple[str, object]] = [(key, getattr(node, key, None)) for key in ("say", "text", "end", "next")]
    for key, given in lists:
        if not isinstance(given, list):
            continue
        conditions = [line.when for line in given]
        if None in conditions[:-1]:
            at = file.at(*way, key, conditions.index(None) + 1)
            what = "this line is never reached: the one above it has no when"
            yield Finding(at=at, rule="unreachable-branch", what=what, remedy="give that line a when, or move it down")
        if key == "next" and conditions[-1] is not None:
            at = file.at(*way, key, len(given) - 1)
            what = f'"{way[-1]}" leads nowhere when no condition holds'
            yield Finding(at=at, rule="dead-end", what=what, remedy="add a last line with go alone")


def _choices(file: File[shapes.Flow], name: str, node: shapes.Ask) -> Iterator[Finding]:
    if not isinstance(node.next, dict):
        return
    known = list(node.choices) if node.choices else ["yes", "no"]
    for choice in node.next:
        if choice not in known and choice != "default":
            at = file.document.key_at("nodes", name, "next", choice)
            what = f'"{choice}" is not a choice of this question'
            yield Finding(at=at, rule="unknown-choice", what=what, remedy=did_you_mean(choice, [*known, "default"]))
    if "default" in node.next:
        return
    lost = [f'"{choice}"' for choice in known if choice not in node.next]
    if node.many or node.optional:
        lost.append("several choices" if node.many else "skipping")
    for choice in lost:
        at, what = file.document.key_at("nodes", name, "next"), f"{choice} has no way on"
        yield Finding(at=at, rule="choice-without-way", what=what, remedy="add it to next, or a default")
