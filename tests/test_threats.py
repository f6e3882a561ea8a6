"""The page of threats tells the truth: every test that it names exists, no requirement of this version is missing."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([TF]\d+) \| (.*) \|$", PAGE, re.M))
#: What this version promises to keep.
KEPT = {
    *(f"T{n}" for n in (1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 14, 15, 17, 18, 19, 21, 23, 24, 26, 27, 28, 29, 30, 32)),
    *(f"T{n}" for n in (37, 51, 52, 53, 56, 58, 62, 63, 64, 66, 69, 70, 72, 74, 75)),
    *(f"F{n}" for n in (1, 2, 3, 4, 11, *range(13, 24))),
}
_NAMED = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("requirement", ROWS)
def test_every_test_of_a_requirement_exists(requirement: str) -> None:
    named = _NAMED.findall(ROWS[requirement])
    assert named
    assert [f"{file}::{name}" for file, name in named if name not in functions(file)] == []


def test_every_requirement_of_this_version_has_its_row() -> None:
    assert KEPT - set(ROWS) == set()


def test_every_file_that_the_page_names_exists() -> None:
    assert [name for name in re.findall(r"tests/[\w/]+\.py", PAGE) if not (ROOT / name).is_file()] == []
