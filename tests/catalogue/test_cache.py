"""The cache spares time and never decides anything: what is not whole, ours and of this version is passed over."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.catalogue import Cache, cache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_what_is_put_is_had_by_the_next_process_that_asks_for_the_same(folder: Path) -> None:
    Cache(folder).put("learnt", b"value", b"lessons")
    assert Cache(folder).get("learnt", b"lessons") == b"value"
    assert Cache(folder).get("learnt", b"other lessons") is None
    assert Cache(folder).get("catalogue", b"lessons") is None


def test_parts_of_a_key_are_not_what_they_make_together(folder: Path) -> None:
    Cache(folder).put("learnt", b"value", b"ab", b"c")
    assert Cache(folder).get("learnt", b"a", b"bc") is None


def test_the_folder_is_its_owners_alone(folder: Path) -> None:
    Cache(folder).put("learnt", b"value", b"key")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_another_version_of_safar_takes_nothing_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Cache(folder).put("learnt", b"of the old one", b"key")
    monkeypatch.setattr(cache, "_code", lambda: b"another version")
    assert Cache(folder).get("learnt", b"key") is None
    Cache(folder).put("learnt", b"of the new one", b"key")
    assert Cache(folder).get("learnt", b"key") == b"of the new one"
    monkeypatch.undo()
    assert Cache(folder).get("learnt", b"key") == b"of the old one"


def test_a_version_is_known_by_every_file_that_works_the_values_out_and_by_the_libraries() -> None:
    parts = set(cache._parts_of_code())
    package = Path(cache.__file__).parents[1]
    for name in ("answers/linear.py", "catalogue/load.py", "text/folding.py", "text/uzbek.tsv"):
        assert {name.encode(), (package / name).read_bytes()} <= parts
    assert any(re.fullmatch(rb"numpy [\d.]+", part) for part in parts)


SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda held: held[:-1],
    "cut in its head": lambda held: held[:20],
    "empty": lambda held: b"",
    "longer": lambda held: held + b"x",
    "a flipped bit": lambda held: held[:-3] + bytes([held[-3] ^ 1]) + held[-2:],
    "foreign": lambda held: b"\x80\x04cos\nsystem\n" * 20,
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_that_is_not_whole_is_passed_over_and_replaced(folder: Path, spoil: Callable[[bytes], bytes]) -> None:
    Cache(folder).put("learnt", b"value" * 100, b"key")
    (file,) = folder.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert Cache(folder).get("learnt", b"key") is None
    Cache(folder).put("learnt", b"value" * 100, b"key")
    assert Cache(folder).get("learnt", b"key") == b"value" * 100
    assert list(folder.iterdir()) == [file]


def test_a_file_under_the_name_of_another_is_passed_over(folder: Path) -> None:
    Cache(folder).put("learnt", b"one", b"one key")
    (one,) = folder.iterdir()
    Cache(folder).put("learnt", b"other", b"other key")
    (other,) = set(folder.iterdir()) - {one}
    one.replace(other)
    assert Cache(folder).get("learnt", b"other key") is None


def test_a_folder_in_which_others_may_write_is_not_used(folder: Path) -> None:
    Cache(folder).put("learnt", b"value", b"key")
    folder.chmod(0o777)
    assert Cache(folder).get("learnt", b"key") is None
    Cache(folder).put("learnt", b"value", b"second key")
    assert len(list(folder.iterdir())) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_used(folder: Path) -> None:
    Cache(folder).put("learnt", b"value", b"key")
    os.chown(folder, 65534, 65534)
    assert Cache(folder).get("learnt", b"key") is None


def test_where_no_folder_can_be_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "no parent" / "cache", tmp_path / "file", tmp_path / "file" / "cache"):
        Cache(folder).put("learnt", b"value", b"key")
        assert Cache(folder).get("learnt", b"key") is None
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_eight_that_were_used_last_stay_of_each_kind(folder: Path) -> None:
    for number in range(9):
        Cache(folder).put("learnt", b"value", b"%d" % number)
        for path in folder.iterdir():
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
        assert Cache(folder).get("learnt", b"0") == b"value"
    Cache(folder).put("catalogue", b"value", b"key")
    assert [number for number in range(9) if Cache(folder).get("learnt", b"%d" % number) is None] == [1]
    assert len(list(folder.iterdir())) == 9
