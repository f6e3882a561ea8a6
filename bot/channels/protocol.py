"""The seam to a messenger: narrow enough for an NGO to add another one.

A channel parses what comes in and renders what goes out. It knows nothing of flows, sessions or the store.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from bot.conversation import Event, Reply


class Pace(msgspec.Struct, frozen=True):
    """How often a platform lets something happen: in any window of w seconds at most ``burst + per_second * w``."""

    per_second: float
    burst: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message that was sent. ``tracking`` is what ``Channel.send`` was given; empty for news of the
    whole account. ``code``: a row of the failure table in ``delivery``, for ``failed``."""

    tracking: str
    state: Literal["sent", "delivered", "read", "failed"]
    code: str = ""


class Incoming(msgspec.Struct, frozen=True, kw_only=True):
    """One update, parsed. ``event`` None: nothing for the conversation, but perhaps a ``mark``, ``calls``, a
    ``report``, or another address of the same person."""

    account: str
    #: Whom to answer; opaque to all but the channel.
    address: str
    #: The platform's id of the update: taken once.
    update: str
    event: Event | None = None
    #: The platform's id of the person's message, for deleting it later.
    ref: str | None = None
    #: Carried unread to the rendering of this turn's replies (a callback's id, the message that was tapped).
    context: Mapping[str, Any] = {}
    mark: Literal["", "active", "blocked"] = ""
    #: Other addresses under which the same person may be known: an older one, or one that is no longer used.
    also: tuple[str, ...] = ()
    report: Report | None = None
    #: Requests to make at once whatever the conversation says (leave a group, answer the tap); best effort.
    calls: tuple["Request", ...] = ()

    def __repr__(self) -> str:
        return f"Incoming({self.event!r})"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the platform's API: its method or path, and the parameters, JSON-ready.

    ``aside``: beside the message, best effort: not paced, and its failure changes nothing. ``fleeting``: an aside
    whose message leaves the chat again at once; it came only to take a keyboard away. ``instead``: what to send when
    the platform refuses this one (a message that can no longer be edited).
    """

    method: str
    params: Mapping[str, Any]
    aside: bool = False
    fleeting: bool = False
    instead: "Request | None" = None

    def __repr__(self) -> str:
        return f"Request({self.method})"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The platform took it; ``ref`` is its id of the message."""

    ref: str | None = None


class DeliveryFailed(Exception):
    """A request that was refused or got no answer; ``code`` is a row of the failure table in ``delivery``.

    ``unclear``: it may have arrived all the same. ``retry_after_seconds``: the platform's own wish.
    ``account_wide``: the whole account must pause, not this chat alone.
    """

    def __init__(
        self, code: str, *, retry_after_seconds: float | None = None, unclear: bool = False, account_wide: bool = False
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_seconds = retry_after_seconds
        self.unclear = unclear
        self.account_wide = account_wide


class ChannelUnusable(Exception):
    """The channel cannot start or go on; the message is one sentence that says what to do."""


class Channel(Protocol):
    """``name`` is telegram, whatsapp, web or terminal. ``pushes``: replies are sent; else the client pulls them.

    ``accounts`` are our own. ``per_second``: what the platform lets one account send in any span of a second (less than
    1: one in so many more seconds); ``both_ways``: what people write counts too. ``chat_pace``: the limit of one chat.
    ``window_seconds``: how long after the person's last message anything but a template may be sent; None where there
    is no such rule. ``reports``: the platform tells what became of each message.
    """

    name: str
    pushes: bool
    accounts: tuple[str, ...]
    per_second: float
    both_ways: bool
    chat_pace: Pace
    window_seconds: float | None
    reports: bool

    def parse(self, raw: bytes) -> list[Incoming]:
        """Everything in one body, in order. Never raises: what cannot be read is left out and counted."""

    def render(self, reply: Reply, address: str, context: Mapping[str, Any], *, closed: bool = False) -> list[Request]:
        """The requests that show one reply, within the platform's limits. Pure.

        ``closed``: the window is over, so only what stands for the reply as a template; empty when nothing does.
        """

    def readdressed(self, request: Request, address: str) -> Request:
        """A request of ``render``, to somebody else. Pure, and much cheaper."""

    def render_wipe(self, refs: Sequence[str], address: str) -> list[Request]:
        """The requests that remove messages, within the platform's limits. Pure; empty where it cannot."""

    async def send(self, request: Request, account: str, tracking: str = "", *, bulk: bool = False) -> Sent:
        """Make one request in the name of ``account``. ``tracking`` (ASCII, at most 64) comes back in a ``Report``.
        ``bulk``: it is one of very many, which a process beside this one may make. Raises DeliveryFailed."""

    async def close(self) -> None: ...
