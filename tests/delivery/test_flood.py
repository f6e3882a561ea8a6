"""THREATS T66: floods, the daily ceiling of paid messages, loops with another program, and what passes all of them."""

import pytest

from bot.catalogue import Catalogue, Target
from bot.channels import Pace
from bot.conversation import Event
from bot.delivery.flood import PACE, Flood, Protective, Verdict
from bot.delivery.lane import Recipient
from tests.web import serving

ANNA = Recipient("whatsapp", "1", "TJ.1")
BORIS = Recipient("whatsapp", "1", "TJ.2")
DAY = 86_400.0
PASS, NOTICE, DROP, LOOP = Verdict
SAME = "Спасибо за обращение! Мы ответим."


def spent(flood: Flood, who: Recipient) -> int:
    """How many messages pass in a row, a quarter of a minute apart, before the first that does not."""
    for number in range(1000):
        if flood.judge(who, number * 15.0) is not PASS:
            return number
    return 1000


def test_twenty_at_once_then_one_notice_then_silence_then_one_in_two_seconds() -> None:
    flood = Flood(PACE)
    assert [flood.judge(ANNA, 0.0) for _ in range(23)] == [PASS] * 20 + [NOTICE, DROP, DROP]
    assert [flood.judge(ANNA, 2.0), flood.judge(ANNA, 2.0)] == [PASS, DROP]
    assert [flood.judge(ANNA, 100.0) for _ in range(22)] == [PASS] * 20 + [NOTICE, DROP]


def test_one_contact_causes_three_hundred_paid_messages_a_day_and_what_the_day_gives_back() -> None:
    flood = Flood(PACE)
    passed = spent(flood, ANNA)
    assert 300 <= passed <= 300 + passed * 15 * 300 / DAY + 1
    at = passed * 15.0
    assert flood.judge(ANNA, at) is DROP  # told once, though minutes lie between: a notice is paid too
    assert [flood.judge(ANNA, at + DAY / 300), flood.judge(ANNA, at + DAY / 300 + 15)] == [PASS, DROP]
    assert [flood.judge(ANNA, at + 2 * DAY + number * 15) for number in range(300)] == [PASS] * 300


def test_the_ceiling_of_one_contact_touches_no_other_and_not_the_same_one_elsewhere() -> None:
    flood = Flood(PACE)
    at = spent(flood, ANNA) * 15.0
    assert flood.judge(ANNA, at) is DROP
    assert flood.judge(BORIS, at) is PASS
    assert flood.judge(Recipient("whatsapp", "2", ANNA.address), at) is PASS


@pytest.mark.parametrize("channel", ["telegram", "web", "terminal"])
def test_where_messages_cost_nothing_there_is_no_ceiling(channel: str) -> None:
    assert spent(Flood(PACE), Recipient(channel, "1", "1")) == 1000


def test_the_same_long_text_again_and_again_comes_from_a_program() -> None:
    flood = Flood(Pace(1000, 1000))
    assert [flood.judge(ANNA, number, SAME) for number in range(18)] == [PASS] * 15 + [LOOP] * 3
    assert flood.judge(BORIS, 18, SAME) is PASS
    assert flood.judge(ANNA, 19, "помощь") is PASS
    assert flood.judge(ANNA, 20, SAME) is PASS


def test_a_person_may_tap_and_say_short_things_as_often_as_they_like() -> None:
    flood = Flood(Pace(1000, 1000))
    assert {flood.judge(ANNA, number) for number in range(50)} == {PASS}
    assert {flood.judge(BORIS, number, "да") for number in range(50)} == {PASS}


@pytest.mark.parametrize("command", ["hide", "delete", "stop"])
def test_words_that_protect_are_known_in_every_language_and_as_a_button(catalogue: Catalogue, command: str) -> None:
    protective = Protective(catalogue)
    for words in catalogue.words.commands[command].values():
        assert all(protective.holds(Event(kind="text", text=word)) for word in words)
    assert protective.holds(Event(kind="choice", choice=Target(kind="command", id=command).token))


def test_refusing_the_alerts_of_an_organisation_passes() -> None:
    content = serving.catalogue()
    assert content.organisations
    for organisation in content.organisations:
        token = Target(kind="alerts-off", id=organisation).token
        assert Protective(content).holds(Event(kind="choice", choice=token))


def test_danger_passes_and_nothing_else_does(catalogue: Catalogue) -> None:
    protective = Protective(catalogue)
    held = [protective.holds(Event(kind="text", text=text)) for text in ("меня бьют", "000", "меню", "спасибо", "")]
    assert held == [True, True, False, False, False]
    assert not protective.holds(Event(kind="choice", choice=Target(kind="command", id="menu").token))
    assert not protective.holds(Event(kind="voice"))


def test_what_was_dropped_is_remembered_until_the_next_message_that_is_taken() -> None:
    """T17: hiding finds these messages too."""
    flood = Flood(PACE)
    flood.unkept(ANNA, "1")
    flood.unkept(ANNA, "2")
    assert flood.refs(BORIS, "9") == "9"
    assert flood.refs(ANNA, "3") == "1 2 3"
    assert flood.refs(ANNA, None) is None
