"""WhatsApp's templates as content: their words in every language, and what keeps them off a locked screen."""

from pathlib import Path

import pytest

from bot.catalogue import load
from bot.catalogue.extract import sources
from bot.catalogue.locales import domain_of
from tests.catalogue.conftest import AS_OF

NOTICE = """
category: utility
body: Для вас есть ответ.
buttons: [Показать, Не сейчас]
"""


@pytest.fixture
def notice(root: Path) -> Path:
    path = root / "content" / "templates" / "answer_here.yaml"
    path.parent.mkdir()
    path.write_text(NOTICE.lstrip(), encoding="utf-8")
    return path


def found(root: Path) -> set[str]:
    return {f"{one.rule}: {one.what}" for one in load(root, as_of=AS_OF).findings if one.rule != "missing-translation"}


def test_a_template_is_loaded_by_the_name_of_its_file(root: Path, notice: Path) -> None:
    loaded = load(root, as_of=AS_OF)
    assert loaded.catalogue is not None
    template = loaded.catalogue.templates["answer_here"]
    assert (template.name, template.body.plain("ru")) == ("answer_here", "Для вас есть ответ.")
    assert [button.plain("ru") for button in template.buttons] == ["Показать", "Не сейчас"]


def test_its_texts_go_to_the_translators_of_phrases_and_are_missed(root: Path, notice: Path) -> None:
    keys = [one.found.key for one in sources(root) if one.found.key.startswith("templates.")]
    assert keys == [
        "templates.answer_here.body",
        "templates.answer_here.buttons.1",
        "templates.answer_here.buttons.2",
    ]
    assert {domain_of(key) for key in keys} == {"phrases"}
    missing = [one for one in load(root, as_of=AS_OF).findings if one.rule == "missing-translation"]
    assert {one.at.file for one in missing} == {"content/templates/answer_here.yaml"}


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("есть ответ", "полиция", 'preview-word: "полици" (ru) would show on a locked screen'),
        ("Показать", "О депортации", 'preview-word: "депорт" (ru) would show on a locked screen'),
        (
            "есть ответ",
            "ответ " * 200,
            "text-too-long: the text has 1209 characters in ru, more than the 1024 that fit",
        ),
        (
            "Показать",
            "Показать всё что пришло сюда",
            "text-too-long: the text has 28 characters in ru, more than the 25 that fit",
        ),
        (
            "есть",
            "*есть*",
            "bad-template: a template holds neither bold words nor values that its parameters do not name",
        ),
        ("есть ответ", "ответ за 5 дней", 'typed-number: the number "5" is typed by hand'),
        ("category: utility", "category: marketing", 'bad-value: "marketing" is not known here'),
    ],
)
def test_what_a_locked_screen_or_meta_would_not_bear_is_found(
    root: Path, notice: Path, old: str, new: str, finding: str
) -> None:
    notice.write_text(NOTICE.lstrip().replace(old, new), encoding="utf-8")
    assert finding in found(root)


#: More than a locked screen shows.
LONG = "Вы разрешили присылать вам важные сообщения, и пришло новое. Нажмите первую кнопку ниже, чтобы прочитать. "


@pytest.mark.parametrize(
    ("body", "parameters", "finding"),
    [
        (LONG + "Пишет {who}.", "{who: Друг}", None),
        (LONG + "Пишет {who}.", "{}", "bold words nor values that its parameters do not name"),
        (LONG + "Сумма {fact:fee}.", "{fact: Друг}", "bold words nor values that its parameters do not name"),
        (LONG + "Пишет друг.", "{who: Друг}", "each of the parameters stands in the body once"),
        (LONG + "{who} и {who}.", "{who: Друг}", "each of the parameters stands in the body once"),
        (LONG + "Пишет {who}", "{who: Друг}", "a value begins or ends the text (ru), which Meta refuses"),
        ("Пишет {who}. " + LONG, "{who: Друг}", "among the first 80 characters (ru), which a locked screen shows"),
    ],
)
def test_a_value_stands_in_the_middle_beyond_the_locked_screen_with_an_example(
    root: Path, notice: Path, body: str, parameters: str, finding: str | None
) -> None:
    notice.write_text(f'category: utility\nbody: "{body}"\nparameters: {parameters}\n', encoding="utf-8")
    bad = [one for one in found(root) if one.startswith("bad-template")]
    assert [finding in one for one in bad] == [True] if finding else bad == []


def test_its_name_is_one_that_meta_takes(root: Path, notice: Path) -> None:
    notice.rename(notice.with_name("answer-here.yaml"))
    assert any(one.startswith('bad-id: "answer-here"') for one in found(root))
