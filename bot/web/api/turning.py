"""Between the API's shapes and the office's."""

from datetime import UTC, date, datetime
from typing import Any, Final, get_args

from msgspec import UNSET, UnsetType

from bot.catalogue import did_you_mean
from bot.catalogue.values import Topic
from bot.delivery.broadcasts.model import Alert, Source
from bot.delivery.broadcasts.numbers import Counted, number_of
from bot.delivery.broadcasts.reading import MAX_DEPTH, MAX_TESTS, MAX_VALUES, wrong_value
from bot.delivery.broadcasts.refusals import Finding
from bot.delivery.broadcasts.rule import Is, Not, Rule
from bot.delivery.broadcasts.tallying import Number, shown
from bot.delivery.broadcasts.views import View
from bot.places import Gazetteer
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

#: No value that a test may ask for is as long.
_LONGEST_VALUE: Final = 100
_BEGINNING: Final = date(1970, 1, 1)


def alert_of(asked: DraftAlert, places: Gazetteer) -> Alert:
    """Raises Refusal."""
    _check_audience(asked, places)
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


def counted_alert(asked: CountSegment, places: Gazetteer, now: datetime) -> Alert:
    """An alert of which nothing but the audience counts. Raises Refusal."""
    _check_audience(asked, places)
    nothing = Source(title="", url="", checked_on=_BEGINNING.isoformat())
    return Alert(
        name="", texts={}, source=nothing, urgency=asked.urgency, topics=asked.topics, segment=asked.segment, ends=now
    )


def _check_audience(asked: DraftAlert | CountSegment, places: Gazetteer) -> None:
    """Raises Refusal for what nobody can pass or nobody could look through: of a misspelt value `not` is everybody."""
    topics = get_args(Topic)
    for topic in asked.topics:
        if topic not in topics:
            raise one_fault("wrong-field", 422, "topics", f'"{topic}" is no topic', did_you_mean(topic, topics))
    for test in _tests(asked.segment):
        _check(test, places)


def _tests(rule: Rule) -> list[Is]:
    """All of them. Raises Refusal for more than staff could write themselves."""
    tests: list[Is] = []
    level = [rule]
    for _ in range(MAX_DEPTH):
        tests += [one for one in level if isinstance(one, Is)]
        level = [inner for one in level if not isinstance(one, Is) for inner in _inside(one)]
    if level or len(tests) > MAX_TESTS or sum(len(test.values) for test in tests) > MAX_VALUES:
        what = f"it has more than {MAX_TESTS} tests, {MAX_VALUES} values or {MAX_DEPTH} levels"
        raise one_fault("wrong-field", 422, "segment", what, "write it with fewer")
    return tests


def _check(test: Is, places: Gazetteer) -> None:
    if test.key == "seen" and len(test.values) != 1:
        raise one_fault("wrong-field", 422, "segment", "seen takes one number of days", 'write it as ["90"]')
    if not test.values:
        raise one_fault("wrong-field", 422, "segment", f"{test.key} has no value", "write one at least")
    for value in test.values:
        if wrong := wrong_value(test.key, value[:_LONGEST_VALUE], places):
            raise one_fault("wrong-field", 422, "segment", *wrong)


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
