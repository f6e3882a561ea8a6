import json

import pytest

from bot.channels.whatsapp.failures import TABLE, failure_code
from bot.delivery import FAILURES
from tests.fakes.botspec import SHARED

#: The reading of ``whatsapp-errors.json`` -> the rows that do so.
FITS = {
    "wait": {"rate-limited", "pair-limited"},
    "wait_24h": {"held-back"},
    "retry": {"server-error", "maintenance"},
    "use_template": {"window-closed"},
    "alter": {"refused"},
    "bug": {"refused", "template-missing"},
    "drop_recipient": {"undeliverable", "not-allowed"},
    "opt_out": {"opted-out"},
    "give_up": {"held-back", "refused"},
    "stop_campaign": {"policy", "template-paused"},
    # what people must put right: the account waits for them, or the template alone
    "stop": {"unauthorized", "policy", "payment", "number-unusable", "template-missing", "template-paused"},
}


def test_every_known_error_of_whatsapp_has_the_handling_that_it_needs() -> None:
    path = SHARED / "whatsapp-errors.json"
    if not path.exists():
        pytest.skip("needs ../shared/specs, which is not part of the repository")
    errors = json.loads(path.read_text(encoding="utf-8"))["errors"]
    wrong = {
        error["code"]: TABLE.get(error["code"])
        for error in errors
        if TABLE.get(error["code"]) not in FITS[error["handling"]]
    }
    assert wrong == {}
    # nothing stands here that nobody has seen, but for the permissions, which share one line there
    known = {error["code"] for error in errors}
    assert {code for code in TABLE if code not in known} == set(range(201, 300))


def test_every_code_is_a_row_of_the_failure_table() -> None:
    assert set(TABLE.values()) <= set(FAILURES)


def test_an_unknown_code_goes_by_the_class_of_its_status() -> None:
    codes = [failure_code(199999, status) for status in (400, 401, 403, 404, 429, 500, 503)]
    assert codes == [
        "refused",
        "unauthorized",
        "unauthorized",
        "refused",
        "rate-limited",
        "server-error",
        "server-error",
    ]
    assert failure_code(0) == "unauthorized"


def test_one_chat_alone_waits_longer_from_try_to_try() -> None:
    assert (FAILURES["pair-limited"].base, FAILURES["pair-limited"].pause_seconds) == (4, None)


def test_what_people_must_put_right_stops_the_account_and_is_said_as_an_error() -> None:
    for code in ("unauthorized", "policy", "payment", "number-unusable"):
        row = FAILURES[code]
        assert (row.way, row.level, bool(row.pause_seconds)) == ("again", "error", True)


def test_nobody_is_cut_off_for_what_whatsapp_does_not_explain() -> None:
    assert not any(FAILURES[code].blocks for code in set(TABLE.values()))
