"""A time limit for calls of which hundreds run at once: one timer for all of them, where aiohttp's own is one for each
call and takes a tenth of it."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

_T = TypeVar("_T")


class Deadline:
    """Each task waits for one call at a time."""

    def __init__(self, seconds: float) -> None:
        self._seconds: Final = seconds
        #: When each call must have ended, by the loop's time, the oldest first.
        self._ends: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def keep(self, call: Awaitable[_T]) -> _T:
        """What it returns. Raises TimeoutError when it takes longer."""
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        before = task.cancelling()
        self._ends[task] = end = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(end, self._look, loop)
        try:
            return await call
        except asyncio.CancelledError:
            if task in self._late and task.cancelling() == before + 1:  # nobody else cancelled it
                raise TimeoutError from None
            raise
        finally:
            self._ends.pop(task, None)
            if task in self._late:
                self._late.remove(task)
                task.uncancel()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, end in [*self._ends.items()]:
            if end > now:
                self._timer = loop.call_at(end, self._look, loop)
                return
            del self._ends[task]
            self._late.add(task)
            task.cancel()
        self._timer = None
