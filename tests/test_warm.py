"""What was learnt is taken over by the next process as long as nothing that teaches has changed."""

import sys
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.answers import Answers, Corridor, Learnt, lessons
from bot.catalogue import Cache, Catalogue
from bot.conversation import prepared
from bot.warm import warm
from tests.web import serving

QUESTION = "хурмандия кончилась"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """A part of the real one."""
    whole = serving.catalogue()
    some = {
        kind: {language: given[:4] for language, given in by_language.items()}
        for kind, by_language in whole.examples.items()
    }
    return replace(
        whole,
        articles={id: whole.articles[id] for id in ("sim-card", "wages-unpaid", "patent-cost")},
        examples=some,
        terms=dict(islice(whole.terms.items(), 40)),
    )


class Process:
    """One that has seen nothing before, and counts what it must learn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.folder = folder
        self.cache = Cache(folder)
        self.learnt = 0
        self._patch = monkeypatch
        #: The module, which the door hides behind its function.
        self._module = sys.modules["bot.answers.answers"]
        self._learn = self._module.learn

    def starts(self, catalogue: Catalogue) -> Answers:
        def learn(catalogue: Catalogue) -> Learnt:
            self.learnt += 1
            return self._learn(catalogue)  # type: ignore[no-any-return]

        self._patch.setattr(prepared, "_recent", [])
        self._patch.setattr(self._module, "learn", learn)
        return warm(catalogue, self.cache).answers


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Process:
    return Process(monkeypatch, tmp_path / "cache")


def taught(catalogue: Catalogue, *more: str) -> Catalogue:
    article = catalogue.articles["sim-card"]
    asked = replace(article, questions={**article.questions, "ru": (*article.questions["ru"], *more)})
    return replace(catalogue, articles={**catalogue.articles, article.id: asked})


def test_the_second_process_learns_nothing_and_answers_alike(process: Process, catalogue: Catalogue) -> None:
    first, second = process.starts(catalogue), process.starts(catalogue)
    assert process.learnt == 1
    for text in (
        "не платят зарплату",
        "симкарта керак",
        "патент канча турат",
        "меня избивают",
        "hello my friend",
        "сим",
    ):
        assert second.ask(text) == first.ask(text)
        assert second.reasons(text, "sim-card") == first.reasons(text, "sim-card")
        assert second.scrub(text) == first.scrub(text)


def test_one_new_question_changes_the_answers_after_a_restart(process: Process, catalogue: Catalogue) -> None:
    assert process.starts(catalogue).ask(QUESTION).score < 1
    assert process.starts(taught(catalogue, QUESTION)).ask(QUESTION).topics[0] == "sim-card"
    assert process.starts(taught(catalogue, QUESTION)).ask(QUESTION).score >= 1
    assert process.starts(catalogue).ask(QUESTION).score < 1
    assert process.learnt == 2


def test_an_edit_of_other_texts_teaches_nothing(process: Process, catalogue: Catalogue) -> None:
    process.starts(catalogue)
    article = replace(catalogue.articles["wages-unpaid"], countries=frozenset({"KZ"}), review_by=date(2031, 1, 1))
    edited = replace(catalogue, articles={**catalogue.articles, article.id: article})
    assert article.id not in process.starts(edited).ask("не платят зарплату", Corridor(country="RU")).topics
    assert process.learnt == 1


@pytest.mark.parametrize("left", [0, 100, -1])
def test_a_file_that_was_cut_is_made_anew(process: Process, catalogue: Catalogue, left: int) -> None:
    wanted = process.starts(catalogue).ask("не платят зарплату")
    (file,) = process.folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:left])
    assert process.starts(catalogue).ask("не платят зарплату") == wanted
    assert process.learnt == 2
    assert process.starts(catalogue).ask("не платят зарплату") == wanted
    assert process.learnt == 2, "the file is whole again"


def test_whole_bytes_that_are_not_what_was_learnt_are_passed_over(process: Process, catalogue: Catalogue) -> None:
    process.cache.put("learnt", b"\x93\xc4\x01", lessons(catalogue))
    assert process.starts(catalogue).ask("не платят зарплату").topics[0] == "wages-unpaid"
    assert process.learnt == 1


def test_where_nothing_can_be_kept_it_learns_each_time(process: Process, catalogue: Catalogue, tmp_path: Path) -> None:
    process.cache = Cache(tmp_path / "no parent" / "cache")
    for _ in range(2):
        assert process.starts(catalogue).ask("не платят зарплату").topics[0] == "wages-unpaid"
    assert process.learnt == 2
