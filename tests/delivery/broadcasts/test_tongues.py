"""Which languages a segment's people may speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.broadcasts.rule import EVERYBODY, All, Any, Is, Not, Rule, matches
from bot.delivery.broadcasts.tongues import languages_of
from bot.text import LANGUAGES

UZBEK = Is(key="language", values=("uz", "uz_Cyrl"))
RUSSIA = Is(key="country", values=("RU",))
RULES = st.recursive(
    st.one_of(
        st.sampled_from(tuple(LANGUAGES)).map(lambda code: Is(key="language", values=(code,))),
        st.sampled_from(("RU", "KZ")).map(lambda code: Is(key="country", values=(code,))),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda of: All(of=tuple(of))),
        st.lists(inner, max_size=3).map(lambda of: Any(of=tuple(of))),
        inner.map(lambda one: Not(of=one)),
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("rule", "languages"),
    [
        (EVERYBODY, ("ru", "uz", "uz_Cyrl", "tg", "ky")),
        (All(of=(UZBEK, RUSSIA)), ("uz", "uz_Cyrl")),
        (Any(of=(UZBEK, RUSSIA)), ("ru", "uz", "uz_Cyrl", "tg", "ky")),
        (Not(of=UZBEK), ("ru", "tg", "ky")),
        (Any(of=()), ()),
    ],
)
def test_a_language_counts_unless_the_rule_leaves_it_out(rule: Rule, languages: tuple[str, ...]) -> None:
    assert languages_of(rule) == languages


@given(RULES, st.sampled_from(tuple(LANGUAGES)), st.sampled_from(("RU", "KZ", "")))
def test_nobody_who_matches_speaks_a_language_that_does_not_count(rule: Rule, language: str, country: str) -> None:
    profile = {"language": language, "country": country}
    if matches(rule, profile, "telegram", 0, lambda _: None):
        assert language in languages_of(rule)
