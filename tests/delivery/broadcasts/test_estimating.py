"""What an alert costs, as upper bounds that give no small group away."""

from bot.delivery.broadcasts.counting import Count
from bot.delivery.broadcasts.estimating import Terms, estimate

COUNT = Count(matching=13_000, reached=12_437, by_channel={"telegram": 10_001, "whatsapp": 2_436}, by_language={})
TERMS = Terms(paces={"telegram": 30, "whatsapp": 80}, price="0.035 USD", daily_limit=1_000)


def test_people_time_price_and_days() -> None:
    found = estimate(COUNT, TERMS)
    assert found.people == {"telegram": 10_010, "whatsapp": 2_440}
    assert found.seconds == {"telegram": 334, "whatsapp": 31}
    assert (found.templates, found.price, found.days) == (2_440, "85.40 USD", 3)


def test_what_the_operator_did_not_say_is_not_invented() -> None:
    found = estimate(COUNT, Terms(paces={}))
    assert (found.seconds, found.price, found.days) == ({}, "", None)
