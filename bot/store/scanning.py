"""Contacts opened for an index, beside the turns: short reads in a thread and on a connection of their own."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from bot.store import queries
from bot.store.changes import Reading
from bot.store.database import ADDRESS, PROFILE, WRAPPED, Database, unpack_address
from bot.store.protocol import Known, StoreClosed, StoreError
from bot.store.sealing import SealBroken, open_row, polite

_T = TypeVar("_T")
_MOST_MARKS: Final = 512


class Reader:
    """Opens its database when it is first asked."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open = open_database
        self._database: Database | None = None
        self._closed = False
        self._changes = Reading()
        self._thread = ThreadPoolExecutor(1, "safar-reader")

    async def page(self, after: int, limit: int) -> tuple[int, list[Known]]:
        """Contacts behind the number ``after``, and the number of the last; it stays the same at the end."""
        return await self._do(lambda database: _page(database, after, limit))

    async def changes(self, seen: int) -> tuple[int, list[Known]]:
        return await self._do(lambda database: self._changed(database, seen))

    async def close(self) -> None:
        if not self._closed and self._database is not None:
            await self._do(lambda database: database.close())
        self._closed = True
        self._thread.shutdown()

    async def _do(self, read: Callable[[Database], _T]) -> _T:
        def run() -> _T:
            if self._database is None:
                self._database = self._open()
            try:
                return read(self._database)
            except StoreError:
                raise
            except Exception as error:
                database, self._database = self._database, None
                database.close()
                raise database.explain(error) from error

        if self._closed:
            raise StoreClosed("The store is closed: nothing can be read or written any more.")
        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _changed(self, database: Database, seen: int) -> tuple[int, list[Known]]:
        after, contacts = self._changes.read(database, seen)
        known = {contact: Known(number=contact) for contact in contacts}
        for at in range(0, len(contacts), _MOST_MARKS):
            rows = database.select(queries.KNOWN, contacts[at : at + _MOST_MARKS])
            known.update((one.number, one) for one in _opened(database, rows))
        return after, [*known.values()]


def _page(database: Database, after: int, limit: int) -> tuple[int, list[Known]]:
    rows = database.connection.execute(queries.KNOWN_AFTER, (after, limit)).fetchall()
    return rows[-1][0] if rows else after, [*_opened(database, rows)]


def _opened(database: Database, rows: Iterable[Any]) -> Iterable[Known]:
    """One whose seal is broken is left out: nothing can be sent to it."""
    ring, account_mark = database.keys.wrapping, database.keys.account
    for index, (number, channel, state, seen_day, address, profile, wrapped) in enumerate(rows):
        polite(index)
        try:
            cells = ((ADDRESS, address),) if profile is None else ((ADDRESS, address), (PROFILE, profile))
            _, (packed, *told) = open_row(WRAPPED, ring, number, wrapped, cells)
        except SealBroken:
            continue
        account, _ = unpack_address(packed)
        yield Known(
            number=number,
            channel=channel,
            account=account_mark(channel, account),
            active=state == "active",
            seen_day=seen_day,
            profile=told[0] if told else None,
        )
