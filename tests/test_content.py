"""The guidance of this repository itself: it checks without an error, and its sentences are those that the bot says."""

import re
from pathlib import Path

import pytest

from bot.catalogue import Finding, Loaded, load_transcripts
from bot.conversation import play
from tests import real
from tests.conversation.chat import Chat

ROOT = Path(__file__).resolve().parents[1]

#: What they share takes seconds to check.
pytestmark = pytest.mark.xdist_group("content")


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return real.loaded()


def errors(findings: tuple[Finding, ...] | list[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.level == "error"]


def test_the_content_has_no_errors(loaded: Loaded) -> None:
    assert errors(loaded.findings) == []


def test_every_transcript_plays_in_every_language(loaded: Loaded) -> None:
    transcripts, findings = load_transcripts(ROOT)
    assert errors(list(findings)) == []
    assert loaded.catalogue is not None

    assert errors([finding for one in transcripts for finding in play(one, loaded.catalogue)]) == []


def test_every_flow_has_a_transcript(loaded: Loaded) -> None:
    transcripts, _ = load_transcripts(ROOT)
    assert loaded.catalogue is not None

    assert set(loaded.catalogue.flows) - {one.name.partition(".")[0] for one in transcripts} == set()


def test_every_phrase_is_said_somewhere(loaded: Loaded) -> None:
    """No dead sentence is translated four times."""
    assert loaded.catalogue is not None
    code = "".join(
        path.read_text(encoding="utf-8")
        for suffix in ("py", "html", "js")
        for path in (ROOT / "bot").rglob(f"*.{suffix}")
    )

    def is_said(key: str) -> bool:
        """By its name, or by one that is put together: f"command-{name}", f"{state}-note"."""
        ways = (rf"[\"']{key}[\"']", rf"\"{key.partition('-')[0]}-{{", rf"}}-{key.rpartition('-')[2]}\"")
        return any(re.search(way, code) for way in ways)

    assert [key for key in loaded.catalogue.phrases if not is_said(key)] == []


def test_every_phrase_that_is_said_exists(loaded: Loaded) -> None:
    assert loaded.catalogue is not None
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    said = set(re.findall(r"\.(?:phrase|words)\(\s*\"([a-z-]+)\"", code))

    assert said
    assert said - set(loaded.catalogue.phrases) == set()


def test_an_answer_of_the_waiting_question_is_taken_though_it_sounds_like_danger(loaded: Loaded) -> None:
    """The question was asked to hear it, and its flow goes on with help."""
    assert loaded.catalogue is not None
    chat = Chat(loaded.catalogue, language="ru", citizenship="UZ", country="RU").opens("wages").says("Не дают уйти")
    assert chat.session.stack[0].flow == "wages"
    assert chat.session.stack[-1].flow == "held"


def test_a_hidden_line_of_a_menu_does_not_take_the_word_of_a_shown_one(loaded: Loaded) -> None:
    assert loaded.catalogue is not None
    for country, node in (("RU", "menu.papers"), ("KZ", "menu.papers-kz")):
        chat = Chat(loaded.catalogue, language="ru", citizenship="UZ", country=country).opens("menu")
        assert chat.says("документы").stands == node


def talk(loaded: Loaded, language: str = "ru") -> Chat:
    assert loaded.catalogue is not None
    return Chat(loaded.catalogue, language=language, citizenship="UZ", country="RU")


def test_a_word_that_opens_a_flow_does_so_in_the_menu(loaded: Loaded) -> None:
    """A menu may list the same word for a whole group of topics."""
    assert talk(loaded).opens("menu").says("зарплата").stands == "wages.danger"


@pytest.mark.parametrize(
    ("text", "flow", "language"),
    [
        ("проблема с зарплатой", "wages", "ru"),
        ("patentimni yoʻqotdim", "patent", "uz"),
        ("какой патент", "patent", "ru"),
    ],
)
def test_a_question_that_names_a_flow_is_offered_it(loaded: Loaded, text: str, flow: str, language: str) -> None:
    """In the language of the question."""
    assert loaded.catalogue is not None
    title = loaded.catalogue.flows[flow].title.plain(language)
    assert title in talk(loaded).opens("menu").says(text).labels


def test_who_is_kept_at_the_police_is_not_taken_for_who_is_kept_by_an_employer(loaded: Loaded) -> None:
    assert talk(loaded).says("сижу в отделе, не отпускают телефон забирают").stands == "police.what"


@pytest.mark.parametrize("text", ["10 дней", "3 kun", "1 год"])
def test_another_unit_than_that_of_the_question_is_no_answer(loaded: Loaded, text: str) -> None:
    chat = talk(loaded).opens("wages").says("нет").says("да, у меня").says(text)
    assert chat.stands == "wages.months"
    assert chat.says("3 месяца").stands == "wages.contract"


def test_two_letters_that_deny_are_no_slip(loaded: Loaded) -> None:
    chat = talk(loaded, language="uz").opens("wages").says("taxdid qilishyapti")
    denied = talk(loaded, language="uz").opens("wages").says("taxdid qilishmayapti")
    assert chat.session.stack[-1].answers["danger"] != denied.session.stack[-1].answers.get("danger")


def test_a_language_chosen_in_danger_says_the_first_words_again(loaded: Loaded) -> None:
    assert loaded.catalogue is not None
    chat = Chat(loaded.catalogue).says("мени сабап жатышат")
    assert chat.reply.language == "ky"
    chat.taps(chat.labels[-1]).taps("Oʻzbekcha").sees("violence.first", "violence.now")
    assert chat.reply.language == "uz"
