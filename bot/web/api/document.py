"""The OpenAPI 3.1 document, made from the doors and their shapes; docs/openapi.json is a copy of it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Literal, get_args

import msgspec

from bot import __version__
from bot.delivery.broadcasts.reading import DAYS, VALUES
from bot.delivery.broadcasts.rule import KEYS, Key
from bot.store.broadcast_protocol import BroadcastState
from bot.web.api.problems import MEDIA_TYPE, Problem
from bot.web.api.tokens import SCOPES

_JSON: Final = "application/json"
_SCHEMAS: Final = "#/components/schemas/{name}"
#: What every door can answer besides its own.
_ALWAYS: Final = (401, 403, 429, 503)
_KEY: Final = {
    "name": "key",
    "in": "path",
    "required": True,
    "description": "The alert's key: 32 hexadecimal digits. Any other is nobody's.",
    "schema": {"type": "string", "minLength": 1},
}
_STATE: Final = {
    "name": "state",
    "in": "query",
    "description": "Only those in this state.",
    "schema": {"type": "string", "enum": list(get_args(BroadcastState))},
}
_ONCE: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": (
        "A random name of this request. Sent again within 24 hours, the same request gets the alert that the first one "
        "made; with another body it is refused (422)."
    ),
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}


#: Keys that take more values than can be listed.
_TEXTS: Final[Mapping[Key, dict[str, str]]] = {
    "seen": {"pattern": f"^{DAYS}$"},
    "region": {"pattern": "^[A-Z]{2}-[A-Z0-9]{1,3}$", "description": "ISO 3166-2, of the five countries."},
    "city": {"pattern": "^[a-z]{2}-[a-z0-9-]+$", "description": "As `safar place` names it."},
}


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell of a door. ``once``: it needs an Idempotency-Key."""

    method: Literal["GET", "POST", "PUT"]
    path: str
    scope: str
    name: str
    summary: str
    gives: type[msgspec.Struct]
    asks: type[msgspec.Struct] | None = None
    status: int = 200
    once: bool = False
    by_state: bool = False
    problems: tuple[int, ...] = ()


def document(doors: Sequence[Described]) -> dict[str, Any]:
    shapes = [shape for door in doors for shape in (door.asks, door.gives) if shape is not None]
    _, schemas = msgspec.json.schema_components([*shapes, Problem], ref_template=_SCHEMAS)
    schemas["Is"] = _tests(schemas["Is"])
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Safar",
            "version": __version__,
            "description": (
                "Draft alerts from another system, follow them, count segments. Nothing here lets an alert out: two "
                "people do, in the console. See docs/api.md."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": f"Made by an admin in the console. Scopes: {', '.join(SCOPES)}.",
                }
            },
        },
    }


def _tests(test: dict[str, Any]) -> dict[str, Any]:
    """What each of the keys takes."""
    items: dict[Key, dict[str, Any]] = {key: {"enum": sorted(values)} for key, values in VALUES.items()}
    items |= {key: {"type": "string", **told} for key, told in _TEXTS.items()}
    arrays = {key: {"type": "array", "minItems": 1, "items": items[key]} for key in KEYS}
    arrays["seen"]["maxItems"] = 1
    own = [{"properties": {"key": {"const": key}, "values": values}} for key, values in arrays.items()]
    return {**test, "anyOf": own}


def _operation(door: Described) -> dict[str, Any]:
    parameters = [
        parameter
        for parameter, wanted in ((_KEY, "{key}" in door.path), (_STATE, door.by_state), (_ONCE, door.once))
        if wanted
    ]
    operation: dict[str, Any] = {
        "operationId": door.name,
        "summary": door.summary,
        "description": f"Scope: `{door.scope}`.",
        "security": [{"token": []}],
    }
    if parameters:
        operation["parameters"] = parameters
    if door.asks is not None:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": _reference(door.asks)}}}
    given: dict[str, Any] = {"description": "Done.", "content": {_JSON: {"schema": _reference(door.gives)}}}
    if door.status == HTTPStatus.CREATED:
        given["headers"] = {"Location": {"description": "The alert's address.", "schema": {"type": "string"}}}
    operation["responses"] = {str(door.status): given} | {
        str(status): _problem(status) for status in sorted({*_ALWAYS, *door.problems})
    }
    return operation


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": _reference(Problem)}},
    }
    if status in (429, 503):
        told["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
        }
    return told


def _reference(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": _SCHEMAS.format(name=shape.__name__)}
