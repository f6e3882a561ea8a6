"""Staff as the rest of Safar sees them: accounts, sessions, and the audit of what was done.

Staff are handles: no e-mail, phone or address is kept (THREATS T38). Secrets come in as they are and are hashed or
sealed here. Whatever changes something writes its row of the audit in the same transaction. Any call can raise
StoreError. Times are UTC.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

#: How long a session lasts (T43).
IDLE_MINUTES: Final = 30
SESSION_HOURS: Final = 12
#: Between the password and the code, or between the invitation and the first password.
STEP_MINUTES: Final = 15
#: How many different tickets one account may open in an hour (T31).
MOST_TICKETS: Final = 30

Level = Literal["joining", "password", "full"]
What = Literal[
    "signed-in",
    "sign-in-failed",
    "code-confirmed",
    "recovery-code-used",
    "signed-out",
    "sessions-ended",
    "joined",
    "password-changed",
    "codes-renewed",
    "staff-added",
    "roles-changed",
    "staff-disabled",
    "reset-asked",
    "staff-reset",
    "ticket-opened",
    "reading-stopped",
    "ticket-answered",
    "ticket-noted",
    "ticket-closed",
    "transfer-offered",
    "token-added",
    "token-ended",
    "webhook-set",
    "webhook-dropped",
    "alert-drafted",
    "alert-saved",
    "alert-small-allowed",
    "alert-proposed",
    "alert-proposal-withdrawn",
    "alert-approved",
    "alert-paused",
    "alert-resumed",
    "alert-cancelled",
    "alert-decided",
    "segment-saved",
]


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Account(_Quiet, frozen=True, kw_only=True):
    id: int
    handle: str
    organisation: str
    roles: frozenset[str]
    state: Literal["invited", "active", "disabled"]
    #: UTC, to the minute.
    created: datetime
    #: A PHC string; empty before the first sign-in.
    password: str
    #: 160 random bits.
    totp: bytes
    #: The last time step whose code was accepted (T41).
    step: int
    #: Who asked for a reset that a second admin has not granted yet; empty for nobody.
    reset_by: str = ""


class Session(_Quiet, frozen=True, kw_only=True):
    """A browser that is signed in, or half-way."""

    account: Account
    level: Level
    #: When a one-time code was last given in it.
    confirmed: datetime


class Invitation(_Quiet, frozen=True, kw_only=True):
    """``token`` is told to the person once; ``totp`` is the secret of their codes from then on."""

    token: bytes
    totp: bytes
    until: datetime


class Factor(_Quiet, frozen=True, kw_only=True):
    """A second factor, already found right for its account: the time step of a code, or a recovery code. What makes it
    count once is that the store takes it."""

    step: int = 0
    code: bytes = b""


class Entry(_Quiet, frozen=True, kw_only=True):
    """A row of the audit. ``handle`` is empty where nobody known acted; ``object`` is kept as a keyed hash."""

    handle: str
    what: What
    object: bytes = b""


class Audited(_Quiet, frozen=True, kw_only=True):
    id: int
    at: datetime
    handle: str
    what: str
    #: The handle that was acted on, for acts on accounts.
    whom: str = ""


class StaffStore(Protocol):
    """``organisation`` of an act on an account is that of the admin, who reaches no other; None for the shell."""

    async def add(
        self, handle: str, organisation: str, roles: Sequence[str], invitation: Invitation, entry: Entry
    ) -> bool:
        """False: the handle is taken, for ever."""

    async def account(self, handle: str) -> Account | None: ...

    async def accounts(self, organisation: str | None) -> list[Account]:
        """By handle."""

    async def set_roles(self, organisation: str | None, handle: str, roles: Sequence[str], entry: Entry) -> bool:
        """Ends the account's sessions, as the next two do. False: no such account."""

    async def disable(self, organisation: str | None, handle: str, entry: Entry) -> bool: ...

    async def reset(self, organisation: str | None, handle: str, invitation: Invitation, entry: Entry) -> bool:
        """Password, codes and sessions end; the invitation is the way in. A disabled account comes back by it."""

    async def ask_reset(self, organisation: str, handle: str, by: str, until: datetime, entry: Entry) -> bool:
        """The first of two admins (T44)."""

    async def reset_asked_by(self, organisation: str, handle: str) -> str:
        """Who asked, while it counts; empty for nobody."""

    async def invited(self, handle: str, token: bytes) -> Account | None:
        """Whose invitation that is, while it counts."""

    async def join(
        self, session: bytes, password: str, step: int, codes: Sequence[bytes], token: bytes, entry: Entry
    ) -> bool:
        """The end of an invitation: the account is active, and ``token`` its session. False: not invited any more."""

    async def begin(self, staff_id: int, level: Level, token: bytes) -> None: ...

    async def session(self, token: bytes) -> Session | None:
        """None: ended, idle for 30 minutes, older than 12 hours, or the account is not what it was."""

    async def touch(self, token: bytes) -> None:
        """The person did something: the 30 minutes begin anew."""

    async def second_factor(self, session: bytes, factor: Factor, token: bytes, entry: Entry) -> bool:
        """From ``password`` to ``full``, under a new token. False: the factor was used before, or the session ended."""

    async def confirm(self, session: bytes, factor: Factor, entry: Entry) -> bool:
        """The same person still sits there. False as in ``second_factor``."""

    async def set_password(self, staff_id: int, password: str, token: bytes, entry: Entry) -> None:
        """Ends all sessions, as the next one does; ``token`` is the only one from now on."""

    async def set_codes(self, staff_id: int, codes: Sequence[bytes], token: bytes, entry: Entry) -> None: ...

    async def end(self, session: bytes, entry: Entry) -> None: ...

    async def end_others(self, session: bytes, entry: Entry) -> int:
        """All of the account's but this one; returns how many."""

    async def record(self, entry: Entry) -> None: ...

    async def open_ticket(self, handle: str, ticket: bytes, *, again: bool) -> bool:
        """Records that it is looked at; ``again``: it lies open already, one row in ten minutes is enough. False: it
        would be the 31st in an hour (T31)."""

    async def audit(self, organisation: str | None, limit: int) -> list[Audited]:
        """The newest first, of the organisation's accounts."""
