"""From a question to an article, by its words."""

import json
from pathlib import Path

import pytest

from bot.answers import Index
from bot.catalogue import Catalogue

SHARED = Path(__file__).resolve().parents[2] / "../shared"


@pytest.fixture(scope="module")
def index(catalogue: Catalogue) -> Index:
    return Index.build(catalogue)


@pytest.mark.parametrize(
    "question",
    [
        "мне не платят зарплату",
        "Мне НЕ платят зарплату!!",
        "мне не платят зарплату уже месяц",
        "хозяин не заплатил за работу",
        "хозяен не заплотил за работу",
        "Не платят зарплату",
        "oylik bermayapti",
        "ойлик бермаяпти",
        "xo'jayin pul to'lamadi",
    ],
)
def test_a_sure_question_finds_its_article(index: Index, question: str) -> None:
    match = index.find(question, "UZ", "RU", "ru")
    assert (match.kind, match.topics) == ("article", ("wages",)), match


def test_a_less_sure_question_offers_choices(index: Index) -> None:
    match = index.find("работа и зарплата и патент", "", "", "ru")
    assert match.kind == "choices"
    assert 1 <= len(match.topics) <= 3


@pytest.mark.parametrize(
    "question", ["", "   ", "???", "рецепт борща", "привет", "1", "а", "\ufdfa" * 4000, "работа " * 600]
)
def test_what_no_article_answers_is_no_article(index: Index, question: str) -> None:
    assert index.find(question, "", "", "ru").kind != "article"


@pytest.mark.parametrize(
    ("citizenship", "country", "kind"),
    [("KG", "RU", "article"), ("", "", "article"), ("UZ", "RU", "none"), ("KG", "TJ", "none")],
)
def test_an_article_for_others_is_not_found(index: Index, citizenship: str, country: str, kind: str) -> None:
    match = index.find("нужен ли патент кыргызстанцу", citizenship, country, "ru")
    assert match.kind == kind
    assert "kyrgyz-only" in match.topics or kind == "none"


@pytest.mark.skipif(not SHARED.exists(), reason="needs the questions of ../shared")
def test_hardly_any_offtopic_question_gets_a_sure_answer(index: Index) -> None:
    lines = (SHARED / "questions" / "offtopic.jsonl").read_text(encoding="utf-8").splitlines()
    false = [line for line in lines if index.find(json.loads(line)["text"], "", "", "ru").kind == "article"]
    assert not false
