"""An alert as people see it. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.conversation import BrokenAlert, Shown, fill_alert
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.views import View


def day_of(moment: datetime, organisation: str, catalogue: Catalogue) -> date:
    """By the organisation's clock."""
    known = catalogue.organisations.get(organisation)
    return moment.astimezone(ZoneInfo(known.timezone if known else "UTC")).date()


def frozen(alert: Alert, organisation: str, catalogue: Catalogue, now: datetime) -> dict[str, str]:
    """The texts with the facts of the day on which it starts; empty when they cannot be filled in: the findings say
    why."""
    try:
        return fill_alert(alert.texts, catalogue, day_of(max(alert.starts or now, now), organisation, catalogue))
    except BrokenAlert:
        return {}


def shown(view: View, catalogue: Catalogue, now: datetime, *, ends: date | None = None, corrects: str = "") -> Shown:
    """As it is sent. A draft is a test, with its texts as they were typed where they cannot be filled in. ``ends``: of
    one that holds no longer than that, whatever it says."""
    broadcast, alert = view.broadcast, view.alert
    is_test = broadcast.state in ("draft", "proposed")
    texts = alert.frozen or (frozen(alert, broadcast.organisation, catalogue, now) if is_test else {}) or alert.texts
    last = day_of(alert.ends - timedelta(minutes=1), broadcast.organisation, catalogue)
    return Shown(
        texts=texts,
        organisation=broadcast.organisation,
        code=broadcast.code,
        urgency=alert.urgency,
        source_title=alert.source.title,
        source_checked=checked_on(alert) or last,
        source_url=alert.source.url,
        ends=last if ends is None else min(last, ends),
        kind="test" if is_test else alert.kind,
        corrects=corrects,
    )


def checked_on(alert: Alert) -> date | None:
    """None: what stands there is no date."""
    try:
        return date.fromisoformat(alert.source.checked_on)
    except ValueError:
        return None
