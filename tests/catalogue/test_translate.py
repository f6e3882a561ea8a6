"""PO files follow the sources; what a person translated is never lost."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.catalogue import BrokenCatalogue
from bot.catalogue.locales import Locales, read_po
from bot.catalogue.translate import status, update, wordings
from bot.cli.translate import translate

#: Longer than a line of a PO file, so that it is wrapped.
LONG = "Сохраните чек об оплате: без него нельзя доказать, что патент оплачен, и штраф придётся платить снова."


class Project:
    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "flows").mkdir()
        (root / "content").mkdir()
        self.write("content/phrases.yaml", "# A button.\nmenu: Меню\nback: Назад\n")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8")

    def says(self, text: str, node: str = "b") -> None:
        self.write(
            "flows/a.yaml", f"title: Патент\nnodes:\n  {node}:\n    say: {json.dumps(text, ensure_ascii=False)}\n"
        )

    def path(self, language: str = "uz", domain: str = "flows") -> Path:
        return self.root / "locales" / language / "LC_MESSAGES" / f"{domain}.po"

    def translate(self, source: str, translation: str, language: str = "uz", domain: str = "flows") -> None:
        po = self.path(language, domain).read_text("utf-8")
        empty = f'msgid "{source}"\nmsgstr ""'
        assert empty in po
        self.path(language, domain).write_text(po.replace(empty, f'msgid "{source}"\nmsgstr "{translation}"'), "utf-8")

    def state(self, key: str, source: str, language: str = "uz") -> str:
        return Locales.load(self.root / "locales").forms(key, source)[language].state

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.root.glob("locales/**/*.po"))}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.says("Сохраните чек.")
    update(tmp_path)
    return project


def test_new_texts_stand_empty_with_key_file_and_comment(project: Project) -> None:
    assert project.path(domain="phrases").read_text("utf-8") == (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: safar\\n"\n"Language: uz\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '\n#. A button.\n#: content/phrases.yaml\nmsgctxt "phrases.menu"\nmsgid "Меню"\nmsgstr ""\n'
        '\n#: content/phrases.yaml\nmsgctxt "phrases.back"\nmsgid "Назад"\nmsgstr ""\n'
    )


def test_a_second_update_changes_no_byte(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says(LONG)
    update(project.root)
    before = project.files()

    assert update(project.root) == []
    assert project.files() == before


def test_a_changed_meaning_makes_the_translation_fuzzy_and_keeps_what_it_was_made_for(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Выбросьте чек.")
    [changed, *_] = update(project.root)

    assert (changed.file, changed.new, changed.fuzzy, changed.removed) == ("locales/uz/LC_MESSAGES/flows.po", 0, 1, 0)
    assert (
        '#: flows/a.yaml\n#, fuzzy\n#| msgid "Сохраните чек."\nmsgctxt "flows.a.b.say"\n'
        'msgid "Выбросьте чек."\nmsgstr "Chekni saqlang."\n'
    ) in project.path().read_text("utf-8")
    assert project.state("flows.a.b.say", "Выбросьте чек.") == "stale"


def test_a_long_previous_text_survives_and_an_edit_that_is_taken_back_is_current_again(project: Project) -> None:
    project.says(LONG)
    update(project.root)
    po = project.path().read_text("utf-8")
    project.path().write_text(po.rstrip().removesuffix('msgstr ""') + 'msgstr "Chekni saqlang."\n', "utf-8")
    update(project.root)
    for text in ("Раз.", "Два.", LONG):
        project.says(text)
        update(project.root)

    assert "fuzzy" not in project.path().read_text("utf-8")
    assert project.state("flows.a.b.say", LONG) == "current"


@pytest.mark.parametrize("options", [{"typos": ["flows.a.b.say"]}, {"all_typos": True}])
def test_a_typo_leaves_the_translation_current(project: Project, options: dict[str, bool]) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Сохраните чек!")
    update(project.root, **options)  # type: ignore[arg-type]

    assert project.state("flows.a.b.say", "Сохраните чек!") == "current"


def test_a_typo_in_a_text_that_is_fuzzy_leaves_it_fuzzy(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Выбросьте чек.")
    update(project.root)
    project.says("Выбросьте чек!")
    update(project.root, all_typos=True)

    assert project.state("flows.a.b.say", "Выбросьте чек!") == "stale"
    assert '#| msgid "Сохраните чек."' in project.path().read_text("utf-8")


def test_a_text_whose_key_moved_keeps_its_translation(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Сохраните чек.", node="renamed")
    update(project.root)

    assert project.state("flows.a.renamed.say", "Сохраните чек.") == "current"
    assert "#~" not in project.path().read_text("utf-8")


def test_a_removed_text_is_kept_as_obsolete_and_comes_back(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.write("flows/a.yaml", "title: Патент\n")
    [changed, *_] = update(project.root)

    assert changed.removed == 1
    assert '#~ msgctxt "flows.a.b.say"\n#~ msgid "Сохраните чек."\n#~ msgstr "Chekni saqlang."' in (
        project.path().read_text("utf-8")
    )
    assert update(project.root) == []
    project.says("Сохраните чек.")
    update(project.root)
    assert project.state("flows.a.b.say", "Сохраните чек.") == "current"


def test_a_fuzzy_text_that_was_removed_comes_back_fuzzy(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Выбросьте чек.")
    update(project.root)
    project.write("flows/a.yaml", "title: Патент\n")
    update(project.root)
    project.says("Выбросьте чек.")
    update(project.root)

    assert project.state("flows.a.b.say", "Выбросьте чек.") == "stale"


def test_a_removed_text_that_was_never_translated_goes(project: Project) -> None:
    project.write("flows/a.yaml", "title: Патент\n")
    update(project.root)

    assert "Сохраните" not in project.path().read_text("utf-8")


def test_what_translators_and_their_tools_wrote_stays(project: Project) -> None:
    po = project.path().read_text("utf-8")
    po = po.replace('"MIME', '"Last-Translator: somebody\\n"\n"MIME', 1).replace(
        '#: flows/a.yaml\nmsgctxt "flows.a.b', '# Ask a native speaker.\n#: flows/a.yaml\nmsgctxt "flows.a.b'
    )
    project.path().write_text("# Team of the NGO\n" + po, "utf-8")
    project.says("Другое.")
    update(project.root)
    after = project.path().read_text("utf-8")

    assert after.startswith('# Team of the NGO\nmsgid ""\n')
    assert '"Last-Translator: somebody\\n"' in after
    assert "# Ask a native speaker.\n#: flows/a.yaml\nmsgctxt" in after


def test_uzbek_cyrillic_holds_only_corrections_by_hand(project: Project) -> None:
    assert read_po(project.path("uz_Cyrl")).entries == []
    po = project.path("uz_Cyrl").read_text("utf-8")
    project.path("uz_Cyrl").write_text(
        po + '\nmsgctxt "flows.a.b.say"\nmsgid "Сохраните чек."\nmsgstr "Чек сақланг."\n', "utf-8"
    )
    update(project.root)
    assert [message.string for message in read_po(project.path("uz_Cyrl")).entries] == ["Чек сақланг."]


def test_a_broken_file_stops_the_update_before_anything_is_written(project: Project) -> None:
    project.path("tg").write_text("not a PO file\n", "utf-8")
    project.says("Другое.")
    before = project.files()

    with pytest.raises(BrokenCatalogue, match=r"locales/tg/LC_MESSAGES/flows\.po:1:1 po-syntax"):
        update(project.root)
    assert project.files() == before


def test_status_counts_and_names_what_is_left(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.translate("Патент", "Patent")
    project.says("Выбросьте чек.")
    update(project.root)
    found = status(project.root)

    assert list(found) == ["uz", "uz_Cyrl", "tg", "ky"]
    assert found["uz"].current == 1
    assert found["uz"].stale == found["uz_Cyrl"].stale == ("flows.a.b.say",)
    assert found["uz"].missing == ("phrases.menu", "phrases.back")
    assert found["tg"].current == 0


def run(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(translate, ["--root", str(project.root), *arguments])


def test_the_command_tells_what_it_changed(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Выбросьте чек.")
    result = run(project, "update")

    assert result.exit_code == 0
    assert "locales/uz/LC_MESSAGES/flows.po: 0 new, 1 to look at again, 0 gone\n" in result.output
    assert run(project, "update").output == "Everything is up to date.\n"


def test_the_command_knows_typos_by_key(project: Project) -> None:
    project.translate("Сохраните чек.", "Chekni saqlang.")
    project.says("Сохраните чек!")

    assert 'did you mean "flows.a.b.say"?' in run(project, "update", "--typo", "flows.a.b.sai").output
    assert run(project, "update", "--typo", "flows.a.b.say").exit_code == 0
    assert project.state("flows.a.b.say", "Сохраните чек!") == "current"


def test_the_command_prints_the_status_for_people_and_programs(project: Project) -> None:
    project.translate("Патент", "Patent")

    assert (
        "Oʻzbekcha (uz): 25% current: 1 of 4, 0 stale, 3 missing\n  missing phrases.menu\n"
        in run(project, "status").output
    )
    assert json.loads(run(project, "status", "--json").output)["uz"] == {
        "current": 1,
        "stale": [],
        "missing": ["phrases.menu", "phrases.back", "flows.a.b.say"],
        "articles": {},
    }


def test_the_status_tells_how_many_articles_somebody_has_read() -> None:
    counts = wordings(Path(__file__).parent / "mini")
    assert counts["ky"] == {"machine": 2}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("flows/a.yaml", "flows/a.yaml:2:1 bad-yaml: this is not YAML in UTF-8; run: safar check\n"),
        (
            "locales/ky/LC_MESSAGES/flows.po",
            "locales/ky/LC_MESSAGES/flows.po:1:1 po-syntax: not a PO file from here on",
        ),
    ],
)
def test_the_command_says_which_file_is_broken_and_where(project: Project, name: str, said: str) -> None:
    project.write(name, "title: [\n")
    result = run(project, "update")

    assert result.exit_code == 1
    assert said in result.output
