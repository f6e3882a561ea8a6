"""Alerts that come again are prepared a week before their date, once, as drafts."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.series import Next, due
from bot.store.broadcast_protocol import Broadcast
from tests.delivery.broadcasts.alerts import alert, broadcast

START = datetime(2026, 1, 31, 6, tzinfo=UTC)
FIRST = alert(repeat="monthly", starts=START, ends=START + timedelta(days=5), frozen={"ru": "старое"}, small_by="boss")
SENT = (broadcast(FIRST, key=b"f" * 16), FIRST)


def prepared(one: Next, state: str = "draft") -> tuple[Broadcast, Alert]:
    return broadcast(one.alert, key=b"n" * 16, state=state), one.alert


def test_the_next_draft_is_made_a_week_before_its_date() -> None:
    assert due([SENT], datetime(2026, 2, 21, 5, tzinfo=UTC)) == []
    [coming] = due([SENT], datetime(2026, 2, 21, 6, tzinfo=UTC))
    assert coming.author == "anna"
    assert coming.alert.starts == datetime(2026, 2, 28, 6, tzinfo=UTC)
    assert coming.alert.ends == datetime(2026, 3, 5, 6, tzinfo=UTC)
    assert coming.alert.texts == FIRST.texts
    assert (coming.alert.frozen, coming.alert.small_by) == ({}, "")


def test_it_is_made_once() -> None:
    now = datetime(2026, 2, 25, tzinfo=UTC)
    [coming] = due([SENT], now)
    assert due([SENT, prepared(coming)], now) == []


def test_the_31st_comes_back_after_a_short_month() -> None:
    [february] = due([SENT], datetime(2026, 2, 25, tzinfo=UTC))
    [march] = due([SENT, prepared(february, "done")], datetime(2026, 3, 25, tzinfo=UTC))
    assert march.alert.starts == datetime(2026, 3, 31, 6, tzinfo=UTC)


def test_a_draft_that_nobody_let_out_does_not_end_the_series() -> None:
    [february] = due([SENT], datetime(2026, 2, 25, tzinfo=UTC))
    assert len(due([SENT, prepared(february)], datetime(2026, 3, 25, tzinfo=UTC))) == 1


@pytest.mark.parametrize("state", ["draft", "proposed", "cancelled"])
def test_what_was_never_let_out_has_no_next(state: str) -> None:
    first = (broadcast(FIRST, state=state), FIRST)
    assert due([first], datetime(2026, 2, 25, tzinfo=UTC)) == []


def test_to_cancel_the_newest_ends_the_series() -> None:
    [february] = due([SENT], datetime(2026, 2, 25, tzinfo=UTC))
    assert due([SENT, prepared(february, "cancelled")], datetime(2026, 3, 25, tzinfo=UTC)) == []


def test_a_date_that_went_by_while_nothing_ran_is_left_out() -> None:
    [coming] = due([SENT], datetime(2026, 5, 29, tzinfo=UTC))
    assert coming.alert.starts == datetime(2026, 5, 31, 6, tzinfo=UTC)


def test_a_yearly_one_comes_a_year_later() -> None:
    first = alert(repeat="yearly", starts=datetime(2024, 2, 29, tzinfo=UTC), ends=datetime(2024, 3, 3, tzinfo=UTC))
    [coming] = due([(broadcast(first), first)], datetime(2025, 2, 25, tzinfo=UTC))
    assert coming.alert.starts == datetime(2025, 2, 28, tzinfo=UTC)


def test_one_that_is_sent_once_has_no_next() -> None:
    once = alert(starts=START, ends=START + timedelta(days=5))
    assert due([(broadcast(once), once)], datetime(2026, 2, 25, tzinfo=UTC)) == []
