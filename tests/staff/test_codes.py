"""One-time codes as RFC 6238 has them, and recovery codes (THREATS T41)."""

from datetime import UTC, datetime

import pytest

from bot.staff import HANDLE, Totp, invitation_text, invite, new_codes, new_secret, read_invitation
from bot.staff.codes import RECOVERY_CODES, read, written

#: RFC 6238, appendix B, the last six digits of each.
SECRET = b"12345678901234567890"
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(("second", "code"), VECTORS.items())
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    assert Totp(SECRET).step_of(code, at(second), 0) == second // 30


@pytest.mark.parametrize(("late", "taken"), [(-1, False), (0, True), (29, True), (30, True), (59, True), (60, False)])
def test_a_code_is_taken_in_its_half_minute_and_the_next(late: int, taken: bool) -> None:
    second = 1_111_111_110
    code = Totp(SECRET).at(second // 30)
    assert bool(Totp(SECRET).step_of(code, at(second + late), 0)) == taken


def test_a_used_step_and_those_before_are_no_codes_any_more() -> None:
    step = 1_111_111_110 // 30
    totp, now = Totp(SECRET), at(1_111_111_110)
    assert totp.step_of(totp.at(step), now, step) == 0
    assert totp.step_of(totp.at(step - 1), now, step) == 0
    assert totp.step_of(totp.at(step), now, step - 1) == step


def test_an_app_reads_the_secret_from_the_address() -> None:
    assert Totp(SECRET).uri("anna") == (
        "otpauth://totp/Safar:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Safar"
    )


def test_secrets_are_long_and_each_is_new() -> None:
    assert len(new_secret()) * 8 == 160
    assert len({*new_codes(), *new_codes()}) == 2 * RECOVERY_CODES == 20
    assert {len(code) * 8 for code in new_codes()} == {80}


def test_what_is_copied_by_hand_is_read_back() -> None:
    for code in new_codes():
        shown = written(code)
        assert read(shown.lower().replace("-", " ")) == code
        assert read(shown.replace("O", "0").replace("I", "1").replace("B", "8")) == code
    invitation = invite(at(0))
    assert read_invitation(f" {invitation_text(invitation)} ") == invitation.token


@pytest.mark.parametrize("typed", ["", "!", "ABCD", "ф" * 32, "A" * 10_000])
def test_anything_else_is_no_invitation(typed: str) -> None:
    assert read_invitation(typed) == b""


@pytest.mark.parametrize(
    ("handle", "good"),
    [
        ("anna", True),
        ("case-worker-12", True),
        ("a", False),
        ("anna@ngo.example", False),
        ("79001234567", False),
        ("a79001234567", False),
        ("Anna", False),
        ("анна", False),
        ("a" * 33, False),
        ("(shell)", False),
    ],
)
def test_a_handle_is_no_address_and_no_phone(handle: str, good: bool) -> None:
    assert bool(HANDLE.fullmatch(handle)) == good
