"""``safar token``: made, listed, ended; the token itself is printed once."""

import asyncio
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.store import SqliteStore, create_key_file, load_keys
from tests.web.serving import catalogue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    create_key_file(tmp_path / "master.key")
    monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.setenv("SAFAR_CONTENT_DIR", str(ROOT))

    async def make() -> None:
        store = await SqliteStore.open(tmp_path / "data" / "safar.db", load_keys(tmp_path / "master.key"))
        await store.close()

    asyncio.run(make())
    return tmp_path / "data"


def safar(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["token", *arguments])


def organisation() -> str:
    return sorted(catalogue().organisations)[0]


def test_made_listed_and_ended(data: Path) -> None:
    made = safar("add", "crm", "--organisation", organisation(), "--scope", "alerts:draft", "--days", "10")
    assert made.exit_code == 0, made.output
    found = re.search(r"safar_[\w-]{43}", made.output)
    assert found
    listed = safar("list").output
    assert "crm" in listed
    assert "never used" in listed
    assert found[0] not in listed
    assert safar("end", "crm").exit_code == 0
    assert "ended" in safar("list").output
    assert "There is no token crm" in safar("end", "crm").output
    with closing(sqlite3.connect(data / "safar.db")) as connection:
        rows = connection.execute("select handle, what from audit").fetchall()
    assert rows == [("(shell)", "token-added"), ("(shell)", "token-ended")]


@pytest.mark.parametrize(
    ("label", "organisation_", "scope", "days", "said"),
    [
        ("Anna Petrova", "", "alerts:read", "10", "A label is 2 to 32"),
        ("crm", "nobody", "alerts:read", "10", "There is no organisation nobody"),
        ("crm", "", "alerts:approve", "10", "is not one of"),
        ("crm", "", "alerts:read", "366", "1<=x<=365"),
    ],
)
@pytest.mark.usefixtures("data")
def test_what_cannot_be_is_refused(label: str, organisation_: str, scope: str, days: str, said: str) -> None:
    done = safar("add", label, "--organisation", organisation_ or organisation(), "--scope", scope, "--days", days)
    assert done.exit_code != 0
    assert said in done.output
