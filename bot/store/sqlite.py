"""The store on one SQLite file."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal, TypeVar

from bot.store import held, outbox, queries, questions, retention, tickets, timers
from bot.store.database import Database
from bot.store.deliveries import deliveries, failures, report_all
from bot.store.erasure import erase_address
from bot.store.keys import Keys
from bot.store.moving import move
from bot.store.protocol import DueTimer, Moved, News, OutboxRow, Person, Settled, Taken, Ticket, Work
from bot.store.schema import open_database
from bot.store.sqlite_staff import SqliteStaffStore
from bot.store.staff_protocol import StaffStore
from bot.store.taking import take_all
from bot.store.writer import Writer

_T = TypeVar("_T")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SqliteStore:
    """``protocol.Store`` on SQLite. Made by ``open``; belongs to the event loop in which it was opened."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.staff: Final[StaffStore] = SqliteStaffStore(writer)

    @classmethod
    async def open(cls, path: Path, keys: Keys, *, clock: Callable[[], datetime] = _utc_now) -> "SqliteStore":
        """Create or open the file. Raises StoreError with one sentence on what to do; then the file is untouched."""
        connection = await asyncio.to_thread(open_database, path, keys, now=clock().timestamp())
        return cls(Writer(Database(path, connection, keys, clock), asyncio.get_running_loop()))

    async def take(self, work: Work) -> Taken:
        taken: Taken = await self._writer.call(take_all, work)
        return taken

    async def claim(self, ids: Sequence[int]) -> set[int]:
        won: set[int] = await self._writer.call(outbox.claim_all, ids)
        return won

    async def settle(self, results: Sequence[Settled]) -> None:
        await self._writer.call(outbox.settle_all, results)

    async def unsent(self, channels: Sequence[str], limit: int, after: int = 0) -> list[OutboxRow]:
        return await self._alone(partial(outbox.unsent, channels=channels, limit=limit, after=after))

    async def pending(self, channel: str, account: str, address: str) -> list[OutboxRow]:
        return await self._alone(partial(outbox.pending, channel=channel, account=account, address=address))

    async def report(self, news: Sequence[News]) -> None:
        await self._writer.call(report_all, news)

    async def deliveries(self) -> dict[str, int]:
        return await self._alone(deliveries)

    async def failures(self, channel: str) -> list[tuple[str, int]]:
        return await self._alone(partial(failures, channel=channel))

    async def move(
        self, code: str, channel: str, account: str, address: str, farewell: Callable[[Person], bytes]
    ) -> Moved | None:
        return await self._alone(
            partial(move, code=code, channel=channel, account=account, address=address, farewell=farewell)
        )

    async def recover(self) -> int:
        return await self._alone(outbox.recover)

    async def mark(self, channel: str, account: str, address: str, state: Literal["active", "blocked"]) -> None:
        await self._alone(partial(outbox.mark, channel=channel, account=account, address=address, state=state))

    async def due_timers(self, now: datetime, limit: int) -> list[DueTimer]:
        return await self._alone(partial(timers.due_timers, now=now, limit=limit))

    async def drop_timer(self, id: int) -> None:
        await self._alone(partial(timers.drop_timer, number=id))

    async def erase(self, channel: str, account: str, address: str) -> bool:
        return await self._alone(partial(erase_address, channel=channel, account=account, address=address))

    async def keep_flow(self, flow: str, version: str, source: bytes) -> None:
        await self._alone(lambda database: database.write(queries.KEEP_FLOW, [(flow, version, source)]))

    async def kept_flows(self) -> list[tuple[str, str, bytes]]:
        return await self._alone(lambda database: database.connection.execute(queries.KEPT_FLOWS).fetchall())

    async def add_counts(self, hour: datetime, counts: Sequence[tuple[str, int]]) -> None:
        number = int(hour.timestamp() // 3600)
        rows = [(number, topic, n) for topic, n in counts]
        await self._alone(lambda database: database.write(queries.ADD_COUNT, rows))

    async def kept_questions(self) -> list[bytes]:
        return await self._alone(questions.kept_questions)

    async def sums(self, prefix: str) -> list[tuple[str, int]]:
        return await self._alone(partial(questions.sums, prefix=prefix))

    async def sums_by_day(self, prefix: str) -> list[tuple[str, date, int]]:
        return await self._alone(partial(questions.sums_by_day, prefix=prefix))

    async def tickets(self, organisation: str) -> list[Ticket]:
        return await self._alone(partial(tickets.tickets, organisation=organisation))

    async def ticket(self, organisation: str, ticket: bytes) -> tuple[Ticket, list[tuple[int, bytes]]] | None:
        return await self._alone(partial(tickets.ticket, organisation=organisation, public=ticket))

    async def ticket_erased(self, organisation: str, ticket: bytes) -> bool:
        return await self._alone(partial(tickets.was_erased, organisation=organisation, public=ticket))

    async def retain(self, now: datetime) -> dict[str, int]:
        await self._alone(partial(retention.check_clock, now=now))
        removed = {}
        for name, rule in retention.rules().items():
            removed[name] = 0
            done = False
            while not done:
                rows, done = await self._alone(partial(rule, now=now.timestamp()))
                removed[name] += rows
        await self._alone(partial(retention.finish, now=now))
        return removed

    async def trust_clock(self, now: datetime) -> None:
        """A person says that the clock is right after ClockJumped."""
        await self._alone(partial(retention.set_clock, now=now))

    async def held(self) -> int:
        """Replies and timers that a restore holds back (T16)."""
        return await self._alone(held.count)

    async def release_held(self) -> None:
        """A person says that they may leave."""
        await self._alone(held.release)

    async def discard_held(self) -> None:
        await self._alone(held.discard)

    async def close(self) -> None:
        await self._writer.close()

    async def _alone(self, operation: Callable[[Database], _T]) -> _T:
        return await self._writer.alone(operation)
