"""What the catalogue as a whole must hold, and what it must not lose from one version to the next."""

from collections.abc import Iterator
from typing import Final

from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding
from bot.catalogue.model import Place
from bot.catalogue.shapes import flow as shapes

REQUIRED_FLOWS: Final = ("start", "menu", "language", "help", "stop", "delete", "emergency")

#: Opened by what happens to a ticket.
NEWS_FLOWS: Final = ("person-closed", "person-late", "person-transfer")


def required(draft: Draft) -> Iterator[Finding]:
    for id in REQUIRED_FLOWS:
        file = f"flows/{id}.yaml"
        if id not in draft.flows and file not in draft.broken:
            yield Finding(at=Place(file), rule="missing-flow", what=f'the flow "{id}" is missing', remedy="write it")


def removed(draft: Draft) -> Iterator[Finding]:
    """People may stand on a node that is gone; somewhere they must go on."""
    for id, before in draft.previous.flows.items() if draft.previous else ():
        file = draft.flows.get(id)
        for name in before.nodes if file else ():
            assert file is not None
            if name not in file.shape.nodes and name not in file.shape.successors:
                at, what = file.document.key_at("nodes"), f'the node "{name}" was removed, and people may stand on it'
                remedy = f"write successors: {{{name}: NODE}} with the node that took its place"
                yield Finding(at=at, rule="removed-node", what=what, remedy=remedy)


def unused_flows(draft: Draft) -> Iterator[Finding]:
    """A flow that no menu, call, reminder or word opens."""
    opened = {*REQUIRED_FLOWS, *NEWS_FLOWS, *(id for id, file in draft.flows.items() if file.shape.open_with)}
    for file in draft.flows.values():
        for node in file.shape.nodes.values():
            match node:
                case shapes.Call():
                    opened.add(node.call)
                case shapes.Do() if node.do.remind:
                    opened.add(node.do.remind.flow)
                case shapes.Menu():
                    lines = (line if isinstance(line, str) else line.go for line in node.menu)
                    opened.update(go.removeprefix("flow:") for go in lines if go.startswith("flow:"))
    for id, file in draft.flows.items():
        if id not in opened and not draft.broken:
            what, remedy = f'nothing opens the flow "{id}"', "give it open_with, or a line in a menu"
            yield Finding(at=file.at(), rule="unused-flow", what=what, remedy=remedy, level="warning")
