"""The one thread that touches the database: calls that wait together share one transaction and one commit.

Within a batch, calls of the same bulk function are done together, in order of arrival; ``alone`` is a barrier that
nothing passes. What the loop hears comes back in one hop a batch, after the commit. Patient calls let the others go
first: a person who waits for an answer does not wait for the bookkeeping of an alert too.
"""

import asyncio
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol, TypeVar

from bot.store.database import Database
from bot.store.protocol import StoreClosed, StoreError

_T = TypeVar("_T")

#: Done for many calls at once: the results in the order of the arguments; an exception among them is that call's own.
Bulk = Callable[[Database, Sequence[Any]], Sequence[Any]]

_MOST: Final = 512
#: How often a batch is done again that met another process: a step is pure, so doing it again changes nothing.
_TRIES: Final = 4
_PAUSE_SECONDS: Final = 0.02
#: An erasure's ghosts are tried again when a reader was in the way; the promise is a minute (T15).
_AGAIN_SECONDS: Final = 5.0
#: A patient call has its turn after so long, whoever waits.
_PATIENCE_SECONDS: Final = 0.1


class _Call:
    __slots__ = ("argument", "bulk", "future", "impatient_at", "result")

    def __init__(self, bulk: Bulk, argument: Any, future: asyncio.Future[Any], impatient_at: float = 0.0) -> None:
        self.bulk = bulk
        self.argument = argument
        self.future = future
        #: When it goes together with all the others, by the monotonic clock.
        self.impatient_at = impatient_at
        self.result: Any = None


class Measured(Protocol):
    def __call__(self, calls: int, seconds: float, ok: bool) -> None:
        """One transaction: how many calls shared it, how long it took, whether it was committed."""


def _unmeasured(calls: int, seconds: float, ok: bool) -> None:
    return


class Writer:
    def __init__(self, database: Database, loop: asyncio.AbstractEventLoop) -> None:
        self._database = database
        self._loop = loop
        self._queue: SimpleQueue[_Call | None] = SimpleQueue()
        #: Calls that let others go first; the thread's own.
        self._patient: deque[_Call] = deque()
        self._closed = False
        self._ghosts_from = 0.0
        self.measured: Measured = _unmeasured
        self._thread = threading.Thread(target=self._run, name="safar-store", daemon=True)
        self._thread.start()

    def call(self, bulk: Bulk, argument: Any, *, patient: bool = False) -> asyncio.Future[Any]:
        """Raises StoreClosed after ``close``."""
        if self._closed:
            raise StoreClosed("The store is closed: nothing can be read or written any more.")
        future = self._loop.create_future()
        impatient_at = time.monotonic() + _PATIENCE_SECONDS if patient else 0.0
        self._queue.put(_Call(bulk, argument, future, impatient_at))
        return future

    async def alone(self, operation: Callable[[Database], _T]) -> _T:
        """One operation that shares its commit, but is done by itself."""
        result: _T = await self.call(alone, operation)
        return result

    async def patiently(self, operation: Callable[[Database], _T]) -> _T:
        """The same, after those who do not wait as long as they can."""
        result: _T = await self.call(alone, operation, patient=True)
        return result

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        running = True
        while running:
            batch = self._next_batch()
            if batch and batch[-1] is None:
                running = False
            calls = [call for call in batch if call is not None]
            if calls:
                self._commit(calls)
                self._tell(calls)
            self._lay_ghosts()
        self._database.close()

    def _next_batch(self) -> list[_Call | None]:
        """What goes together now; of the patient one at a time, so that whoever comes meanwhile waits for one alone."""
        queue, patient = self._queue, self._patient
        batch: list[_Call | None] = []
        if not patient:
            try:
                batch.append(queue.get(timeout=_AGAIN_SECONDS if self._database.ghosts else None))
            except Empty:
                return []
        batch += (queue.get_nowait() for _ in range(min(queue.qsize(), _MOST)))
        patient.extend(call for call in batch if call is not None and call.impatient_at)
        batch = [call for call in batch if call is None or not call.impatient_at]
        if batch and batch[-1] is None:  # the last batch of all
            batch[-1:-1] = patient
            patient.clear()
        elif patient and (not batch or patient[0].impatient_at <= time.monotonic()):
            batch.append(patient.popleft())
        return batch

    def _commit(self, calls: list[_Call]) -> None:
        """All of them, or, when they meet another process again and again, one by one. Where one of them cannot be
        done the others are: it is looked for by halves."""
        error = self._attempt(calls)
        for tries in range(1, _TRIES):
            if error is None or not self._database.may_succeed(error):
                break
            time.sleep(random.uniform(0, _PAUSE_SECONDS * tries))  # noqa: S311 - no secret
            error = self._attempt(calls)
        if error is None:
            return
        if len(calls) > 1 and self._database.may_succeed(error):
            for call in calls:
                self._commit([call])
            return
        if len(calls) > 1 and self._database.may_be_one_calls(error):
            half = len(calls) // 2
            self._commit(calls[:half])
            self._commit(calls[half:])
            return
        for call in calls:
            call.result = self._database.explain(error)
        if self._database.is_lost(error):
            self._refuse(error)

    def _attempt(self, calls: list[_Call]) -> Exception | None:
        began = time.perf_counter()
        error = self._try(calls)
        self.measured(len(calls), time.perf_counter() - began, error is None)
        return error

    def _try(self, calls: list[_Call]) -> Exception | None:
        database = self._database
        try:
            database.begin()
            for bulk, group in _groups(calls):
                for call, result in zip(group, bulk(database, [call.argument for call in group]), strict=True):
                    call.result = result
            database.commit()
        except Exception as error:  # whatever it is, each caller must hear of it and the thread must live
            database.rollback(error)
            return error
        return None

    def _refuse(self, error: Exception) -> None:
        """Whoever came while nothing answered has waited long enough (F9)."""
        waiting = [self._queue.get_nowait() for _ in range(self._queue.qsize())]
        calls = [call for call in waiting if call is not None]
        for call in calls:
            call.result = self._database.explain(error)
        self._tell(calls)
        if len(calls) < len(waiting):
            self._queue.put(None)

    def _tell(self, calls: list[_Call]) -> None:
        try:
            self._loop.call_soon_threadsafe(_resolve, calls)
        except RuntimeError:  # the loop is gone, and with it all who waited
            return

    def _lay_ghosts(self) -> None:
        if not self._database.ghosts or time.monotonic() < self._ghosts_from:
            return
        with suppress(Exception):  # it is tried again in a moment; whoever calls next hears of a lasting fault
            self._database.ghosts = not self._database.lay_ghosts()
        self._ghosts_from = time.monotonic() + _AGAIN_SECONDS if self._database.ghosts else 0.0


def alone(database: Database, operations: Sequence[Callable[[Database], Any]]) -> list[Any]:
    """Calls done one by one; one that meets a broken seal does not take the others along."""
    results: list[Any] = []
    for operation in operations:
        try:
            results.append(operation(database))
        except StoreError as error:
            results.append(error)
    return results


def _groups(calls: list[_Call]) -> list[tuple[Bulk, list[_Call]]]:
    groups: list[tuple[Bulk, list[_Call]]] = []
    open_groups: dict[Bulk, list[_Call]] = {}
    for call in calls:
        group = open_groups.get(call.bulk)
        if group is None:
            if call.bulk is alone:
                open_groups.clear()
            else:
                open_groups.pop(alone, None)
            group = open_groups[call.bulk] = []
            groups.append((call.bulk, group))
        group.append(call)
    return groups


def _resolve(calls: list[_Call]) -> None:
    for call in calls:
        if call.future.done():
            continue
        if isinstance(call.result, Exception):
            call.future.set_exception(call.result)
        else:
            call.future.set_result(call.result)
