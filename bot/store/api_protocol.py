"""Other systems of an organisation, as the rest of Safar sees them: their tokens, what they asked, where they are told.

Secrets come in as they are and are hashed or sealed here. Whatever staff do writes its row of the audit in the same
transaction. Any call can raise StoreError. Times are UTC.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal, Protocol

import msgspec

from bot.store.protocol import StoreError
from bot.store.staff_protocol import Entry

#: An answer is remembered so long.
ANSWER_HOURS: Final = 24
#: After a change of the secret both sign for so long.
ROTATING_HOURS: Final = 72
#: A call whose process died may be made again so much later; longer than a call takes.
CALL_SECONDS: Final = 60


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Token(_Quiet, frozen=True, kw_only=True):
    """What another system may do; it counts up to and with ``until``. ``handle`` is its name as an author."""

    id: int
    label: str
    organisation: str
    scopes: frozenset[str]
    made_by: str
    created: date
    until: date
    #: None: never.
    used: date | None
    ended: bool

    @property
    def handle(self) -> str:
        return handle_of(self.label)


def handle_of(label: str) -> str:
    """No account can have this name."""
    return f"api:{label}"


class Once(_Quiet, frozen=True, kw_only=True):
    """What a system asks for once, by a ``key`` of its own; ``body`` is the whole of what it asks."""

    token: int
    key: bytes
    body: bytes


class AskedOtherwise(StoreError):
    """The key of a ``Once`` came before, with another body; nothing was done."""


class Webhook(_Quiet, frozen=True, kw_only=True):
    """Where an organisation is told, and the secrets that sign: the second one while they are changed. ``ended``: the
    receiver said that it is gone."""

    organisation: str
    url: str
    secrets: tuple[bytes, ...]
    ended: bool = False


CallState = Literal["waiting", "calling", "done", "given-up", "ended"]


class WebhookCall(_Quiet, frozen=True, kw_only=True):
    """One thing to be told. ``status`` is that of the last answer, 0 where none came. ``tries`` counts the claims."""

    id: int
    #: Sixteen random bytes, the same at each try.
    message: bytes
    organisation: str
    #: The alert's key.
    broadcast: bytes
    event: Literal["done", "cancelled", "paused"]
    #: Why it is paused or cancelled, a word.
    reason: str
    state: CallState
    made: datetime
    tries: int
    status: int


class ApiStore(Protocol):
    """``organisation`` is that of the admin, who reaches no other; None for the shell."""

    async def add_token(
        self, label: str, organisation: str, scopes: Sequence[str], secret: bytes, until: date, entry: Entry
    ) -> bool:
        """False: the label is taken, for ever."""

    async def tokens(self, organisation: str | None) -> list[Token]:
        """By label, the ended ones too."""

    async def end_token(self, organisation: str | None, label: str, entry: Entry) -> bool:
        """False: no such token, or it has ended."""

    async def token(self, secret: bytes) -> Token | None:
        """Whose secret that is, while it counts; that it was used today is kept."""

    async def set_webhook(self, organisation: str, url: str, secret: bytes, entry: Entry) -> None:
        """``secret`` b"" keeps the one that is there. A new one signs beside the last one for ``ROTATING_HOURS``; where
        there was none, alone."""

    async def drop_webhook(self, organisation: str, entry: Entry) -> bool:
        """What waits to be told is not told any more. False: there is none."""

    async def webhook(self, organisation: str) -> Webhook | None: ...

    async def calls(self, organisation: str, limit: int) -> list[WebhookCall]:
        """The newest first."""

    async def claim_calls(self, limit: int) -> list[WebhookCall]:
        """Those that are due, the oldest first; nobody else gets them for ``CALL_SECONDS``."""

    async def settle_call(self, call: WebhookCall, state: CallState, status: int, due: datetime | None = None) -> bool:
        """``waiting`` until ``due``; ``ended`` ends the webhook and what waits for it. False: another claimed it since,
        and nothing was done."""
