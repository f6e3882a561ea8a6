"""Full Safar turns a second on Telegram and WhatsApp beside bare echo bots: webhook in, message out, 40 at a time.

A Safar turn parses the update, opens the sealed session, walks a flow of the real catalogue, commits the update's id,
the session and the reply durably, answers 200, claims, sends and settles. On WhatsApp also: the signature over the raw
body, a call that marks the message as read, and two statuses for each message (sent, delivered), signed and kept.
The bot has one core, the peer another; all rows come from one run.
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

from benchmarks.bare import BOTS, TOKEN, messenger_of
from benchmarks.messengers import APP_SECRET, BUSINESS_ID, PHONE_ID, SECRET

ROOT = Path(__file__).resolve().parents[1]
#: Ours, and on which messenger.
SAFAR = {"safar": "telegram", "safar-whatsapp": "whatsapp"}
#: What each chat says before the measurement, and then in turn: each is answered by exactly one message.
FIRST = ("/start", "1", "1", "1", "нет")
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
def _on_core(core: int | None, command: list[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    cores = sorted(os.sched_getaffinity(0))
    chosen = set(cores) if core is None else {cores[core % len(cores)]}
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


def settings(messenger: str, folder: str, port: int, api: str) -> dict[str, str]:
    """The environment of a Safar that serves the one messenger alone."""
    own = {
        name: value for name, value in os.environ.items() if not name.startswith(("SAFAR_", "TELEGRAM_", "WHATSAPP_"))
    }
    common = {
        "SAFAR_DATA_DIR": f"{folder}/data",
        "SAFAR_KEY_FILE": f"{folder}/key/master.key",
        "SAFAR_CONTENT_DIR": str(ROOT),
        "SAFAR_PORT": str(port),
        "SAFAR_PUBLIC_URL": "https://bench.example",
        "SAFAR_LOG_LEVEL": "ERROR",
    }
    telegram = {
        "SAFAR_TELEGRAM_API": api,
        "SAFAR_TELEGRAM_MESSAGES_PER_SECOND": "100000",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    whatsapp = {
        "SAFAR_WHATSAPP_API": api,
        "SAFAR_WHATSAPP_MESSAGES_PER_SECOND": "100000",
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_ID": PHONE_ID,
        "WHATSAPP_BUSINESS_ID": BUSINESS_ID,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": SECRET,
    }
    return own | common | (telegram if messenger == "telegram" else whatsapp)


def measure(name: str, seconds: float, connections: int, chats: int) -> dict[str, Any]:
    api_port, port = free_port(), free_port()
    api = f"http://127.0.0.1:{api_port}"
    messenger = SAFAR.get(name) or messenger_of(name)
    peer = [sys.executable, "-m", "benchmarks.peer", "--api-port", str(api_port), "--seconds", str(seconds)]
    peer += ["--hook", f"http://127.0.0.1:{port}/{messenger}", "--messenger", messenger]
    peer += ["--connections", str(connections), "--chats", str(chats)]
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        if name in SAFAR:
            peer += ["--host", "bench.example"]
            peer += [*(f"--first={text}" for text in FIRST), *(f"--say={text}" for text in SAY)]
            command = [sys.executable, "-m", "bot.cli", "run"]
            environment = settings(messenger, folder, port, api)
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
    parser.add_argument("bots", nargs="*", default=[*SAFAR, *BOTS], help="which to measure (all without)")
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
    for one, other in (("safar", "aiogram"), ("safar-whatsapp", "pywa"), ("safar-whatsapp", "safar")):
        if {one, other} <= medians.keys():
            for key in ("per_second", "p99_ms"):
                report[f"{one}_to_{other}_{key}"] = round(medians[one][key] / medians[other][key], 2)
    if arguments.json:
        print(json.dumps(report))
        return
    print(f"{'bot':22s}" + "".join(f"{key:>18s}" for key in keys))
    for name, figures in medians.items():
        print(f"{name:22s}" + "".join(f"{figures[key]:18.1f}" for key in keys))
    for key, value in report.items():
        if "_to_" in key:
            print(f"{key}: {value}")


if __name__ == "__main__":
    main()
