"""Every rule has a broken example in ``tests/broken/<rule>``, or ``<rule>.<case>``, with its exact message.

An example lies over the small catalogue of ``mini``: its files replace those of the same name, ``absent.txt`` lists
those to remove. ``expected.txt`` is all that is found; what is said of translations is left out where they are not
the point.
"""

import re
from datetime import date
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from bot.catalogue import load, load_transcripts
from bot.conversation import play
from bot.places import check_places

HERE = Path(__file__).parent
BOT = HERE.parents[1] / "bot"
BROKEN = HERE.parent / "broken"
CASES = sorted(path.name for path in BROKEN.iterdir() if path.is_dir() and path.name != "__pycache__")
AS_OF = date(2026, 11, 21)
OF_TRANSLATIONS = frozenset({"missing-translation", "stale-translation", "unused-translation"})


def overlay(case: Path, root: Path) -> None:
    copytree(HERE / "mini", root)
    copytree(case, root, dirs_exist_ok=True, ignore=ignore_patterns("expected.txt", "absent.txt"))
    absent = case / "absent.txt"
    for name in absent.read_text(encoding="utf-8").split() if absent.exists() else ():
        (root / name).unlink()


def found(case: str, root: Path) -> str:
    overlay(BROKEN / case, root)
    before = load(HERE / "mini", as_of=AS_OF).catalogue
    loaded = load(root, as_of=AS_OF, previous=before)
    transcripts, odd = load_transcripts(root)
    findings = [*loaded.findings, *odd]
    findings += check_places(loaded.catalogue.places) if loaded.catalogue else []
    for transcript in transcripts if loaded.catalogue else ():
        assert loaded.catalogue is not None
        findings += play(transcript, loaded.catalogue)
    shown = [one for one in findings if one.rule not in OF_TRANSLATIONS or one.rule == case]
    return "".join(f"{one.level}: {one}\n" for one in shown)


@pytest.mark.parametrize("case", CASES)
def test_a_broken_example_gives_exactly_its_messages(case: str, tmp_path: Path) -> None:
    assert found(case, tmp_path / "root") == (BROKEN / case / "expected.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_an_example_shows_its_rule(case: str) -> None:
    expected = (BROKEN / case / "expected.txt").read_text(encoding="utf-8")
    assert f" {case.partition('.')[0]}: " in expected


def test_the_small_catalogue_is_without_a_finding() -> None:
    loaded = load(HERE / "mini", as_of=AS_OF)

    assert loaded.findings == ()
    assert set(loaded.completeness.values()) == {1.0}
    assert loaded.catalogue is not None
    assert [play(transcript, loaded.catalogue) for transcript in load_transcripts(HERE / "mini")[0]] == [[]]


def test_every_rule_is_documented_with_an_example() -> None:
    page = (HERE.parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([a-z0-9-]+)` \| (error|warning) \| .* \| ``(.*)`` \|$", page, re.MULTILINE)

    assert {case.partition(".")[0] for case in CASES} == {rule for rule, _, _ in documented}
    for rule, level, example in documented:
        assert f"{level}: {example}\n" in (BROKEN / rule / "expected.txt").read_text(encoding="utf-8")


def test_every_rule_in_the_code_is_documented() -> None:
    page = (HERE.parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")

    assert rules(alerts=False) - set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)) == set()


def test_and_those_for_alerts_on_their_own_page() -> None:
    page = (HERE.parents[1] / "docs" / "alerts.md").read_text(encoding="utf-8")
    table = page.partition("\n## Findings\n")[2].partition("\n## ")[0]
    named = {rule for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for rule in re.findall("`(.*?)`", cell)}

    assert rules(alerts=True) - named == set()


def rules(*, alerts: bool) -> set[str]:
    """Rules that the code of the catalogue, or that of alerts, can name."""
    places = [path for path in BOT.rglob("*.py") if path.is_relative_to(BOT / "delivery" / "broadcasts") == alerts]
    code = "".join(path.read_text(encoding="utf-8") for path in places)
    return set(re.findall(r'\brule="([a-z0-9-]+)"', code))
