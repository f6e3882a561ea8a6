"""Holds a document against its shape; every error becomes a finding at its exact place."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from bot.catalogue.document import Document, Way
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.model import Place
from bot.catalogue.shapes import NODE_KINDS, flow, points
from bot.catalogue.shapes.base import KIND_NAMES

_S = TypeVar("_S", bound=BaseModel)

#: How a value that broke its pattern should look.
_PATTERNS: Final = {
    r"^[a-z0-9-]{1,64}$": "use small Latin letters, digits and -, at most 64",
    r"^[A-Za-z0-9-]{1,64}$": "use Latin letters, digits and -, at most 64",
    r"^[a-z0-9_]{1,64}$": "use small Latin letters, digits and _, at most 64",
    r"^[a-z0-9_-]{1,64}$": "use small Latin letters, digits, - and _, at most 64",
    r"^\+?[0-9][0-9 ()-]{1,24}$": "write it as 112 or +7 495 000-00-00",
    r"^(article|flow):[a-z0-9-]{1,64}$": "write article:ID or flow:ID",
    r"^(article:[a-z0-9-]{1,64}|deadlines)$": "write article:ID, or deadlines",
    r"^((article|flow):)?[a-z0-9-]{1,64}$": "write article:ID, flow:ID or the name of a node",
    r"^(profile|answers)\.[a-z][a-z0-9_]{0,63}$": "write profile.NAME or answers.NAME",
    r"^answers\.[a-z][a-z0-9_]{0,63}$": "write answers.NAME",
    r"^\d{4}(-\d\d(-\d\d)?)?$": "write 2026-03-11, 2025-08 or 2024",
    flow.NEED: "write a need, as wages, or answers.NAME",
    points.HOURS: "write it as Mo-Fr 09:00-18:00, 24/7 or unknown",
    points.EMAIL: "write it as name@example.org",
    points.TELEGRAM: "write the name alone, without @ and link",
    points.WHATSAPP: "write it as +79000000000",
}


def shape(document: Document, model: type[_S]) -> tuple[_S | None, list[Finding]]:
    """The document in its shape, None when there are errors; and the errors, in file order."""
    unknown: list[tuple[dict[str, Any], list[str]]] = []
    try:
        shaped = model.model_validate(document.data, context=unknown)
    except ValidationError as error:
        shaped = None
        faults = error.errors(include_url=False)
    else:
        faults = []
    findings = [finding for data, known in unknown for finding in _unknown_keys(document, data, known)]
    mistyped = {(finding.at, finding.remedy) for finding in findings}
    for fault in faults:
        finding = _finding(document, dict(fault))
        if not _explained(finding, document, fault, mistyped):
            findings.append(finding)
    return (None if findings else shaped), sorted(findings, key=lambda finding: finding.at)


def _unknown_keys(document: Document, data: dict[str, Any], known: list[str]) -> list[Finding]:
    way = document.way_of(data)
    return [
        Finding(
            at=document.key_at(*way, key),
            rule="unknown-key",
            what=f'"{key}" is not known here',
            remedy=did_you_mean(key, set(known) - data.keys() or known),
        )
        for key in data
        if key not in known
    ]


def _explained(
    finding: Finding, document: Document, fault: Mapping[str, Any], mistyped: set[tuple[Place, str]]
) -> bool:
    """A missing key is no news when a mistyped one beside it was found to mean it."""
    if finding.rule != "missing-key":
        return False
    *way, key = _way(document, fault["loc"])
    beside = fault["input"] if isinstance(fault["input"], dict) else {}
    return any((document.key_at(*way, other), f'did you mean "{key}"?') in mistyped for other in beside)


def _way(document: Document, loc: tuple[str | int, ...]) -> Way:
    """The place of a fault in the file: pydantic's own marks (tags of unions, ``[key]``) are no part of it."""
    return tuple(step for step in loc if not (isinstance(step, str) and step[:1] in "<[" and step[-1:] in ">]"))


def _finding(document: Document, fault: dict[str, Any]) -> Finding:
    way = _way(document, fault["loc"])
    kind, context, value = fault["type"], fault.get("ctx", {}), fault["input"]
    if kind == "missing":
        *parent, key = way
        at = document.key_at(*parent) if parent else document.at()
        return Finding(at=at, rule="missing-key", what=f'"{key}" is missing', remedy="add it")
    if kind == "union_tag_not_found":
        return _node_kind(document, way, value)
    at = document.key_at(*way) if fault["loc"][-1:] == ("[key]",) else document.at(*way)
    name = f'"{way[-1]}"' if way and isinstance(way[-1], str) else "this"
    match kind:
        case "bad-value":
            return Finding(at=at, rule="bad-value", what=context["what"], remedy=context["remedy"])
        case "string_pattern_mismatch":
            remedy = _PATTERNS.get(context["pattern"], "write it like those of other files")
            return Finding(at=at, rule="bad-id", what=f'"{str(value)[:40]}" has a wrong form', remedy=remedy)
        case "literal_error":
            known = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
            what = f'"{value}" is not known here' if isinstance(value, str) else f"{name} is {KIND_NAMES[type(value)]}"
            return Finding(at=at, rule="bad-value", what=what, remedy=did_you_mean(str(value), known))
        case "string_too_short":
            return Finding(at=at, rule="missing-text", what=f"{name} is empty", remedy="write the text")
        case "too_short" | "too_long":
            what = f"{name} has {context['actual_length']} entries"
            least = context.get("min_length", context.get("max_length"))
            return Finding(
                at=at, rule="bad-value", what=what, remedy=f"write {least}" + " or more" * (kind == "too_short")
            )
        case "string_too_long":
            what = f"{name} is longer than {context['max_length']} characters"
            return Finding(at=at, rule="bad-value", what=what, remedy="make it shorter")
    wanted = _WANTED.get(kind, "another kind of value")
    if kind == "union_tag_invalid":
        wanted = context["expected_tags"].translate(str.maketrans("", "", "'<>")).replace(", ", " or a ")
        wanted = f"a {wanted}"
    what = f"{name} is {KIND_NAMES.get(type(value), 'another kind of value')}"
    return Finding(at=at, rule="wrong-type", what=what, remedy=f"write {wanted}")


_WANTED: Final = {
    "string_type": "a text",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "list_type": "a list",
    "tuple_type": "a list",
}


def _node_kind(document: Document, way: Way, value: Any) -> Finding:
    at, kinds = document.key_at(*way), ", ".join(NODE_KINDS)
    if not isinstance(value, dict):
        return Finding(at=at, rule="wrong-type", what=f'"{way[-1]}" is no mapping', remedy=f"give it one of: {kinds}")
    found = [kind for kind in NODE_KINDS if kind in value]
    if found:
        what = f'the node "{way[-1]}" does several things: {", ".join(found)}'
        return Finding(at=document.key_at(*way, found[1]), rule="node-kind", what=what, remedy="make two nodes of it")
    for key in value:
        guess = did_you_mean(key, NODE_KINDS)
        if guess.startswith("did"):
            return Finding(
                at=document.key_at(*way, key), rule="node-kind", what=f'"{key}" is no kind of node', remedy=guess
            )
    return Finding(
        at=at, rule="node-kind", what=f'the node "{way[-1]}" does nothing', remedy=f"give it one of: {kinds}"
    )
