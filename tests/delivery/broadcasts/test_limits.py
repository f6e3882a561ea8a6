"""How often an organisation may write, and that it does not say the same twice unasked."""

from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.broadcasts.limits import Other, over, said_lately
from bot.delivery.broadcasts.rule import Is
from tests.delivery.broadcasts.alerts import NOW, alert, broadcast


def sent(days_ago: float, state: str = "done", **changes: Any) -> Other:
    one = alert(**changes)
    return broadcast(one, state=state, began=NOW - timedelta(days=days_ago)), one


def test_a_week_holds_so_many() -> None:
    assert over([sent(1), sent(6.9)], alert(), NOW, 3) == ""
    assert over([sent(1), sent(2), sent(6.9)], alert(), NOW, 3) == "week-limit"
    assert over([sent(1), sent(2), sent(7.1)], alert(), NOW, 3) == ""


def test_one_that_waits_for_its_time_counts_on_that_day() -> None:
    later = alert(starts=NOW + timedelta(days=5))
    waiting = (broadcast(later, state="approved"), later)
    assert over([sent(1), sent(2), waiting], alert(), NOW, 3) == "week-limit"
    assert over([sent(1), sent(2), sent(2.5)], alert(starts=NOW + timedelta(days=9)), NOW, 3) == ""


def test_danger_to_life_counts_by_the_day_and_not_by_the_week() -> None:
    full = [sent(1), sent(2), sent(3)]
    assert over([*full, sent(0.5, urgency="life")], alert(urgency="life"), NOW, 3) == ""
    twice = [sent(0.5, urgency="life"), sent(0.1, urgency="life")]
    assert over(twice, alert(urgency="life"), NOW, 3) == "day-limit"
    assert over(twice, alert(), NOW, 1) == ""


def test_a_correction_never_waits() -> None:
    full = [sent(1), sent(2), sent(3)]
    assert over(full, alert(kind="correction"), NOW, 3) == ""
    assert over([sent(1, kind="withdrawal")], alert(), NOW, 1) == ""


def test_what_was_cancelled_before_it_began_was_no_alert() -> None:
    one = alert()
    assert over([(broadcast(one, state="cancelled"), one)], alert(), NOW, 1) == ""
    assert over([sent(1, "cancelled")], alert(), NOW, 1) == "week-limit"


@pytest.mark.parametrize(("days", "same"), [(29, True), (31, False)])
def test_the_same_words_within_thirty_days_are_noticed(days: int, same: bool) -> None:
    words = {"ru": "Касса не работает."}
    assert said_lately([sent(days, frozen=words)], alert(frozen=words), NOW) is same


def test_other_words_or_other_people_are_another_alert() -> None:
    words = {"ru": "Касса не работает."}
    lately = [sent(1, frozen=words)]
    assert not said_lately(lately, alert(frozen={"ru": "Касса работает."}), NOW)
    assert not said_lately(lately, alert(frozen=words, segment=Is(key="country", values=("RU",))), NOW)
