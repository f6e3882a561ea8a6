"""Every text has one key; Babel, ``safar translate`` and the loader find the same."""

import subprocess
import sys
from datetime import date
from io import BytesIO
from pathlib import Path, PurePath

import pytest
import yaml
from babel.messages.pofile import read_po

from bot.catalogue.extract import Kind, extract, kind_of, sources, texts
from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales

ROOT = Path(__file__).resolve().parents[2]

FLOW = """\
# For the translator: the shortest name.
title: Патент
open_with: [патент, работа]
start: a
nodes:
  a:
    ask: Где вы?
    retry: Напишите город.
    choices:
      RU: В России
      # Not the city.
      KZ: {label: В Казахстане, also: [казахстан, кз]}
    next: b
  b:
    say:
      - {when: profile.country == "RU", text: Вы в России.}
      - text: Вы дома.
    next: c
  c:
    menu:
      - article:patent-cost
      - {go: article:x, label: Цена}
      - {go: b, label: Назад, also: [обратно]}
    text: Что дальше?
  d:
    end: |
      До свидания.
  e:
    end: true
"""


def found(kind: Kind, text: str) -> list[tuple[str, str]]:
    return [(key, said) for key, said, _, _ in texts(kind, "patent", yaml.compose(text))]


def test_a_flow_gives_each_text_its_key() -> None:
    assert found("flow", FLOW) == [
        ("flows.patent.title", "Патент"),
        ("flows.patent.open_with", "патент, работа"),
        ("flows.patent.a.ask", "Где вы?"),
        ("flows.patent.a.retry", "Напишите город."),
        ("flows.patent.a.choices.RU", "В России"),
        ("flows.patent.a.choices.KZ", "В Казахстане"),
        ("flows.patent.a.choices.KZ.also", "казахстан, кз"),
        ("flows.patent.b.say.1", "Вы в России."),
        ("flows.patent.b.say.2", "Вы дома."),
        ("flows.patent.c.menu.article:x", "Цена"),
        ("flows.patent.c.menu.b", "Назад"),
        ("flows.patent.c.menu.b.also", "обратно"),
        ("flows.patent.c.text", "Что дальше?"),
        ("flows.patent.d.end", "До свидания."),
    ]


def test_an_article_gives_each_text_its_key_and_not_its_questions() -> None:
    article = """\
title: Цена
answer: [{when: profile.country == "RU", text: Платите.}, {text: Не платите.}]
steps: [Первый, [{text: Второй}]]
careful: Осторожно.
today: Сегодня.
questions: {ru: [сколько стоит]}
status: verified
"""
    assert found("article", article) == [
        ("articles.patent.title", "Цена"),
        ("articles.patent.answer.1", "Платите."),
        ("articles.patent.answer.2", "Не платите."),
        ("articles.patent.steps.1", "Первый"),
        ("articles.patent.steps.2.1", "Второй"),
        ("articles.patent.careful", "Осторожно."),
        ("articles.patent.today", "Сегодня."),
    ]


def test_only_facts_in_words_are_translated() -> None:
    facts = """\
days: {what: срок, unit: days, value: 15}
where: {what: место, unit: text, value: в МВД}
how: {unit: text, values: [{at: UZ, value: раз}, {at: TJ, value: два}, {at: UZ, value: три, valid_from: 2027-01-01}]}
"""
    assert found("facts", facts) == [
        ("facts.where.values.all", "в МВД"),
        ("facts.how.values.UZ", "раз"),
        ("facts.how.values.TJ", "два"),
        ("facts.how.values.UZ.2", "три"),
    ]


def test_phrases_and_names_of_help_points_are_translated() -> None:
    assert found("phrases", "yes: Да\nno: Нет\n") == [("phrases.yes", "Да"), ("phrases.no", "Нет")]
    line = "- {id: line, name: Линия, phones: ['112'], confidence: high, status: active}\n"
    assert found("points", line) == [("points.line.name", "Линия")]


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        (("status: active", "status: unknown"), True),
        (("status: active", "status: closed"), False),
        (("status: active", "status: unknown, marks: [foreign_agent]"), False),
        (("confidence: high", "confidence: low"), False),
        (("phones: ['112'], ", ""), True),
    ],
)
def test_the_name_of_a_point_that_is_never_shown_is_not_translated(change: tuple[str, str], is_shown: bool) -> None:
    line = "- {id: line, name: Линия, phones: ['112'], confidence: high, status: active}\n".replace(*change)
    assert found("points", line) == [("points.line.name", "Линия")] * is_shown


@pytest.mark.parametrize("kind", ["flow", "article", "phrases", "facts", "points"])
@pytest.mark.parametrize(
    "broken",
    [
        "",
        "- 1",
        "a",
        "nodes: [a]",
        "nodes: {a: [b]}",
        "nodes: {a: {ask: [x], choices: [y]}}",
        "x: {unit: text, values: 5}",
    ],
)
def test_a_wrong_shape_is_passed_over(kind: Kind, broken: str) -> None:
    assert all(isinstance(text, str) for _, text in found(kind, broken))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("flows/patent.yaml", "flow"),
        ("content/articles/work/patent-cost.yaml", "article"),
        ("content/phrases.yaml", "phrases"),
        ("content/facts/patent.yaml", "facts"),
        ("content/help_points/ru.yaml", "points"),
        ("flows/transcripts/patent.new.yaml", None),
        ("content/words.yaml", None),
        ("other.yaml", None),
    ],
)
def test_the_folder_tells_what_a_file_holds(path: str, kind: Kind | None) -> None:
    assert kind_of(PurePath(path)) == kind


def test_the_extractor_yields_what_babel_asks_for() -> None:
    file = BytesIO(FLOW.encode())
    file.name = "flows/patent.yaml"
    messages = list(extract(file, (), (), {}))

    assert messages[0] == (2, "pgettext", ("flows.patent.title", "Патент"), ["For the translator: the shortest name."])
    assert messages[5] == (12, "pgettext", ("flows.patent.a.choices.KZ", "В Казахстане"), ["Not the city."])
    assert messages[2] == (7, "pgettext", ("flows.patent.a.ask", "Где вы?"), [])


def test_sources_stand_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "content").mkdir()
    (tmp_path / "flows" / "b.yaml").write_text("title: Б\n", "utf-8")
    (tmp_path / "flows" / "a.yaml").write_text("title: А\nnodes: {x: {say: Раз}}\n", "utf-8")
    (tmp_path / "content" / "phrases.yaml").write_text("# Note\nyes: Да\n", "utf-8")

    assert [(source.found.key, source.file, source.comments) for source in sources(tmp_path)] == [
        ("phrases.yes", "content/phrases.yaml", ["Note"]),
        ("flows.a.title", "flows/a.yaml", []),
        ("flows.a.x.say", "flows/a.yaml", []),
        ("flows.b.title", "flows/b.yaml", []),
    ]


def test_plain_pybabel_extracts_our_yaml(tmp_path: Path) -> None:
    (tmp_path / "flows" / "transcripts").mkdir(parents=True)
    (tmp_path / "flows" / "patent.yaml").write_text(FLOW, "utf-8")
    (tmp_path / "flows" / "transcripts" / "patent.x.yaml").write_text("title: Не переводится\n", "utf-8")
    config = tmp_path / "babel.cfg"
    # Named by its path, so that this runs from a checkout that is not installed, too.
    config.write_text("[extractors]\nsafar = bot.catalogue.extract:extract\n" + (ROOT / "babel.cfg").read_text("utf-8"))
    command = "import sys; sys.path.insert(0, sys.argv.pop(1)); from babel.messages.frontend import main; main()"
    arguments = ["extract", "-F", "babel.cfg", "-k", "pgettext:1c,2", "-o", "safar.pot", "."]
    subprocess.run(
        [sys.executable, "-c", command, str(ROOT), *arguments], cwd=tmp_path, check=True, capture_output=True
    )
    catalog = read_po((tmp_path / "safar.pot").read_text("utf-8").splitlines())

    assert {(message.context, message.id) for message in catalog if message.id} == set(found("flow", FLOW))


def test_the_loader_finds_the_same_texts_under_the_same_keys() -> None:
    draft, _ = read_draft(ROOT, Locales(messages={}), date(2026, 11, 22))

    assert {said.text.key: said.text.source for said in draft.texts} == {
        source.found.key: source.found.text for source in sources(ROOT)
    }
