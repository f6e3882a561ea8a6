"""So many in any second, by the platform's own clock, whatever the way there and back is like."""

from bisect import bisect_left
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.window import Window

Way = Callable[[Random], float]


def arrivals(per_second: float, seconds: float, there: Way, back: Way, seed: int = 1) -> list[float]:
    """When sendings arrive at the platform, if as many as may go at any time do so."""
    window, chance, now = Window(per_second), Random(seed), 0.0
    answers: list[tuple[float, float]] = []
    arrived: list[float] = []
    while now < seconds:
        wait = window.wait(now, window.places)
        if wait == 0:
            window.take()
            arrived.append(now + there(chance))
            heappush(answers, (arrived[-1] + back(chance), now))
            continue
        if answers and (wait is None or answers[0][0] <= now + wait):
            now, began = heappop(answers)
            window.answered(now, began)
        else:
            assert wait is not None
            now += wait + 1e-9
    return sorted(arrived)


def most_in(arrived: list[float], span: float) -> int:
    return max(bisect_left(arrived, first + span) - at for at, first in enumerate(arrived))


WAYS: dict[str, tuple[Way, Way]] = {
    "loopback": (lambda _: 0.0003, lambda _: 0.001),
    "far": (lambda _: 0.040, lambda _: 0.040),
    "far there": (lambda _: 0.080, lambda _: 0.0),
    "slow answers": (lambda _: 0.0, lambda _: 0.080),
}
UNEVEN: dict[str, tuple[Way, Way]] = {
    "uneven there": (lambda chance: chance.uniform(0.010, 0.300), lambda _: 0.010),
    "uneven back": (lambda _: 0.010, lambda chance: chance.uniform(0.010, 0.300)),
    "uneven": (lambda chance: chance.uniform(0, 0.200), lambda chance: chance.uniform(0, 0.200)),
    "bursts": (lambda chance: chance.choice((0.001, 0.001, 0.500)), lambda chance: chance.choice((0.001, 0.700))),
}


@pytest.mark.parametrize("way", WAYS | UNEVEN)
@pytest.mark.parametrize("per_second", [1, 30, 300])
def test_never_more_than_so_many_arrive_in_any_second(way: str, per_second: float) -> None:
    arrived = arrivals(per_second, 120, *(WAYS | UNEVEN)[way])
    assert most_in(arrived, 1 - 1e-6) <= per_second


@pytest.mark.parametrize(("way", "share"), [("loopback", 0.99), ("far", 0.985), ("far there", 0.985)])
def test_an_even_way_costs_no_speed_however_long_it_is(way: str, share: float) -> None:
    arrived = arrivals(30, 300, *WAYS[way])
    assert len([at for at in arrived if 10 < at < 290]) >= 280 * 30 * share


@given(st.floats(0.05, 0.9), st.integers(0, 1000))
def test_less_than_one_a_second_is_one_in_so_many_seconds(per_second: float, seed: int) -> None:
    arrived = arrivals(per_second, 60, *UNEVEN["uneven"], seed)
    gaps = [later - earlier for earlier, later in pairwise(arrived)]
    assert all(gap >= 1 / per_second - 1e-6 for gap in gaps)


def test_what_is_not_answered_keeps_its_place_and_what_was_not_sent_gives_it_back() -> None:
    window = Window(2)
    window.take()
    window.take()
    assert window.wait(50.0, 2) is None
    window.give_back()
    assert window.wait(50.0, 2) == 0
    window.take()
    window.end(60.0)
    assert window.wait(60.0, 2) == 1.0
    assert window.wait(60.0, 1) is None


def test_what_people_write_takes_places_too() -> None:
    window = Window(2)
    window.came_in(0.0)
    window.came_in(0.5)
    assert window.wait(0.5, 2) == 0.5
    assert window.wait(1.0, 2) == 0
