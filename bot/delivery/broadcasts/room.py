"""How many alerts may be under way at once: many where the way is long, few where the processor has no time to spare.

With all of them answered at once, a reply would wait for each step of its own behind all of theirs.
"""

import asyncio
from collections.abc import Callable
from typing import Final

#: Connections stay free for replies.
MOST: Final = 64
FEWEST: Final = 1
#: While nobody waits for a reply: one at a time would lose an account's pace to a slow answer, or a busy machine.
FEWEST_ALONE: Final = 8
_EVERY_SECONDS: Final = 0.02
#: How long one round of the loop may take: while nobody waits for a reply, and while somebody does.
_ALONE_SECONDS: Final = 0.005
_BESIDE_SECONDS: Final = 0.001
#: Where even the fewest take too long, they leave pauses, longer and longer up to so much.
_PAUSE_STEP_SECONDS: Final = 0.0005
_LONGEST_PAUSE_SECONDS: Final = 0.005


class Room:
    """``serves_replies`` tells whether people are being answered."""

    def __init__(self, serves_replies: Callable[[], bool], more: Callable[[], None]) -> None:
        """``more`` is called when there is more room."""
        self._serves_replies = serves_replies
        self._more = more
        self.alerts = FEWEST
        #: Seconds to wait before each alert.
        self.pause = 0.0

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
        beside = self._serves_replies()
        if round_seconds > (_BESIDE_SECONDS if beside else _ALONE_SECONDS):
            if beside and self.alerts == FEWEST:
                self.pause = min(_LONGEST_PAUSE_SECONDS, self.pause + _PAUSE_STEP_SECONDS)
            before, fewest = self.alerts, FEWEST if beside else FEWEST_ALONE
            self.alerts = max(fewest, self.alerts - 1 - self.alerts // 8)
            if self.alerts > before:
                self._more()
        elif self.pause and beside:
            self.pause = max(0.0, self.pause - _PAUSE_STEP_SECONDS)
        elif self.alerts < MOST:
            self.pause = 0.0
            self.alerts += 1
            self._more()
