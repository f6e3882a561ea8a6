"""What is measured of turns and sendings: kinds, codes and seconds, and nothing of anybody (THREATS T71)."""

from typing import Literal, Protocol


class Meters(Protocol):
    def took(self, channel: str, outcome: Literal["taken", "repeat", "dropped", "failed"], seconds: float) -> None:
        """An update was taken, from its parsing to its commit."""

    def waited(self, channel: str, kind: Literal["reply", "alert"], seconds: float) -> None:
        """A sending waited for its turn on the account's way out."""

    def ended(self, channel: str, kind: Literal["reply", "alert"], code: str) -> None:
        """A sending came to its end: ``sent``, ``uncertain``, ``skipped``, or a code of the failure table."""


class NoMeters:
    def took(self, channel: str, outcome: str, seconds: float) -> None:
        return

    def waited(self, channel: str, kind: str, seconds: float) -> None:
        return

    def ended(self, channel: str, kind: str, code: str) -> None:
        return
