"""``safar erase``, ``safar backup``, ``safar restore``, on a real folder, as an operator types them."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.store import Keys, SqliteStore
from tests.fakes.graphapi import PHONE_ID
from tests.fakes.graphdemo import environment
from tests.store.helpers import works


def safar(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def installation(path: Path, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two people have written; the bot's number is 8000000001. Returns the folder for backups."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFAR_DATA_DIR", str(path.parent))
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.setenv("TELEGRAM_TOKEN", "8000000001:" + "A" * 35)

    async def fill() -> None:
        store = await SqliteStore.open(path, keys)
        for address in ("5000000001", "5000000002"):
            await store.take(works(address))
        await store.close()

    asyncio.run(fill())
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


@pytest.mark.usefixtures("installation")
class TestErase:
    def test_a_person_is_forgotten_once(self) -> None:
        assert safar("erase", "telegram", "5000000001").output == "Forgotten.\n"
        again = safar("erase", "telegram", "5000000001")
        assert (again.exit_code, "Nobody is known" in again.output) == (0, True)

    def test_the_account_can_be_named(self) -> None:
        assert "Nobody" in safar("erase", "telegram", "5000000001", "--account", "1").output
        assert safar("erase", "telegram", "5000000001", "--account", "8000000001").output == "Forgotten.\n"

    def test_without_a_token_the_account_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TELEGRAM_TOKEN", "")
        assert "--account" in safar("erase", "telegram", "5000000001").output

    @pytest.mark.parametrize("known", ["TJ.20000000000000000001", "79991234567"])
    def test_a_person_of_whatsapp_is_forgotten_by_user_id_or_number(
        self, path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch, known: str
    ) -> None:
        for name, value in environment("http://127.0.0.1:9").items():
            monkeypatch.setenv(name, value)

        async def write() -> None:
            store = await SqliteStore.open(path, keys)
            await store.take(works(known, channel="whatsapp", account=PHONE_ID))
            await store.close()

        asyncio.run(write())
        assert "Nobody" in safar("erase", "whatsapp", "UZ.1").output
        assert safar("erase", "whatsapp", known if "." in known else f"+{known}").output == "Forgotten.\n"
        assert "Nobody" in safar("erase", "whatsapp", known).output

    def test_of_several_numbers_of_whatsapp_one_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in environment("http://127.0.0.1:9").items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("WHATSAPP_PHONE_ID", f"{PHONE_ID},10002")
        assert "--account" in safar("erase", "whatsapp", "TJ.1").output
        assert "Nobody" in safar("erase", "whatsapp", "TJ.1", "--account", "10002").output

    @pytest.mark.parametrize("arguments", [(), ("telegram",), ("telegram", "1", "--expired")])
    def test_half_a_command_is_explained(self, arguments: tuple[str, ...]) -> None:
        result = safar("erase", *arguments)
        assert (result.exit_code, "Give CHANNEL and ADDRESS" in result.output) == (2, True)

    def test_a_clock_that_leapt_is_confirmed(self, path: Path, keys: Keys) -> None:
        async def leave_for_a_year() -> None:
            store = await SqliteStore.open(path, keys)
            await store.trust_clock(datetime.now(UTC) - timedelta(days=400))
            await store.close()

        asyncio.run(leave_for_a_year())
        assert safar("erase", "--expired").output == "Nothing was past its time.\n"


class TestBackupAndRestore:
    def test_there_and_back(self, installation: Path) -> None:
        written = safar("backup", str(installation))
        assert written.output.startswith(f"Written and verified: {installation}/safar-data-")
        safar("erase", "telegram", "5000000001")

        asked = CliRunner().invoke(main, ["restore", str(installation)], input="n\n")
        assert (asked.exit_code, "will be replaced" in asked.output) == (1, True)

        restored = safar("restore", str(installation), "--yes")
        assert restored.output.startswith("1 contacts are back from safar-data-")
        assert "1 stay forgotten" in restored.output
        assert "1 replies and reminders are held" in restored.output
        assert "1 held replies and reminders were released" in safar("restore", "--release").output
        assert "0 held replies and reminders were thrown away" in safar("restore", "--discard").output

    def test_on_a_new_machine_the_data_folder_is_made(
        self, installation: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        safar("backup", str(installation))
        folder = tmp_path / "new" / "data"
        monkeypatch.setenv("SAFAR_DATA_DIR", str(folder))
        assert safar("restore", str(installation)).output.startswith("2 contacts are back from safar-data-")
        assert (folder / path.name).exists()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (tmp_path / "file").touch()
        monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "file" / "data"))
        assert "data cannot be made (Not a directory)" in str(safar("restore", str(installation)).exception)

    def test_a_missing_folder_is_one_sentence(self, installation: Path) -> None:
        for command in (("backup", "nowhere"), ("restore", "nowhere", "--yes")):
            result = safar(*command)
            assert result.exit_code == 1
            assert len(str(result.exception).splitlines()) == 1

    @pytest.mark.usefixtures("installation")
    def test_what_to_restore_has_to_be_said(self) -> None:
        assert "Give the FOLDER" in safar("restore").output

    def test_a_missing_key_is_one_sentence(self, installation: Path, tmp_path: Path) -> None:
        (tmp_path / "master.key").unlink()
        for command in (("backup", str(installation)), ("erase", "web", "1"), ("restore", str(installation), "--yes")):
            result = safar(*command)
            assert "master.key is missing: put it back" in str(result.exception)
        assert not (tmp_path / "master.key").exists()
