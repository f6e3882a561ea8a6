"""A rule as staff write it, in YAML, and back.

``citizenship: [TJ, UZ]`` is one test; a mapping of several asks for all of them; ``all``, ``any`` and ``not`` hold
further ones.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any as Anything
from typing import Final, get_args

from bot.catalogue import Finding, Place, did_you_mean
from bot.catalogue.checks.names import PROFILE_VALUES
from bot.catalogue.document import Document, Unreadable, Way
from bot.catalogue.source import parse
from bot.catalogue.values import Topic
from bot.delivery.broadcasts.rule import KEYS, All, Any, Is, Key, Not, Rule
from bot.places import Gazetteer
from bot.text import LANGUAGES

MAX_BYTES: Final = 8_192
#: Rules within rules; tests, and values, in the whole.
MAX_DEPTH: Final = 6
MAX_TESTS: Final = 40
MAX_VALUES: Final = 400
#: Of the keys whose values are few, and the same for every catalogue.
VALUES: Final[Mapping[Key, Collection[str]]] = {
    "language": LANGUAGES,
    **{key: PROFILE_VALUES[key] for key in ("citizenship", "country", "stage")},
    "channel": ("telegram", "whatsapp", "web", "terminal"),
    "topic": get_args(Topic),
}
_JOINS: Final = ("all", "any")
_WORDS: Final = (*_JOINS, "not", *KEYS)
#: Up to longer ago than anybody is kept.
DAYS: Final = "[1-9][0-9]{0,2}"
#: What a rule is called in errors.
_NAME: Final = "segment"


class BrokenRule(ValueError):
    """``findings`` say where and why, all of them, in their order."""

    def __init__(self, findings: Collection[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: finding.at))
        super().__init__("\n".join(map(str, self.findings)))


def parse_rule(text: str, places: Gazetteer) -> Rule:
    """``places`` are those of the catalogue that serves. Raises BrokenRule."""
    raw = text.encode()
    if len(raw) > MAX_BYTES:
        what = f"a rule has at most {MAX_BYTES} bytes"
        raise BrokenRule([Finding(at=Place(_NAME), rule="too-big", what=what, remedy="ask for less")])
    try:
        document = parse(raw, _NAME)
    except Unreadable as unreadable:
        raise BrokenRule(unreadable.findings) from None
    return read_rule(document, (), document.data, places)


def read_rule(document: Document, way: Way, data: Anything, places: Gazetteer) -> Rule:
    """What stands at ``way`` of a document. Raises BrokenRule."""
    reading = _Reading(document, places)
    rule = reading.rule(way, data, 1)
    reading.check_size()
    if reading.findings:
        raise BrokenRule(reading.findings)
    return rule


def allowed(key: Key, places: Gazetteer) -> Collection[str]:
    """What a test may ask for; nothing of ``seen``, which takes a number of days."""
    if key in ("region", "city"):
        found = [place for id in places.ids if (place := places.get(id))]
        return {one.region for one in found} if key == "region" else {one.id for one in found if one.kind != "region"}
    return VALUES.get(key, ())


def wrong_value(key: Key, value: str, places: Gazetteer) -> tuple[str, str] | None:
    """What is wrong with a value that a test cannot ask for, and the remedy."""
    if key == "seen":
        remedy = "write a number from 1 to 999"
        return None if re.fullmatch(DAYS, value) else (f'"{value}" is no number of days', remedy)
    return None if _is_allowed(key, value, places) else (f'"{value}" is no {key}', _meant(key, value, places))


def _is_allowed(key: Key, value: str, places: Gazetteer) -> bool:
    if key == "region":
        return places.region(value) is not None
    if key == "city":
        place = places.get(value)
        return place is not None and place.kind != "region"
    return value in VALUES[key]


def _meant(key: Key, value: str, places: Gazetteer) -> str:
    """A city or region may be written by its name."""
    place = places.find(value).place if key in ("region", "city") else None
    if place is not None and (key == "region" or place.kind != "region"):
        return f'did you mean "{place.region if key == "region" else place.id}"?'
    return did_you_mean(value, allowed(key, places))


def write_rule(rule: Rule) -> str:
    """As ``parse_rule`` reads it."""
    if isinstance(rule, All | Any) and not _is_plain(rule) and rule.of:
        return f"{rule.__struct_config__.tag}:\n" + "".join(f"  - {_flow(one)}\n" for one in rule.of)
    return "".join(f"{word}: {value}\n" for word, value in _pairs(rule))


def _flow(rule: Rule) -> str:
    return "{" + ", ".join(f"{word}: {value}" for word, value in _pairs(rule)) + "}"


def _pairs(rule: Rule) -> Iterator[tuple[str, str]]:
    match rule:
        case Is(key=key, values=values):
            yield key, values[0] if len(values) == 1 else f"[{', '.join(values)}]"
        case Not(of=one):
            yield "not", _flow(one)
        case All(of=of) if _is_plain(rule):
            for one in of:
                yield from _pairs(one)
        case All(of=of) | Any(of=of):
            yield "all" if isinstance(rule, All) else "any", f"[{', '.join(map(_flow, of))}]"


def _is_plain(rule: Rule) -> bool:
    """It can be written as a mapping of its tests."""
    if not isinstance(rule, All) or len(rule.of) < 2:
        return False
    keys = [one.key for one in rule.of if isinstance(one, Is)]
    return len(keys) == len(rule.of) == len(set(keys))


class _Reading:
    def __init__(self, document: Document, places: Gazetteer) -> None:
        self.findings: list[Finding] = []
        self._document = document
        self._places = places
        self._tests = self._values = 0

    def rule(self, way: Way, data: Anything, depth: int) -> Rule:
        """What stands there; anything where that is wrong."""
        if depth > MAX_DEPTH:
            self._find(way, "too-deep", f"rules stand in each other more than {MAX_DEPTH} deep", "write it flatter")
            return All(of=())
        if not isinstance(data, dict) or not data:
            what = "here stands no test"
            self._find(way, "no-test", what, "write one, as citizenship: [TJ, UZ], or `all: []` for everybody")
            return All(of=())
        parts = tuple(self._part((*way, word), word, value, depth) for word, value in data.items())
        return parts[0] if len(parts) == 1 else All(of=parts)

    def check_size(self) -> None:
        if self._tests > MAX_TESTS or self._values > MAX_VALUES:
            what = f"a rule has at most {MAX_TESTS} tests and {MAX_VALUES} values"
            self._find((), "too-many", what, "ask for regions in the place of cities, or make two segments")

    def _part(self, way: Way, word: str, value: Anything, depth: int) -> Rule:
        if word in _JOINS:
            return self._join(way, word, value, depth)
        if word == "not":
            return Not(of=self.rule(way, value, depth + 1))
        if word not in KEYS:
            remedy = did_you_mean(word, _WORDS)
            self._find(way, "unknown-key", f'"{word}" is nothing that a rule can ask', remedy, key=True)
            return All(of=())
        key: Key = word
        values = self._texts(way, value)
        self._tests += 1
        self._values += len(values)
        for index, one in enumerate(values):
            self._check((*way, index) if isinstance(value, list) else way, key, one)
        if key == "seen" and len(values) != 1:
            self._find(way, "bad-days", "seen takes one number of days", "write it as seen: 90")
        return Is(key=key, values=tuple(dict.fromkeys(values)))

    def _join(self, way: Way, word: str, value: Anything, depth: int) -> Rule:
        if not isinstance(value, list) or (word == "any" and not value):
            what, remedy = f"{word} takes a list of rules", f"write {word}: [{{country: RU}}, {{seen: 90}}]"
            self._find(way, "no-list", what, remedy)
            return All(of=())
        of = tuple(self.rule((*way, index), one, depth + 1) for index, one in enumerate(value))
        return All(of=of) if word == "all" else Any(of=of)

    def _texts(self, way: Way, value: Anything) -> list[str]:
        texts = value if isinstance(value, list) else [value]
        if texts and all(isinstance(one, str) for one in texts):
            return texts
        self._find(way, "no-value", "here stands no value", "write one, or a list of them: [TJ, UZ]")
        return []

    def _check(self, way: Way, key: Key, value: str) -> None:
        wrong = wrong_value(key, value, self._places)
        if wrong and key == "seen":
            self._find(way, "bad-days", *wrong)
        elif wrong:
            self._find(way, "bad-value", *wrong)

    def _find(self, way: Way, rule: str, what: str, remedy: str, *, key: bool = False) -> None:
        at = self._document.key_at(*way) if key else self._document.at(*way)
        self.findings.append(Finding(at=at, rule=rule, what=what, remedy=remedy))
