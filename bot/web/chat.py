"""The web chat's own address: one request takes an event and brings the replies of its turn, or waits for later ones.

Everything is a POST, so that no proxy's log holds a word about who received what.
"""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.webchat import ACCOUNT, Post, read
from bot.conversation import Reply
from bot.delivery import unpack
from bot.store import OutboxRow, Settled, StoreError
from bot.text import from_tag
from bot.web.body import Refused, read_body
from bot.web.hub import Ended, until
from bot.web.pages import labels, plain, preferred
from bot.web.services import Services
from bot.web.session import Cookie, address, new_secret

#: Shorter than the patience of mobile networks and proxies.
WAIT_SECONDS: Final = 25.0
#: A message of 4,096 characters, escaped by the clumsiest JSON writer.
_MOST_BYTES: Final = 65_536
_PACK_FROM_BYTES: Final = 1_000
#: How long a page stays away that may not wait.
_PAUSE_SECONDS: Final[dict[Ended, int]] = {"newer": 30, "full": 60, "closing": 2}


class _Answer(msgspec.Struct, kw_only=True, omit_defaults=True):
    rows: list[dict[str, Any]]
    #: Everything on the page goes before the rows are shown.
    clear: bool = False
    #: The page's own words, when the replies have come in another language than they.
    labels: dict[str, str] | None = None
    #: Seconds until the page should wait again.
    pause: int = 0


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: ``fresh`` came without a cookie."""

    secret: str
    fresh: bool
    language: str

    @property
    def address(self) -> str:
        return address(self.secret)


class Chat:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._cookie = Cookie(https=services.public_url.startswith("https:"))

    async def post(self, request: Request) -> Response:
        """Takes one body of the page: answers 401 with a cookie when it has none but is in the middle of a talk."""
        _same_site(request)
        _same_origin(request)
        post = read(await read_body(request.scope, request.receive, _MOST_BYTES))
        if post is None:
            raise Refused(400)
        secret = self._cookie.read(request.scope)
        page = _Page(
            secret=secret or new_secret(),
            fresh=secret is None,
            language=preferred(request.headers.get("accept-language", "")),
        )
        if page.fresh and (post.event is None or post.event.kind not in ("start", "resume")):
            return Response(status_code=401, headers={"set-cookie": self._cookie.write(page.secret)})
        try:
            answer, known = await (self._wait(post, page) if post.event is None else self._turn(post, page))
        except StoreError:
            raise Refused(503) from None
        response = _json(answer, request)
        if page.fresh or not known:
            response.headers["set-cookie"] = self._cookie.write(page.secret if known else new_secret())
        return response

    async def leave(self, request: Request) -> Response:
        """The person left quickly: this browser knows nothing of the talk any more."""
        _same_site(request)
        return Response(status_code=204, headers={"set-cookie": self._cookie.drop()})

    async def _turn(self, post: Post, page: _Page) -> tuple[_Answer, bool]:
        """The answer to an event, and whether the person is still known after it."""
        self._services.hub.release(page.address)
        incoming = post.incoming(page.address, page.language, fresh=page.fresh)
        taken = await self._services.inbox.take(self._services.web, incoming)
        erased_before = taken.repeat and not taken.contact
        if erased_before or any(row.id == 0 for row in taken.rows):
            rows = self._shown(taken.rows) or [self._erased(post, page)]
            return self._answer(post, rows, clear=True), False
        hidden = bool(taken.wipe)
        rows = await self._collect(post.ack, page.address, only={row.id for row in taken.rows} if hidden else None)
        return self._answer(post, rows, clear=hidden), True

    async def _wait(self, post: Post, page: _Page) -> tuple[_Answer, bool]:
        with self._services.hub.waiting(page.address) as future:
            rows = await self._collect(post.ack, page.address)
            ended = "rows" if rows else await until(future, WAIT_SECONDS)
        if not rows and ended == "rows":
            rows = await self._collect((), page.address)
        answer = self._answer(post, rows)
        answer.pause = _PAUSE_SECONDS.get(ended, 0)
        return answer, True

    async def _collect(
        self, acknowledged: Sequence[str], address: str, only: set[int] | None = None
    ) -> list[dict[str, Any]]:
        """What the page has not shown yet; what it has is settled, and so is all but ``only``."""
        waiting = await self._services.store.pending(self._services.web.name, ACCOUNT, address)
        done = set(acknowledged)
        gone = [row for row in waiting if _key(row) in done or (only is not None and row.id not in only)]
        if gone:
            await self._services.store.settle([Settled(id=row.id, state="sent") for row in gone])
        return self._shown([row for row in waiting if row not in gone])

    def _shown(self, rows: Sequence[OutboxRow]) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = []
        for row in rows:
            parcel = unpack(row.body)
            key = {"key": _key(row)} if row.id else {}
            requests = self._services.web.render(parcel.reply, row.address, parcel.context)
            shown += [{**key, **request.params} for request in requests]
        return shown

    def _erased(self, post: Post, page: _Page) -> dict[str, Any]:
        """The answer to an erasure whose first answer was lost on the way: nobody is left to be asked for it."""
        language = from_tag(post.language) or page.language
        reply = Reply(text=plain(self._services.catalogue().phrases["erased"], language), language=language)
        return dict(self._services.web.render(reply, "", {})[0].params)

    def _answer(self, post: Post, rows: list[dict[str, Any]], *, clear: bool = False) -> _Answer:
        answer = _Answer(rows=rows, clear=clear)
        language = from_tag(rows[-1]["lang"]) if rows else None
        if language is not None and language != from_tag(post.language):
            answer.labels = labels(self._services.catalogue(), language)
        return answer


def _key(row: OutboxRow) -> str:
    """A row's name on the page: says nothing of how many rows there are."""
    digest = blake2b(row.contact + row.id.to_bytes(8, "big"), digest_size=9).digest()
    return urlsafe_b64encode(digest).decode()


def _same_site(request: Request) -> None:
    """SameSite=Strict keeps the cookie at home; this keeps out browsers that know better (THREATS T45)."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Refused(403)


def _same_origin(request: Request) -> None:
    """A page of another site can send neither this content type nor our origin."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.headers["host"].lower():
        raise Refused(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415)


def _json(answer: _Answer, request: Request) -> Response:
    content = msgspec.json.encode(answer)
    if len(content) < _PACK_FROM_BYTES or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(content, media_type="application/json")
    packed = gzip.compress(content, 5, mtime=0)
    return Response(packed, media_type="application/json", headers={"content-encoding": "gzip"})
