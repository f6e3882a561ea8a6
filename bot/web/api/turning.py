"""Between the API's shapes and the office's."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from msgspec import UNSET, UnsetType

from bot.delivery.broadcasts.model import Alert, Source
from bot.delivery.broadcasts.numbers import Counted, number_of
from bot.delivery.broadcasts.refusals import Finding
from bot.delivery.broadcasts.rule import Is, Not, Rule
from bot.delivery.broadcasts.tallying import Number, shown
from bot.delivery.broadcasts.views import View
from bot.store.broadcast_protocol import Tally
from bot.text import LANGUAGES
from bot.web.api.problems import one_fault
from bot.web.api.shapes import (
    AlertAnswer,
    AlertInList,
    AlertReport,
    CountSegment,
    DraftAlert,
    FindingOfAlert,
    SegmentCount,
    Texts,
)

_MOST_TESTS: Final = 50
_DEEPEST: Final = 12
_DAYS: Final = re.compile(r"[0-9]{1,4}")
_BEGINNING: Final = date(1970, 1, 1)


def alert_of(asked: DraftAlert) -> Alert:
    """Raises Refusal."""
    check_rule(asked.segment)
    texts = {language: getattr(asked.texts, language) for language in LANGUAGES}
    return Alert(
        name=asked.name,
        texts={language: text for language, text in texts.items() if not isinstance(text, UnsetType)},
        source=Source(title=asked.source.title, url=asked.source.url, checked_on=asked.source.checked_on.isoformat()),
        urgency=asked.urgency,
        topics=asked.topics,
        segment=asked.segment,
        starts=None if asked.starts is None else _utc(asked.starts, "starts"),
        ends=_utc(asked.ends, "ends"),
        repeat=asked.repeat,
    )


def counted_alert(asked: CountSegment, now: datetime) -> Alert:
    """An alert of which nothing but the audience counts. Raises Refusal."""
    check_rule(asked.segment)
    nothing = Source(title="", url="", checked_on=_BEGINNING.isoformat())
    return Alert(
        name="", texts={}, source=nothing, urgency=asked.urgency, topics=asked.topics, segment=asked.segment, ends=now
    )


def check_rule(rule: Rule) -> None:
    """Raises Refusal for a test that nobody can pass, and for a rule that takes longer to test than anybody needs."""
    tests, level = 0, [rule]
    for _ in range(_DEEPEST):
        for one in level:
            if isinstance(one, Is):
                _check(one)
                tests += 1
        level = [inner for one in level if not isinstance(one, Is) for inner in _inside(one)]
        if not level:
            break
    if level or tests > _MOST_TESTS:
        what = f"it has more than {_MOST_TESTS} tests, or more than {_DEEPEST} levels"
        raise one_fault("wrong-field", 422, "segment", what, "write it with fewer")


def _check(test: Is) -> None:
    if test.key == "seen" and not (len(test.values) == 1 and _DAYS.fullmatch(test.values[0])):
        what, remedy = "seen takes one number of days", 'write it as ["90"]'
        raise one_fault("wrong-field", 422, "segment", what, remedy)
    unknown = sorted(set(test.values) - set(LANGUAGES))
    if test.key == "language" and unknown:
        what, remedy = f'"{unknown[0][:20]}" is none of our languages', f"take of {', '.join(LANGUAGES)}"
        raise one_fault("wrong-field", 422, "segment", what, remedy)


def _inside(rule: Rule) -> tuple[Rule, ...]:
    assert not isinstance(rule, Is)
    return (rule.of,) if isinstance(rule, Not) else rule.of


def _utc(moment: datetime, field: str) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise one_fault("wrong-field", 422, field, "there is no such moment in UTC", "write a nearer one") from None


def in_list(view: View) -> AlertInList:
    return AlertInList(**_head(view))


def answer(view: View, findings: tuple[Finding, ...]) -> AlertAnswer:
    alert = view.alert
    return AlertAnswer(
        **_head(view),
        texts=Texts(**{language: alert.texts.get(language, UNSET) for language in LANGUAGES}),
        source=alert.source,
        topics=alert.topics,
        segment=alert.segment,
        repeat=alert.repeat,
        editors=view.broadcast.editors,
        approver=view.broadcast.approver,
        findings=tuple(
            FindingOfAlert(at=one.at, rule=one.rule, level=one.level, what=one.what, remedy=one.remedy)
            for one in findings
        ),
    )


def report(view: View, tally: Tally) -> AlertReport:
    broadcast = view.broadcast
    return AlertReport(key=broadcast.key.hex(), code=broadcast.code, state=broadcast.state, tally=shown(tally))


def count(counted: Counted) -> SegmentCount:
    return SegmentCount(
        matching=_number(counted.matching),
        reached=_number(counted.reached),
        by_channel={name: _number(shown) for name, shown in counted.by_channel.items()},
        by_language={name: _number(shown) for name, shown in counted.by_language.items()},
    )


def _number(written: str) -> Number:
    """Of what the office has rounded."""
    return number_of(written) or None


def _head(view: View) -> dict[str, Any]:
    """What every answer about an alert begins with."""
    broadcast, alert = view.broadcast, view.alert
    return {
        "key": broadcast.key.hex(),
        "code": broadcast.code,
        "name": alert.name,
        "kind": alert.kind,
        "state": broadcast.state,
        "reason": broadcast.reason,
        "version": broadcast.version,
        "urgency": alert.urgency,
        "author": broadcast.author,
        "created": broadcast.created,
        "starts": alert.starts,
        "ends": alert.ends,
    }
