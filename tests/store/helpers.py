"""What the store's tests share: a clock that is set by hand, and works with little to write."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.store import Outcome, Person, Work

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def works(
    address: str = "5000000001",
    step: Callable[[Person], Outcome] | None = None,
    *,
    update: str | None = None,
    ref: str | None = None,
    channel: str = "telegram",
    account: str = "8000000001",
    contact: bytes = b"",
    outcome: Outcome | None = None,
) -> Work:
    """A work; without a step it leaves ``outcome``."""
    left = outcome or Outcome(profile=b"profile", session=b"session", outbox=(b"reply",))
    return Work(
        channel=channel,
        account=account,
        address="" if contact else address,
        contact=contact,
        update=update,
        ref=ref,
        step=step or (lambda person: left),
    )


def raising(person: Person) -> Outcome:
    raise ValueError("poison")
