"""What people reported of help points, read from the sums once an hour: a turn looks at memory alone."""

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from bot.catalogue import Catalogue
from bot.conversation import SILENT, reports
from bot.delivery.clock import Clock
from bot.store import Store, StoreClosed, StoreError

_EVERY_SECONDS: Final = 3600.0

_log = structlog.get_logger()


class Reports:
    def __init__(self, store: Store, catalogue: Callable[[], Catalogue], clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        #: Help point -> how many said that nobody answers there, since it was last verified.
        self.unanswered: Mapping[str, int] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.refresh()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("reports-not-read", why=str(error))
            await self._clock.sleep(_EVERY_SECONDS)

    async def refresh(self) -> None:
        """Raises StoreError."""
        self.unanswered = reports(self._catalogue().points, await self._store.sums_by_day(SILENT))
