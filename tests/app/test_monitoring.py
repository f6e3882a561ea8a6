"""Dashboard, alert rules and the page of figures name what there is, and all of it; a whole process serves it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession

pytest.importorskip("prometheus_client", reason="prometheus-client is not installed: make install-dev")

from prometheus_client import generate_latest

from bot.app.metrics import GAUGES, Metrics
from tests.fakes.botapi import bot_api
from tests.faults.process import Process, free_port
from tools.dashboard import BOARD, board

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
_NAME = re.compile(r"\b(?:safar|process)_[a-z_]+\b")


def metrics() -> set[str]:
    """Of everything that a process tells, without the endings of histograms."""
    told = generate_latest(Metrics(lambda: {name: [] for name in GAUGES}).registry).decode()
    return set(re.findall(r"^# TYPE (\S+) ", told, re.M)) - {"process_max_fds", "process_virtual_memory_bytes"}


def named(text: str) -> set[str]:
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in _NAME.findall(text)}


def ours(names: set[str]) -> set[str]:
    """Without the helpers that the client adds to counters and histograms."""
    return {name for name in names if not name.endswith("_created")}


def test_the_dashboard_is_what_the_tool_makes() -> None:
    assert json.loads(BOARD.read_text(encoding="utf-8")) == board()


def test_every_figure_has_a_panel_and_every_panel_a_figure() -> None:
    expressions = " ".join(target["expr"] for panel in board()["panels"] for target in panel.get("targets", ()))
    assert named(expressions) - metrics() == set()
    assert ours(metrics()) - named(expressions) - {"process_start_time_seconds"} == set()


def test_the_dashboard_is_one_for_grafana() -> None:
    panels = board()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
        assert panel["type"] in ("row", "stat", "timeseries")
        for target in panel.get("targets", ()):
            assert target["expr"].count("(") == target["expr"].count(")")


def test_the_rules_of_the_page_are_rules_on_what_there_is() -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)]
    (group,) = next(block["groups"] for block in blocks if "groups" in block)
    rules = {rule["alert"]: rule for rule in group["rules"]}
    assert {
        "SafarRepliesWait", "SafarNobodySends", "SafarMessengerAway", "SafarDiskFills", "SafarStoreFails",
        "SafarKeepsTooLong", "SafarBackupOld",
    } <= set(rules)  # fmt: skip
    for rule in rules.values():
        assert named(rule["expr"]) <= metrics()
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["annotations"]["summary"].endswith(".")


def test_the_page_tells_of_every_figure() -> None:
    assert {name for name in ours(metrics()) if name.startswith("safar_")} - named(PAGE) == set()
    assert {name for name in named(PAGE) if name.startswith("safar_")} - metrics() == set()


async def test_a_whole_process_tells_all_of_it(tmp_path: Path) -> None:
    port = free_port()
    async with bot_api() as api:
        process = Process(tmp_path, api.base_url, SAFAR_METRICS_LISTEN=f"127.0.0.1:{port}")
        await process.start()
        try:
            async with ClientSession() as http:
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    assert answer.status == 200
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    assert set(await answer.json()) == {"ready", "parts"}
                async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    told = await answer.text()
                async with http.get(f"http://127.0.0.1:{process.port}/metrics", headers={"Host": "x"}) as answer:
                    assert answer.status in (404, 421)
        finally:
            await process.kill()
    filled = {line.split("{")[0].split(" ")[0] for line in told.splitlines() if not line.startswith("#")}
    assert {"safar_build_info", "safar_accounts_held", "safar_leases_held", "safar_disk_free_bytes"} <= filled
    assert "safar_commit_seconds_count" in filled


def test_without_the_package_the_start_says_what_to_do(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "prometheus_client"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAFAR_", "TELEGRAM_", "WHATSAPP_"))
    }
    environment = kept | {
        "PYTHONPATH": f"{hidden.parent}:{ROOT}",
        "SAFAR_DATA_DIR": str(tmp_path / "data"),
        "SAFAR_KEY_FILE": str(tmp_path / "keys" / "master.key"),
        "SAFAR_CONTENT_DIR": str(ROOT),
        "SAFAR_PORT": "0",
        "SAFAR_METRICS_LISTEN": "127.0.0.1:9",
    }
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "prometheus-client is not installed" in done.stderr
    assert not (tmp_path / "keys").exists(), "nothing was touched"
    assert "Traceback" not in done.stderr
