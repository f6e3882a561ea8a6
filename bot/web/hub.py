"""Who is waiting for what comes later: one open request for each page."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final, Literal

#: Open talks at once (THREATS T67); who comes beyond asks again later.
MOST: Final = 10_000

#: rows: replies were committed; request: another request of this page brings them; newer: another page of the same
#: person waits now; full, closing: nobody may wait; late: nothing came.
Ended = Literal["rows", "request", "newer", "full", "closing", "late"]


class Hub:
    """Wakes the waiting request of an address when replies for it are in the store. One for the whole process."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Ended]] = {}
        self._closed = False

    def wake(self, mark: str) -> None:
        """Replies were committed for the address of this ``mark``."""
        self._end(mark, "rows")

    def release(self, address: str) -> None:
        """The page has another request under way, which brings whatever there is."""
        self._end(mark(address), "request")

    @contextmanager
    def waiting(self, address: str) -> Iterator["asyncio.Future[Ended]"]:
        """From now on nothing is missed: look into the store inside, then wait with ``until``."""
        name = mark(address)
        self._end(name, "newer")
        future: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        if self._closed or len(self._waiting) >= MOST:
            future.set_result("closing" if self._closed else "full")
            yield future
            return
        self._waiting[name] = future
        try:
            yield future
        finally:
            if self._waiting.get(name) is future:
                del self._waiting[name]

    def close(self) -> None:
        """At the stop: nobody waits any more."""
        self._closed = True
        for name in list(self._waiting):
            self._end(name, "closing")

    def _end(self, name: str, how: Ended) -> None:
        future = self._waiting.pop(name, None)
        if future is not None and not future.done():
            future.set_result(how)


async def until(future: "asyncio.Future[Ended]", seconds: float) -> Ended:
    """How the wait ended."""
    try:
        return await asyncio.wait_for(future, seconds)
    except TimeoutError:
        return "late"


def mark(address: str) -> str:
    """How processes name a page to each other: whoever hears it can make nothing of it."""
    return blake2b(address.encode(), digest_size=16, person=b"safar-wake").hexdigest()
