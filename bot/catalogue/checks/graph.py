"""The ways of a flow, with the places where they are written."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from bot.catalogue.draft import File
from bot.catalogue.model import Place
from bot.catalogue.shapes import flow as shapes

#: Not a node: the flow ends there.
END: Final = "end"


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    node: str
    to: str
    at: Place


def edges(file: File[shapes.Flow]) -> Iterator[Edge]:
    """Every way from a node to a node of the same flow, or to its end."""
    for name, node in file.shape.nodes.items():
        top = ("nodes", name)
        if not isinstance(node, shapes.Menu | shapes.End):
            for step, to in _ways(node.next):
                yield Edge(node=name, to=to, at=file.at(*top, "next", *step))
        if isinstance(node, shapes.Menu):
            for index, line in enumerate(node.menu):
                if isinstance(line, shapes.Line) and ":" not in line.go:
                    yield Edge(node=name, to=line.go, at=file.at(*top, "menu", index, "go"))
        if isinstance(node, shapes.Ask | shapes.Menu) and node.timeout is not None:
            yield Edge(node=name, to=node.timeout.go, at=file.at(*top, "timeout", "go"))


def _ways(shape: str | list[shapes.Way] | dict[str, str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(shape, str):
        yield (), shape
    elif isinstance(shape, dict):
        for choice, to in shape.items():
            yield (choice,), to
    else:
        for index, way in enumerate(shape):
            yield (index, "go"), way.go


def from_each(file: File[shapes.Flow]) -> Mapping[str, list[str]]:
    """Node -> the nodes that it leads to."""
    found: dict[str, list[str]] = {name: [] for name in file.shape.nodes}
    for edge in edges(file):
        found[edge.node].append(edge.to)
    return found
