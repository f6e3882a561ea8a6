"""So many sendings in any second, as the platform sees them. Pure: the time comes in as an argument.

Only arrivals at the platform count for its limit, and nobody here sees them. A sending has arrived when its answer
comes back, and the next one takes at least the shortest way there: so a place is free again one second after the
answer, less the shortest round trip of late. A long way costs no speed. The more uneven it is, the less is taken off,
for the shortest way there and the shortest way back may never be seen together.
"""

from collections import deque
from typing import Final

#: The shortest round trip is that of the last one or two of such spans.
_LATELY_SECONDS: Final = 30.0
#: Before so many answers came, the shortest way may not have been seen, and nothing is taken off.
_ENOUGH: Final = 50
_MARGIN_SECONDS: Final = 0.001
#: How much one round trip moves the mean.
_WEIGHT: Final = 0.02


class Window:
    """``per_second`` below 1 means one sending in so many more seconds."""

    __slots__ = ("_answers", "_free_at", "_low", "_low_before", "_mean", "_span", "_turn_at", "_under_way", "places")

    def __init__(self, per_second: float) -> None:
        self.places: Final = max(1, int(per_second))
        self._span = max(1.0, self.places / per_second)
        #: Places of sendings whose end is known, by when they are free again.
        self._free_at: deque[float] = deque()
        self._under_way = 0
        self._low = self._low_before = float("inf")
        self._mean = 0.0
        self._answers = 0
        self._turn_at = float("-inf")

    def wait(self, now: float, places: int) -> float | None:
        """Seconds until fewer than ``places`` are taken; None: not before an answer comes."""
        free_at = self._free_at
        while free_at and free_at[0] <= now:
            free_at.popleft()
        over = self._under_way + len(free_at) - places
        if over < 0:
            return 0.0
        return free_at[over] - now if over < len(free_at) else None

    def take(self) -> None:
        """Only when ``wait`` is 0. One of ``give_back``, ``end`` and ``answered`` must follow."""
        self._under_way += 1

    def give_back(self) -> None:
        """It was not sent."""
        self._under_way -= 1

    def end(self, now: float) -> None:
        """No answer came, or none that tells how long the way was."""
        self._under_way -= 1
        self._keep(now + self._span)

    def answered(self, now: float, began: float) -> None:
        """``began``: when it was sent."""
        trip = now - began
        if now >= self._turn_at:
            self._low_before, self._low, self._turn_at = self._low, float("inf"), now + _LATELY_SECONDS
        self._low = min(self._low, trip)
        self._answers += 1
        self._mean += (trip - self._mean) * max(_WEIGHT, 1 / self._answers)
        shortest = min(self._low, self._low_before)
        less = 2 * shortest - self._mean - _MARGIN_SECONDS if self._answers > _ENOUGH else 0.0
        self._under_way -= 1
        self._keep(now + self._span - max(0.0, less))

    def came_in(self, now: float) -> None:
        """A message of a person, where the platform counts both ways together."""
        self._keep(now + self._span)

    def _keep(self, free_at: float) -> None:
        self._free_at.append(max(free_at, self._free_at[-1]) if self._free_at else free_at)
