"""The store: each operation of the protocol in the writer thread of its database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final, Literal, TypeVar

from bot.store import changes, held, leases, outbox, queries, questions, retention, tickets, timers
from bot.store.api_protocol import ApiStore
from bot.store.api_store import DatabaseApiStore
from bot.store.broadcast_protocol import BroadcastStore
from bot.store.broadcast_store import DatabaseBroadcastStore
from bot.store.database import Database
from bot.store.deliveries import deliveries, failures, report_all
from bot.store.erasure import erase_address
from bot.store.moving import move
from bot.store.protocol import DueTimer, Known, Lease, Moved, News, OutboxRow, Person, Settled, Taken, Ticket, Work
from bot.store.scanning import Reader
from bot.store.staff_protocol import StaffStore
from bot.store.staff_store import DatabaseStaffStore
from bot.store.standing import Standing, standing
from bot.store.taking import take_all
from bot.store.writer import Measured, Writer

_T = TypeVar("_T")
_FORGET_EVERY_SECONDS: Final = 30.0


class DatabaseStore:
    """``protocol.Store`` but for its opening; belongs to the event loop in which it was made."""

    def __init__(self, database: Database, reading: Callable[[], Database]) -> None:
        """``reading`` makes a second one, for a thread that only reads."""
        self._writer = Writer(database, asyncio.get_running_loop())
        self._reader = Reader(reading)
        self._keys = database.keys
        self._forgotten = float("-inf")
        self.staff: Final[StaffStore] = DatabaseStaffStore(self._writer)
        self.api: Final[ApiStore] = DatabaseApiStore(self._writer)
        self.broadcasts: Final[BroadcastStore] = DatabaseBroadcastStore(self._writer)

    def measure(self, measured: Measured) -> None:
        """From now on each commit is told, in the writer's thread."""
        self._writer.measured = measured

    async def standing(self) -> Standing:
        return await self._alone(standing)

    async def take(self, work: Work) -> Taken:
        taken: Taken = await self._writer.call(take_all, work)
        return taken

    async def claim(self, ids: Sequence[int], fence: int) -> set[int]:
        won: set[int] = await self._writer.call(outbox.claim_all, (fence, ids))
        return won

    async def lease(self, name: str, holder: str) -> Lease | None:
        return await self._alone(partial(leases.take_lease, name=name, holder=holder))

    async def release(self, lease: Lease) -> None:
        await self._alone(partial(leases.end_lease, lease=lease))

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

    async def scan(self, chunk: int = 2_000) -> AsyncIterator[list[Known]]:
        last = -1
        while True:
            after, known = await self._reader.page(last, chunk)
            if after == last:
                return
            last = after
            yield known

    async def changes(self, seen: int) -> tuple[int, list[Known]]:
        found = await self._reader.changes(seen)
        now = asyncio.get_running_loop().time()
        if now - self._forgotten >= _FORGET_EVERY_SECONDS:
            self._forgotten = now
            await self._alone(changes.forget)
        return found

    def account_mark(self, channel: str, account: str) -> bytes:
        return self._keys.account(channel, account)

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
        rows = await self._alone(lambda database: database.connection.execute(queries.KEPT_FLOWS).fetchall())
        return [(flow, version, source) for flow, version, source in rows]

    async def add_counts(self, hour: datetime, counts: Sequence[tuple[str, int]]) -> None:
        number = int(hour.timestamp() // 3600)
        rows = [(number, topic, n) for topic, n in sorted(counts)]
        await self._alone(lambda database: database.write(queries.ADD_COUNT, rows))

    async def kept_questions(self) -> list[bytes]:
        return await self._alone(questions.kept_questions)

    async def sums(self, prefix: str) -> list[tuple[str, int]]:
        return await self._alone(partial(questions.sums, prefix=prefix))

    async def sum_since(self, topic: str, hour: datetime) -> int:
        return await self._alone(partial(questions.sum_since, topic=topic, hour=hour))

    async def sums_by_day(self, prefix: str) -> list[tuple[str, date, int]]:
        return await self._alone(partial(questions.sums_by_day, prefix=prefix))

    async def tickets(self, organisation: str) -> list[Ticket]:
        return await self._alone(partial(tickets.tickets, organisation=organisation))

    async def ticket(self, organisation: str, ticket: bytes) -> tuple[Ticket, list[tuple[int, bytes]]] | None:
        return await self._alone(partial(tickets.ticket, organisation=organisation, public=ticket))

    async def ticket_erased(self, organisation: str, ticket: bytes) -> bool:
        return await self._alone(partial(tickets.was_erased, organisation=organisation, public=ticket))

    async def retain(self, now: datetime, keeps: Callable[[bytes], bool] | None = None) -> dict[str, int]:
        await self._alone(partial(retention.check_clock, now=now))
        removed = {}
        for name, rule in retention.rules(keeps).items():
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

    def tell(self, word: str) -> None:
        """On SQLite there is no other process."""

    def hear(self, callback: Callable[[str], None]) -> None:
        """On SQLite nobody tells anything."""

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()

    async def _alone(self, operation: Callable[[Database], _T]) -> _T:
        return await self._writer.alone(operation)
