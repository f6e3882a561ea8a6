"""The small catalogue, loaded once, and a copy of it to be edited."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from bot.catalogue import Catalogue, Loaded, load

MINI = Path(__file__).parent / "mini"
AS_OF = date(2026, 11, 21)


@pytest.fixture(scope="session")
def mini() -> Catalogue:
    catalogue = load(MINI, as_of=AS_OF).catalogue
    assert catalogue is not None
    return catalogue


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(copytree(MINI, tmp_path / "root"))


@pytest.fixture
def edited(root: Path) -> Callable[..., Loaded]:
    """Load the small catalogue after replacing words in one of its files."""

    def edit(file: str, *words: tuple[str, str], as_of: date = AS_OF, previous: Catalogue | None = None) -> Loaded:
        path = root / file
        text = path.read_text(encoding="utf-8")
        for old, new in words:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return load(root, as_of=as_of, previous=previous)

    return edit
