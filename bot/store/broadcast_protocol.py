"""Broadcasts as the rest of Safar sees them: alerts that two people let out, and their way to each contact.

The body is opaque bytes, sealed with a key of the ring (it tells whom an alert is for); per contact only a state is
kept (THREATS T36). That two people are needed is the database's own rule (T33). Whatever staff do writes its row of the
audit in the same transaction. Any call can raise StoreError. Times are UTC.
"""

from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Final, Literal, Protocol

import msgspec

from bot.store.api_protocol import Once
from bot.store.protocol import Lease
from bot.store.staff_protocol import Entry

#: draft: may be edited. proposed: waits for a second person. approved: frozen, waits for its time. enrolling: its
#: recipients are being written down. sending, paused: under way. done, cancelled: over.
BroadcastState = Literal["draft", "proposed", "approved", "enrolling", "sending", "paused", "done", "cancelled"]
#: due: waits. sending: claimed. uncertain: it may have arrived, and is not sent again by itself (T75). skipped: not
#: due any more, with a reason: opted-out, blocked, expired, cancelled, no-language, no-template.
DeliveryState = Literal["due", "sending", "sent", "failed", "uncertain", "skipped"]
#: An account made so recently may not approve (T33).
YOUNG_HOURS: Final = 24


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Draft(_Quiet, frozen=True, kw_only=True):
    """What an author or editor decides."""

    body: bytes
    #: SHA-256 of all that an approval binds: texts, segment, organisation, schedule.
    digest: bytes
    #: None: as soon as it is approved.
    starts: datetime | None
    #: Valid until; nobody gets it later.
    ends: datetime
    #: The key of the broadcast whose recipients get this one: a correction or withdrawal; empty for none.
    corrects: bytes = b""


class Broadcast(_Quiet, frozen=True, kw_only=True):
    #: Sixteen random bytes.
    key: bytes
    #: Eight digits that people can check (T37).
    code: str
    organisation: str
    state: BroadcastState
    #: Grows with each save; a save of an older version is refused.
    version: int
    draft: Draft
    author: str
    #: Everybody who ever saved it, the author first: none of them may approve it.
    editors: tuple[str, ...]
    #: Empty before the approval.
    approver: str
    created: datetime
    #: How many recipients were counted when it was approved, and when they were written down.
    counted: int | None = None
    audience: int | None = None
    #: When the first was sent, or None.
    began: datetime | None = None
    #: After the first part of the recipients nothing is sent before this moment (T35).
    held_until: datetime | None = None
    #: Why it is paused or cancelled, a word; empty otherwise.
    reason: str = ""


class DueDelivery(_Quiet, frozen=True, kw_only=True):
    """A recipient, opened, while it is decided whether they get it now."""

    id: int
    contact: bytes
    channel: str
    account: str
    address: str
    profile: bytes
    #: As in ``Person``; None after 30 idle days, and where it was not asked for. It tells when they were last heard.
    session: bytes | None


#: Pure and quick, in the writer thread: ``send`` it now, ``later`` (it stays due), or a reason to skip it.
Judge = Callable[[DueDelivery], str]


class ClaimedDeliveries(_Quiet, frozen=True, kw_only=True):
    """``last`` is where the next claim goes on; 0 when there is nothing behind it. ``later``: how many stay due."""

    rows: tuple[DueDelivery, ...]
    last: int
    later: int


class DeliveryEnd(_Quiet, frozen=True, kw_only=True):
    """``sent`` keeps ``ref`` as ``Settled`` does; ``due``: it was not tried, or is to be tried again. ``code`` is a row
    of the failure table, or the reason of ``skipped``."""

    id: int
    state: Literal["sent", "failed", "uncertain", "skipped", "due"]
    ref: str | None = None
    code: str = ""
    mark: Literal["", "blocked"] = ""


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many recipients stand where; with ``left`` (erased or moved away since) it adds up to the audience."""

    audience: int
    due: int
    sending: int
    sent: int
    uncertain: int
    #: Of ``sent``, as far as the messenger tells.
    delivered: int
    read: int
    left: int
    #: By code of the failure table, the most first.
    failed: tuple[tuple[str, int], ...]
    #: By reason, the most first.
    skipped: tuple[tuple[str, int], ...]


class SavedSegment(_Quiet, frozen=True, kw_only=True):
    """A rule that staff gave a name to, sealed; never changed: each save is the next version, from 1."""

    name: str
    version: int
    body: bytes
    by: str
    at: datetime


Approval = Literal["approved", "stale", "own", "young", "gone"]


class BroadcastStore(Protocol):
    """``organisation`` is that of whoever asks: nobody reaches another's (T29); None for Safar itself and the shell."""

    async def add(self, organisation: str, draft: Draft, entry: Entry, once: Once | None = None) -> Broadcast:
        """A new draft; ``entry.handle`` is its author. With ``once`` the draft of the first time, as it is now; raises
        AskedOtherwise."""

    async def save(self, organisation: str, key: bytes, version: int, draft: Draft, entry: Entry) -> Broadcast | None:
        """Edit a draft; one that was proposed or approved, and has not begun, is a draft again. None: not theirs,
        begun, or somebody saved a newer version."""

    async def propose(self, organisation: str, key: bytes, version: int, entry: Entry) -> bool: ...

    async def approve(self, organisation: str, key: bytes, digest: bytes, counted: int, entry: Entry) -> Approval:
        """``stale``: it is not what was looked at. ``own``: ``entry.handle`` wrote or edited it. ``young``: the
        account is younger than ``YOUNG_HOURS``. ``gone``: not theirs, or not proposed."""

    async def turn(
        self,
        organisation: str | None,
        key: bytes,
        before: Sequence[BroadcastState],
        state: BroadcastState,
        reason: str = "",
        entry: Entry | None = None,
    ) -> bool:
        """Compare and set; False: it was in none of the states ``before``. To ``cancelled``: what is due is skipped.
        To anything that sends only after an approval: the database itself refuses else."""

    async def broadcast(self, organisation: str | None, key: bytes) -> Broadcast | None: ...

    async def broadcasts(
        self, organisation: str | None, states: Sequence[BroadcastState] = (), limit: int = 200
    ) -> list[Broadcast]:
        """The newest first; all states when none is named."""

    async def by_code(self, code: str) -> Broadcast | None:
        """Of one that was sent, in part or whole."""

    async def enrol(self, key: bytes, recipients: Sequence[tuple[int, bytes]]) -> None:
        """Write down recipients (contact's number, ``account_mark``) of a broadcast that is ``enrolling``, a chunk at a
        time; those known already or erased meanwhile are left out."""

    async def enrol_corrected(self, key: bytes) -> None:
        """All at once: whoever got, or may have got, the broadcast that this one corrects."""

    async def start(self, key: bytes, paused: str = "") -> int:
        """``enrolling`` becomes ``sending``, or with a reason ``paused``; the audience is fixed, and returned."""

    async def enrol_again(self, key: bytes) -> None:
        """After a crash in the middle: nobody is written down any more."""

    async def claim_deliveries(
        self, key: bytes, account: bytes, lease: Lease, after: int, limit: int, judge: Judge, *, sessions: bool = True
    ) -> ClaimedDeliveries:
        """Rows of one account, by id, from ``after`` on, that are due: those to be sent now become ``sending``,
        and with the first of all the broadcast has begun. ``sessions``: theirs are opened too.
        Nothing when the lease is another's by now or the broadcast does not send. Raises what ``judge`` raises."""

    async def settle_deliveries(self, key: bytes, lease: Lease, results: Sequence[DeliveryEnd]) -> None:
        """Results of rows that are erased, or were taken over under another lease, are ignored."""

    async def release_deliveries(self, key: bytes, lease: Lease, held: Container[int]) -> list[int]:
        """What a claim took under this lease whose answer never came is due again: all that is not ``held``."""

    async def hold(self, key: bytes, until: datetime) -> None:
        """Set ``began`` if it is not, and ``held_until``."""

    async def recover_deliveries(self) -> int:
        """Rows that were claimed under a lease that is no more become ``uncertain``; returns how many."""

    async def decide_uncertain(self, organisation: str, key: bytes, *, repeat: bool, entry: Entry) -> int:
        """A person decides: send them once more, or leave them as failed (``unclear``). Returns how many; 0 for what is
        cancelled, which is not repeated. One that is ``done`` sends again."""

    async def tally(self, organisation: str | None, key: bytes) -> Tally | None:
        """After 30 days from sums (T11)."""

    async def unattended_accounts(self, key: bytes) -> list[bytes]:
        """Marks of the accounts for which rows are due while no process sends from them; none unless it is
        ``sending``."""

    async def save_segment(self, organisation: str, name: str, body: bytes, entry: Entry) -> SavedSegment:
        """The next version of that name; ``entry.handle`` saves it."""

    async def segments(self, organisation: str) -> list[SavedSegment]:
        """Every version, by name, the newest first."""
