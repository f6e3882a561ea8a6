"""The web chat as a channel: JSON of the page in, JSON for the page out. The page pulls; nothing is ever pushed.

One body is ``{"id", "ack": [keys], "language", "event": {"kind", ...}}``. The page makes ``id`` at random and repeats
the same body until it is answered, so that an event is taken once however often the line drops. ``ack`` names the
rows that the page has shown. Without an event the page only waits for what comes later.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec

from bot.channels.protocol import DeliveryFailed, Incoming, Pace, Request, Sent
from bot.conversation import Event, Reply
from bot.text import LANGUAGES, clean

__all__ = ["ACCOUNT", "Post", "WebChat", "bold_parts", "read"]

#: One address space: there is one web chat.
ACCOUNT: Final = "web"

_Token = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}\Z")]


class _PageEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["start", "resume", "text", "choice", "location"]
    text: str = ""
    choice: _Token = ""
    code: _Token = ""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A body of the page, read. ``id`` is at least 16 characters whenever there is an event."""

    id: _Token = ""
    ack: Annotated[tuple[_Token, ...], msgspec.Meta(max_length=100)] = ()
    #: BCP 47 tag of the labels that the page shows.
    language: Annotated[str, msgspec.Meta(max_length=16)] = ""
    event: _PageEvent | None = None

    def __repr__(self) -> str:
        return "Post()"

    def incoming(self, address: str, language: str, *, fresh: bool) -> Incoming:
        """The event of this body for the inbox. Someone ``fresh`` has nothing to resume.

        There is a ``ref``, so that a turn that hides has something to wipe: the page.
        """
        event = _event(self.event, language, fresh)
        return Incoming(account=ACCOUNT, address=address, update=f"{address}:{self.id}", ref=self.id, event=event)


_decoder = msgspec.json.Decoder(Post)


def read(raw: bytes) -> Post | None:
    """The body of one request, None when it is none of ours."""
    try:
        post = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if post.event is not None and len(post.id) < 16 else post


def _event(event: _PageEvent | None, language: str, fresh: bool) -> Event | None:
    if event is None:
        return None
    kind = "start" if fresh and event.kind == "resume" else event.kind
    return Event(
        kind=kind,
        text=clean(event.text),
        choice=event.choice,
        code=event.code if kind == "start" else "",
        language=language,
        latitude=event.latitude,
        longitude=event.longitude,
    )


class WebChat:
    """Implements ``Channel``. ``render`` gives one request a reply, method ``show``; the page draws its parameters."""

    name = "web"
    pushes = False
    accounts: tuple[str, ...] = ()
    per_second = 1_000_000.0
    both_ways = False
    chat_pace = Pace(1_000_000, 1_000_000)
    window_seconds: float | None = None
    reports = False

    def parse(self, raw: bytes) -> list[Incoming]:
        """The event of one body. The address comes with the cookie, which only the web application sees."""
        post = read(raw)
        return [] if post is None or post.event is None else [post.incoming("", "", fresh=False)]

    def render(self, reply: Reply, address: str, context: Mapping[str, Any], *, closed: bool = False) -> list[Request]:
        params: dict[str, Any] = {"lang": LANGUAGES[reply.language].tag, "parts": bold_parts(reply.text, reply.bold)}
        if reply.choices:
            params["choices"] = [[choice.id, choice.label] for choice in reply.choices]
        links = [[link.label, link.url] for link in reply.links]
        if reply.card:
            links += [[f"{reply.card.name}: {phone}", f"tel:{_dialled(phone)}"] for phone in reply.card.phones]
        if reply.file:
            links.append([reply.file.name, reply.file.url])
        if links:
            params["links"] = links
        if reply.pin:
            pin = reply.pin
            params["pin"] = [pin.title, pin.address, f"geo:{pin.latitude},{pin.longitude}"]
        if reply.asks_location:
            params["location"] = True
        if reply.expects:
            params["expects"] = reply.expects
        return [Request(method="show", params=params)]

    def readdressed(self, request: Request, address: str) -> Request:
        return request

    def render_wipe(self, refs: Sequence[str], address: str) -> list[Request]:
        """Nothing: the answer to the hiding turn itself tells the page to clear."""
        return []

    async def send(self, request: Request, account: str, tracking: str = "", *, bulk: bool = False) -> Sent:
        """The page pulls; whoever comes here has mistaken the channel."""
        raise DeliveryFailed("refused")

    async def close(self) -> None:
        pass


def _dialled(phone: str) -> str:
    """What a ``tel:`` link holds: figures, and the plus before them."""
    return "".join(character for character in phone if character in "+0123456789")


def bold_parts(text: str, bold: Sequence[tuple[int, int]]) -> list[str]:
    """Pieces of the text in turns plain, bold, plain ...: a browser counts in UTF-16, so offsets would mislead it."""
    parts, at = [], 0
    for start, end in bold:
        parts += [text[at:start], text[start:end]]
        at = end
    return [*parts, text[at:]]
