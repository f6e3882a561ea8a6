"""Topics as profiles of letters."""

import pytest

from bot.answers.profiles import Profiles
from bot.text import fold

PROFILES = Profiles.count(
    [
        ("wages", fold("начальник не платит зарплату")),
        ("wages", fold("oylik bermayapti")),
        ("passport", fold("начальник забрал паспорт")),
        ("passport", fold("pasportimni bermayapti")),
    ]
)


def best(text: str) -> str:
    return PROFILES.topics[int(PROFILES.scores(fold(text)).argmax())]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("зарплатты не платят", "wages"),
        ("oyligim qani", "wages"),
        ("паспорт у начальника", "passport"),
        ("ПАСПАРТ", "passport"),
    ],
)
def test_slips_endings_and_scripts_matter_little(text: str, topic: str) -> None:
    assert best(text) == topic


def test_likeness_is_between_0_and_1_and_1_for_nothing_but_the_same() -> None:
    wages, passport = PROFILES.scores(fold("начальник не платит зарплату"))
    assert 0 < passport < wages <= 1


def test_the_shared_groups_of_letters_add_up_to_the_likeness() -> None:
    key = fold("паспорт забрали")
    assert sum(value for _, value in PROFILES.shared(key, "passport")) == pytest.approx(PROFILES.scores(key)[1])


def test_nothing_in_common_is_no_score() -> None:
    assert not PROFILES.scores("zzz").any()
    assert not PROFILES.scores("").any()
