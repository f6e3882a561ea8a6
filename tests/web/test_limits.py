"""A network's share (THREATS T67), and that no address is kept for it."""

import pytest

from bot.web.limits import BURST, PER_SECOND, Limit


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def spend(limit: Limit, ip: str, times: int) -> int:
    return sum(limit.allows(ip) for _ in range(times))


def test_a_burst_passes_then_a_trickle() -> None:
    clock = Clock()
    limit = Limit(clock)

    assert spend(limit, "203.0.114.5", int(BURST) + 50) == BURST
    clock.now += 1
    assert spend(limit, "203.0.114.5", 100) == PER_SECOND


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("203.0.114.5", "203.0.114.200", True),
        ("203.0.114.5", "203.0.115.5", False),
        ("2a00:1450:4001::1", "2a00:1450:4001:ffff::9", True),
        ("2a00:1450:4001::1", "2a00:1450:4002::1", False),
        ("203.0.114.5", "::ffff:203.0.114.9", True),
    ],
)
def test_a_network_is_a_24_or_a_48(one: str, other: str, shared: bool) -> None:
    limit = Limit(Clock())
    spend(limit, one, int(BURST))

    assert limit.allows(other) is not shared


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "::1", "fd00::1", "", "unix:"])
def test_private_addresses_are_not_limited(ip: str) -> None:
    assert spend(Limit(Clock()), ip, int(BURST) * 3) == BURST * 3


def test_no_address_is_kept_and_the_key_lives_a_day() -> None:
    clock = Clock()
    limit = Limit(clock)
    limit.allows("203.0.114.5")
    before = set(limit._buckets)
    clock.now += 86_401
    limit.allows("203.0.114.5")

    assert "203" not in repr(limit._buckets)
    assert before.isdisjoint(limit._buckets)


def test_memory_stays_small_under_a_flood_from_everywhere() -> None:
    clock = Clock()
    limit = Limit(clock)
    for number in range(60_000):
        clock.now += 0.001
        limit.allows(f"{11 + number // 65536}.{number // 256 % 256}.{number % 256}.1")

    assert len(limit._buckets) <= 50_000
