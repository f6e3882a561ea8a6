"""The form of an alert: what a person typed, as an alert, and back. What cannot be read is told beside its field."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Final, cast, get_args

from msgspec.structs import replace

from bot.delivery.broadcasts.model import Alert, Repeat, Source, Urgency
from bot.delivery.broadcasts.reading import BrokenRule, parse_rule, write_rule
from bot.delivery.broadcasts.rule import All, Is, Key, Rule, meaning
from bot.places import Gazetteer
from bot.text import LANGUAGES
from bot.web.console import alert_words, words
from bot.web.console.forms import Form

#: Tests that have boxes of their own, and their values; every other rule is written as text.
BOXES: Final[Mapping[Key, Collection[str]]] = {
    "language": LANGUAGES,
    "citizenship": alert_words.CITIZENSHIPS,
    "country": words.COUNTRIES,
    "channel": ("telegram", "whatsapp"),
}
_FORMAT: Final = "%Y-%m-%dT%H:%M"
_BAD_TIME: Final = "Напишите день и час."
_BAD_DAY: Final = "Напишите день, когда источник смотрели."


class Filled:
    """A form that was read: ``alert`` is None when ``errors`` (by field) stand in the way."""

    def __init__(self, alert: Alert | None, errors: Mapping[str, str]) -> None:
        self.alert = alert
        self.errors = errors


def read_alert(form: Form, zone: tzinfo, places: Gazetteer) -> Filled:
    errors: dict[str, str] = {}

    def moment(name: str, *, needed: bool) -> datetime | None:
        text = form[name].strip()
        if not text and not needed:
            return None
        try:
            return datetime.strptime(text, _FORMAT).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            errors[name] = _BAD_TIME
            return None

    starts, ends = moment("starts", needed=False), moment("ends", needed=True)
    try:
        checked_on = date.fromisoformat(form["source_checked"].strip()).isoformat()
    except ValueError:
        checked_on = ""
        errors["source_checked"] = _BAD_DAY
    rule = _rule(form, places, errors)
    urgency, repeat = form["urgency"], form["repeat"]
    if urgency not in get_args(Urgency):
        errors["urgency"] = "Выберите, насколько это срочно."
    if repeat not in get_args(Repeat):
        errors["repeat"] = "Выберите, повторять ли."
    if not form["name"].strip():
        errors["name"] = "Напишите название для коллег. Люди его не увидят."
    if errors or ends is None or rule is None:
        return Filled(None, errors)
    alert = Alert(
        name=form["name"].strip()[:120],
        texts=read_texts(form),
        source=Source(title=form["source_title"].strip(), url=form["source_url"].strip(), checked_on=checked_on),
        urgency=cast(Urgency, urgency),
        topics=tuple(form.all("topic")),
        segment=rule,
        starts=starts,
        ends=ends,
        repeat=cast(Repeat, repeat),
    )
    return Filled(alert, {})


def read_texts(form: Form) -> dict[str, str]:
    return {code: text for code in LANGUAGES if (text := form[f"text_{code}"].replace("\r\n", "\n").strip())}


def with_old(alert: Alert, old: Alert) -> Alert:
    """``alert`` with what no field holds as it was in ``old``: seconds, the order of tests, the segment's name."""
    if meaning(alert.segment) == meaning(old.segment):
        alert = replace(alert, segment=old.segment, segment_from=old.segment_from)
    starts = old.starts if _same_minute(alert.starts, old.starts) else alert.starts
    return replace(alert, starts=starts, ends=old.ends if _same_minute(alert.ends, old.ends) else alert.ends)


def _same_minute(one: datetime | None, other: datetime | None) -> bool:
    return one == (other and other.replace(second=0, microsecond=0))


def _rule(form: Form, places: Gazetteer, errors: dict[str, str]) -> Rule | None:
    """Boxes that are ticked, each group an "and"; a written rule comes on top of them."""
    tests: list[Rule] = [Is(key=key, values=tuple(ticked)) for key in BOXES if (ticked := form.all(f"in_{key}"))]
    days = form["in_seen"].strip()
    if days:
        if not days.isdecimal() or not 0 < int(days) < 1000:
            errors["in_seen"] = "Напишите число дней, например 30."
        else:
            tests.append(Is(key="seen", values=(str(int(days)),)))
    written = form["rule"].strip()
    if written:
        try:
            tests.append(parse_rule(written, places))
        except BrokenRule as broken:
            errors["rule"] = alert_words.broken_rule(broken)
    if errors.keys() & {"in_seen", "rule"}:
        return None
    return tests[0] if len(tests) == 1 else All(of=tuple(tests))


def fields_of(alert: Alert, zone: tzinfo) -> Form:
    """The form as it would have been filled in."""
    pairs = [
        ("name", alert.name),
        *((f"text_{code}", text) for code, text in alert.texts.items()),
        ("source_title", alert.source.title),
        ("source_url", alert.source.url),
        ("source_checked", alert.source.checked_on),
        ("urgency", alert.urgency),
        ("repeat", alert.repeat),
        ("starts", _local(alert.starts, zone)),
        ("ends", _local(alert.ends, zone)),
        *(("topic", topic) for topic in alert.topics),
    ]
    return Form(pairs + _boxes(alert.segment))


def new_fields() -> Form:
    return Form([("urgency", "important"), ("repeat", "")])


def _local(moment: datetime | None, zone: tzinfo) -> str:
    return "" if moment is None else moment.astimezone(zone).strftime(_FORMAT)


def _boxes(rule: Rule) -> list[tuple[str, str]]:
    """Tests that have boxes are ticked there, each group at most once; others are written out, else they were lost."""
    tests = rule.of if isinstance(rule, All) else (rule,)
    pairs: list[tuple[str, str]] = []
    written: list[Rule] = []
    ticked: set[str] = set()
    for test in tests:
        if isinstance(test, Is) and _has_boxes(test) and test.key not in ticked:
            ticked.add(test.key)
            pairs += [(f"in_{test.key}", value) for value in test.values]
        else:
            written.append(test)
    if written:
        pairs.append(("rule", write_rule(written[0] if len(written) == 1 else All(of=tuple(written)))))
    return pairs


def _has_boxes(test: Is) -> bool:
    return test.key == "seen" or (bool(test.values) and set(test.values) <= set(BOXES.get(test.key, ())))
