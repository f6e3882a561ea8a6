"""Full Safar turns a second beside bare echo bots: webhook in, sendMessage out, 40 at a time, in one run.

A Safar turn parses the update, opens the sealed session, walks a flow of the real catalogue, commits the update's id,
the session and the reply durably, answers 200, claims, sends and settles. The bot has one core, the peer another.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bare import BOTS, TOKEN
from benchmarks.peer import SECRET

ROOT = Path(__file__).resolve().parents[1]
#: What each chat says before the measurement, and then in turn: each is answered by exactly one message.
FIRST = ("/start", "1", "1", "1")
SAY = ("меню", "1", "назад", "2")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def _on_core(core: int, command: list[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    cores = sorted(os.sched_getaffinity(0))
    chosen = {cores[core % len(cores)]}
    process = subprocess.Popen(command, cwd=ROOT, text=True, preexec_fn=lambda: os.sched_setaffinity(0, chosen), **more)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(name: str, seconds: float, connections: int, chats: int) -> dict[str, Any]:
    api_port, port = free_port(), free_port()
    api = f"http://127.0.0.1:{api_port}"
    peer = [sys.executable, "-m", "benchmarks.peer", "--api-port", str(api_port), "--seconds", str(seconds)]
    peer += ["--hook", f"http://127.0.0.1:{port}/telegram", "--connections", str(connections), "--chats", str(chats)]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if name == "safar":
            peer += [
                "--host",
                "bench.example",
                *(f"--first={text}" for text in FIRST),
                *(f"--say={text}" for text in SAY),
            ]
            command = [sys.executable, "-m", "bot.cli", "run"]
            environment = os.environ | {
                "SAFAR_DATA_DIR": f"{folder}/data",
                "SAFAR_KEY_FILE": f"{folder}/key/master.key",
                "SAFAR_CONTENT_DIR": str(ROOT),
                "SAFAR_PORT": str(port),
                "SAFAR_PUBLIC_URL": "https://bench.example",
                "SAFAR_TELEGRAM_API": api,
                "SAFAR_TELEGRAM_MESSAGES_PER_SECOND": "100000",
                "SAFAR_LOG_LEVEL": "WARNING",
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_WEBHOOK_SECRET": SECRET,
            }
        else:
            command = [sys.executable, "-m", "benchmarks.bare", name, str(port), api]
            environment = dict(os.environ)
        peer_process = stack.enter_context(_on_core(-1, peer, stdout=subprocess.PIPE))
        assert peer_process.stdout is not None
        assert peer_process.stdout.readline().strip() == "ready"
        bot = stack.enter_context(_on_core(0, command, env=environment, stdout=subprocess.DEVNULL))
        if peer_process.stdout.readline().strip() != "go":
            raise SystemExit(f"{name}: the peer could not begin; run it by hand to see why")
        began = cpu_seconds(bot.pid)
        result: dict[str, Any] = json.loads(peer_process.stdout.readline())
        result |= {
            "bot": name,
            "cpu_us_per_turn": round((cpu_seconds(bot.pid) - began) / max(1, result["turns"]) * 1e6),
            "rss_mb": rss_mb(bot.pid),
        }
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bots", nargs="*", default=["safar", *BOTS], help="which to measure (all without)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=40)
    parser.add_argument("--chats", type=int, default=4000)
    arguments = parser.parse_args()
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in arguments.bots}
    for _ in range(arguments.rounds):
        for name in arguments.bots:
            rows[name].append(measure(name, arguments.seconds, arguments.connections, arguments.chats))
            if not arguments.json:
                print(f"  {json.dumps(rows[name][-1])}", file=sys.stderr, flush=True)
    keys = ("per_second", "p50_ms", "p99_ms", "cpu_us_per_turn", "rss_mb")
    medians = {name: {key: statistics.median(row[key] for row in some) for key in keys} for name, some in rows.items()}
    report: dict[str, Any] = {"medians": medians, "rounds": rows}
    if {"safar", "aiogram"} <= medians.keys():
        report["safar_to_aiogram_per_second"] = round(
            medians["safar"]["per_second"] / medians["aiogram"]["per_second"], 2
        )
        report["safar_to_aiogram_p99"] = round(medians["safar"]["p99_ms"] / medians["aiogram"]["p99_ms"], 2)
    if arguments.json:
        print(json.dumps(report))
        return
    print(f"{'bot':22s}" + "".join(f"{key:>18s}" for key in keys))
    for name, figures in medians.items():
        print(f"{name:22s}" + "".join(f"{figures[key]:18.1f}" for key in keys))
    for key in ("safar_to_aiogram_per_second", "safar_to_aiogram_p99"):
        if key in report:
            print(f"{key}: {report[key]}")


if __name__ == "__main__":
    main()
