"""How many people an account may still write to first today: WhatsApp counts them over 24 hours, and so does this."""

from datetime import timedelta
from typing import Final

from bot.delivery.clock import Clock
from bot.store import Store

_DAY: Final = timedelta(hours=24)


class Daily:
    """Sums by the hour, kept in the store: no row tells who (THREATS T12). ``limit`` 0: there is none."""

    def __init__(self, store: Store, channel: str, account: str, limit: int, clock: Clock) -> None:
        self._store = store
        self._topic = f"opened:{channel}:{account}"
        self._limit = limit
        self._clock = clock

    async def left(self) -> int | None:
        """None: as many as one likes. Raises StoreError."""
        if not self._limit:
            return None
        # the hour that began longer than a day ago is counted whole
        since = (self._clock.now() - _DAY).replace(minute=0, second=0, microsecond=0)
        return max(0, self._limit - await self._store.sum_since(self._topic, since))

    async def opened(self, number: int) -> None:
        """So many are written to first. Raises StoreError."""
        if number:
            hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
            await self._store.add_counts(hour, [(self._topic, number)])
