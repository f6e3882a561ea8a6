"""How good the answers are on questions whose right topics are known."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from bot.answers.answers import Answer


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a file: what is asked, and what should come.

    ``topics``: acceptable articles, best first; ``expect``: smalltalk, none or other_language; ``need``: branch of the
    emergency, None for a harmless message with words of danger.
    """

    text: str
    id: str = ""
    lang: str = ""
    style: str = ""
    citizenship: str = ""
    topics: tuple[str, ...] = ()
    expect: str = ""
    need: str | msgspec.UnsetType | None = msgspec.UNSET


class Share(msgspec.Struct):
    """``hits`` of ``of``."""

    hits: int = 0
    of: int = 0

    def add(self, hit: bool) -> None:
        self.hits += hit
        self.of += 1

    @property
    def part(self) -> float:
        return self.hits / self.of if self.of else 0.0


class Report(msgspec.Struct):
    """Shares by name of the measure, then by group: ``all``, a language (``lang:ru``), a style (``style:typo``)."""

    shares: dict[str, dict[str, Share]]
    #: Right topic, topic found instead -> how often.
    confusions: dict[tuple[str, str], int]
    missed: list[tuple[Case, Answer]]

    def plain(self) -> dict[str, Any]:
        """As JSON data; shares are 0 to 1."""
        shares = {
            name: {group: {"share": round(share.part, 4), "of": share.of} for group, share in groups.items()}
            for name, groups in self.shares.items()
        }
        return {**shares, "confusions": [[*pair, count] for pair, count in Counter(self.confusions).most_common()]}


Find = Callable[[Case], Answer]


def evaluate(cases: Iterable[Case], find: Find) -> Report:
    """Ask everything and compare. Questions give recall, the rest false answers and alarms."""
    report = Report(shares={}, confusions={}, missed=[])
    for case in cases:
        _judge(report, case, find(case))
    return report


def _judge(report: Report, case: Case, answer: Answer) -> None:
    alarmed = answer.kind == "urgent"
    if case.topics:
        right = answer.topics[:1] and answer.topics[0] in case.topics and not alarmed
        _count(report, "recall@1", case, bool(right))
        _count(report, "recall@3", case, not alarmed and bool(set(answer.topics[:3]) & set(case.topics)))
        _count(report, "answered with an article", case, answer.kind == "article")
        if answer.kind == "article":
            _count(report, "right when answered", case, bool(right))
        _count(report, "plain questions alarmed", case, alarmed)
        if not right:
            found = answer.topics[0] if answer.topics and not alarmed else answer.kind
            pair = (case.topics[0], found)
            report.confusions[pair] = report.confusions.get(pair, 0) + 1
            report.missed.append((case, answer))
    elif case.expect:
        _count(report, f"{case.expect} known", case, answer.kind == case.expect)
        _count(report, "off-topic answered with an article", case, answer.kind == "article")
        if answer.kind != case.expect:
            report.missed.append((case, answer))
    elif case.need is None:
        _count(report, "near-misses alarmed", case, alarmed)
        if alarmed:
            report.missed.append((case, answer))
    elif isinstance(case.need, str):
        _count(report, "urgent recall", case, alarmed)
        _count(report, "urgent in the right branch", case, alarmed and answer.need == case.need)
        if not alarmed or answer.need != case.need:
            report.missed.append((case, answer))
    if case.lang and not case.expect:
        _count(report, "language known", case, answer.language == case.lang)


def _count(report: Report, name: str, case: Case, hit: bool) -> None:
    groups = report.shares.setdefault(name, {})
    for group in filter(None, ("all", case.lang and f"lang:{case.lang}", case.style and f"style:{case.style}")):
        groups.setdefault(group, Share()).add(hit)


def read_cases(lines: Sequence[bytes]) -> list[Case]:
    """One JSON object a line. Raises ``msgspec.MsgspecError`` with the number of the line in its notes."""
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(msgspec.json.decode(line, type=Case))
            except msgspec.MsgspecError as error:
                error.add_note(f"line {number}")
                raise
    return cases
