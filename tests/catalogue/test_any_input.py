"""Whatever an editor does to a file, loading never raises: it gives findings, each with a place (STYLE 18)."""

import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.catalogue import Finding, Loaded, load
from bot.catalogue.document import Unreadable
from bot.catalogue.shapes import SHAPES, Phrases
from bot.catalogue.shaping import shape
from bot.catalogue.source import parse

MINI = Path(__file__).parent / "mini"
FILES = sorted(path.relative_to(MINI).as_posix() for path in MINI.rglob("*.*") if path.suffix in {".yaml", ".po"})
PLACED = re.compile(r"^[^:]+:[1-9]\d*:[1-9]\d* [a-z0-9-]+: [^\n]+; [^\n]+$")

bits = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"\n", b"  ", b": ", b"- ", b"[", b"]", b"{", b"}", b'"', b"'", b"#", b"*", b"&a ", b"!x ", b"|", b"\t"]
    ),
    st.sampled_from(
        ["nodes", "next", "go", "ask", "say", "end", "true", "null", "when", "текст", "{fact:fee}", "{today}", "..."]
    ).map(str.encode),
)
edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), bits), min_size=1, max_size=4)
values = st.recursive(
    st.sampled_from(["", "end", "true", "null", "12", "2026-02-30", "article:pay", "{fact:term}", "x" * 5000])
    | st.none(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["go", "when", "text", "ask", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def checked(loaded: Loaded) -> None:
    for finding in loaded.findings:
        assert PLACED.match(str(finding)), finding
    if loaded.catalogue is None:
        assert any(finding.level == "error" for finding in loaded.findings)


def after(root: Path, file: str, raw: bytes) -> Loaded:
    """Load with that in the place of the file, and put the file back."""
    path = root / file
    try:
        path.write_bytes(raw)
        return load(root, as_of=date(2026, 11, 21))
    finally:
        shutil.copy(MINI / file, path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=st.sampled_from(FILES), edits=edits)
def test_bytes_deleted_inserted_and_replaced(root: Path, file: str, edits: list[tuple[float, int, bytes]]) -> None:
    raw = (MINI / file).read_bytes()
    for where, dropped, inserted in edits:
        at = int(where * len(raw))
        raw = raw[:at] + inserted + raw[at + dropped :]

    checked(after(root, file, raw))


def replaced(data: Any, way: list[float], value: Any) -> Any:
    """The data with another value at some place of it."""
    if not way or not isinstance(data, list | dict) or not data:
        return value
    if isinstance(data, list):
        at = int(way[0] * (len(data) - 1))
        return [*data[:at], replaced(data[at], way[1:], value), *data[at + 1 :]]
    key = list(data)[int(way[0] * (len(data) - 1))]
    return {**data, key: replaced(data[key], way[1:], value)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from([file for file in FILES if file.endswith(".yaml")]),
    way=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    value=values,
)
def test_values_replaced_by_others(root: Path, file: str, way: list[float], value: Any) -> None:
    data = yaml.load((MINI / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    raw = yaml.safe_dump(replaced(data, way, value), allow_unicode=True).encode()

    checked(after(root, file, raw))


def shaped_or_refused(raw: bytes, model: type[BaseModel]) -> tuple[BaseModel | None, Sequence[Finding]]:
    try:
        return shape(parse(raw, "a.yaml"), model)
    except Unreadable as refused:
        return None, refused.findings


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab :-[]{}&*!|>'\"%@`#,?\n\t~<\\0я"), max_size=60))
@example("{0\n\n0")
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    for model in SHAPES.values():
        shaped, findings = shaped_or_refused(text.encode(), model)
        assert shaped is not None or findings
        assert all(PLACED.match(str(finding)) for finding in findings)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_place(raw: bytes) -> None:
    shaped, findings = shaped_or_refused(raw, Phrases)

    assert shaped is not None or findings
    assert all(PLACED.match(str(finding)) for finding in findings)


def test_a_long_circle_of_silent_nodes_is_found_without_recursion(root: Path) -> None:
    nodes = "".join(f"  n{index}: {{say: x, next: n{(index + 1) % 800}}}\n" for index in range(800))

    loaded = after(root, "flows/help.yaml", f"title: x\nstart: n0\nnodes:\n{nodes}".encode())

    assert "endless-loop" in {finding.rule for finding in loaded.findings}
