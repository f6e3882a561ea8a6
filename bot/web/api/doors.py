"""Every address of the API and the scope that it needs; what is not in the table is not there (THREATS T44)."""

from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic
from typing import Final

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from bot.channels import Pace
from bot.delivery.pacing import Buckets
from bot.store import StoreError
from bot.web.api import alerts
from bot.web.api.asking import Ask
from bot.web.api.document import Described, document
from bot.web.api.problems import Refusal
from bot.web.api.shapes import (
    AlertAnswer,
    AlertList,
    AlertReport,
    ChangeAlert,
    CountSegment,
    DraftAlert,
    SegmentCount,
)
from bot.web.api.tokens import read_bearer
from bot.web.services import ApiService

PREFIX: Final = "/api/v1"
DESCRIPTION: Final = "/openapi.json"

_log = structlog.get_logger()


class Door(Described, frozen=True, kw_only=True):
    act: Callable[[Ask], Awaitable[Response]]


DOORS: Final = (
    Door(
        method="POST",
        path="/alerts",
        scope="alerts:draft",
        act=alerts.draft,
        name="draft",
        summary="Draft an alert; people count, look at it, propose and approve it in the console.",
        asks=DraftAlert,
        gives=AlertAnswer,
        status=201,
        once=True,
        problems=(400, 413, 415, 422),
    ),
    Door(
        method="GET",
        path="/alerts",
        scope="alerts:read",
        act=alerts.list_,
        name="list",
        summary="The organisation's alerts.",
        gives=AlertList,
        by_state=True,
        problems=(422,),
    ),
    Door(
        method="GET",
        path="/alerts/{key}",
        scope="alerts:read",
        act=alerts.read,
        name="read",
        summary="One alert, with what is to be mended.",
        gives=AlertAnswer,
        problems=(404,),
    ),
    Door(
        method="PUT",
        path="/alerts/{key}",
        scope="alerts:draft",
        act=alerts.change,
        name="change",
        summary="Change a draft that came by the API.",
        asks=ChangeAlert,
        gives=AlertAnswer,
        problems=(400, 404, 409, 413, 415, 422),
    ),
    Door(
        method="GET",
        path="/alerts/{key}/report",
        scope="alerts:read",
        act=alerts.read_report,
        name="report",
        summary="Where its recipients stand.",
        gives=AlertReport,
        problems=(404,),
    ),
    Door(
        method="POST",
        path="/segments/count",
        scope="segments:count",
        act=alerts.count_segment,
        name="count",
        summary="How many a rule would reach now.",
        asks=CountSegment,
        gives=SegmentCount,
        problems=(400, 413, 415, 422),
    ),
)


class Api:
    """An ASGI application below ``PREFIX``. It looks at no cookie, and tells no browser of another site to come in."""

    def __init__(self, service: ApiService, clock: Callable[[], float] = monotonic) -> None:
        self._service = service
        self._clock = clock
        self._routes = [(Route(door.path, _nothing, methods=[door.method]), door) for door in DOORS]
        self._described = Route(DESCRIPTION, _nothing, methods=["GET"])
        self._document = msgspec.json.encode(document(DOORS))
        self._buckets = Buckets(Pace(service.per_minute / 60, service.per_minute))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refusal as refusal:
            response = refusal.response()
        except StoreError as error:
            _log.error("api-store-failed", why=str(error))
            detail = "The database does not answer: nothing was done. Ask again in a minute."
            response = Refusal("store", 503, detail, headers={"retry-after": "60"}).response()
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """Raises Refusal, StoreError."""
        door = self._door(request)
        if door is None:
            return Response(self._document, media_type="application/json")
        secret = read_bearer(request.scope["headers"])
        token = await self._service.store.token(secret) if secret else None
        if token is None:
            detail = "The token is missing, wrong, ended or over; an admin of your organisation makes a new one."
            raise Refusal("token", 401, detail, headers={"www-authenticate": "Bearer"})
        self._limit(token.id)
        if door.scope not in token.scopes:
            raise Refusal("scope", 403, f"This token lacks the scope {door.scope}.")
        return await door.act(Ask(request, self._service, token))

    def _door(self, request: Request) -> Door | None:
        """None: the description. Raises Refusal."""
        allowed = set[str]()
        for route, door in ((self._described, None), *self._routes):
            match, found = route.matches(request.scope)
            if match is Match.FULL:
                request.scope.update(found)
                return door
            if match is Match.PARTIAL:
                allowed |= route.methods or set()
        if allowed:
            methods = ", ".join(sorted(allowed))
            raise Refusal("method", 405, f"This address takes {methods}.", headers={"allow": methods})
        raise Refusal("not-found", 404, f"There is no such address; see {PREFIX}{DESCRIPTION}.")

    def _limit(self, token: int) -> None:
        """In the memory of this process. Raises Refusal."""
        now = self._clock()
        bucket = self._buckets.of(token, now)
        wait = bucket.wait(now)
        if wait:
            detail = f"More than {self._service.per_minute} requests a minute; wait as long as Retry-After says."
            raise Refusal("too-many", 429, detail, headers={"retry-after": str(ceil(wait))})
        bucket.take(now)


def _nothing() -> None:
    """Routes are matched here, and acted on by their doors."""
