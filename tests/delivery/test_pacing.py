from hypothesis import given
from hypothesis import strategies as st

from bot.delivery import Pace
from bot.delivery.pacing import Bucket, Buckets

PACES = st.builds(Pace, st.sampled_from([0.5, 1.0, 3.0, 30.0]), st.integers(1, 30))


def taken(pace: Pace, arrivals: list[float]) -> list[float]:
    """When those who come at these times get through, one after another."""
    bucket, now, times = Bucket(pace), 0.0, []
    for arrival in sorted(arrivals):
        now = max(now, arrival)
        now += bucket.wait(now)
        bucket.take(now)
        times.append(now)
    return times


@given(PACES, st.lists(st.floats(0, 20), max_size=200), st.sampled_from([0.1, 1.0, 7.0]))
def test_no_window_holds_more_than_the_burst_and_the_rate(pace: Pace, arrivals: list[float], window: float) -> None:
    times = taken(pace, arrivals)
    for start in times:
        within = sum(start <= time <= start + window for time in times)
        assert within <= pace.burst + pace.per_second * window + 1e-6


@given(PACES, st.integers(1, 100))
def test_who_waits_is_served_at_the_full_rate(pace: Pace, count: int) -> None:
    times = taken(pace, [0.0] * count)
    assert abs(times[-1] - max(0, count - pace.burst) / pace.per_second) < 1e-6


def test_a_bucket_is_full_again_after_a_rest() -> None:
    bucket = Bucket(Pace(1, 5))
    for _ in range(5):
        assert bucket.wait(100.0) == 0
        bucket.take(100.0)
    assert bucket.wait(100.0) == 1.0
    assert not bucket.full(104.9)
    assert bucket.full(105.0)


def test_full_buckets_take_no_memory() -> None:
    buckets = Buckets(Pace(1, 5))
    for chat in range(25_000):
        buckets.of(chat, chat).take(chat)
    assert len(buckets._buckets) <= 10_000
    assert not buckets.of(24_999, 24_999.5).full(24_999.5)
