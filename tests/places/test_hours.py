"""Open now, or when: time zones, nights, weekends, the holidays of our calendars."""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from bot.catalogue import Catalogue, HelpPoint
from bot.catalogue.values import Zone
from bot.places import Opening, opening

OFFICE: Final = "Mo-Fr 09:00-18:00"


@pytest.fixture(scope="module")
def point(catalogue: Catalogue) -> HelpPoint:
    return catalogue.points["ru-rostrud-hotline"]


def at(text: str, zone: str = "Europe/Moscow") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def seen(
    point: HelpPoint, catalogue: Catalogue, hours: str, now: datetime, zone: Zone = "Europe/Moscow", country: str = "RU"
) -> tuple[str, str]:
    """The state, and when it changes: "23 09:00"."""
    found = opening(replace(point, hours=hours, timezone=zone), now, catalogue.calendars.get(country))
    return found.state, f"{found.changes:%d %H:%M}" if found.changes else ""


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        ("24/7", "2026-11-24T03:00", ("always", "")),
        ("unknown", "2026-11-24T03:00", ("unknown", "")),
        (OFFICE, "2026-11-24T12:00", ("open", "24 18:00")),
        (OFFICE, "2026-11-24T08:59", ("closed", "24 09:00")),
        (OFFICE, "2026-11-24T18:00", ("closed", "25 09:00")),
        (OFFICE, "2026-11-20T19:00", ("closed", "23 09:00")),
        (f"{OFFICE}; Sa 10:00-14:00", "2026-11-20T19:00", ("closed", "21 10:00")),
        ("Mo-Fr 09:00-13:00,14:00-18:00", "2026-11-24T13:30", ("closed", "24 14:00")),
        ("Mo-Su 20:00-02:00", "2026-11-24T23:00", ("open", "25 02:00")),
        ("Mo,We,Fr 10:00-17:00", "2026-11-24T12:00", ("closed", "25 10:00")),
        # Unity Day, a Wednesday in 2026: an office is closed, who works on weekends is not, a rule of its own wins.
        (OFFICE, "2026-11-04T12:00", ("closed", "05 09:00")),
        ("Mo-Su 08:00-20:00", "2026-11-04T12:00", ("open", "04 20:00")),
        (f"{OFFICE}; PH 10:00-12:00", "2026-11-04T11:00", ("open", "04 12:00")),
        ("Mo-Su,PH 08:00-20:00; PH off", "2026-11-04T12:00", ("closed", "05 08:00")),
        # The New Year's holidays, to the first working day after them.
        (OFFICE, "2026-01-02T12:00", ("closed", "12 09:00")),
    ],
)
def test_the_state_and_when_it_changes(
    point: HelpPoint, catalogue: Catalogue, hours: str, now: str, expected: tuple[str, str]
) -> None:
    assert seen(point, catalogue, hours, at(now)) == expected


def test_hours_are_those_of_the_point_wherever_the_person_is(point: HelpPoint, catalogue: Catalogue) -> None:
    noon_in_moscow = datetime(2026, 11, 24, 9, tzinfo=UTC)

    assert seen(point, catalogue, OFFICE, noon_in_moscow, "Asia/Vladivostok") == ("closed", "25 09:00")
    assert seen(point, catalogue, OFFICE, noon_in_moscow, "Europe/Kaliningrad") == ("open", "24 18:00")


@pytest.mark.parametrize(
    ("country", "zone"), [("UZ", "Asia/Tashkent"), ("TJ", "Asia/Dushanbe"), ("KG", "Asia/Bishkek")]
)
def test_a_country_without_a_calendar_has_its_weekends(
    point: HelpPoint, catalogue: Catalogue, country: str, zone: Zone
) -> None:
    assert country not in catalogue.calendars
    assert seen(point, catalogue, f"{OFFICE}; PH off", at("2026-11-24T12:00", zone), zone, country)[0] == "open"
    assert seen(point, catalogue, OFFICE, at("2026-11-21T12:00", zone), zone, country) == ("closed", "23 09:00")


def test_holidays_of_kazakhstan_are_its_own(point: HelpPoint, catalogue: Catalogue) -> None:
    nauryz = next(
        day for day in sorted(catalogue.calendars["KZ"].off) if day >= date(2026, 3, 21) and day.weekday() < 5
    )
    noon = datetime(nauryz.year, nauryz.month, nauryz.day, 12, tzinfo=ZoneInfo("Asia/Almaty"))

    assert seen(point, catalogue, OFFICE, noon, "Asia/Almaty", "KZ")[0] == "closed"
    assert seen(point, catalogue, OFFICE, noon, "Asia/Almaty", "RU")[0] == "open"


def test_all_hours_of_the_repository_are_understood(catalogue: Catalogue) -> None:
    for one in catalogue.points.values():
        found = opening(one, at("2026-11-24T12:00"), catalogue.calendars.get(one.country))
        assert isinstance(found, Opening)
        assert (found.state == "unknown") == (one.hours == "unknown"), one.key
