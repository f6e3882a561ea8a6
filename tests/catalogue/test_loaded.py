"""A load is spared as long as nothing has changed that it is made from, and never otherwise."""

import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalogue import Cache, Form, Loaded, load
from bot.catalogue.locales import Locales

DAY = date(2026, 11, 21)


class Loads:
    """``load`` with a cache, and how often it had to read anew."""

    def __init__(self, root: Path, cache: Cache) -> None:
        self.root = root
        self.cache = cache
        self.anew = 0

    def __call__(self, day: date = DAY, **more: Any) -> Loaded:
        return load(self.root, as_of=day, cache=self.cache, **more)


@pytest.fixture
def loads(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loads:
    loads = Loads(root, Cache(tmp_path / "cache"))
    module = sys.modules["bot.catalogue.load"]
    real = module._load

    def counted(*given: Any, **more: Any) -> Loaded:
        loads.anew += 1
        return real(*given, **more)  # type: ignore[no-any-return]

    monkeypatch.setattr(module, "_load", counted)
    return loads


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_second_load_reads_nothing_anew_and_gives_the_same(loads: Loads) -> None:
    first, second = loads(), loads()
    assert loads.anew == 1
    assert second == first
    assert second.catalogue is not None


def test_what_was_found_comes_with_it(loads: Loads) -> None:
    edit(loads.root / "content/articles/work/pay.yaml", "review_by: 20", "review_by: 19")
    first, second = loads(), loads()
    assert loads.anew == 1
    assert [finding.rule for finding in second.findings] == ["review-overdue"]
    assert second.findings == first.findings


EDITS: dict[str, Callable[[Path], object]] = {
    "flow": lambda root: edit(root / "flows/help.yaml", "Позвоните:", "Звоните:"),
    "article": lambda root: edit(root / "content/articles/work/pay.yaml", "title: ", "title: О том, что "),
    "phrases": lambda root: edit(root / "content/phrases.yaml", "\n", "\n# noted\n"),
    "translation": lambda root: edit(root / "locales/uz/LC_MESSAGES/flows.po", "msgstr", "# noted\nmsgstr"),
    "a new file": lambda root: (root / "flows/stray.yml").write_text("x"),
    "a new name": lambda root: (root / "content/articles/work/pay.yaml").rename(
        root / "content/articles/work/paid.yaml"
    ),
}


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_after_an_edit_everything_is_read_anew(loads: Loads, change: Callable[[Path], object]) -> None:
    loads()
    change(loads.root)
    seen = loads()
    assert loads.anew == 2
    assert seen == load(loads.root, as_of=DAY)


def test_an_edit_that_is_taken_back_is_known_again(loads: Loads) -> None:
    first = loads()
    edit(loads.root / "flows/help.yaml", "Позвоните:", "Звоните:")
    loads()
    edit(loads.root / "flows/help.yaml", "Звоните:", "Позвоните:")
    assert (loads(), loads.anew) == (first, 2)


def test_another_day_is_checked_anew(loads: Loads) -> None:
    loads()
    loads(DAY + timedelta(days=1))
    assert loads.anew == 2


def test_versions_that_are_kept_count_unless_they_are_the_current_ones(loads: Loads) -> None:
    current = [(flow, version, source) for (flow, version), source in loads().sources.items()]
    loads(kept=current)
    loads(kept=current[::-1])
    assert loads.anew == 1
    edit(loads.root / "flows/help.yaml", "  lines:", "  phones:")
    edit(loads.root / "flows/help.yaml", "start: lines", "start: phones\nsuccessors: {lines: phones}")
    without, with_kept = loads(), loads(kept=current)
    assert without.catalogue is not None
    assert with_kept.catalogue is not None
    assert [flow for flow, _ in with_kept.catalogue.archive] == ["help"]
    assert not without.catalogue.archive
    assert loads.anew == 3
    assert (loads(kept=current), loads(), loads.anew) == (with_kept, without, 3)


def test_what_cannot_serve_is_not_kept(loads: Loads) -> None:
    edit(loads.root / "flows/help.yaml", "{point:line}", "{point:lien}")
    assert loads().catalogue is None
    assert loads().catalogue is None
    assert loads.anew == 2


def test_a_reload_is_held_against_what_serves(loads: Loads) -> None:
    first = loads()
    loads(previous=first.catalogue)
    assert loads.anew == 2


def test_what_is_edited_while_it_is_read_is_not_kept(loads: Loads, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["bot.catalogue.load"]
    real = module._load

    def meanwhile(*given: Any, **more: Any) -> Loaded:
        edit(loads.root / "flows/help.yaml", "Позвоните:", "Звоните:")
        return real(*given, **more)  # type: ignore[no-any-return]

    monkeypatch.setattr(module, "_load", meanwhile)
    loads()
    monkeypatch.setattr(module, "_load", real)
    edit(loads.root / "flows/help.yaml", "Звоните:", "Позвоните:")
    assert loads() == load(loads.root, as_of=DAY)


def test_texts_that_are_known_are_not_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = load(root, as_of=DAY)
    made: list[str] = []
    real = Locales.forms

    def forms(self: Locales, key: str, source: str) -> Mapping[str, Form]:
        made.append(key)
        return real(self, key, source)

    monkeypatch.setattr(Locales, "forms", forms)
    edit(root / "flows/help.yaml", "Позвоните:", "Звоните:")
    seen = load(root, as_of=DAY, known=known)
    assert made == ["flows.help.lines.say"]
    assert seen == load(root, as_of=DAY)


def test_a_new_translation_is_made_though_its_text_is_known(root: Path) -> None:
    known = load(root, as_of=DAY)
    edit(root / "locales/uz/LC_MESSAGES/flows.po", 'msgstr "Помощь"', 'msgstr "Yordam"')
    seen = load(root, as_of=DAY, known=known)
    assert seen.catalogue != known.catalogue
    assert seen == load(root, as_of=DAY)
