"""How often somebody may fail to sign in (THREATS T42): per account with pauses that double, per network by the hour.

In memory: a restart forgives. No pause is for ever, and none is for everybody.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, Literal

import msgspec

FAILURES: Final = 5
WINDOW_SECONDS: Final = 60.0
LONGEST_PAUSE_SECONDS: Final = 900.0
#: After so long without a failure the pauses begin at a minute again.
_FORGIVEN_SECONDS: Final = 3600.0
NETWORK_FAILURES: Final = 20
_HOUR: Final = 3600.0
#: Where as many tries are under way as may fail, the next one waits for their end.
_BUSY_SECONDS: Final = 1.0
_MOST: Final = 20_000


class _Tries(msgspec.Struct):
    under_way: int = 0
    failures: list[float] = msgspec.field(default_factory=list)
    pause: float = 0.0
    paused_until: float = 0.0


class Attempt(msgspec.Struct):
    """``wait``: seconds; 0 where it may go on. Then ``outcome`` is what became of it: ``passed`` is one step of two, it
    forgives nothing; ``in`` forgives."""

    wait: float
    outcome: Literal["failed", "passed", "in"] = "failed"


class Throttle:
    """What is under way counts, so that many at once gain nothing. ``network`` is None for this machine's own network:
    behind a proxy that is not named everybody stands there."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        #: By handle and by network.
        self._tries: dict[str | bytes, _Tries] = {}

    @contextmanager
    def attempt(self, handle: str, network: bytes | None) -> Iterator[Attempt]:
        now = self._clock()
        self._forget(now)
        account = self._tries.setdefault(handle, _Tries())
        neighbours = _Tries() if network is None else self._tries.setdefault(network, _Tries())
        attempt = Attempt(max(_account_wait(account, now), _network_wait(neighbours, now)))
        if attempt.wait:
            yield attempt
            return
        account.under_way += 1
        neighbours.under_way += 1
        try:
            yield attempt
        finally:
            account.under_way -= 1
            neighbours.under_way -= 1
            if attempt.outcome == "failed":
                _fail(account, self._clock())
                neighbours.failures.append(self._clock())
            elif attempt.outcome == "in":
                account.failures, account.pause = [], 0.0

    def _forget(self, now: float) -> None:
        """Whoever failed long ago; if most are in use, all begin anew rather than grow."""
        if len(self._tries) > _MOST:
            self._tries = {key: tries for key, tries in self._tries.items() if not _is_idle(tries, now)}
        if len(self._tries) > _MOST:
            self._tries.clear()


def _account_wait(tries: _Tries, now: float) -> float:
    if tries.paused_until > now:
        return tries.paused_until - now
    tries.failures = [at for at in tries.failures if at > now - WINDOW_SECONDS]
    return _BUSY_SECONDS if len(tries.failures) + tries.under_way >= FAILURES else 0.0


def _network_wait(tries: _Tries, now: float) -> float:
    tries.failures = [at for at in tries.failures if at > now - _HOUR]
    if len(tries.failures) >= NETWORK_FAILURES:
        return tries.failures[0] + _HOUR - now
    return _BUSY_SECONDS if len(tries.failures) + tries.under_way >= NETWORK_FAILURES else 0.0


def _fail(tries: _Tries, now: float) -> None:
    if now - tries.paused_until > _FORGIVEN_SECONDS:
        tries.pause = 0.0
    tries.failures = [*tries.failures, now]
    if len(tries.failures) >= FAILURES:
        tries.pause = min(max(tries.pause * 2, WINDOW_SECONDS), LONGEST_PAUSE_SECONDS)
        tries.paused_until = now + tries.pause
        tries.failures = []


def _is_idle(tries: _Tries, now: float) -> bool:
    last = max([tries.paused_until, *tries.failures[-1:]])
    return not tries.under_way and last < now - _FORGIVEN_SECONDS
