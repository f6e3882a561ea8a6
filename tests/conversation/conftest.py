"""A small catalogue of its own, with the bot's real phrases, words, places and languages."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copy, copytree

import pytest

from bot.catalogue import Catalogue, load
from tests.conversation.chat import Chat

_REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small") / "catalogue"
    copytree(Path(__file__).parent / "small", root)
    for name in ("content/phrases.yaml", "content/words.yaml", "content/facts/bot.yaml", "flows/language.yaml"):
        copy(_REPOSITORY / name, root / name)
    copytree(_REPOSITORY / "content" / "places", root / "content" / "places")
    return root


@pytest.fixture(scope="session")
def catalogue(root: Path) -> Catalogue:
    loaded = load(root, as_of=date(2026, 3, 31))
    assert loaded.catalogue is not None, [str(finding) for finding in loaded.findings if finding.level == "error"]
    return loaded.catalogue


@pytest.fixture
def chat(catalogue: Catalogue) -> Callable[..., Chat]:
    """Someone known who speaks Russian, unless said otherwise."""

    def begin(**settings: str) -> Chat:
        return Chat(catalogue, **{"language": "ru", **settings})  # type: ignore[arg-type]

    return begin


@pytest.fixture
def newcomer(catalogue: Catalogue) -> Chat:
    return Chat(catalogue)
