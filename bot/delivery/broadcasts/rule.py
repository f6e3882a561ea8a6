"""Segments: a rule that says who receives an alert, as a tree of tests with and, or and not. Never a list of people."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final, Literal

import msgspec

from bot.places import Place

#: The place with an id, None for what is no id: ``Gazetteer.get`` of the catalogue that serves.
Places = Callable[[str], Place | None]

#: What a rule may ask. language (ru, uz, uz_Cyrl, tg, ky), citizenship (UZ, TJ, KG), country (where they are: what they
#: said, else that of their city), region (ISO 3166-2), city (id of a place; whoever lives in a part of it is in it),
#: channel, stage, topic (followed; who chose none follows all), seen (heard within so many days).
Key = Literal["language", "citizenship", "country", "region", "city", "channel", "stage", "topic", "seen"]
KEYS: Final[tuple[Key, ...]] = (
    "language", "citizenship", "country", "region", "city", "channel", "stage", "topic", "seen",
)  # fmt: skip


class Is(msgspec.Struct, frozen=True, kw_only=True, tag="is"):
    """The contact's value is one of these; for ``seen`` one number of days."""

    key: Key
    values: tuple[str, ...]


class All(msgspec.Struct, frozen=True, kw_only=True, tag="all"):
    """And; empty: everybody."""

    of: tuple["Rule", ...]


class Any(msgspec.Struct, frozen=True, kw_only=True, tag="any"):
    """Or; empty: nobody."""

    of: tuple["Rule", ...]


class Not(msgspec.Struct, frozen=True, kw_only=True, tag="not"):
    of: "Rule"


Rule = Is | All | Any | Not
EVERYBODY: Final = All(of=())


def meaning(rule: Rule) -> Hashable:
    """Equal for rules that ask the same in another order, or with another nesting of what is alike."""
    match rule:
        case Is(key=key, values=values):
            return key, frozenset(values)
        case Not(of=one):
            return "not", meaning(one)
        case All() | Any():
            parts = frozenset(meaning(one) for one in _flat(rule))
            return next(iter(parts)) if len(parts) == 1 else (rule.__struct_config__.tag, parts)


def _flat(rule: All | Any) -> Iterator[Rule]:
    for one in rule.of:
        if isinstance(one, All | Any) and isinstance(one, type(rule)):
            yield from _flat(one)
        else:
            yield one


def matches(rule: Rule, profile: Mapping[str, str], channel: str, seen_days: int, places: Places) -> bool:
    """``seen_days``: since they were last heard, 0 for today. What is not known matches no test."""
    match rule:
        case All(of=of):
            return all(matches(one, profile, channel, seen_days, places) for one in of)
        case Any(of=of):
            return any(matches(one, profile, channel, seen_days, places) for one in of)
        case Not(of=one):
            return not matches(one, profile, channel, seen_days, places)
        case Is(key="seen", values=values):
            return seen_days <= int(values[0])
        case Is(key="channel", values=values):
            return channel in values
        case Is(key=key, values=values):
            return _fits(key, values, profile, places)


def _fits(key: Key, values: tuple[str, ...], profile: Mapping[str, str], places: Places) -> bool:
    """One test of what a profile holds."""
    if key == "topic":
        return follows(profile.get("follows", ""), values)
    if key in ("language", "citizenship", "stage"):
        return profile.get(key, "") in values
    place = place_of(profile, places)
    if key == "country":
        return (profile.get("country") or (place.country if place else "")) in values
    if place is None:
        return False
    return place.region in values if key == "region" else lies_in(place.id, place.within, values)


def follows(chosen: str, topics: tuple[str, ...]) -> bool:
    """``chosen``: as a profile has it."""
    return not chosen or not set(topics).isdisjoint(chosen.split())


def place_of(profile: Mapping[str, str], places: Places) -> Place | None:
    """Where they are, as sharp as they told; what was typed and is none of our places is nothing."""
    return places(profile.get("city", "")) or places(profile.get("region", ""))


def lies_in(id: str, within: str, cities: tuple[str, ...]) -> bool:
    return id in cities or within in cities
