"""What is watched: every figure that the dashboard or a rule asks for exists, and tells of nobody (THREATS T71)."""

import json
import re
from pathlib import Path

import pytest
import yaml
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from bot.app.metrics import GAUGES, Metrics, application

ROOT = Path(__file__).resolve().parents[1]
READ = {name: [(tuple("x" for _ in labels), 1.0)] for name, (_, labels) in GAUGES.items()}


@pytest.fixture
def metrics() -> Metrics:
    made = Metrics(lambda: READ)
    made.took("telegram", "taken", 0.004)
    made.ended("whatsapp", "alert", "uncertain")
    return made


async def answers() -> None:
    return


async def does_not_answer() -> None:
    raise OSError("no database")


def page(metrics: Metrics, path: str, *, well: bool = True, index: bool = True) -> tuple[int, str]:
    router = application(metrics, answers if well else does_not_answer, lambda: {"index": index})
    with TestClient(Starlette(routes=[Mount("/", router)])) as client:
        answer = client.get(path)
    return answer.status_code, answer.text


def test_turns_and_sendings_are_counted(metrics: Metrics) -> None:
    _, text = page(metrics, "/metrics")
    assert 'safar_turns_total{channel="telegram",outcome="taken"} 1.0' in text
    assert 'safar_turn_seconds_bucket{channel="telegram",le="0.005"} 1.0' in text
    assert 'safar_turn_seconds_bucket{channel="telegram",le="0.002"} 0.0' in text
    assert 'safar_sendings_total{channel="whatsapp",code="uncertain",kind="alert"} 1.0' in text


def test_every_figure_of_the_dashboard_and_the_rules_exists(metrics: Metrics) -> None:
    _, text = page(metrics, "/metrics")
    known = set(re.findall(r"^(\w+)[{ ]", text, re.M))
    dashboard = json.loads((ROOT / "docs/grafana/safar.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = yaml.safe_load((ROOT / "docs/grafana/rules.yaml").read_text(encoding="utf-8"))
    asked += [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    named = {name for expression in asked for name in re.findall(r"\b(?:safar|process)_\w+", expression)}
    assert len(named) > 8
    assert named <= known
    documented = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
    assert {name for name in GAUGES if f"safar_{name}" not in documented} == set()


def test_ready_only_when_every_part_and_the_store_is(metrics: Metrics) -> None:
    assert page(metrics, "/readyz") == (200, '{"index":true,"store":true}')
    assert page(metrics, "/readyz", index=False)[0] == 503
    assert page(metrics, "/readyz", well=False) == (503, '{"index":true,"store":false}')
    assert page(metrics, "/healthz", well=False)[0] == 503
