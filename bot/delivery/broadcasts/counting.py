"""How many contacts a rule reaches, and which: what the index in memory answers, in numbers."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

import msgspec

from bot.delivery.broadcasts.model import Urgency
from bot.delivery.broadcasts.rule import Rule


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """``matching`` fit the rule; ``reached`` of them can and want to get it (consent, not blocked, a channel that
    pushes). ``by_channel``, ``by_language``: of ``reached``."""

    matching: int
    reached: int
    by_channel: dict[str, int]
    by_language: dict[str, int]


class Audiences(Protocol):
    """Exact, at most 5 seconds behind the store. Raises NotReady until it was built."""

    def count(self, rule: Rule, organisation: str, urgency: Urgency, topics: Sequence[str], today: date) -> Count: ...

    def recipients(
        self, rule: Rule, organisation: str, urgency: Urgency, topics: Sequence[str], today: date, chunk: int = 5_000
    ) -> Iterator[list[tuple[int, bytes]]]:
        """Whom ``reached`` counts: contact's number and mark of the account that sends, as of one moment."""


class NotReady(Exception):
    """The index is being built; it takes up to 20 seconds after a start."""
