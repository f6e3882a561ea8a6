"""What each failure means for one recipient of an alert."""

import pytest

from bot.channels import DeliveryFailed
from bot.delivery import FAILURES
from bot.delivery.broadcasts.ending import FEW_TRIES, end_of

#: The account's trouble, not the recipient's.
_ACCOUNT = {
    "rate-limited", "unreachable", "unauthorized", "conflict", "policy", "payment", "number-unusable", "maintenance",
}  # fmt: skip
_BLOCKS = {"blocked", "deactivated", "forbidden", "chat-not-found", "migrated"}


def end(code: str, *, unclear: bool = False, tries: int = 1, has_template: bool = False):  # type: ignore[no-untyped-def]
    failed = DeliveryFailed(code, unclear=unclear, account_wide=code in _ACCOUNT)
    return end_of(7, failed, tries, has_template=has_template)


@pytest.mark.parametrize("code", sorted(_ACCOUNT | {"pair-limited"}))
def test_what_is_the_accounts_trouble_leaves_the_recipient_due(code: str) -> None:
    assert end(code).state == "due"


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_what_is_unclear_is_never_sent_again_by_itself(code: str) -> None:
    assert end(code, unclear=True).state == "uncertain"


@pytest.mark.parametrize("code", sorted(_BLOCKS))
def test_whoever_cannot_be_reached_any_more_is_blocked(code: str) -> None:
    found = end(code)
    assert (found.state, found.code, found.mark) == ("failed", code, "blocked")


@pytest.mark.parametrize(
    "code", ["refused", "undeliverable", "held-back", "opted-out", "template-paused", "unheard-of"]
)
def test_all_else_fails_with_its_code(code: str) -> None:
    found = end(code)
    assert (found.state, found.code, found.mark) == ("failed", code, "")


def test_a_fault_of_the_server_is_tried_a_few_times() -> None:
    assert [end("server-error", tries=tries) for tries in range(1, FEW_TRIES)] == [None] * (FEW_TRIES - 1)
    assert end("server-error", tries=FEW_TRIES).state == "failed"


def test_beyond_the_window_it_goes_as_a_template_once() -> None:
    assert end("window-closed", has_template=True) is None
    assert end("window-closed").state == "failed"
