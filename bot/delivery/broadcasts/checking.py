"""What must be mended in an alert before it is proposed. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.catalogue import Catalogue
from bot.catalogue.checks.safety import wrong_link
from bot.conversation import alert_findings
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.refusals import Finding
from bot.delivery.broadcasts.showing import checked_on, day_of
from bot.delivery.broadcasts.tongues import languages_of

#: Nothing that is still true in three months is an alert.
LONGEST_DAYS: Final = 90
#: A source that nobody looked at for so long is no source of news.
_FRESH_DAYS: Final = 30
_NOTHING: Final[Mapping[str, str]] = {}


def findings(
    alert: Alert, organisation: str, catalogue: Catalogue, now: datetime, wrong: Mapping[str, str] = _NOTHING
) -> tuple[Finding, ...]:
    """All of them, errors first. ``wrong``: the texts of the alert that it corrects, by language."""
    found = [*_about(alert, organisation, catalogue), *_source(alert, now), *_times(alert, now)]
    found += _texts(alert, organisation, catalogue, now)
    found += dict.fromkeys(barred(alert, catalogue))
    found += _unchanged(alert, wrong)
    return tuple(sorted(found, key=lambda one: one.level))


def _about(alert: Alert, organisation: str, catalogue: Catalogue) -> Iterator[Finding]:
    if not alert.name.strip():
        yield Finding(at="name", rule="empty", what="the alert has no name", remedy="say in a few words what it is")
    if organisation not in catalogue.organisations:
        what = f'"{organisation}" is not listed, so people cannot be told who writes'
        yield Finding(at="name", rule="unknown-organisation", what=what, remedy="add it to content/organisations.yaml")


def _texts(alert: Alert, organisation: str, catalogue: Catalogue, now: datetime) -> Iterator[Finding]:
    """A language of its segment must not be missing; of danger to life people read in another one rather than not at
    all."""
    found = alert_findings(
        alert.texts,
        catalogue,
        day_of(max(alert.starts or now, now), organisation, catalogue),
        languages=languages_of(alert.segment),
        organisation=organisation,
        urgency=alert.urgency,
        source_title=alert.source.title,
        source_url=alert.source.url,
    )
    for one in found:
        missing = one.rule == "missing-text" and alert.urgency != "life"
        level = "error" if missing else one.level
        yield Finding(at=f"texts.{one.language}", rule=one.rule, level=level, what=one.what, remedy=one.remedy)


def _source(alert: Alert, now: datetime) -> Iterator[Finding]:
    source = alert.source
    if not source.title.strip():
        what = "nobody can tell where this comes from"
        yield Finding(at="source.title", rule="missing-source", what=what, remedy="name the source")
    checked = checked_on(alert)
    if checked is None:
        what, remedy = f'"{source.checked_on}" is not a date', "write it as 2026-03-05"
        yield Finding(at="source.checked_on", rule="bad-value", what=what, remedy=remedy)
    elif checked > now.date() + timedelta(days=1):
        what, remedy = "the source was checked in the future", "write the day when a person looked at it"
        yield Finding(at="source.checked_on", rule="bad-value", what=what, remedy=remedy)
    elif checked < now.date() - timedelta(days=_FRESH_DAYS):
        what, remedy = f"nobody has looked at the source since {checked}", "look again, and write the day"
        yield Finding(at="source.checked_on", rule="old-source", level="warning", what=what, remedy=remedy)
    if source.url and (what := wrong_link(source.url, ())):
        yield Finding(at="source.url", rule="bad-link", what=what, remedy="write the address of the page, or nothing")


def barred(alert: Alert, catalogue: Catalogue) -> Iterator[Finding]:
    """A name that is itself an offence where readers are (THREATS T25). In small letters it may be a common word:
    *ozodlik* is freedom."""
    said = {"source.title": alert.source.title, "source.url": alert.source.url}
    texts = [(f"texts.{language}", text) for one in (alert.texts, alert.frozen) for language, text in one.items()]
    for at, text in dict.fromkeys((*said.items(), *texts)):
        for name in catalogue.words.barred:
            found = re.search(rf"(?<!\w){re.escape(name)}", text, re.IGNORECASE)
            if found is None:
                continue
            level: Literal["error", "warning"] = "error" if at in said or found[0] != found[0].lower() else "warning"
            what, remedy = f'"{found[0]}" may be an offence to show', "name the fact, not who tells it"
            yield Finding(at=at, rule="barred-name", level=level, what=what, remedy=remedy)


def is_barred(alert: Alert, catalogue: Catalogue) -> bool:
    """It names what has been listed since it was let out."""
    return any(one.level == "error" for one in barred(alert, catalogue))


def _unchanged(alert: Alert, wrong: Mapping[str, str]) -> Iterator[Finding]:
    for language, text in alert.texts.items():
        if text.strip() and text.split() == wrong.get(language, "").split():
            what, remedy = "these are the words that people got already", "write what is right, or what was wrong"
            yield Finding(at=f"texts.{language}", rule="unchanged-text", what=what, remedy=remedy)


def _times(alert: Alert, now: datetime) -> Iterator[Finding]:
    starts = alert.starts or now
    if alert.ends <= now:
        what, remedy = "it is over already", "write until when it is valid"
        yield Finding(at="ends", rule="ends-in-the-past", what=what, remedy=remedy)
    if alert.ends > max(starts, now) + timedelta(days=LONGEST_DAYS):
        what = f"it is valid for more than {LONGEST_DAYS} days after its start"
        remedy = "an earlier day; what stays true belongs into an article"
        yield Finding(at="ends", rule="ends-too-late", what=what, remedy=remedy)
    if alert.ends > now and starts >= alert.ends:
        what, remedy = "it ends before it starts", "a later end, or an earlier start"
        yield Finding(at="starts", rule="starts-after-its-end", what=what, remedy=remedy)
    if alert.starts is not None and alert.starts < now:
        what, remedy = "its start is over", "it is sent as soon as it is approved, or write a later start"
        yield Finding(at="starts", rule="starts-in-the-past", level="warning", what=what, remedy=remedy)
    if alert.repeat and alert.starts is None:
        what, remedy = "one that comes again needs a first date", "write when it starts"
        yield Finding(at="starts", rule="repeat-without-start", what=what, remedy=remedy)
