"""Errors as RFC 9457 has them: what is wrong, where in the request, what to do."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"
#: Longer names of fields are not told back.
_LONGEST_PATH: Final = 200
_PLACE: Final = re.compile(r"(?: - at|- at)? ?`(?:key` in `)?\$\.?(?P<path>[^`]*)`$")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend. ``field``: where in the body, as ``source.url``; a header or parameter by its name; empty for
    the whole."""

    field: str
    what: str
    remedy: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """``type`` is one of docs/api.md."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()


class Refusal(Exception):
    """A request cannot be answered as it is; ``problem`` says why."""

    def __init__(
        self, kind: str, status: int, detail: str, *errors: Fault, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(kind)
        self.problem = Problem(
            type=f"urn:safar:problem:{kind}",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            errors=errors,
        )
        self.headers = dict(headers or {})

    def response(self) -> Response:
        content = msgspec.json.encode(self.problem)
        return Response(content, self.problem.status, self.headers, media_type=MEDIA_TYPE)


def one_fault(kind: str, status: int, field: str, what: str, remedy: str) -> Refusal:
    place = f"{field}: " if field else ""
    return Refusal(kind, status, f"{place}{what}; {remedy}", Fault(field=field, what=what, remedy=remedy))


def of_shape(error: msgspec.ValidationError) -> Refusal:
    """A body that is JSON, but not what is asked for."""
    message = str(error)
    found = _PLACE.search(message)
    path = found["path"][:_LONGEST_PATH] if found else ""
    what = message[: found.start()] if found else message
    return one_fault("wrong-field", 422, path, _plain(what), _remedy(what))


#: How a message of msgspec begins, and what to do then.
_REMEDIES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("Object missing", lambda what: "add it"),
    ("Object contains unknown", lambda what: "leave it out, or look for its name in openapi.json"),
    ("Expected `datetime` with", lambda what: "end it with Z or an offset, as 2027-01-31T09:00:00+03:00"),
    ("Invalid RFC3339", lambda what: "write it as 2027-01-31T09:00:00Z"),
    ("Invalid enum", lambda what: "take one of those that openapi.json names"),
    ("Invalid value", lambda what: "take one of those that openapi.json names"),
    ("Expected", lambda what: "send what is expected"),
)


def _remedy(what: str) -> str:
    return next((say(what) for start, say in _REMEDIES if what.startswith(start)), "see openapi.json")


def _plain(what: str) -> str:
    return what.replace("`", "'").strip()[:_LONGEST_PATH]
