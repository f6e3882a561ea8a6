"""Reading YAML: strict, safe, with places (THREATS T56)."""

import time
from pathlib import Path

import pytest

from bot.catalogue.document import Document, Unreadable
from bot.catalogue.model import Place
from bot.catalogue.source import MAX_BYTES, parse, read


def doc(text: str) -> Document:
    return parse(text.encode(), "a.yaml")


def test_every_scalar_stays_the_text_that_was_typed() -> None:
    data = doc(
        "no: NO\ntime: 12:30\noctal: 010\nphone: +992900\nday: 2026-03-05\nyes: yes\nlist: [1.50, on, 0x1F]\n"
    ).data

    assert data == {
        "no": "NO",
        "time": "12:30",
        "octal": "010",
        "phone": "+992900",
        "day": "2026-03-05",
        "yes": "yes",
        "list": ["1.50", "on", "0x1F"],
    }


def test_a_plain_null_is_nothing_and_a_quoted_one_is_a_text() -> None:
    assert doc("a: null\nb: ~\nc: 'null'\nd: ''\n").data == {"a": None, "b": None, "c": "null", "d": ""}


def test_every_key_and_value_keeps_its_place() -> None:
    document = doc("title: Дом\nnodes:\n  first:\n    next:\n      - {when: да, go: нет}\n")

    assert document.at("title") == Place("a.yaml", 1, 8)
    assert document.key_at("nodes", "first", "next") == Place("a.yaml", 4, 5)
    assert document.at("nodes", "first", "next", 0, "go") == Place("a.yaml", 5, 24)
    assert document.key_at("nodes", "first", "next", 0) == Place("a.yaml", 5, 9)


def test_what_is_missing_stands_where_its_parent_stands() -> None:
    document = doc("nodes:\n  first: {say: да}\n")

    assert document.at("nodes", "first", "next") == Place("a.yaml", 2, 10)
    assert document.at("successors") == Place("a.yaml", 1, 1)


@pytest.mark.parametrize(("quote", "column"), [("", 7), ("'", 8), ('"', 8)])
def test_a_place_inside_a_text_counts_the_quotation_mark(quote: str, column: int) -> None:
    document = doc(f"when: {quote}profile.city{quote}\n")

    assert document.inside(1, "when") == Place("a.yaml", 1, column)


@pytest.mark.parametrize("raw", ["﻿title: да\n".encode(), "title: да\r\n".encode(), "title: да".encode()])
def test_a_byte_order_mark_windows_line_ends_and_no_last_line_end_are_fine(raw: bytes) -> None:
    assert parse(raw, "a.yaml").data == {"title": "да"}


BOMB = "a: &a {x: 1}\n" + "".join(
    f"{one}: &{one} {{<<: [*{two}, *{two}, *{two}]}}\n"
    for two, one in zip("abcdefghijklmnopqr", "bcdefghijklmnopqrs", strict=True)
)
HOSTILE = {
    "nested merge keys": BOMB,
    "billion laughs": 'a: &a ["x","x"]\n'
    + "".join(f"{y}: &{y} [*{x},*{x}]\n" for x, y in zip("abcdefgh", "bcdefghi", strict=True)),
    "brackets": "[" * 100_000,
    "braces": "{" * 100_000,
    "question marks": "? " * 50_000,
    "dashes": "- " * 50_000,
    "keys in keys": "{a: " * 50_000,
    "an open quote": 'a: "' + "x" * 400_000,
    "values without end": "- a\n" * 130_000,
    "documents": "--- a\n" * 80_000,
    "anchors": "".join(f"- &a{number} x\n" for number in range(30_000)),
    "tag directives": "".join(f"%TAG !a{number}! tag:x,2000:\n" for number in range(15_000)),
    "tags": "- !!python/object/apply:os.system [ls]\n",
    "colons": "a: " * 100_000,
    "one long line": "a" * 500_000 + ": b",
    "comments": "# x\n" * 120_000,
    "invisible": "title: " + "\u200b" * 100_000,
    "too large": "x" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_at_once_with_a_place_and_a_rule(text: str) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable) as refused:
        parse(text.encode(), "a.yaml")
    best = time.process_time() - started
    for _ in range(2):
        started = time.process_time()
        with pytest.raises(Unreadable):
            parse(text.encode(), "a.yaml")
        best = min(best, time.process_time() - started)

    assert best < 0.05
    assert all(
        str(finding).startswith("a.yaml:") and finding.rule and finding.remedy for finding in refused.value.findings
    )


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 1024**3)

    with pytest.raises(Unreadable, match=r"^big.yaml:1:1 too-big: "):
        read(path, "big.yaml")


def test_several_faults_of_one_file_are_told_together() -> None:
    with pytest.raises(Unreadable) as refused:
        doc("a: 1\na: 2\nb:\nc: 1\nc: 2\n")

    assert [finding.rule for finding in refused.value.findings] == ["duplicate-key", "empty-value", "duplicate-key"]
