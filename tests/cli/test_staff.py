"""``safar staff``: the first account, and every account when the console is of no help (THREATS T38, T44)."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main as safar
from bot.staff import read_invitation
from bot.store import SqliteStore, create_key_file, load_keys
from tests.web.serving import ROOT

ORGANISATION = "this-team"


@pytest.fixture
async def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("keys", "data"):
        (tmp_path / folder).mkdir(mode=0o700)
    create_key_file(tmp_path / "keys" / "master.key")
    store = await SqliteStore.open(tmp_path / "data" / "safar.db", load_keys(tmp_path / "keys" / "master.key"))
    await store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFAR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SAFAR_KEY_FILE", str(tmp_path / "keys" / "master.key"))
    monkeypatch.setenv("SAFAR_CONTENT_DIR", str(ROOT))
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(safar, ["staff", *words])
    return done.exit_code, done.output


def add(handle: str, *roles: str, organisation: str = ORGANISATION) -> tuple[int, str]:
    chosen = [word for role in roles for word in ("--role", role)]
    return run("add", handle, *chosen, "--organisation", organisation)


def invitation(output: str) -> str:
    found = re.search(r"^  ([A-Z2-7-]{39})$", output, re.M)
    return found[1] if found else ""


@pytest.mark.usefixtures("machine")
class TestAccounts:
    def test_the_first_one_is_made_here_and_its_invitation_is_shown_once(self) -> None:
        assert "There is nobody yet" in run("list")[1]
        code, output = add("boss", "admin")
        assert code == 0, output
        assert read_invitation(invitation(output))
        assert re.search(r"^boss +this-team +invited +admin$", run("list")[1], re.M)
        assert invitation(output) not in run("list")[1]

    @pytest.mark.parametrize(
        ("handle", "roles", "organisation", "says"),
        [
            ("anna@ngo.example", ["caseworker"], ORGANISATION, "not a real name"),
            ("anna", [], ORGANISATION, "at least one --role"),
            ("anna", ["admin", "caseworker"], ORGANISATION, "stands alone"),
            ("anna", ["caseworker"], "nobodys", "there are: this-team"),
        ],
    )
    def test_what_cannot_be_is_refused_with_the_remedy(
        self, handle: str, roles: list[str], organisation: str, says: str
    ) -> None:
        code, output = add(handle, *roles, organisation=organisation)
        assert code == 1
        assert says in output
        assert "There is nobody yet" in run("list")[1]

    def test_a_handle_that_is_taken(self) -> None:
        add("boss", "admin")
        assert "taken" in add("boss", "editor")[1]

    def test_roles_reset_and_the_end_of_one(self) -> None:
        add("anna", "caseworker")
        assert run("roles", "anna", "--role", "editor", "--role", "caseworker") == (0, "anna: caseworker editor\n")
        first = invitation(run("reset", "anna")[1])
        assert first
        assert invitation(run("reset", "anna")[1]) not in ("", first)
        assert run("disable", "anna")[0] == 0
        assert "disabled" in run("list")[1]

    @pytest.mark.parametrize(
        "words", [("roles", "nobody", "--role", "editor"), ("reset", "nobody"), ("disable", "nobody")]
    )
    def test_an_unknown_handle_is_told(self, words: tuple[str, ...]) -> None:
        code, output = run(*words)
        assert code == 1
        assert "There is no account nobody" in output

    def test_what_the_shell_does_is_in_the_audit_too(self) -> None:
        add("anna", "caseworker")
        run("roles", "anna", "--role", "editor")
        run("reset", "anna")
        run("disable", "anna")
        rows = [line.split()[-3:] for line in run("audit")[1].splitlines()]
        assert rows == [
            ["(shell)", what, "anna"] for what in ("staff-disabled", "staff-reset", "roles-changed", "staff-added")
        ]


def test_a_changed_row_of_the_audit_is_named_by_the_check_of_the_machine(machine: Path) -> None:
    for handle in ("anna", "boris", "carl"):
        add(handle, "caseworker")
    with closing(sqlite3.connect(machine / "data" / "safar.db")) as connection:
        connection.executescript(
            "drop trigger audit_is_never_changed; update audit set handle = 'nobody' where id = 2;"
        )
    found = CliRunner().invoke(safar, ["check", "--deploy", "--json"])
    assert found.exit_code == 1
    [error] = [one for one in json.loads(found.output)["errors"] if one["rule"] == "audit-changed"]
    assert error["what"].startswith("row 2 of the audit, staff-added of ")
    assert "was changed" in error["what"]


def test_an_audit_as_it_was_written_is_no_finding(machine: Path) -> None:
    add("anna", "caseworker")
    found = CliRunner().invoke(safar, ["check", "--deploy", "--json"])
    assert "audit" not in str([one["rule"] for one in json.loads(found.output)["errors"]])
