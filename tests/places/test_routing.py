"""Who answers whom: by need, place, language, hours, and what cannot wait."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from msgspec.structs import replace

from bot.catalogue import Organisation
from bot.places.routing import Seeker, promise, route
from tests.web.serving import catalogue

#: A Wednesday, noon in Moscow.
NOON = datetime(2026, 3, 11, 9, tzinfo=UTC)
NIGHT = datetime(2026, 3, 11, 20, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 14, 9, tzinfo=UTC)


def organisation(id: str, **fields: Any) -> Organisation:
    (team,) = catalogue().organisations.values()
    known: dict[str, Any] = {
        "languages": ("ru",),
        "needs": frozenset({"wages", "legal", "documents"}),
        "countries": frozenset({"RU"}),
        "regions": frozenset[str](),
        "hours": "Mo-Fr 09:00-18:00",
        "timezone": "Europe/Moscow",
        "answers_within": timedelta(hours=24),
        "urgent": False,
        "active": True,
    }
    return replace(team, id=id, **{**known, **fields})


LAW = organisation("law")
UZ_LAW = organisation("uz-law", languages=("uz",), answers_within=timedelta(hours=48))
URAL = organisation("ural", regions=frozenset({"RU-SVE"}))
KZ = organisation("kz", countries=frozenset({"KZ"}), languages=("ru", "ky"), timezone="Asia/Almaty")
LINE = organisation("line", hours="24/7", answers_within=timedelta(hours=72), needs=frozenset({"wages"}))
CRISIS = organisation(
    "crisis", urgent=True, needs=frozenset({"violence", "detention"}), languages=("ru",), hours="Mo-Fr 09:00-12:30"
)
SLOW = organisation("slow", needs=frozenset({"violence", "shelter"}), languages=("tg",), hours="24/7")
SLEEPS = organisation("sleeps", active=False, needs=frozenset({"hiv"}))
ALL = (LAW, UZ_LAW, URAL, KZ, LINE, CRISIS, SLOW, SLEEPS)

TABLE = [
    # who has the need, where, in which language, when -> who answers
    ("documents", "RU", "", "ru", NOON, "law"),
    ("documents", "RU", "", "uz", NOON, "uz-law"),
    ("documents", "RU", "", "uz_Cyrl", NOON, "uz-law"),
    ("documents", "RU", "", "tg", NOON, "law"),  # Russian is what most can read
    ("documents", "", "", "ky", NOON, "kz"),  # no country told: nobody is shut out
    ("documents", "KZ", "", "ru", NOON, "kz"),
    ("documents", "KZ", "", "uz", NOON, "kz"),
    ("documents", "RU", "RU-SVE", "ru", NOON, "ural"),  # their own region first
    ("documents", "RU", "RU-SVE", "uz", NOON, "uz-law"),  # but one's language comes before
    ("documents", "RU", "RU-MOW", "ru", NOON, "law"),  # another region's is not for them
    ("documents", "UZ", "", "ru", NOON, None),
    ("wages", "RU", "", "ru", NOON, "law"),  # sooner than the line
    ("wages", "RU", "", "ru", NIGHT, "line"),  # who is there now
    ("wages", "RU", "", "ru", SATURDAY, "line"),
    ("documents", "RU", "", "ru", NIGHT, "law"),  # all are closed: who opens answers
    ("violence", "RU", "", "tg", NOON, "crisis"),  # urgent: who takes it, before the language
    ("violence", "RU", "", "tg", NIGHT, "crisis"),
    ("shelter", "RU", "", "tg", NIGHT, "slow"),
    ("detention", "RU", "", "ky", NOON, "crisis"),
    ("detention", "KZ", "", "ky", NOON, None),
    ("hiv", "RU", "", "ru", NOON, None),  # inactive: nobody is promised who does not answer
    ("food", "RU", "", "ru", NOON, None),
    ("", "RU", "", "ru", NOON, None),
]


@pytest.mark.parametrize(("need", "country", "region", "language", "now", "id"), TABLE)
def test_the_table(need: str, country: str, region: str, language: str, now: datetime, id: str | None) -> None:
    seeker = Seeker(need=need, language=language, country=country, region=region)
    found = route(ALL, seeker, catalogue().calendars, now)

    assert (found.organisation.id if found else None) == id


def test_the_order_of_the_file_changes_nothing() -> None:
    seeker = Seeker(need="wages", language="ru", country="RU")
    found = [route(some, seeker, {}, NOON) for some in permutations((LAW, UZ_LAW, LINE, URAL, KZ))]

    assert {one.organisation.id for one in found if one} == {"law"}
    assert None not in found


@pytest.mark.parametrize(
    ("now", "there_now", "by"),
    [
        (NOON, True, datetime(2026, 3, 12, 9, tzinfo=UTC)),
        (NIGHT, False, datetime(2026, 3, 13, 6, tzinfo=UTC)),  # they open at nine in Moscow
        (SATURDAY, False, datetime(2026, 3, 17, 6, tzinfo=UTC)),  # on Monday
        (datetime(2026, 5, 8, 16, tzinfo=UTC), False, datetime(2026, 5, 13, 6, tzinfo=UTC)),  # after the holidays
    ],
)
def test_a_promise_counts_from_when_they_are_there(now: datetime, there_now: bool, by: datetime) -> None:
    found = promise(LAW, catalogue().calendars, now)

    assert (found.there_now, found.by.astimezone(UTC)) == (there_now, by)


def test_nobody_answers_until_the_entry_is_made_active() -> None:
    """What is shipped promises no person who does not exist."""
    shipped = catalogue().organisations.values()

    assert [one.active for one in shipped] == [False]
    assert all(
        route(shipped, Seeker(need=need, language="ru"), {}, NOON) is None for one in shipped for need in one.needs
    )
