"""A tally as other systems see it: no number from which a group under ten can be worked out (THREATS T70)."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from bot.delivery.broadcasts.numbers import SMALLEST, tens
from bot.store.broadcast_protocol import Tally

#: Rounded down to tens.
_Tens = Annotated[int, msgspec.Meta(ge=SMALLEST, multiple_of=SMALLEST)]
#: None: fewer than ten, none included.
Number = _Tens | None


def shown_number(number: int) -> Number:
    return tens(number) if number >= SMALLEST else None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    number: _Tens


class ShownTally(msgspec.Struct, frozen=True, kw_only=True):
    """How many recipients stand where. Numbers are rounded down to tens; null: fewer than ten, none included.
    `delivered` and `read`: of `sent`, as far as the messenger tells. `left`: erased or moved away since. `failed` and
    `skipped` list what befell ten or more."""

    audience: Number
    due: Number
    sending: Number
    sent: Number
    uncertain: Number
    delivered: Number
    read: Number
    left: Number
    failed: tuple[Outcome, ...]
    skipped: tuple[Outcome, ...]


def shown(tally: Tally) -> ShownTally:
    return ShownTally(
        audience=shown_number(tally.audience),
        due=shown_number(tally.due),
        sending=shown_number(tally.sending),
        sent=shown_number(tally.sent),
        uncertain=shown_number(tally.uncertain),
        delivered=shown_number(tally.delivered),
        read=shown_number(tally.read),
        left=shown_number(tally.left),
        failed=_outcomes(tally.failed),
        skipped=_outcomes(tally.skipped),
    )


def _outcomes(numbers: Iterable[tuple[str, int]]) -> tuple[Outcome, ...]:
    """Of ten or more: a row without a number would tell that it befell somebody. By name: the order of the store would
    tell which of two that are rounded alike is larger."""
    return tuple(Outcome(code=code, number=tens(number)) for code, number in sorted(numbers) if number >= SMALLEST)
