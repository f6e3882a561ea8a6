"""The catalogue that serves now is swapped whole, and a broken edit never reaches anybody."""

import asyncio
import shutil
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.catalogue import BrokenCatalogue, Live, Loaded, Say

DAY = date(2026, 11, 21)


@pytest.fixture
def live(root: Path) -> Live:
    return Live(root, today=lambda: DAY)


def edit(root: Path, old: str, new: str, file: str = "flows/help.yaml") -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_good_edit_serves_after_a_reload(root: Path, live: Live) -> None:
    before = live.catalogue
    edit(root, "Позвоните:", "Звоните:")

    loaded = live.reload()

    assert live.catalogue is loaded.catalogue
    assert live.catalogue is not before
    lines = live.catalogue.flows["help"].nodes["lines"]
    assert isinstance(lines, Say)
    assert lines.text[0].text.source == "Звоните: {point:line}."


def test_a_catalogue_is_prepared_before_it_serves(root: Path) -> None:
    served: list[bool] = []
    made: list[Live] = []
    live = Live(root, today=lambda: DAY, prepare=lambda new: served.append(bool(made) and made[0].catalogue is new))
    made.append(live)
    edit(root, "Позвоните:", "Звоните:")
    live.reload()
    assert served == [False, False]


def test_a_broken_edit_leaves_the_last_good_version_serving_and_says_why(root: Path, live: Live) -> None:
    before = live.catalogue
    edit(root, "{point:line}", "{point:lien}")

    loaded = live.reload()

    assert loaded.catalogue is None
    assert live.catalogue is before
    assert str(live.findings[0]).startswith("flows/help.yaml:6:10 unknown-point: ")


def test_after_the_repair_the_new_version_serves(root: Path, live: Live) -> None:
    edit(root, "{point:line}", "{point:lien}")
    live.reload()
    edit(root, "{point:lien}", "{point:line.phone}")

    live.reload()

    assert live.findings[0].rule == "stale-translation"
    assert "line.phone" in str(live.catalogue.flows["help"].nodes["lines"])


def test_nothing_is_swapped_when_nothing_changed(live: Live) -> None:
    before = live.catalogue

    live.reload()

    assert live.catalogue is before


def test_a_removed_node_needs_a_successor_while_people_stand_on_it(root: Path, live: Live) -> None:
    edit(root, "  lines:", "  phones:")
    edit(root, "start: lines", "start: phones")

    assert [finding.rule for finding in live.reload().findings if finding.level == "error"] == ["removed-node"]

    edit(root, "start: phones", "start: phones\nsuccessors: {lines: phones}")
    assert live.reload().catalogue is not None


def test_every_version_that_served_stays_in_the_archive(root: Path, live: Live) -> None:
    first = live.catalogue.flows["delete"].version
    for times in (1, 2):
        edit(
            root,
            "answer: yes_no",
            f"answer: yes_no\n    timeout: {{after: {times} days, go: kept}}",
            "flows/delete.yaml",
        )
        live.reload()
        edit(root, f"    timeout: {{after: {times} days, go: kept}}\n", "", "flows/delete.yaml")
    second = live.catalogue.flows["delete"].version
    live.reload()

    assert live.catalogue.flows["delete"].version == first
    assert second in {version for flow, version in live.catalogue.archive if flow == "delete"}
    assert {(flow, version) for flow, version, _ in live.sources} >= {("delete", first), ("delete", second)}


def test_a_catalogue_that_cannot_serve_stops_the_start_with_all_its_errors(root: Path) -> None:
    edit(root, "{point:line}", "{point:lien}")
    edit(root, "start: choose", "start: chose", "flows/menu.yaml")

    with pytest.raises(BrokenCatalogue) as broken:
        Live(root, today=lambda: DAY)

    assert [finding.rule for finding in broken.value.findings] == ["unknown-point", "unknown-node"]


async def watching(live: Live, seen: "asyncio.Queue[Loaded]", stop: asyncio.Event, act: Callable[[], None]) -> Loaded:
    """Start to watch, act until something is seen, and return it."""
    task = asyncio.create_task(live.watch(seen.put_nowait, stop))
    try:
        await asyncio.sleep(0.3)
        act()
        return await asyncio.wait_for(seen.get(), 10)
    finally:
        stop.set()
        await task


@pytest.mark.parametrize("name", ["flows/help.yaml", "content/phrases.yaml", "locales/uz/LC_MESSAGES/flows.po"])
async def test_a_saved_file_serves_within_two_seconds(root: Path, live: Live, name: str) -> None:
    before = live.catalogue.version
    started = time.monotonic()

    def save() -> None:
        nonlocal started
        started = time.monotonic()
        path = root / name
        comment = "\n# saved\n"
        path.write_text(path.read_text(encoding="utf-8") + comment, encoding="utf-8")

    loaded = await watching(live, asyncio.Queue(), asyncio.Event(), save)

    assert loaded.catalogue is not None
    assert live.catalogue.version != before
    assert time.monotonic() - started < 2


async def test_a_broken_save_is_told_of(root: Path, live: Live) -> None:
    before = live.catalogue

    loaded = await watching(live, asyncio.Queue(), asyncio.Event(), lambda: (root / "flows/help.yaml").unlink())

    assert loaded.catalogue is None
    assert live.catalogue is before
    assert "missing-flow" in {finding.rule for finding in loaded.findings}


async def test_other_files_wake_nobody(root: Path, live: Live) -> None:
    seen: asyncio.Queue[Loaded] = asyncio.Queue()
    stop = asyncio.Event()
    task = asyncio.create_task(live.watch(seen.put_nowait, stop))
    await asyncio.sleep(0.3)
    (root / "flows" / ".help.yaml.swp").write_text("x", encoding="utf-8")
    shutil.copy(root / "flows" / "help.yaml", root / "flows" / "help.yaml~")
    await asyncio.sleep(1)
    stop.set()
    await task

    assert seen.empty()
