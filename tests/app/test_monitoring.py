"""Dashboard, alert rules and the page of figures name what there is, and all of it; a whole process serves it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

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
RULES = ROOT / "docs" / "grafana" / "rules.yaml"
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


def rules() -> dict[str, dict[str, Any]]:
    (group,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    assert len({rule["alert"] for rule in group["rules"]}) == len(group["rules"])
    return {rule["alert"]: rule for rule in group["rules"]}


def test_every_rule_is_on_what_there_is() -> None:
    for rule in rules().values():
        assert named(rule["expr"]) <= metrics()
        assert rule["expr"].count("(") == rule["expr"].count(")")
        assert rule["annotations"]["summary"].endswith(".")


def test_the_page_says_what_to_do_about_every_rule_and_has_no_others() -> None:
    told = re.findall(r"^\| `(Safar[A-Za-z]+)` \| .{10,} \| .{10,} \|$", PAGE, re.M)
    assert told == [*rules()]
    assert "](grafana/rules.yaml)" in PAGE
    assert "alert:" not in PAGE, "the rules themselves stand in one place"


#: What a web chat alone tells, and the whole of it.
_WEB_ALONE = {'safar_turns_total{channel="web",outcome="taken"}': "0+5x2000", "safar_accounts_held": "0x2000"}
_LEASES = 'safar_leases_held{role="send"}'
_TURNS = 'safar_turns_total{channel="telegram",outcome="taken"}'
_RECIPIENTS = 'safar_alert_recipients{state="%s"}'


@pytest.mark.parametrize(
    ("alert", "series", "fires"),
    [
        ("SafarNobodySends", {}, False),
        ("SafarNobodySends", {_LEASES: "1x2000"}, False),
        ("SafarNobodySends", {_LEASES: "1x1900 stale"}, True),
        ("SafarNobodySends", {_TURNS: "0+5x2000"}, True),
        ("SafarNobodySends", {_TURNS: "0+5x2000", _LEASES: "1x2000"}, False),
        ("SafarNobodySends", {_RECIPIENTS % "due": "3x2000"}, True),
        ("SafarUncertain", {_RECIPIENTS % "uncertain": "0x2000"}, False),
        ("SafarUncertain", {_RECIPIENTS % "uncertain": "0x1970 1x29"}, False),
        ("SafarUncertain", {_RECIPIENTS % "uncertain": "0x1900 1x99"}, True),
    ],
)
def test_a_rule_fires_when_it_should_and_not_before(
    alert: str, series: dict[str, str], fires: bool, tmp_path: Path
) -> None:
    """By Prometheus itself, after 2000 minutes."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    told = [{"series": name, "values": values} for name, values in {**_WEB_ALONE, **series}.items()]
    summary = rules()[alert]["annotations"]["summary"]
    wanted = [{"exp_labels": {}, "exp_annotations": {"summary": summary}}] if fires else []
    looks = [{"eval_time": "2000m", "alertname": alert, "exp_alerts": wanted}]
    case = {"rule_files": [str(RULES)], "tests": [{"interval": "1m", "input_series": told, "alert_rule_test": looks}]}
    (tmp_path / "case.yaml").write_text(json.dumps(case), encoding="utf-8")
    done = subprocess.run([promtool, "test", "rules", str(tmp_path / "case.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_where_nothing_is_sent_from_an_account_nobody_is_woken_for_it() -> None:
    assert re.search(r"== 0 and on \(\) \(.*safar_leases_held\{.*\[1d\].*\)", rules()["SafarNobodySends"]["expr"], re.S)


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
