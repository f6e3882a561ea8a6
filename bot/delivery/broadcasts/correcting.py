"""What goes to those who got an alert that was wrong (THREATS T35). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from bot.delivery.broadcasts.model import Alert

#: Whoever is far from the network for a week still learns that it was wrong.
VALID_DAYS = 7


def correction_of(
    alert: Alert, kind: Literal["correction", "withdrawal"], texts: Mapping[str, str], now: datetime
) -> Alert:
    """As urgent as what it corrects, so that it overtakes the night where that did."""
    return replace(
        alert,
        kind=kind,
        texts=dict(texts),
        frozen={},
        starts=None,
        ends=max(alert.ends, now + timedelta(days=VALID_DAYS)),
        repeat="",
        series="",
        small_reason="",
        small_by="",
    )


def same_people(one: Alert, other: Alert) -> bool:
    """An admin's reason to send to so few still fits."""
    return (one.segment, one.urgency, one.topics) == (other.segment, other.urgency, other.topics)
