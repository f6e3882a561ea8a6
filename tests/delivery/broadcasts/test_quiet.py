"""Quiet hours are those of the place where the person is."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.broadcasts.quiet import next_moment, quiet, zone_of
from bot.places import gazetteer

PLACES = gazetteer({}).get
MOSCOW = {"country": "RU"}


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 10, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("profile", "zone"),
    [
        ({"city": "ru-sve-yekaterinburg", "country": "KZ"}, "Asia/Yekaterinburg"),
        ({"city": "ru-pri", "country": "RU"}, "Asia/Vladivostok"),
        ({"region": "ru-pri", "country": "KZ"}, "Asia/Vladivostok"),
        ({"city": "деревня", "country": "RU"}, "Europe/Moscow"),
        ({"country": "KZ", "citizenship": "UZ"}, "Asia/Almaty"),
        ({"citizenship": "TJ"}, "Asia/Dushanbe"),
        ({}, "Europe/Moscow"),
    ],
)
def test_the_zone_is_that_of_the_nearest_place_that_is_known(profile: dict[str, str], zone: str) -> None:
    assert zone_of(profile, PLACES).key == zone


@pytest.mark.parametrize(
    ("now", "silent", "until"),
    [
        (at(17, 59), False, at(17, 59)),
        (at(18), True, datetime(2026, 3, 11, 5, tzinfo=UTC)),
        (at(23), True, datetime(2026, 3, 11, 5, tzinfo=UTC)),
        (at(4, 59), True, at(5)),
        (at(5), False, at(5)),
    ],
)
def test_from_nine_in_the_evening_to_eight_in_the_morning_nothing_is_sent(
    now: datetime, silent: bool, until: datetime
) -> None:
    assert quiet(now, MOSCOW, PLACES, "important") is silent
    assert next_moment(now, MOSCOW, PLACES, "news") == until


def test_danger_to_life_wakes_people() -> None:
    assert not quiet(at(23), MOSCOW, PLACES, "life")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(("ru-sve-yekaterinburg", "ru-pri", ""))
)
def test_the_next_moment_is_never_a_quiet_one_and_less_than_half_a_day_away(moment: datetime, city: str) -> None:
    now, profile = moment.replace(tzinfo=UTC), {"city": city}
    due = next_moment(now, profile, PLACES, "important")
    assert not quiet(due, profile, PLACES, "important")
    assert 0 <= (due - now).total_seconds() <= 11 * 3600
