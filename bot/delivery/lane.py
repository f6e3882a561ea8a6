"""What waits for one contact, in the order in which it must arrive."""

import asyncio
from collections import deque
from collections.abc import Iterable

import msgspec

from bot.channels import Channel, Request
from bot.delivery.ways import Way
from bot.store import OutboxRow


class Recipient(msgspec.Struct, frozen=True):
    channel: str
    account: str
    address: str

    def __repr__(self) -> str:
        return f"Recipient({self.channel})"


class Job:
    """One thing to be done for a contact, and how far it has come.

    A reply (``row``), requests beside the replies, or the removal (``wipe``) of the messages with these references.
    """

    __slots__ = (
        "arrived",
        "claimed",
        "closed",
        "dropped",
        "fence",
        "made",
        "plain",
        "refs",
        "requests",
        "row",
        "tries",
        "unclear",
        "urgent",
        "wipe",
    )

    def __init__(
        self,
        row: OutboxRow | None = None,
        *,
        requests: Iterable[Request] | None = None,
        wipe: tuple[str, ...] | None = None,
    ) -> None:
        self.row = row
        self.wipe = wipe
        #: What is still to be sent; None before the first rendering.
        self.requests = None if requests is None else deque(requests)
        self.refs: list[str] = []
        self.urgent = wipe is not None
        #: Seconds since 1970.
        self.made: float = 0
        self.tries = 0
        #: An attempt ended without an answer; a row that was claimed before this process saw it may have been.
        self.unclear = row is not None and row.attempts > 0
        #: How many requests came after each that the platform says has arrived.
        self.arrived: set[int] = set()
        #: It is written down as being sent, under a lease with this fence.
        self.claimed = False
        self.fence = 0
        #: Only a template may be sent.
        self.closed = False
        #: It has become plain text, because its form was refused.
        self.plain = False
        #: The person hid the chat before it was sent.
        self.dropped = False

    @property
    def left(self) -> int:
        """Requests that count and come after the next one."""
        assert self.requests is not None
        return sum(not request.aside for request in self.requests) - 1

    @property
    def id(self) -> int:
        """0 for what is in memory only."""
        return self.row.id if self.row else 0


class Lane:
    __slots__ = ("busy", "jobs", "refs", "task", "to", "way")

    def __init__(self, to: Recipient, way: Way) -> None:
        self.to = to
        self.way = way
        self.jobs: deque[Job] = deque()
        self.task: asyncio.Task[None] | None = None
        #: Between the claim of a row and the record of its end.
        self.busy = False
        #: Messages that arrived while the lane lives: the store may not know them yet when the chat is hidden.
        self.refs: list[str] = []

    @property
    def channel(self) -> Channel:
        return self.way.channel

    def add(self, job: Job) -> None:
        """At its place: rows by their ids, but never before the one under way."""
        place = len(self.jobs)
        while job.id and place > 1 and self.jobs[place - 1].id > job.id:
            place -= 1
        self.jobs.insert(place, job)

    def drop(self) -> None:
        """What was to be said is not said any more."""
        for job in self.jobs:
            job.dropped = True

    @property
    def keeps_what_nothing_else_knows(self) -> bool:
        """There are last words of someone erased, or messages to remove, which no later process would find."""
        return any(not job.id and (job.row is not None or job.wipe is not None) for job in self.jobs)
