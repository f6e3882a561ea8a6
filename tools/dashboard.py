"""Writes docs/grafana/safar.json: the dashboard of docs/monitoring.md, for Grafana 11."""

import json
from pathlib import Path
from typing import Any

BOARD = Path(__file__).resolve().parents[1] / "docs" / "grafana" / "safar.json"
_SOURCE = {"type": "prometheus", "uid": "${source}"}
_RATE = "[$__rate_interval]"


def _quantile(share: float, metric: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket{_RATE})))"


#: Row -> panels: title, kind, unit, queries (expression and legend).
ROWS: dict[str, list[tuple[str, str, str, list[tuple[str, str]]]]] = {
    "Is it well?": [
        ("Oldest reply that waits", "stat", "s", [("max(safar_oldest_reply_seconds)", "")]),
        ("Processes that send", "stat", "short", [("sum(safar_leases_held{role=\"send\"}) or vector(0)", "")]),
        ("Accounts that stand still", "stat", "short", [("sum by (channel) (safar_accounts_shut)", "{{channel}}")]),
        ("Store errors in an hour", "stat", "short", [("sum(increase(safar_store_errors_total[1h]))", "")]),
        ("Free disk", "stat", "bytes", [("min(safar_disk_free_bytes)", "")]),
        ("Since the last clean-up", "stat", "s", [("time() - max(safar_retention_seconds)", "")]),
        ("Since the last backup", "stat", "s", [("time() - max(safar_backup_seconds)", "")]),
        ("Since the store answered", "stat", "s", [("time() - max(safar_store_seen_seconds)", "")]),
    ],
    "Conversations": [
        (
            "Updates a second",
            "timeseries",
            "ops",
            [(f"sum by (channel, outcome) (rate(safar_turns_total{_RATE}))", "{{channel}} {{outcome}}")],
        ),
        (
            "From an update to its commit",
            "timeseries",
            "s",
            [
                (_quantile(0.5, "safar_turn_seconds"), "half"),
                (_quantile(0.99, "safar_turn_seconds"), "99 of 100"),
                (_quantile(0.99, "safar_turn_seconds", "channel"), "99 of 100, {{channel}}"),
            ],
        ),
        ("Open talks with caseworkers", "timeseries", "short", [("max(safar_tickets_open)", "open")]),
    ],
    "Sending": [
        (
            "Messages a second by what became of them",
            "timeseries",
            "ops",
            [(f"sum by (channel, kind, code) (rate(safar_sendings_total{_RATE}))", "{{channel}} {{kind}} {{code}}")],
        ),
        (
            "Wait for a turn on the account",
            "timeseries",
            "s",
            [(_quantile(0.99, "safar_gate_wait_seconds", "kind"), "99 of 100, {{kind}}")],
        ),
        (
            "Replies that wait",
            "timeseries",
            "short",
            [("max(safar_replies_stored)", "in the store"), ("sum(safar_replies_waiting)", "in memory")],
        ),
        (
            "Accounts by process",
            "timeseries",
            "short",
            [("safar_accounts_held", "{{instance}}"), ("sum by (role) (safar_leases_held)", "lease {{role}}")],
        ),
    ],
    "Alerts": [
        ("Alerts by state", "timeseries", "short", [("max by (state) (safar_alerts)", "{{state}}")]),
        (
            "Recipients who wait, and whom somebody decides on",
            "timeseries",
            "short",
            [("max by (state) (safar_alert_recipients)", "{{state}}")],
        ),
        (
            "Contacts that segments are counted from",
            "timeseries",
            "short",
            [("safar_contacts_indexed", "{{instance}}")],
        ),
        ("Age of the count", "timeseries", "s", [("safar_index_age_seconds", "{{instance}}")]),
        (
            "Calls to other systems",
            "timeseries",
            "short",
            [
                ("max by (state) (safar_webhook_calls)", "{{state}}"),
                (f"sum by (outcome) (increase(safar_webhook_tries_total{_RATE}))", "tries: {{outcome}}"),
            ],
        ),
    ],
    "Machine": [
        (
            "Seconds of a transaction",
            "timeseries",
            "s",
            [
                (_quantile(0.5, "safar_commit_seconds"), "half"),
                (_quantile(0.99, "safar_commit_seconds"), "99 of 100"),
            ],
        ),
        (
            "Calls that share a transaction",
            "timeseries",
            "short",
            [(f"sum(rate(safar_commit_calls_sum{_RATE})) / sum(rate(safar_commit_calls_count{_RATE}))", "mean")],
        ),
        ("Lag of the event loop", "timeseries", "s", [("safar_loop_lag_seconds", "{{instance}}")]),
        ("Processor", "timeseries", "percentunit", [(f"rate(process_cpu_seconds_total{_RATE})", "{{instance}}")]),
        ("Memory", "timeseries", "bytes", [("process_resident_memory_bytes", "{{instance}}")]),
        ("Open files", "timeseries", "short", [("process_open_fds", "{{instance}}")]),
        (
            "Version, and how long it runs",
            "timeseries",
            "s",
            [("(time() - safar_started_seconds) * on (instance) group_left (version, catalogue) safar_build_info",
              "{{instance}} {{version}} {{catalogue}}")],
        ),
    ],
}  # fmt: skip


def board() -> dict[str, Any]:
    panels: list[dict[str, Any]] = []
    y = 0
    for row, members in ROWS.items():
        panels.append(_panel(len(panels), row, "row", {"h": 1, "w": 24, "x": 0, "y": y}) | {"collapsed": False})
        y += 1
        width, height = (3, 4) if members[0][1] == "stat" else (8, 8)
        for at, (title, kind, unit, queries) in enumerate(members):
            place = {"h": height, "w": width, "x": at * width % 24, "y": y + at * width // 24 * height}
            panel = _panel(len(panels), title, kind, place)
            panel["datasource"] = _SOURCE
            panel["fieldConfig"] = {"defaults": {"unit": unit}, "overrides": []}
            panel["options"] = (
                {"reduceOptions": {"calcs": ["lastNotNull"]}}
                if kind == "stat"
                else {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}}
            )
            panel["targets"] = [
                {"datasource": _SOURCE, "expr": expression, "legendFormat": legend, "refId": chr(ord("A") + number)}
                for number, (expression, legend) in enumerate(queries)
            ]
            panels.append(panel)
        y += ((len(members) - 1) * width // 24 + 1) * height
    return {
        "title": "Safar",
        "uid": "safar",
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "tags": ["safar"],
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "annotations": {"list": []},
        "templating": {
            "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": panels,
    }


def _panel(number: int, title: str, kind: str, place: dict[str, int]) -> dict[str, Any]:
    return {"id": number + 1, "title": title, "type": kind, "gridPos": place}


def main() -> None:
    BOARD.write_text(json.dumps(board(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
