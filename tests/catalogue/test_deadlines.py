"""Legal terms and calendars as content: their texts, what quotes their numbers."""

from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import impact, load
from bot.catalogue.extract import sources
from bot.catalogue.locales import domain_of
from tests.catalogue.conftest import AS_OF

RULE = """
answer:
  title: Ответить на письмо
  for: [UZ, TJ]
  in: RU
  event: entry
  term: {fact: term}
  action: Ответьте на письмо.
  consequence: Ответа не будет.
  source: {title: Кодекс, url: "https://pravo.example.org/tk", page_date: 2026-03-11}
  checked_on: 2026-10-01
  confidence: high
  status: in_force
  owner: legal
  recheck_every: 180 days
"""
CALENDAR = """
valid_years: [2026]
weekend: [saturday, sunday]
holidays: {2026-01-01: Новый год}
moved_off: {2026-01-09: Перенос}
worked: {2026-01-10: Рабочий день}
expected: {2026-05-27: Курбан айт}
source: {title: Кодекс, url: null}
checked_on: 2026-10-01
"""


@pytest.fixture
def written(root: Path) -> Path:
    for name, text in (("deadlines/terms", RULE), ("calendars/RU", CALENDAR)):
        path = root / "content" / f"{name}.yaml"
        path.parent.mkdir()
        path.write_text(text.lstrip(), encoding="utf-8")
    return root


def test_a_rule_and_a_calendar_are_loaded_without_a_finding(written: Path) -> None:
    loaded = load(written, as_of=AS_OF)
    assert {finding.rule for finding in loaded.findings} == {"missing-translation"}
    assert loaded.catalogue is not None
    rule, calendar = loaded.catalogue.deadlines["answer"], loaded.catalogue.calendars["RU"]
    assert (rule.country, rule.event, rule.counts_first_day, rule.in_force) == ("RU", "entry", True, True)
    assert calendar.off == {date(2026, 1, 1), date(2026, 1, 9)}
    assert calendar.worked == {date(2026, 1, 10)}
    assert calendar.expected == {date(2026, 5, 27)}
    assert calendar.weekend == {5, 6}


def test_the_texts_of_a_rule_go_to_the_translators_of_articles(written: Path) -> None:
    keys = [one.found.key for one in sources(written) if one.found.key.startswith("deadlines.")]
    assert keys == ["deadlines.answer.title", "deadlines.answer.action", "deadlines.answer.consequence"]
    assert {domain_of(key) for key in keys} == {"articles"}
    assert {one.at.file for one in load(written, as_of=AS_OF).findings} == {"content/deadlines/terms.yaml"}


def test_a_correction_of_a_fact_is_known_to_reach_the_rule(written: Path) -> None:
    found = [str(one) for one in impact(written, "fact", "term")]
    assert "content/deadlines/terms.yaml:6:16 deadline answer: a term" in found


def test_a_fact_that_only_a_rule_quotes_is_used(written: Path) -> None:
    facts = written / "content" / "facts" / "limits.yaml"
    facts.write_text(facts.read_text("utf-8").replace("term:", "other:", 1), encoding="utf-8")
    rule = written / "content" / "deadlines" / "terms.yaml"
    rule.write_text(RULE.lstrip().replace("fact: term", "fact: other"), encoding="utf-8")
    loaded = load(written, as_of=AS_OF)
    assert 'nothing quotes the fact "other"' not in {finding.what for finding in loaded.findings}
