"""Whether somebody gets an alert at this very moment. Pure; the store asks it for each recipient (``Judge``)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from bot.conversation import last_heard, read_profile, takes_alerts
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.quiet import quiet
from bot.delivery.broadcasts.rule import Places
from bot.store.broadcast_protocol import Broadcast, DueDelivery, Judge

#: Before WhatsApp's window closes: a message on its way is refused as one that comes too late.
_MARGIN: Final = timedelta(minutes=5)


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """What the channels can do now. ``windows``: seconds after the person's last words in which anything but a template
    may be sent, None without that rule, by channel. ``template``: whether one can be sent to readers of a language."""

    windows: Mapping[str, float | None]
    template: Callable[[str], bool]


def judge_for(broadcast: Broadcast, alert: Alert, now: datetime, places: Places, reach: Reach) -> Judge:
    """``send``, ``later`` in quiet hours, or why it is skipped: expired, opted-out, no-language, no-template."""

    def judge(delivery: DueDelivery) -> str:
        if now >= alert.ends:
            return "expired"
        profile = read_profile(delivery.profile)
        if not takes_alerts(profile, broadcast.organisation, alert.urgency, alert.topics):
            return "opted-out"
        language = profile.get("language", "")
        # Of danger to life people read in another language rather than not at all.
        if not alert.frozen.get(language) and alert.urgency != "life":
            return "no-language"
        if quiet(now, profile, places, alert.urgency):
            return "later"
        window = reach.windows.get(delivery.channel)
        if window is not None and is_closed(last_heard(delivery.session), window, now) and not reach.template(language):
            return "no-template"
        return "send"

    return judge


def is_closed(last: int, window: float, now: datetime) -> bool:
    """``last``: when the person was last heard, seconds since 1970; 0 when that is forgotten."""
    return now + _MARGIN > datetime.fromtimestamp(last, UTC) + timedelta(seconds=window)
