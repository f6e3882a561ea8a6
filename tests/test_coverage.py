"""What is promised is there: 105 topics as they were given, 109 needs each with an answer or an honest "not yet"."""

from pathlib import Path

import pytest
import yaml

from bot.catalogue import Catalogue, coverage
from bot.text import LANGUAGES
from tests import real

ROOT = Path(__file__).resolve().parents[1]
TOPICS = ROOT / "../shared/topics.yaml"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return real.catalogue()


@pytest.mark.skipif(not TOPICS.exists(), reason="needs the list of topics of ../shared")
def test_every_topic_has_its_article_for_whom_and_where_it_matters(catalogue: Catalogue) -> None:
    sections = yaml.safe_load(TOPICS.read_text(encoding="utf-8"))["sections"]
    topics = {topic["id"]: (section, topic) for section, topics in sections.items() for topic in topics}
    assert set(catalogue.articles) == set(topics)
    for id, (section, topic) in topics.items():
        article = catalogue.articles[id]
        assert (article.section, article.citizenships, article.countries) == (
            section,
            frozenset(topic["for"]),
            frozenset(topic["in"]),
        ), id


def test_every_article_is_asked_for_in_every_language(catalogue: Catalogue) -> None:
    for article in catalogue.articles.values():
        for language in LANGUAGES:
            least = 6 if language != "uz_Cyrl" else 2
            assert len(article.questions.get(language, ())) >= least, (article.id, language)


def test_every_article_ends_with_a_step_for_today_and_says_what_to_be_careful_about(catalogue: Catalogue) -> None:
    for article in catalogue.articles.values():
        assert article.answer
        assert article.steps
        assert article.careful
        assert article.today
        assert article.sources or not article.verified


def test_every_need_is_served_or_said_to_be_missing(catalogue: Catalogue) -> None:
    assert [int(number) for number in catalogue.needs] == list(range(1, 110))
    for need in catalogue.needs.values():
        assert need.by or need.feature or need.not_yet


def test_the_page_of_coverage_is_up_to_date(catalogue: Catalogue) -> None:
    """Else: safar coverage --write docs/coverage.md."""
    assert (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8") == coverage(catalogue)


def test_nothing_claims_to_have_been_checked_by_a_native_yet(catalogue: Catalogue) -> None:
    """Whoever has had a text read by somebody who grew up with the language changes this test with it."""
    assert {state for article in catalogue.articles.values() for state in article.wording.values()} <= {
        "machine",
        "reviewed",
    }
