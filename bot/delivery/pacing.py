"""How often something may happen. Pure: the time comes in as an argument, in seconds that never go back."""

from collections.abc import Hashable
from typing import Final

from bot.channels import Pace

#: Buckets kept before the full ones, which say nothing, are thrown away.
_MANY: Final = 10_000


class Bucket:
    """Tokens of one pace, full at first. Kept as the moment at which it will be full again."""

    __slots__ = ("_full_at", "_interval", "_slack")

    def __init__(self, pace: Pace) -> None:
        self._interval = 1 / pace.per_second
        self._slack = (pace.burst - 1) * self._interval
        self._full_at = float("-inf")

    def wait(self, now: float) -> float:
        """Seconds until there is a token; 0 when there is one."""
        wait = self._full_at - self._slack - now
        return wait if wait > 1e-9 else 0.0

    def take(self, now: float) -> None:
        """Take a token; only when ``wait`` is 0."""
        self._full_at = max(self._full_at, now) + self._interval

    def full(self, now: float) -> bool:
        return self._full_at <= now


class Buckets:
    """One bucket for each key, all of one pace. A full bucket needs no memory."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._buckets: dict[Hashable, Bucket] = {}
        self._sweep_at = _MANY

    def of(self, key: Hashable, now: float) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._sweep_at:
                self._buckets = {kept: old for kept, old in self._buckets.items() if not old.full(now)}
                self._sweep_at = max(_MANY, 2 * len(self._buckets))
            bucket = self._buckets[key] = Bucket(self._pace)
        return bucket
