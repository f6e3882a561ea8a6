"""A flow of the catalogue out of a file of ``flows/``."""

import json
import re
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from bot.catalogue.draft import File
from bot.catalogue.making import Gathered, Maker
from bot.catalogue.model import (
    Ask,
    Call,
    Do,
    End,
    Flow,
    Go,
    Menu,
    Node,
    Option,
    Reminder,
    Say,
    Show,
    Target,
    Text,
    Timeout,
)
from bot.catalogue.organisations import HandOver
from bot.catalogue.shapes import flow as shapes

#: The place of a sentence in a node; what it says is no part of the structure.
_SENTENCES: Final = frozenset({"ask", "say", "text", "end", "label"})
_WORDS: Final = frozenset({"also", "retry"})
#: Here a key may be a choice or a name of the editor's own.
_KEPT: Final = frozenset({"next", "do"})


Titles = Mapping[str, Text]
"""``article:ID`` and ``flow:ID`` -> the title: the label of a line that has none."""


def build_flow(file: File[shapes.Flow], titles: Titles, into: Gathered) -> Flow:
    """Ways to nodes that do not exist are kept, lines to articles and flows that do not exist are left out: of both
    the checks tell."""
    maker = Maker(into=into, document=file.document, owner=("flow", file.id))
    key, shape = f"flows.{file.id}", file.shape
    return Flow(
        id=file.id,
        title=titles[f"flow:{file.id}"],
        open_with=maker.words(f"{key}.open_with", shape.open_with, "open_with"),
        start=shape.start,
        nodes={name: _Build(maker, titles, file.id, name).node(node) for name, node in shape.nodes.items()},
        version=_version(file.document.data),
        at=file.at(),
        successors=dict(shape.successors),
        sensitive=shape.sensitive,
    )


class _Build:
    def __init__(self, maker: Maker, titles: Titles, flow: str, name: str) -> None:
        self.maker = maker
        self.titles = titles
        self.flow = flow
        self.name = name
        self.key = f"flows.{flow}.{name}"
        self.way = ("nodes", name)

    def node(self, shape: shapes.Node) -> Node:
        make, key, way = self.maker, self.key, self.way
        match shape:
            case shapes.Ask():
                return self._ask(shape)
            case shapes.Say():
                return Say(text=make.branches(f"{key}.say", shape.say, *way, "say"), next=self._ways(shape.next))
            case shapes.Menu():
                return Menu(
                    text=make.branches(f"{key}.text", shape.text, *way, "text"),
                    options=tuple(filter(None, (self._line(index, line) for index, line in enumerate(shape.menu)))),
                    timeout=self._timeout(shape.timeout),
                )
            case shapes.Show():
                return self._show(shape)
            case shapes.Do():
                return Do(effects=self._effects(shape.do), next=self._ways(shape.next))
            case shapes.Call():
                return Call(flow=shape.call, next=self._ways(shape.next))
            case shapes.End():
                silent = shape.end == "true"
                return End(text=() if silent else make.branches(f"{key}.end", shape.end, *way, "end"))

    def _show(self, shape: shapes.Show) -> Show:
        if shape.show == "help":
            return Show(what="help", id=shape.need or "", place=shape.place or "", next=self._ways(shape.next))
        if shape.counted_from is None:
            return Show(what="article", id=shape.show.partition(":")[2], next=self._ways(shape.next))
        counted_from = {event: name.partition(".")[2] for event, name in shape.counted_from.items()}
        return Show(what="deadlines", counted_from=counted_from, next=self._ways(shape.next))

    def _ask(self, shape: shapes.Ask) -> Ask:
        make, key, way = self.maker, self.key, self.way
        by_choice = dict(shape.next) if isinstance(shape.next, dict) else {}
        default = by_choice.pop("default", None)
        return Ask(
            text=make.text(f"{key}.ask", shape.ask, *way, "ask"),
            answer=shape.answer or "choice",
            next=(Go(go=default),) if default else () if isinstance(shape.next, dict) else self._ways(shape.next),
            next_by_choice=by_choice,
            options=tuple(self._choice(id, choice) for id, choice in (shape.choices or {}).items()),
            many=shape.many,
            optional=shape.optional,
            between=(shape.between[0], shape.between[1]) if shape.between else None,
            save=shape.save or "",
            retry=make.text(f"{key}.retry", shape.retry, *way, "retry") if shape.retry else None,
            timeout=self._timeout(shape.timeout),
        )

    def _choice(self, id: str, shape: str | shapes.Choice) -> Option:
        key, way = f"{self.key}.choices.{id}", (*self.way, "choices", id)
        if isinstance(shape, str):
            return Option(id=id, token=self._token(id), label=self.maker.text(key, shape, *way, kind="label"))
        return Option(
            id=id,
            token=self._token(id),
            label=self.maker.text(key, shape.label, *way, "label", kind="label"),
            also=self.maker.words(f"{key}.also", shape.also, *way, "also"),
            when=self.maker.when(shape.when, *way, "when"),
        )

    def _line(self, index: int, shape: str | shapes.Line) -> Option | None:
        line = shapes.Line(go=shape) if isinstance(shape, str) else shape
        key, way = f"{self.key}.menu.{line.go}", (*self.way, "menu", index)
        if line.label:
            label = self.maker.text(key, line.label, *way, "label", kind="label")
        elif line.go in self.titles:
            label = self.titles[line.go]
        else:
            return None
        return Option(
            id=line.go,
            token=self._token(line.go),
            label=label,
            also=self.maker.words(f"{key}.also", line.also, *way, "also"),
            target=line.go,
            when=self.maker.when(line.when, *way, "when"),
        )

    def _token(self, id: str) -> str:
        return Target(kind="option", id=self.flow, node=self.name, option=id).token

    def _ways(self, shape: str | list[shapes.Way]) -> tuple[Go, ...]:
        if isinstance(shape, str):
            return (Go(go=shape),)
        return tuple(
            Go(go=way.go, when=self.maker.when(way.when, *self.way, "next", index, "when"))
            for index, way in enumerate(shape)
        )

    def _timeout(self, shape: shapes.Timeout | None) -> Timeout | None:
        return Timeout(after=shape.after, go=shape.go) if shape else None

    def _effects(self, shape: shapes.Effects) -> tuple[tuple[str, Any], ...]:
        arguments = {
            "set": {name: self._constant(name, value) for name, value in (shape.set or {}).items()},
            "count": shape.count,
            "remind": Reminder(after=shape.remind.after, flow=shape.remind.flow) if shape.remind else None,
            "route": shape.route,
            "hand_over": _hand_over(shape.hand_over) if shape.hand_over else None,
            "transfer": shape.transfer,
            "report": shape.report,
            "check": (shape.check or "").removeprefix("answers."),
            "leave": shape.leave,
            "forget": shape.forget,
            "hide": shape.hide,
            "move": shape.move,
        }
        given = self.maker.document.data["nodes"][self.name]["do"]
        return tuple((name, arguments[name]) for name in given if arguments[name])

    def _constant(self, name: str, value: str) -> str | float | bool | None:
        """As in conditions: a word in quotes is that word, ``none`` without them is nothing."""
        quoted = self.maker.document.is_quoted(*self.way, "do", "set", name)
        return value if quoted else _literal(value)


def _hand_over(shape: shapes.HandOver) -> HandOver:
    message, hours = ((name or "").removeprefix("answers.") for name in (shape.message, shape.hours))
    return HandOver(need=shape.need, message=message, hours=hours)


def _literal(value: str) -> str | float | bool | None:
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", value, re.ASCII):
        return float(value) if "." in value else int(value)
    return value


_CONSTANTS: Final = {"true": True, "false": False, "none": None}


def _version(data: dict[str, Any]) -> str:
    """A hash of the structure: where it starts, its nodes, choices, conditions and ways on."""
    bones = {"start": data["start"], "nodes": {name: _bones(node) for name, node in data["nodes"].items()}}
    return blake2b(json.dumps(bones, sort_keys=True).encode(), digest_size=6).hexdigest()


def _bones(value: Any, key: str = "") -> Any:
    if key in _KEPT:
        return value
    if isinstance(value, dict):
        inside = "label" if key == "choices" else ""
        return {name: _bones(item, inside or name) for name, item in value.items() if name not in _WORDS or inside}
    if isinstance(value, list):
        return [_bones(item) for item in value]
    return "" if key in _SENTENCES else value
