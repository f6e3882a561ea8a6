"""People as a rule sees them, made up by Hypothesis; and who matches, by looking at each."""

from datetime import date
from typing import Any

import msgspec
from hypothesis import strategies as st

from bot.conversation import Urgency, takes_alerts
from bot.delivery.broadcasts import rule as rules
from bot.delivery.broadcasts.counting import Count
from bot.delivery.broadcasts.rule import All, Is, Not, Rule, matches
from bot.places import gazetteer
from tests.store.helpers import NOON

PLACES = gazetteer({})
TODAY = NOON.date()
CITIES = ["ru-mow-moscow", "ru-mow-lyublino", "ru-mos", "ru-ta-kazan", "kz-75-almaty", "tj-du-dushanbe"]
TOPICS = ["documents", "work", "health"]
ORGANISATIONS = ["red-crescent", "this-team"]
VALUES: dict[rules.Key, list[str]] = {
    "language": ["ru", "uz", "uz_Cyrl", "tg", "ky"],
    "citizenship": ["UZ", "TJ", "KG"],
    "country": ["RU", "KZ", "UZ", "TJ", "KG"],
    "region": ["RU-MOW", "RU-MOS", "RU-TA", "KZ-75", "TJ-DU"],
    "city": [city for city in CITIES if city != "ru-mos"],
    "channel": ["telegram", "whatsapp", "web"],
    "stage": ["before", "there", "back"],
    "topic": TOPICS,
}


def _words(words: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), unique=True).map(" ".join)


_ANSWERS: dict[str, st.SearchStrategy[str]] = {
    **{key: st.sampled_from(VALUES[key]) for key in ("language", "citizenship", "country", "stage")},
    "city": st.sampled_from([*CITIES, "Чего-нибудь нет"]),
    "alerts": st.sampled_from(["all", "important", "life", "none"]),
    "alerts_without": _words(ORGANISATIONS),
    "follows": _words(TOPICS),
}
profiles = st.fixed_dictionaries({}, optional=_ANSWERS)

_tests: st.SearchStrategy[Rule] = st.one_of(
    *(
        st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(
            lambda some, key=key: Is(key=key, values=tuple(some))  # type: ignore[misc]
        )
        for key, values in VALUES.items()
    ),
    st.integers(1, 400).map(lambda days: Is(key="seen", values=(str(days),))),
)
trees: st.SearchStrategy[Rule] = st.recursive(
    _tests,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda some: All(of=tuple(some))),
        st.lists(inner, min_size=1, max_size=4).map(lambda some: rules.Any(of=tuple(some))),
        inner.map(lambda one: Not(of=one)),
    ),
    max_leaves=8,
)
asked: st.SearchStrategy[tuple[str, Urgency, tuple[str, ...]]] = st.tuples(
    st.sampled_from(ORGANISATIONS),
    st.sampled_from(["life", "important", "news"]),
    st.lists(st.sampled_from(TOPICS), unique=True).map(tuple),
)


class Someone(msgspec.Struct, kw_only=True):
    profile: dict[str, str]
    channel: str
    account: str
    seen: date
    blocked: bool = False

    def fits(self, rule: Rule, today: date) -> bool:
        return matches(rule, self.profile, self.channel, (today - self.seen).days, PLACES.get)


def count_by_hand(people: Any, rule: Rule, organisation: str, urgency: Urgency, topics: Any, today: date) -> Count:
    fit = [one for one in people if one.fits(rule, today)]
    reached = [
        one
        for one in fit
        if not one.blocked
        and one.channel in ("telegram", "whatsapp")
        and takes_alerts(one.profile, organisation, urgency, topics)
    ]
    channels = [one.channel for one in reached]
    languages = [one.profile.get("language", "") for one in reached]
    return Count(
        matching=len(fit),
        reached=len(reached),
        by_channel={name: channels.count(name) for name in set(channels)},
        by_language={name: languages.count(name) for name in set(languages)},
    )
