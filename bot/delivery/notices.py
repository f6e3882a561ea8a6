"""What staff read of failures: one clear line, not a flood."""

from typing import Any, Final

import structlog

from bot.delivery.clock import Clock
from bot.delivery.failures import failure

_EVERY_SECONDS: Final = 60.0
_QUIET: Final = frozenset({"debug", "info"})

_log = structlog.get_logger()


class Notices:
    """The same trouble of one account is told at once, then at most once a minute with how often it came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._again_at: dict[tuple[str, str, str], float] = {}
        self._unsaid: dict[tuple[str, str, str], int] = {}

    def tell(self, action: str, code: str, account: str, **traits: Any) -> None:
        """``traits`` may hold nothing about a person."""
        row = failure(code)
        log = getattr(_log, row.level)
        if row.level in _QUIET:
            log(action, code=code, **traits)
            return
        kind, now = (action, account, code), self._clock.monotonic()
        if now < self._again_at.get(kind, now):
            self._unsaid[kind] = self._unsaid.get(kind, 0) + 1
            return
        more = self._unsaid.pop(kind, 0)
        self._again_at[kind] = now + _EVERY_SECONDS
        log(action, code=code, staff=row.staff, **traits, **({"more": more} if more else {}))
