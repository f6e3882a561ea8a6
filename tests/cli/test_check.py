"""``safar check``."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner, Result

from bot.cli.check import check
from bot.store import SqliteStore, create_key_file, load_keys

MINI = Path(__file__).parents[1] / "catalogue" / "mini"
Run = Callable[..., Result]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(copytree(MINI, tmp_path / "root"))


@pytest.fixture
def run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "var"))

    def invoke(*arguments: str, content: Path = root) -> Result:
        return CliRunner().invoke(check, ["--root", str(content), "--as-of", "2026-11-21", *arguments])

    return invoke


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), encoding="utf-8")


def test_content_without_errors_passes_with_a_summary(run: Run) -> None:
    result = run()

    assert result.exit_code == 0
    assert result.output == (
        "0 errors, 0 warnings; 8 flows, 2 articles, 2 facts, 2 points, 2 places, 1 terms, 0 deadlines, 48 texts; "
        "translated: ru 100%, uz 100%, uz_Cyrl 100%, tg 100%, ky 100%\n"
    )


def test_every_finding_has_a_line_and_errors_come_last(run: Run, root: Path) -> None:
    edit(root, "flows/help.yaml", "{point:line}", "{point:lien}")

    result = run()

    *_, error, summary = result.output.splitlines()
    assert result.exit_code == 1
    assert result.output.startswith("warning: locales/")
    assert error == 'flows/help.yaml:6:10 unknown-point: there is no help point "lien"; did you mean "line"?'
    assert summary.startswith("1 error, 3 warnings; ")
    assert summary.endswith("transcripts wait until the errors are gone")


def test_json_has_errors_warnings_completeness_and_counts(run: Run, root: Path) -> None:
    edit(root, "flows/help.yaml", "{point:line}", "{point:lien}")

    result = run("--json")
    report = json.loads(result.output)

    assert result.exit_code == 1
    assert report["errors"] == [
        {
            "file": "flows/help.yaml",
            "line": 6,
            "column": 10,
            "rule": "unknown-point",
            "what": 'there is no help point "lien"',
            "remedy": 'did you mean "line"?',
        }
    ]
    assert {warning["rule"] for warning in report["warnings"]} == {"stale-translation"}
    assert set(report["completeness"]) == {"ru", "uz", "uz_Cyrl", "tg", "ky"}
    assert 0 < report["completeness"]["uz"] < 1
    assert report["counts"]["flows"] == 8


def test_transcripts_are_played(run: Run, root: Path) -> None:
    edit(root, "flows/transcripts/work.short.yaml", "ends_in: menu.choose", "ends_in: work.paper")

    result = run()

    assert result.exit_code == 1
    assert "flows/transcripts/work.short.yaml:13:10 transcript: " in result.output


def test_transcripts_are_written_anew_on_request(run: Run, root: Path) -> None:
    path = root / "flows/transcripts/work.short.yaml"
    before = path.read_text(encoding="utf-8")
    edit(root, "flows/transcripts/work.short.yaml", "sees: [work.told, work.kinds]", "sees: [work.kinds]")

    assert run("--rewrite").exit_code == 0
    assert path.read_text(encoding="utf-8") == before
    assert run().exit_code == 0


def test_another_day_shows_what_will_break(run: Run, root: Path) -> None:
    edit(root, "content/facts/limits.yaml", "    - {at: UZ, value: 12, valid_from: 2027-01-01}\n", "")

    assert run().exit_code == 0
    assert run("--as-of", "2027-01-01").exit_code == 1


def test_against_the_serving_content_lost_nodes_are_found(run: Run, root: Path) -> None:
    edit(root, "flows/stop.yaml", "done", "over")

    assert run().exit_code == 0
    result = run("--against", str(MINI))
    assert result.exit_code == 1
    assert 'removed-node: the node "done" was removed' in result.output


def test_content_to_compare_with_must_be_sound_itself(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    result = run("--against", str(tmp_path / "empty"))

    assert result.exit_code == 2
    assert "its content has errors itself" in result.output


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "fact:term",
            ["articles.pay.answer", "flows.work.told.say", "2 places quoting fact:term."],
        ),
        (
            "point:line",
            ["flows.emergency.first.say.1", "flows.emergency.first.say.2", "flows.help.lines.say", "3 places"],
        ),
        ("fact:nothing", ["Nothing quotes fact:nothing."]),
    ],
)
def test_impact_lists_all_that_quotes(run: Run, name: str, lines: list[str]) -> None:
    result = run("--impact", name)

    assert result.exit_code == 0
    assert len(result.output.splitlines()) == len(lines)
    for expected, line in zip(lines, result.output.splitlines(), strict=True):
        assert expected in line


def test_impact_finds_conditions_too(run: Run, root: Path) -> None:
    edit(root, "flows/work.yaml", "when: count(answers.kinds) > 1", "when: 'count(answers.kinds) > fact.term[UZ]'")

    assert "flows/work.yaml:29:43 flow work: a condition" in run("--impact", "fact:term").output


@pytest.mark.parametrize("arguments", [["--impact", "term"], ["--as-of", "tomorrow"], ["--root", "nowhere"], ["--odd"]])
def test_a_wrong_use_ends_with_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_schemas_are_written_on_request(run: Run, tmp_path: Path) -> None:
    result = run("--write-schema", str(tmp_path / "schema"))

    assert result.exit_code == 0
    assert (tmp_path / "schema" / "flow.schema.json").exists()


# the machine


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Key and data as they should be."""
    for folder in ("keys", "var"):
        (tmp_path / folder).mkdir(mode=0o700)
    create_key_file(tmp_path / "keys" / "master.key")

    async def once() -> None:
        store = await SqliteStore.open(tmp_path / "var" / "safar.db", load_keys(tmp_path / "keys" / "master.key"))
        await store.close()

    asyncio.run(once())
    (tmp_path / "var" / "safar.db").chmod(0o600)
    return tmp_path


def rules(result: Result) -> set[str]:
    report = json.loads(result.output)
    return {finding["rule"] for level in ("errors", "warnings") for finding in report[level]}


def test_a_good_machine_passes(run: Run, machine: Path) -> None:
    before = os.umask(0o077)
    try:
        result = run("--deploy", "--json")
    finally:
        os.umask(before)

    assert result.exit_code == 0
    assert rules(result) == ({"runs-as-root"} if os.geteuid() == 0 else set())


def test_a_key_in_the_data_folder_fails(run: Run, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (machine / "keys/master.key").rename(machine / "var/master.key")
    monkeypatch.setenv("SAFAR_KEY_FILE", str(machine / "var/../var/master.key"))

    result = run("--deploy", "--json")

    assert result.exit_code == 1
    assert "key-beside-data" in rules(result)


@pytest.mark.parametrize(("name", "mode"), [("keys/master.key", 0o640), ("var", 0o755), ("var/safar.db", 0o604)])
def test_what_others_may_open_fails(run: Run, machine: Path, name: str, mode: int) -> None:
    (machine / name).chmod(mode)

    result = run("--deploy", "--json")

    assert result.exit_code == 1
    files = [error["file"] for error in json.loads(result.output)["errors"]]
    assert [file for file in files if not file.endswith(("-wal", "-shm"))] == [str(machine / name)]


def test_a_loose_umask_is_a_warning(run: Run, machine: Path) -> None:
    before = os.umask(0o022)
    try:
        result = run("--deploy", "--json")
    finally:
        os.umask(before)

    assert result.exit_code == 0
    assert "loose-umask" in rules(result)


def test_before_the_first_start_there_is_no_key(run: Run) -> None:
    assert "no-key" in rules(run("--deploy", "--json"))
