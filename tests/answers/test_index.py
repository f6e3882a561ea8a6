"""From a question to an article, by its words. The scores are those of the real guidance."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.answers import Index
from bot.catalogue import load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "../shared"


@pytest.fixture(scope="module")
def index() -> Index:
    catalogue = load(ROOT, as_of=date(2026, 11, 21)).catalogue
    assert catalogue is not None
    return Index.build(catalogue)


@pytest.mark.parametrize(
    "question",
    [
        "Не платят зарплату",
        "не плaтят зарплату!!",
        "не платят зарплату уже месяц",
        "oylik bermayapti",
        "ойлик бермаяпти",
        "oyligimni bermayapti nima qilay",
    ],
)
def test_a_sure_question_finds_its_article(index: Index, question: str) -> None:
    match = index.find(question, "UZ", "RU")
    assert (match.kind, match.topics) == ("article", ("wages-unpaid",)), match


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("патент", "patent-cost"),
        ("полис", "insurance-dms"),
        ("зарплата бермей жатат", "wages-unpaid"),
        ("заболел что делать без страховки", "insurance-dms"),
    ],
)
def test_a_less_sure_question_offers_choices(index: Index, question: str, topic: str) -> None:
    match = index.find(question, "", "")
    assert match.kind == "choices"
    assert topic in match.topics
    assert 1 <= len(match.topics) <= 3


@pytest.mark.parametrize(
    "question",
    [
        *("", "   ", "???", "рецепт борща", "привет", "1", "а", "\ufdfa" * 4000),
        *("как получить гражданство", "рвп", "что ты умеешь"),
    ],
)
def test_what_no_article_answers_finds_none(index: Index, question: str) -> None:
    assert index.find(question, "UZ", "RU").kind == "none"


@pytest.mark.parametrize(
    ("citizenship", "country", "found"),
    [("KG", "RU", True), ("", "", True), ("UZ", "RU", False), ("KG", "KZ", False)],
)
def test_an_article_for_others_is_not_found(index: Index, citizenship: str, country: str, found: bool) -> None:
    match = index.find("полис омс кыргызстанцу", citizenship, country)
    assert ("insurance-oms-eaeu" in match.topics) == found


def test_endless_repetition_counts_once(index: Index) -> None:
    assert index.find("патент " * 600, "", "") == index.find("патент", "", "")


@pytest.mark.skipif(not SHARED.exists(), reason="needs the questions of ../shared")
def test_hardly_any_offtopic_question_gets_a_sure_answer(index: Index) -> None:
    lines = (SHARED / "questions" / "offtopic.jsonl").read_text(encoding="utf-8").splitlines()
    false = [line for line in lines if index.find(json.loads(line)["text"], "", "").kind == "article"]
    assert not false
