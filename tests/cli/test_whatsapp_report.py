"""``safar whatsapp report``, on a real database, beside which Safar might run."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.cli.whatsapp_report import rounded
from bot.store import News, Settled, SqliteStore, keys_for
from tests.fakes.graphdemo import environment
from tests.store.helpers import works


def report(*options: str) -> Result:
    return CliRunner().invoke(main, ["whatsapp", "report", *options])


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = {"SAFAR_DATA_DIR": str(tmp_path), "SAFAR_KEY_FILE": str(tmp_path / "keys" / "master.key")}
    for name, value in {"TELEGRAM_TOKEN": "", **settings, **environment("http://127.0.0.1:9")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keys").mkdir()
    return tmp_path / "safar.db"


def fill(database: Path, *, arrived: int, failed: int, messages: int) -> None:
    async def run() -> None:
        store = await SqliteStore.open(database, keys_for(database.parent / "keys" / "master.key", database))
        for number in range(arrived + failed):
            taken = await store.take(works(f"TJ.{number}", channel="whatsapp"))
            id = taken.rows[0].id
            if number < arrived:
                await store.settle([Settled(id=id, state="sent", reported=True)])
                await store.report([News(id=id, state="delivered")])
            else:
                await store.settle([Settled(id=id, state="failed", code="undeliverable")])
        now = datetime.now(UTC)
        first = now.replace(day=1, hour=0)
        await store.add_counts(now, [("sent:whatsapp", messages), ("wages", 500)])
        await store.add_counts(first - timedelta(hours=1), [("sent:whatsapp", 5000)])  # another month's
        await store.close()

    asyncio.run(run())


def test_messages_of_the_month_what_arrived_and_why_not(database: Path) -> None:
    fill(database, arrived=23, failed=12, messages=1234)
    found = json.loads(report("--json").output)
    today = datetime.now(UTC).date()
    assert found == {
        "month": f"{today:%Y-%m}",
        "messages": 1230,
        "numbers": 1,
        "free": 1000,
        "free_used": 1000,
        "days": {str(today): 1230},
        "deliveries": {"sent": 0, "failed": 0, "delivered": 20, "read": 0},
        "failures": {"undeliverable": 10},
    }
    told = report().output
    assert "Used: 1000 of 1000." in told
    assert "price list" in told
    assert "      10  undeliverable     WhatsApp cannot deliver to this person" in told


def test_a_handful_is_not_told_apart(database: Path) -> None:
    fill(database, arrived=9, failed=1, messages=10)
    told = report().output
    assert "    < 10  delivered" in told
    assert "    < 10  undeliverable" in told


def test_several_numbers_are_not_counted_apart(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database, arrived=0, failed=0, messages=2500)
    monkeypatch.setenv("WHATSAPP_PHONE_ID", "10001,10002")
    told = report().output
    assert "Used: 2000 of 2000 (2 numbers, not counted apart)." in told
    assert "Failed in the last 30 days: none." in told


def test_without_a_database_it_says_where_to_look(database: Path) -> None:
    result = report()
    assert result.exit_code == 1
    assert result.output.startswith("Error: There is no database at")
    assert not database.exists()


@given(st.integers(0, 10**6), st.integers(1, 9))
def test_no_two_figures_subtract_to_a_handful(number: int, more: int) -> None:
    """T70: of two days, or of the same one before and after a few people."""
    before, after = rounded(number), rounded(number + more)
    assert before == after or "< 10" in (before, after) or int(after) - int(before) == 10
