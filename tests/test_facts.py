"""One number, one fact: what is quoted reads the same in every variant, and no two facts say the same thing."""

import re
from collections import Counter
from datetime import UTC, datetime
from itertools import combinations, product

import pytest
from rapidfuzz import fuzz

from bot.catalogue import Catalogue, Target
from bot.text import LANGUAGES
from tests import real
from tests.conversation.chat import Chat

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PROFILES = [*product(("UZ", "TJ", "KG"), ("RU", "KZ")), ("", "")]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return real.catalogue()


def numbers(
    catalogue: Catalogue, kind: str, article: str, language: str, citizenship: str, country: str
) -> Counter[str]:
    """The numbers that a person reads: the spaces of thousands are no ends of a number."""
    profile = {key: value for key, value in (("citizenship", citizenship), ("country", country)) if value}
    chat = Chat(catalogue, now=NOW, language=language, **profile)
    chat.sends("choice", choice=Target(kind=kind, id=article).token)  # type: ignore[arg-type]
    return Counter(re.findall(r"\d+(?:[.,]\d+)?", re.sub(r"(?<=\d)[\u00a0\u202f ](?=\d{3}\b)", "", chat.text)))


@pytest.mark.parametrize("kind", ["article", "details"])
def test_every_article_reads_the_same_numbers_in_every_variant(catalogue: Catalogue, kind: str) -> None:
    differ = []
    for article in catalogue.articles:
        for citizenship, country in PROFILES:
            read = {
                language: numbers(catalogue, kind, article, language, citizenship, country) for language in LANGUAGES
            }
            differ += [
                f"{article} {citizenship} {country} {language}: {read[language]} <> {read['ru']}"
                for language in LANGUAGES
                if read[language] != read["ru"]
            ]
    assert differ == []


def test_no_two_facts_state_the_same_thing(catalogue: Catalogue) -> None:
    alike = [
        (one.key, other.key)
        for one, other in combinations(catalogue.facts.values(), 2)
        if one.unit == other.unit
        and fuzz.token_sort_ratio(one.what, other.what) >= 96
        and not (one.key.endswith("_min") and other.key.endswith("_max"))
    ]
    assert alike == []


def test_every_fact_has_its_source_and_the_day_of_its_check(catalogue: Catalogue) -> None:
    for fact in catalogue.facts.values():
        assert fact.source.title
        assert fact.source.checked <= NOW.date()
        assert fact.owner
    assert len(catalogue.facts) >= 120
