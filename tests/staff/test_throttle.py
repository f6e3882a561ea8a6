"""How often one may fail to sign in (THREATS T42)."""

from collections.abc import Callable

import pytest

from bot.staff import Throttle

HOME, AWAY = b"one network", b"another"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(clock)


def tries(throttle: Throttle, handle: str = "anna", network: bytes | None = None, outcome: str = "failed") -> float:
    """Seconds to wait; 0: it could be tried."""
    with throttle.attempt(handle, network) as attempt:
        attempt.outcome = outcome  # type: ignore[assignment]
    return attempt.wait


def test_pauses_double_up_to_a_quarter_of_an_hour_and_are_never_for_ever(throttle: Throttle, clock: Clock) -> None:
    pauses = []
    for _ in range(8):
        assert [tries(throttle) for _ in range(5)] == [0] * 5
        pauses.append(tries(throttle))
        clock.now += pauses[-1]
    assert pauses == [60, 120, 240, 480, 900, 900, 900, 900]


@pytest.mark.parametrize(
    ("failures", "seconds_between", "then"),
    [(4, 0, 0), (5, 0, 60), (5, 14, 60), (5, 16, 0), (50, 16, 0)],
)
def test_five_a_minute_are_too_many(
    throttle: Throttle, clock: Clock, failures: int, seconds_between: float, then: float
) -> None:
    for _ in range(failures):
        assert tries(throttle) == 0
        clock.now += seconds_between
    assert tries(throttle) == pytest.approx(max(then - (seconds_between if then else 0), 0))


def test_others_sign_in_meanwhile(throttle: Throttle) -> None:
    for _ in range(9):
        tries(throttle, "anna", HOME)
    assert tries(throttle, "boris", HOME) == 0
    assert tries(throttle, "boris", AWAY) == 0


def test_a_network_may_fail_twenty_times_an_hour(throttle: Throttle, clock: Clock) -> None:
    for number in range(20):
        assert tries(throttle, f"handle{number}", HOME) == 0
    assert tries(throttle, "anna", HOME) == 3600
    assert tries(throttle, "anna", AWAY) == 0
    clock.now += 3600
    assert tries(throttle, "anna", HOME) == 0


def test_what_succeeds_does_not_count_for_a_network(throttle: Throttle) -> None:
    assert {tries(throttle, f"handle{number}", HOME, "in") for number in range(60)} == {0}


def test_this_machines_own_network_is_not_limited(throttle: Throttle) -> None:
    assert {tries(throttle, f"handle{number}") for number in range(100)} == {0}


def test_a_right_password_forgives_no_wrong_code(throttle: Throttle) -> None:
    for _ in range(5):
        assert tries(throttle, outcome="passed") == 0
        assert tries(throttle, outcome="failed") == 0
    assert tries(throttle, outcome="passed") == 60


def test_whoever_is_in_begins_anew(throttle: Throttle) -> None:
    for outcome in ("failed",) * 4 + ("in",) + ("failed",) * 4:
        assert tries(throttle, outcome=outcome) == 0
    assert tries(throttle) == 0


def test_many_at_once_gain_nothing(throttle: Throttle) -> None:
    contexts = [throttle.attempt("anna", None) for _ in range(20)]
    waits = [context.__enter__().wait for context in contexts]
    for context in contexts:
        context.__exit__(None, None, None)
    assert waits.count(0) == 5
    assert tries(throttle) == 60


def test_a_try_that_breaks_off_counts_as_failed(throttle: Throttle) -> None:
    def breaks() -> None:
        with throttle.attempt("anna", None):
            raise ConnectionError

    _five_times(breaks)
    assert tries(throttle) == 60


def test_the_memory_of_it_does_not_grow_without_end(throttle: Throttle, clock: Clock) -> None:
    for number in range(20_100):
        tries(throttle, f"handle{number}")
        clock.now += 1
    assert len(throttle._tries) < 20_000


def _five_times(act: Callable[[], None]) -> None:
    for _ in range(5):
        with pytest.raises(ConnectionError):
            act()
