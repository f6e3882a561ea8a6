"""One request: who asks, what they send, and the answer."""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.places import Gazetteer, gazetteer
from bot.store import Account, Once, Token
from bot.web.api.problems import of_shape, one_fault
from bot.web.api.tokens import account_of
from bot.web.body import Refused, read_body
from bot.web.services import ApiService

_T = TypeVar("_T")
MOST_BYTES: Final = 65_536
#: A segment of the deepest kind, and what stands around it.
_DEEPEST: Final = 40
_KEY: Final = re.compile(rb"[!-~]{1,200}")
_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[\]{}]")
#: Read from the body by ``read_body``.
_BODY: Final[Mapping[int, tuple[str, str]]] = {
    400: ("the body did not arrive whole", "send it again"),
    408: ("the body took longer than 10 seconds", "send it again"),
    413: (f"the body is larger than {MOST_BYTES} bytes", "send less"),
}


class Ask:
    def __init__(self, request: Request, service: ApiService, token: Token) -> None:
        self.request = request
        self.service = service
        self.token = token
        self.account: Account = account_of(token)

    @property
    def key(self) -> bytes:
        """Of the alert in the path; what cannot be one is nobody's."""
        given = self.request.path_params["key"]
        return bytes.fromhex(given) if re.fullmatch(r"[0-9a-f]{32}", given) else bytes(16)

    @property
    def places(self) -> Gazetteer:
        return gazetteer(self.service.catalogue().places)

    def parameters(self, *known: str) -> dict[str, str]:
        """Of the query, each once. Raises Refusal."""
        pairs = self.request.query_params.multi_items()
        for name, _ in pairs:
            if name not in known:
                raise one_fault("wrong-parameter", 422, name[:100], "there is no such parameter", "leave it out")
        if len(dict(pairs)) != len(pairs):
            raise one_fault("wrong-parameter", 422, pairs[0][0], "it is given more than once", "give it once")
        return dict(pairs)

    async def body(self, shape: type[_T]) -> _T:
        """Raises Refusal."""
        if self.request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise one_fault(
                "wrong-type", 415, "Content-Type", "the body is not said to be JSON", "send application/json"
            )
        try:
            raw = await read_body(self.request.scope, self.request.receive, MOST_BYTES)
        except Refused as refused:
            what, remedy = _BODY[refused.status]
            refusal = one_fault("wrong-body", refused.status, "", what, remedy)
            refusal.headers["connection"] = "close"
            raise refusal from None
        if _depth(raw) > _DEEPEST:
            raise one_fault("wrong-body", 400, "", f"it is nested deeper than {_DEEPEST} levels", "send less")
        try:
            return msgspec.json.decode(raw, type=shape)
        except msgspec.ValidationError as error:
            raise of_shape(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise one_fault("wrong-body", 400, "", "it is not JSON in UTF-8", "send one JSON object") from None

    def once(self, what: msgspec.Struct) -> Once:
        """Raises Refusal."""
        given = [value for name, value in self.request.scope["headers"] if name == b"idempotency-key"]
        if len(given) != 1 or not _KEY.fullmatch(given[0]):
            raise one_fault(
                "idempotency-key",
                400,
                "Idempotency-Key",
                "this request needs one, of 1 to 200 visible ASCII characters",
                "make up a random one, and send the same one when you repeat the request",
            )
        body = msgspec.json.encode((self.request.url.path, what), order="deterministic")
        return Once(token=self.token.id, key=given[0], body=body)


def answered(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


def _depth(raw: bytes) -> int:
    """How deep brackets are nested, outside of texts."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
