import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli.replay import replay
from tests.channels.whatsapp import webhooks
from tests.fakes.botspec import SHARED, BotSpec
from tests.fakes.graphspec import problem

SAMPLES = SHARED / "samples" / "telegram"
WHATSAPP_SAMPLES = SHARED / "samples" / "whatsapp"
_REPOSITORY = Path(__file__).resolve().parents[2]

START = {
    "update_id": 1,
    "message": {
        "message_id": 1,
        "from": {"id": 5, "is_bot": False, "first_name": "P"},
        "chat": {"id": 5, "type": "private", "first_name": "P"},
        "date": 1,
        "text": "/start",
    },
}
HELP = {"update_id": 2, "message": {**START["message"], "message_id": 2, "text": "помощь"}}  # type: ignore[dict-item]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("replay") / "catalogue"
    shutil.copytree(Path(__file__).parent / "small", root)
    (root / "content" / "facts").mkdir(parents=True)
    for name in ("content/phrases.yaml", "content/words.yaml", "content/facts/bot.yaml"):
        shutil.copy(_REPOSITORY / name, root / name)
    return root


def run(root: Path, *files: Path, channel: str = "telegram") -> Result:
    return CliRunner().invoke(replay, ["--channel", channel, "--root", str(root), *map(str, files)])


def requests(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([START, HELP]),
        json.dumps({"ok": True, "result": [START, HELP, HELP]}),
        json.dumps(START) + "\n\n" + json.dumps(HELP) + "\n",
        json.dumps([START, HELP], indent=2),
    ],
    ids=["list", "getUpdates", "lines", "indented"],
)
def test_each_form_of_a_file_gives_the_same_requests_in_the_same_order(
    content: str, root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "updates"
    file.write_text(content, encoding="utf-8")
    shown = requests(run(root, file))
    assert [(request["method"], request["params"]["text"].split("\n")[0]) for request in shown] == [
        ("sendMessage", "Здравствуйте!"),
        ("sendMessage", "Позвоните тем, кому верите."),
    ]


def test_several_files_are_one_conversation(root: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    first.write_text(json.dumps(START), encoding="utf-8")
    second.write_text(json.dumps(START), encoding="utf-8")
    assert len(requests(run(root, first, second))) == 1


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/specs, which is not part of the repository")
def test_all_samples_give_requests_that_the_api_takes_and_the_same_each_time(root: Path) -> None:
    spec = BotSpec.load()
    files = sorted(SAMPLES.glob("*.json"))
    first, second = run(root, *files), run(root, *files)
    assert first.stdout == second.stdout
    shown = requests(first)
    assert len(shown) > 20
    assert [problem for request in shown for problem in spec.problems(request["method"], request["params"])] == []


def test_what_is_no_json_is_told_with_its_line(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "updates.jsonl"
    file.write_text(json.dumps(START) + "\nnonsense\n", encoding="utf-8")
    result = run(root, file)
    assert result.exit_code == 1
    assert f"{file}:2: it is not JSON" in result.stderr
    assert "Traceback" not in result.stderr


def test_broken_content_is_told_with_its_place(root: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(root, broken)
    (broken / "flows" / "menu.yaml").write_text("title: [", encoding="utf-8")
    file = tmp_path / "one.json"
    file.write_text(json.dumps(START), encoding="utf-8")
    result = run(broken, file)
    assert result.exit_code == 1
    assert "flows/menu.yaml:" in result.stderr


def test_whatsapp_prints_path_and_body_of_each_request(root: Path, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(webhooks.typed("помощь"))
    lines = requests(run(root, tmp_path / "x.json", tmp_path / "x.json", channel="whatsapp"))
    assert [set(line) for line in lines] == [{"path", "body"}] * 2
    assert {line["path"] for line in lines} == {f"/{webhooks.ACCOUNT}/messages"}
    read, answer = (line["body"] for line in lines)
    assert read["status"] == "read"
    assert answer["recipient"] == webhooks.PERSON
    assert [problem(line["body"]) for line in lines] == [None, None]


@pytest.mark.skipif(not WHATSAPP_SAMPLES.exists(), reason="needs ../shared/specs, not part of the repository")
def test_every_sample_of_whatsapp_is_replayed_within_the_specification(root: Path) -> None:
    files = sorted(WHATSAPP_SAMPLES.glob("*.json"))
    lines = requests(run(root, *files, channel="whatsapp"))
    assert len(lines) > len(files)
    assert [line for line in lines if problem(line["body"])] == []
