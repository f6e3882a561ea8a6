"""A search that finds nothing must be able to find."""

import base64
import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.marks import search_marks

MARK = "Nigora-4711"


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.urlsafe_b64encode(text.encode()),
        lambda text: gzip.compress(text.encode()),
        lambda text: zlib.compress(text.encode()),
    ],
)
@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_mark_is_found_in_every_form(tmp_path: Path, write: Callable[[str], bytes], before: str) -> None:
    (tmp_path / "dump").write_bytes(b"\x00\xff" + write(f"{before}{MARK} and more") + b"\xff")

    assert search_marks(tmp_path, [MARK, "Absent-0815"])
    assert all(MARK in found for found in search_marks(tmp_path, [MARK, "Absent-0815"]))


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "dump").write_bytes(gzip.compress(b"nobody") + b"somebody else")

    assert search_marks(tmp_path, [MARK]) == []
