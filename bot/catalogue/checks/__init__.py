"""What is checked once everything has its shape: a table of small checks, each of them asked about the whole draft."""

from collections.abc import Callable, Iterator
from typing import Final

from bot.catalogue.checks.articles import articles, questions
from bot.catalogue.checks.deadlines import deadlines
from bot.catalogue.checks.facts import facts, periods
from bot.catalogue.checks.labels import labels
from bot.catalogue.checks.loops import loops
from bot.catalogue.checks.names import names
from bot.catalogue.checks.safety import barred, doubtful, links, marks, previews, shelters
from bot.catalogue.checks.templates import templates
from bot.catalogue.checks.texts import texts
from bot.catalogue.checks.ways import ways
from bot.catalogue.checks.whole import removed, required, unused_flows
from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding

__all__ = ["check"]

CHECKS: Final[tuple[Callable[[Draft], Iterator[Finding]], ...]] = (
    required,
    removed,
    ways,
    loops,
    labels,
    names,
    facts,
    periods,
    deadlines,
    texts,
    templates,
    articles,
    questions,
    links,
    barred,
    shelters,
    marks,
    doubtful,
    previews,
    unused_flows,
)


def check(draft: Draft) -> Iterator[Finding]:
    """Every finding of every check, in no order."""
    for one in CHECKS:
        yield from one(draft)
