"""How many alerts may be under way at once: many where the way is long, few where the processor has no time to spare.

With all of them answered at once, a reply would wait for each step of its own behind all of theirs. And no more than
the pace needs: after a halt many would leave at once, each would wait for all the others, and a place of the account is
free again only a second after its answer.
"""

import asyncio
from collections.abc import Callable
from typing import Final

#: Connections stay free for replies.
MOST: Final = 64
FEWEST: Final = 1
#: While nobody waits for a reply: one at a time would lose an account's pace to a slow answer, or a busy machine.
FEWEST_ALONE: Final = 4
_EVERY_SECONDS: Final = 0.02
#: How long one round of the loop may take: while nobody waits for a reply, and while somebody does.
_ALONE_SECONDS: Final = 0.002
_BESIDE_SECONDS: Final = 0.001


class Room:
    """``serves_replies`` tells whether people are being answered, ``under_way`` how many alerts are."""

    def __init__(
        self, serves_replies: Callable[[], bool], under_way: Callable[[], int], more: Callable[[], None]
    ) -> None:
        """``more`` is called when there is more room."""
        self._serves_replies = serves_replies
        self._under_way = under_way
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
        beside, before, taken = self._serves_replies(), self.alerts, self._under_way()
        fewest = FEWEST if beside else FEWEST_ALONE
        if round_seconds > (_BESIDE_SECONDS if beside else _ALONE_SECONDS):
            self.alerts = max(fewest, before - 1 - before // 8)
        elif taken >= before:
            self.alerts = min(MOST, before + 1)
        elif taken < before // 2:
            self.alerts = max(fewest, before - 1)
        if self.alerts > before:
            self._more()
