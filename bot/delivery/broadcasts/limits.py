"""How often an organisation may write to people, and whether it has just said the same. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.delivery.broadcasts.model import Alert
from bot.store.broadcast_protocol import Broadcast, BroadcastState

#: Those that people get, got, or may have got.
LET_OUT: Final[tuple[BroadcastState, ...]] = ("approved", "enrolling", "sending", "paused", "done", "cancelled")
#: Danger to life does not wait for next week, but nobody reads the third one of a day.
LIFE_A_DAY: Final = 2
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_SAME_WITHIN: Final = timedelta(days=30)

Other = tuple[Broadcast, Alert]


def over(others: Iterable[Other], alert: Alert, now: datetime, a_week: int) -> Literal["", "week-limit", "day-limit"]:
    """``others``: the organisation's in the states ``LET_OUT``. A correction never waits."""
    if alert.kind != "alert":
        return ""
    at = max(alert.starts or now, now)
    near = [(abs(_moment(other[0]) - at), other[1].urgency) for other in others if _counts(other)]
    if alert.urgency == "life":
        today = sum(apart < _DAY and urgency == "life" for apart, urgency in near)
        return "day-limit" if today >= LIFE_A_DAY else ""
    week = sum(apart < _WEEK and urgency != "life" for apart, urgency in near)
    return "week-limit" if week >= a_week else ""


def said_lately(others: Iterable[Other], alert: Alert, now: datetime) -> bool:
    """The same words, to the same segment."""
    at = max(alert.starts or now, now)
    return any(
        other.frozen == alert.frozen and other.segment == alert.segment and abs(_moment(broadcast) - at) < _SAME_WITHIN
        for broadcast, other in others
        if _counts((broadcast, other))
    )


def _counts(other: Other) -> bool:
    broadcast, alert = other
    return alert.kind == "alert" and (broadcast.state != "cancelled" or broadcast.began is not None)


def _moment(broadcast: Broadcast) -> datetime:
    return broadcast.began or broadcast.draft.starts or broadcast.created
