"""How many alerts may be under way at once: many where the way is long, few where the processor has no time to spare.

With all of them answered at once, a reply would wait for each step of its own behind all of theirs.
"""

import asyncio
from collections.abc import Callable
from typing import Final

#: Connections stay free for replies.
MOST: Final = 64
FEWEST: Final = 1
_EVERY_SECONDS: Final = 0.02
#: How long one round of the loop may take: while nobody waits for a reply, and while somebody does.
_ALONE_SECONDS: Final = 0.005
_BESIDE_SECONDS: Final = 0.001


class Room:
    """``serves_replies`` tells whether people are being answered."""

    def __init__(self, serves_replies: Callable[[], bool], more: Callable[[], None]) -> None:
        """``more`` is called when there is more room."""
        self._serves_replies = serves_replies
        self._more = more
        self.alerts = FEWEST

    async def watch(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            began = loop.time()
            await asyncio.sleep(0)
            self.adapt(loop.time() - began)

    def adapt(self, round_seconds: float) -> None:
        """``round_seconds``: what one round of the loop took."""
        bound = _BESIDE_SECONDS if self._serves_replies() else _ALONE_SECONDS
        if round_seconds > bound:
            self.alerts = max(FEWEST, self.alerts - 1 - self.alerts // 8)
        elif self.alerts < MOST:
            self.alerts += 1
            self._more()
