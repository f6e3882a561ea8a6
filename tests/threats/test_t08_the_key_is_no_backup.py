"""THREATS T8: whoever finds a backup does not find the key beside it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main as safar
from bot.store import SqliteStore, back_up, backup_folder, create_key_file, load_keys
from tests.web.serving import ROOT


@pytest.fixture
async def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key, a database, and a folder for backups."""
    for folder in ("keys", "data", "backups"):
        (tmp_path / folder).mkdir(mode=0o700)
    create_key_file(tmp_path / "keys" / "master.key")
    store = await SqliteStore.open(tmp_path / "data" / "safar.db", load_keys(tmp_path / "keys" / "master.key"))
    await store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    monkeypatch.setenv("SAFAR_CONTENT_DIR", str(ROOT))
    return tmp_path


def test_a_folder_that_holds_the_key_takes_no_backup(machine: Path) -> None:
    for folder in ("keys", ".", "data/../keys"):
        refused = CliRunner().invoke(safar, ["backup", folder])
        assert refused.exit_code == 1
        assert "name another folder" in refused.output
    assert {path.name for path in machine.rglob("safar-data-*")} == set()
    assert CliRunner().invoke(safar, ["backup", "backups"]).exit_code == 0


def test_a_key_that_was_put_beside_the_backup_is_found(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database, key = machine / "data" / "safar.db", machine / "keys" / "master.key"
    assert backup_folder(database) is None
    back_up(database, machine / "backups", load_keys(key), datetime.now(UTC))
    assert backup_folder(database) == machine / "backups"
    monkeypatch.setenv("SAFAR_KEY_FILE", str(key.rename(machine / "backups" / "master.key")))

    found = CliRunner().invoke(safar, ["check", "--deploy", "--json"])

    assert found.exit_code == 1
    assert "key-beside-backup" in {error["rule"] for error in json.loads(found.output)["errors"]}
