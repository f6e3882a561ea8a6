"""The store as the rest of Safar sees it; SQLite now, PostgreSQL behind the same names.

Every call is safe to repeat. Times are UTC. Bodies are opaque bytes: the store seals them (THREATS T1-T5) and never
looks inside. Many waiting calls share one commit; a call returns only after its commit is durable. Any call can raise
StoreError. ``repr`` of what is personal shows nothing of it, so that no log or traceback can.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

import msgspec


class _Quiet(msgspec.Struct, frozen=True, kw_only=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Ticket(_Quiet, frozen=True, kw_only=True):
    """A request for a person. ``head`` is what the caller keeps of it; ``last`` is the id of its newest line, 0 before
    the first. Closed for 24 hours it is destroyed, and its key with it (T30)."""

    id: bytes
    head: bytes
    open: bool
    last: int


class Person(_Quiet, frozen=True, kw_only=True):
    """What is known of a contact before a turn; all None for someone new, ``session`` None after 30 idle days."""

    profile: bytes | None = None
    session: bytes | None = None
    #: The newest one, open or closed.
    ticket: Ticket | None = None
    #: Codes of the alerts that were sent to them, or may have been. Asked only when it is needed.
    alerts: Callable[[], Collection[str]] = tuple

    def __eq__(self, other: object) -> bool:
        """By what is known, not by how more can be asked."""
        mine = (self.profile, self.session, self.ticket)
        return isinstance(other, Person) and mine == (other.profile, other.session, other.ticket)

    def __hash__(self) -> int:
        return hash((self.profile, self.session))


class Timer(_Quiet, frozen=True, kw_only=True):
    """Wakes the conversation at ``due``. A ``wait`` timer replaces the contact's previous one; reminders add up."""

    due: datetime
    body: bytes
    kind: Literal["wait", "reminder"] = "wait"


class TicketChange(_Quiet, frozen=True, kw_only=True):
    """What a turn does to the contact's ticket. ``opens`` begins a new one, which is an error beside an open one."""

    head: bytes
    #: Bodies of what is added, in order.
    lines: tuple[bytes, ...] = ()
    opens: bool = False
    closes: bool = False
    #: Whose it is from now on; "" leaves it where it is.
    organisation: str = ""


class Outcome(_Quiet, frozen=True, kw_only=True):
    """What a turn leaves behind, written in one transaction with the update's id.

    ``forget`` wins over everything else: the contact and all that refers to it is erased (T14), nothing of this
    turn is stored, and its replies come back in ``Taken.rows`` with id 0, to be sent from memory.
    """

    #: None leaves what is there, as it does for ``session``.
    profile: bytes | None = None
    session: bytes | None = None
    #: Bodies of replies, in the order in which they must arrive.
    outbox: tuple[bytes, ...] = ()
    timers: tuple[Timer, ...] = ()
    #: Bodies of questions without an answer, of someone who agreed that editors read them; kept for 30 days.
    questions: tuple[bytes, ...] = ()
    #: A code by which the person may come over from another channel within ten minutes; it ends an earlier one (T24).
    move: str = ""
    ticket: TicketChange | None = None
    #: Codes of alerts that the replies show: they count as sent, so that each comes once and a correction follows it.
    alerts: tuple[str, ...] = ()
    #: Gather the references of recent messages into ``Taken.wipe``, and drop what waits for the person since earlier.
    hide: bool = False
    forget: bool = False


class Work(_Quiet, frozen=True, kw_only=True):
    """One update to be taken. ``step`` is pure and quick; it runs inside the writer, in order of arrival."""

    #: Kind of channel, kept clear: telegram, whatsapp, web, terminal.
    channel: str
    #: The channel's account that received it (a bot's id, a phone-number id); look-ups are separated by it (T3).
    account: str
    #: Whom to answer, in the channel's own form; empty when ``contact`` or ``ticket`` is given.
    address: str = ""
    #: Other addresses of the same person: whoever is known by one of them is known by ``address`` from now on, and
    #: several contacts become one. Ignored when ``contact`` is given.
    also: tuple[str, ...] = ()
    #: The contact's id, for timers.
    contact: bytes = b""
    #: A ticket and whose it is, for caseworkers: both must be right (T29). The contact may have blocked the bot.
    ticket: bytes = b""
    organisation: str = ""
    #: The platform's id of the update; None for what Safar itself started. Remembered as a keyed hash for 8 days.
    update: str | None = None
    #: The platform's id of the person's message, kept sealed for 48 hours so that it can be deleted (T17).
    ref: str | None = None
    step: Callable[[Person], Outcome]


class OutboxRow(_Quiet, frozen=True, kw_only=True):
    """A reply on its way. ``attempts`` counts the claims so far."""

    id: int
    contact: bytes
    channel: str
    account: str
    address: str
    body: bytes
    attempts: int = 0


class Taken(_Quiet, frozen=True, kw_only=True):
    """``repeat``: the update had been taken before; nothing was done, and ``rows`` holds what is still unsent of it
    for channels that pull (the web chat). ``error``: ``step`` raised; nothing was written, not even the update's id.
    ``gone``: the timer of a contact that is erased or has blocked the bot, or no such ticket of that organisation;
    nothing was done."""

    repeat: bool = False
    gone: bool = False
    error: Exception | None = None
    contact: bytes = b""
    rows: tuple[OutboxRow, ...] = ()
    #: Platform ids of messages younger than 48 hours, the bot's and the person's, oldest first.
    wipe: tuple[str, ...] = ()


class Settled(_Quiet, frozen=True, kw_only=True):
    """How a sending ended. ``sent`` keeps ``ref`` (the message's id, sealed) for 48 hours; ``retry`` waits until
    ``due``; ``failed`` keeps only ``code``. ``mark`` changes the contact: blocked contacts get nothing more."""

    id: int
    state: Literal["sent", "retry", "failed"]
    ref: str | None = None
    due: datetime | None = None
    code: str = ""
    mark: Literal["", "blocked"] = ""
    #: The messenger will tell what became of it: ``Store.report``.
    reported: bool = False
    #: Under which the row was claimed; the result of an older claim than the row's last one is ignored.
    fence: int = 0


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to do what ``name`` stands for until it ends, ten seconds after it was last renewed. ``fence`` is
    another, higher number for each new holder."""

    name: str
    fence: int


class Known(_Quiet, frozen=True, kw_only=True):
    """What an index in memory knows of a contact. ``number`` is its id; ``account`` a mark of our account that writes
    to it. ``channel`` empty: the contact is gone, or can be opened no more."""

    number: int
    channel: str = ""
    account: bytes = b""
    active: bool = False
    #: Days since 1970, UTC.
    seen_day: int = 0
    profile: bytes | None = None


class News(_Quiet, frozen=True, kw_only=True):
    """What became of a message of the outbox row ``id``. ``whole``: with it the whole row has arrived."""

    id: int
    state: Literal["sent", "failed", "delivered", "read"]
    whole: bool = True
    code: str = ""


class Moved(_Quiet, frozen=True, kw_only=True):
    """A person came over from another channel; ``farewell`` is the row for the chat that they left."""

    farewell: OutboxRow | None


class DueTimer(_Quiet, frozen=True, kw_only=True):
    id: int
    contact: bytes
    channel: str
    account: str
    body: bytes
    kind: Literal["wait", "reminder"]


class Store(Protocol):
    """All queries that Safar asks, by name (STYLE 10)."""

    async def take(self, work: Work) -> Taken:
        """Take one update: load, step, write. Works of one contact are done in the order of the calls."""

    async def mark(self, channel: str, account: str, address: str, state: Literal["active", "blocked"]) -> None:
        """The person blocked the bot or came back; unknown addresses are ignored."""

    async def unsent(self, channels: Sequence[str], limit: int, after: int = 0) -> list[OutboxRow]:
        """Waiting rows that are due, by id, for channels that push; bodies opened. Blocked contacts are left out."""

    async def pending(self, channel: str, account: str, address: str) -> list[OutboxRow]:
        """Waiting rows of one address, for channels that pull."""

    async def lease(self, name: str, holder: str) -> Lease | None:
        """Take the lease or renew it; ``holder`` names the process. None: another process holds it. A store that
        only one process can send from gives it to whoever asks last."""

    async def release(self, lease: Lease) -> None:
        """Another may have it at once."""

    async def claim(self, ids: Sequence[int], fence: int) -> set[int]:
        """Mark rows as being sent, before they are, under a lease; returns the ids that still exist and were
        waiting: none when somebody else has the lease by now."""

    async def settle(self, results: Sequence[Settled]) -> None:
        """Record how sendings ended. Rows that are gone (erased meanwhile) are ignored. ``sent`` empties the body."""

    async def report(self, news: Sequence[News]) -> None:
        """Record what became of messages; a state never goes back (F23), and what has arrived is not sent again (T75).
        News of rows that nobody knows are ignored."""

    async def deliveries(self) -> dict[str, int]:
        """How many messages of the last 30 days stand in each state of ``News``."""

    async def failures(self, channel: str) -> list[tuple[str, int]]:
        """Codes with which messages of the last 30 days failed, with how many; the most first."""

    async def move(
        self, code: str, channel: str, account: str, address: str, farewell: Callable[[Person], bytes]
    ) -> Moved | None:
        """Bring the person who was given ``code`` over to this address: the profile and what they asked to be reminded
        of, not the conversation (T24). Whoever was known here before becomes the same person, the profile that comes
        over wins. ``farewell`` makes the last words for the chat that they leave. None: there is no such code, it is
        over ten minutes old, or it was used. The same call once more gives the same answer, without a farewell."""

    def scan(self, chunk: int = 2_000) -> AsyncIterator[list[Known]]:
        """Every contact, opened, for an index; beside the turns, which go on meanwhile."""

    async def changes(self, seen: int) -> tuple[int, list[Known]]:
        """Contacts that changed since the call that returned ``seen`` (0: those of the last minutes), as they are now,
        and where to go on. They are remembered for two minutes. Raises ChangesLost."""

    def account_mark(self, channel: str, account: str) -> bytes:
        """``Known.account`` of one of our own accounts."""

    async def recover(self) -> int:
        """Rows that were claimed under a lease that is no more wait again if it was their first claim, else fail as
        ``unclear`` (T75: a reply is repeated once). Returns how many wait again."""

    async def due_timers(self, now: datetime, limit: int) -> list[DueTimer]:
        """Timers whose time has come, oldest first."""

    async def drop_timer(self, id: int) -> None: ...

    async def erase(self, channel: str, account: str, address: str) -> bool:
        """*Delete me* from outside the chat; False when there was nobody."""

    async def keep_flow(self, flow: str, version: str, source: bytes) -> None:
        """Remember a published version of a flow (public, clear) for sessions that began in it."""

    async def kept_flows(self) -> list[tuple[str, str, bytes]]: ...

    async def add_counts(self, hour: datetime, counts: Sequence[tuple[str, int]]) -> None:
        """Add to the sums by topic; called in batches (T12)."""

    async def kept_questions(self) -> list[bytes]:
        """Bodies of the questions that people let editors read, oldest first."""

    async def sums(self, prefix: str) -> list[tuple[str, int]]:
        """Topics of ``add_counts`` that begin so, with their sums, the largest first."""

    async def sum_since(self, topic: str, hour: datetime) -> int:
        """The sum of one topic from that hour on."""

    async def sums_by_day(self, prefix: str) -> list[tuple[str, date, int]]:
        """The same by day (UTC), in no order."""

    async def tickets(self, organisation: str) -> list[Ticket]:
        """All of an organisation that are not destroyed, in the order of their opening."""

    async def ticket(self, organisation: str, ticket: bytes) -> tuple[Ticket, list[tuple[int, bytes]]] | None:
        """A ticket with its lines (id, body), in order; None: not theirs, destroyed, or never was."""

    async def ticket_erased(self, organisation: str, ticket: bytes) -> bool:
        """Has the person erased themselves while this ticket was open? Known for 14 days, to its organisation alone."""

    async def retain(self, now: datetime, keeps: Callable[[bytes], bool] | None = None) -> dict[str, int]:
        """Remove what is past its time (T11); returns rows removed by rule. ``keeps`` says by a profile who stays
        beyond 180 silent days (M5); pure and quick, in the writer thread. Raises ClockJumped on a leap of a day."""

    def tell(self, word: str) -> None:
        """A hint for the other processes on this database: printable ASCII, at most 100, nothing personal. It may get
        lost; whoever acts on it also looks by itself from time to time."""

    def hear(self, callback: Callable[[str], None]) -> None:
        """Be called with what other processes tell from now on."""

    async def close(self) -> None:
        """Finish what waits, checkpoint, close. Further calls raise StoreClosed."""


class StoreError(Exception):
    """The store cannot be used; the message is one sentence that says what to do."""


class StoreClosed(StoreError):
    pass


class ChangesLost(StoreError):
    """Changes after the moment that was named are forgotten: scan again."""


class ClockJumped(StoreError):
    """The clock moved by more than a day since the last run of the retention job; it stands still and asks."""
