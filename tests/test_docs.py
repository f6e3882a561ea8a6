"""The editors' page is run: what it tells people to write is accepted, and plays."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.catalogue import load
from bot.cli import main as safar
from bot.places import check_places

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "editors.md").read_text(encoding="utf-8")


def _block(after: str) -> str:
    found = re.search(rf"{re.escape(after)}.*?```yaml\n(.*?)```", PAGE, re.S)
    assert found, after
    return found[1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("flows", "content", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "flows" / "lost-phone.yaml").write_text(_block("## 1. Start"), encoding="utf-8")
    return tmp_path


def test_the_first_flow_of_the_page_is_accepted_and_its_transcript_plays_in_every_language(root: Path) -> None:
    transcript = root / "flows" / "transcripts" / "lost-phone.stolen.yaml"
    transcript.write_text(_block("## 4. Make it sure"), encoding="utf-8")
    done = CliRunner().invoke(safar, ["check", "--root", str(root)])
    assert done.exit_code == 0, [line for line in done.output.splitlines() if "error" in line]


def test_the_mistake_that_the_page_shows_is_told_as_the_page_says(root: Path) -> None:
    flow = root / "flows" / "lost-phone.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("stolen: police", "stolen: polise"), encoding="utf-8")
    done = CliRunner().invoke(safar, ["check", "--root", str(root)])
    assert done.exit_code == 1
    shown = re.search(r"^flows/lost-phone\.yaml:.*$", PAGE, re.M)
    assert shown
    assert shown[0] in done.output


def test_the_fact_of_the_page_is_accepted(tmp_path: Path) -> None:
    for name in ("flows", "content", "locales"):
        shutil.copytree(ROOT / name, tmp_path / name)
    fact = yaml.safe_load(_block("A fact lives in"))
    (key,) = fact
    for path in (tmp_path / "content" / "facts").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if key in content:
            text = path.read_text(encoding="utf-8")
            start = text.index(f"{key}:")
            end = re.search(r"\n(?=\S)", text[start:])
            path.write_text(text[:start] + (text[start + end.end() :] if end else ""), encoding="utf-8")
    (tmp_path / "content" / "facts" / "page.yaml").write_text(_block("A fact lives in"), encoding="utf-8")
    loaded = load(tmp_path, as_of=date(2026, 3, 20))
    assert not [
        finding for finding in loaded.findings if finding.at.file.endswith("page.yaml") and finding.level == "error"
    ]


def test_every_condition_of_the_page_is_read(root: Path) -> None:
    say = yaml.safe_load(_block("## Conditions"))
    flow = {
        "title": "Проба",
        "start": "one",
        "nodes": {
            "one": {"ask": "Когда?", "answer": "date", "save": "answers.entered", "next": "two"},
            "two": {**say},
            "more": {"end": True},
            "kazakhstan": {"end": True},
        },
    }
    (root / "flows" / "lost-phone.yaml").write_text(yaml.safe_dump(flow, allow_unicode=True), encoding="utf-8")
    loaded = load(root, as_of=date(2026, 11, 21))
    assert not [str(finding) for finding in loaded.findings if finding.level == "error"]


def test_the_places_of_the_page_are_accepted(root: Path) -> None:
    page = (ROOT / "docs" / "places.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    assert len(blocks) == 2
    (root / "content" / "places" / "page.yaml").write_text("".join(blocks), encoding="utf-8")
    loaded = load(root, as_of=date(2026, 3, 20))
    assert loaded.catalogue is not None
    found = [*loaded.findings, *check_places(loaded.catalogue.places)]
    assert [str(finding) for finding in found if finding.at.file.endswith("page.yaml")] == []


def test_the_names_of_the_page_find_what_it_says() -> None:
    page = (ROOT / "docs" / "places.md").read_text(encoding="utf-8")
    for name, verdict, id in re.findall(r"^\$ safar place (\S+)\n(.+)\n  (\S+):", page, re.M):
        done = CliRunner().invoke(safar, ["place", name])
        assert done.output.startswith(f"{verdict}\n  {id}: ")
