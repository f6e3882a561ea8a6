"""Turns that people wait for. What can wait, alerts and their bookkeeping, lets them go first: all of them share one
thread and one writer, so that beside an alert each step of a turn would stand behind some of its messages."""

import asyncio
import time
from types import TracebackType
from typing import Final

#: After a step the next one of the same turn comes at once, or the reply is just being written out.
_TAIL_SECONDS: Final = 0.003
#: Where people write all the time, what can wait goes on all the same.
_LONGEST_SECONDS: Final = 0.05


class Turns:
    """``with turns:`` around a step that a reply waits for."""

    def __init__(self) -> None:
        self._steps = 0
        self._over = asyncio.Event()
        self._until = 0.0

    def __enter__(self) -> None:
        self._steps += 1
        self._over.clear()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._steps -= 1
        self._until = time.monotonic() + _TAIL_SECONDS
        if not self._steps:
            self._over.set()

    def are_taken(self) -> bool:
        return bool(self._steps) or self._until > time.monotonic()

    async def over(self) -> None:
        """Wait until none is taken, at most 50 ms."""
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                while self.are_taken():
                    if self._steps:
                        await self._over.wait()
                    else:
                        await asyncio.sleep(self._until - time.monotonic())
        except TimeoutError:
            return
