"""Holds requests against ``whatsapp-cloud-api.schema.json``, and against the rules that no schema can say."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

_PATH = Path(__file__).with_name("whatsapp-cloud-api.schema.json")

#: What Meta's servers answer, by the keyword of the schema that did not fit: all else is a bad value.
_CODES = {"required": 131008, "additionalProperties": 100}
_BAD_VALUE = 131009


@cache
def definition(name: str) -> dict[str, Any]:
    """The schema of one definition."""
    return {**json.loads(_PATH.read_text(encoding="utf-8")), "$ref": f"#/$defs/{name}"}


@cache
def validator(name: str) -> Any:
    """Says what does not fit."""
    return Draft202012Validator(definition(name))


@cache
def quick(name: str) -> jsonschema_rs.Draft202012Validator:
    """Says whether it fits, three hundred times as fast."""
    return jsonschema_rs.Draft202012Validator(definition(name))


def problem(params: Mapping[str, Any]) -> tuple[int, str] | None:
    """Graph code and place of what is wrong with a request to the messages endpoint."""
    kind = "MarkReadRequest" if "status" in params else f"Send_{params.get('type', 'text')}"
    if kind not in definition("MessagesEndpointRequest")["$defs"]:
        return _BAD_VALUE, "type: no such kind of message"
    if not quick(kind).is_valid(params):
        error = best_match(validator(kind).iter_errors(params))
        assert error is not None, "both read the same schema"
        return _CODES.get(error.validator, _BAD_VALUE), f"{error.json_path}: {error.validator} does not hold"
    return next(((_BAD_VALUE, rule) for rule in _broken_rules(params)), None)


def _broken_rules(params: Mapping[str, Any]) -> Iterator[str]:
    interactive = params.get("interactive", {})
    action = interactive.get("action", {})
    if interactive.get("type") == "list":
        sections = action["sections"]
        rows = [row for section in sections for row in section["rows"]]
        if len(rows) > 10:
            yield "list_rows_total: more than 10 rows"
        if len(sections) > 1 and not all(section.get("title") for section in sections):
            yield "list_section_titles: a section without a title"
        if _repeat(row["id"] for row in rows):
            yield "list_row_ids_unique: an id stands twice"
    if interactive.get("type") == "button":
        replies = [button["reply"] for button in action["buttons"]]
        if _repeat(reply["id"] for reply in replies) or _repeat(reply["title"] for reply in replies):
            yield "button_unique: an id or a title stands twice"


def _repeat(values: Iterable[str]) -> bool:
    return any(count > 1 for count in Counter(values).values())
