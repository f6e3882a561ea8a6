"""Counts as staff see them: no two of them subtract to a group under ten (THREATS T70)."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.delivery.broadcasts.counting import Count
from bot.delivery.broadcasts.numbers import UNDER, Counted, counted, moved, number_of, rounded, same_number
from bot.delivery.broadcasts.tallying import shown
from bot.store.broadcast_protocol import Tally

PEOPLE = st.lists(
    st.tuples(st.sampled_from(("ru", "uz", "tg")), st.sampled_from(("telegram", "whatsapp"))), max_size=60
)


def _count(people: list[tuple[str, str]], more: int = 0) -> Count:
    languages = {one: sum(language == one for language, _ in people) for one in {language for language, _ in people}}
    channels = {one: sum(channel == one for _, channel in people) for one in {channel for _, channel in people}}
    return Count(matching=len(people) + more, reached=len(people), by_language=languages, by_channel=channels)


def _cells(view: Counted) -> list[str]:
    return [view.matching, view.reached, *view.by_channel.values(), *view.by_language.values()]


@given(PEOPLE, st.integers(0, 30), st.data())
def test_no_two_views_subtract_to_a_group_under_ten(
    people: list[tuple[str, str]], more: int, data: st.DataObject
) -> None:
    """Of one alert, or of two whose segments differ by some people."""
    fewer = people[: data.draw(st.integers(0, len(people)))]
    cells = _cells(counted(_count(people, more))) + _cells(counted(_count(fewer, more)))
    numbers = [int(cell) for cell in cells if cell != UNDER]
    sums = {sum(some) for size in (1, 2) for some in combinations(numbers, size)} | {0}
    assert not [one for one in sums for other in sums if 0 < abs(one - other) < 10]


@given(st.integers(0, 2_000_000))
def test_a_number_is_never_shown_as_more_than_it_is(number: int) -> None:
    shown = rounded(number)
    assert (shown == UNDER) == (number < 10)
    assert 0 <= number - number_of(shown) < 10


def test_a_language_that_nobody_speaks_looks_like_one_that_few_speak() -> None:
    few = counted(_count([("ru", "telegram")] * 20 + [("uz", "telegram")] * 3))
    none = counted(_count([("ru", "telegram")] * 23))
    assert few == none
    assert set(none.by_language) == {"ru", "uz", "uz_Cyrl", "tg", "ky"}


@pytest.mark.parametrize(
    ("typed", "shown", "same"),
    [
        ("12430", "12430", True),
        (" 12 430 ", "12430", True),
        ("12,430", "12430", True),
        ("<10", "< 10", True),
        ("12431", "12430", False),
        ("10", "< 10", False),
        ("", "12430", False),
        ("yes", "12430", False),
        ("", "", False),
    ],
)
def test_a_count_is_typed_as_people_write_numbers(typed: str, shown: str, same: bool) -> None:
    assert same_number(typed, shown) is same


@pytest.mark.parametrize(
    ("before", "now", "has_moved"),
    [(1000, 1100, False), (1000, 1101, True), (1000, 899, True), (0, 0, False), (0, 1, True)],
)
def test_an_audience_has_moved_when_more_than_a_tenth_came_or_went(before: int, now: int, has_moved: bool) -> None:
    assert moved(before, now) is has_moved


def test_what_befell_few_leaves_no_trace_in_a_shown_tally() -> None:
    """T70: two alerts that differ by one person would tell what befell that one."""
    nothing = Tally(
        audience=229, due=0, sending=0, sent=200, uncertain=0, delivered=0, read=0, left=0, failed=(), skipped=()
    )
    before = shown(replace(nothing, failed=(("blocked", 29),)))
    after = shown(replace(nothing, failed=(("blocked", 28), ("deactivated", 1)), skipped=(("opted-out", 9),)))
    assert [(one.code, one.number) for one in before.failed] == [("blocked", 20)]
    assert (after.failed, after.skipped) == (before.failed, ())
