"""``safar deadlines``."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.catalogue import Catalogue
from bot.cli import deadlines as module
from bot.cli import main
from tests import real

#: Their content is that of another day, which takes seconds to load.
pytestmark = pytest.mark.xdist_group("deadlines")

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def content() -> Catalogue:
    return real.catalogue(date(2026, 11, 28))


@pytest.fixture
def run(content: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(module, "open_catalogue", lambda root: content)

    def invoke(*arguments: str, who: str = "UZ-RU") -> Result:
        citizenship, country = who.split("-")
        given = ["deadlines", "--citizenship", citizenship, "--country", country, "--today", "2026-11-28", *arguments]
        return CliRunner().invoke(main, given)

    return invoke


def terms(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return {term["id"]: term for term in json.loads(result.output)}


def test_a_program_gets_dated_terms_with_rule_and_source(run: Run) -> None:
    found = terms(run("--json", "--entry", "2026-11-20"))
    term = found["registration"]
    assert (term["due"], term["state"], term["days_left"], term["certain"]) == ("2026-12-04", "open", 6, True)
    assert term["title"] == "Встать на миграционный учёт (регистрация)"
    assert term["rule"] == {
        "event": "entry",
        "event_date": "2026-11-20",
        "event_from": None,
        "direction": "after",
        "fact": "registration_days",
        "value": 15,
        "unit": "days",
        "counts_first_day": True,
        "ends": None,
    }
    assert term["source"]["url"] == "https://mfclobnya.ru/?page_id=2386"
    assert term["source"]["checked"] == "2025-01-01"
    assert list(found) == sorted(found, key=lambda id: (found[id]["due"], id))


def test_visits_are_summed_up(run: Run) -> None:
    found = terms(run("--json", "--stay", "2026-01-01..2026-02-28", "--stay", "01.10.2026.."))
    assert found["stay-year"]["due"] == "2026-10-31"
    assert found["stay-year"]["used"] == {"since": "2026-01-01", "on": "2026-11-28", "days": 118, "left": 0}
    assert found["overstay-first"]["rule"]["event_from"] == "stay-year"


def test_a_day_is_taken_as_in_russia_too(run: Run) -> None:
    assert terms(run("--json", "--entry", "20.11.2026"))["registration"]["due"] == "2026-12-04"


def test_titles_are_in_the_language_that_is_asked_for(run: Run) -> None:
    assert terms(run("--json", "--entry", "2026-11-20", "--language", "ky", who="KG-RU"))


def test_people_get_a_table_in_russian(run: Run) -> None:
    result = run("--entry", "2026-11-01", "--decision", "2026-11-27", "--patent-issued", "2026-11-20")
    assert result.exit_code == 0
    assert "15.11.2026, прошёл  Встать на миграционный учёт (регистрация)" in result.output
    assert "до 06.12.2026, осталось 8\xa0дней  Подать жалобу на постановление (учреждения открыты до 04.12.2026)" in (
        result.output
    )
    assert "Почему: получена копия постановления 27 ноября 2026 года; 10\xa0дней после события" in result.output
    assert "Источник: Прокуратура: новый счёт срока обжалования; проверено 12.11.2024" in result.output


def test_what_is_not_certain_is_said(run: Run) -> None:
    assert "(точно не известно)" in run("--entry", "2027-02-01").output
    assert "(дата примерная)" in run("--move", "2027-12-29").output
    assert "срок проверяют" in run("--entry", "2026-06-20", who="UZ-KZ").output
    assert "сейчас не идёт" in run("--stay", "2026-01-01..2026-02-28").output
    assert "По этим датам сроков нет." in run("--policy-end", "2026-12-01", who="KG-RU").output


@pytest.mark.parametrize("event", module.NAMES)
def test_every_event_is_an_option(run: Run, event: str) -> None:
    result = run(f"--{event.replace('_', '-')}", "2026-11-20")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--entry", "tomorrow"), "Invalid value for '--entry': \"tomorrow\" is not a date; write it as 2026-03-05"),
        (("--entry", "31.11.2026"), "Invalid value for '--entry': \"31.11.2026\" is not a date"),
        (
            ("--stay", "2026-01-01"),
            "Invalid value for '--stay': \"2026-01-01\" is not a stay; write it as 2026-01-10..",
        ),
        (("--stay", "..2026-01-01"), "Invalid value for '--stay': \"..2026-01-01\" has no day of entry"),
        (("--stay", "2026-02-01..2026-01-01"), "Invalid value for '--stay': \"2026-02-01..2026-01-01\" ends before"),
        ((), "nothing to count from; give a date (--entry 2026-03-05)"),
    ],
)
def test_a_mistake_names_the_option_and_the_form(run: Run, arguments: tuple[str, ...], error: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert error in " ".join(result.output.split())
