"""Words that people type, and what things are called: they are matched, never printed as they stand."""

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bot.catalogue.model import Place


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Words that people type, by language, from ``content/words.yaml``: input only, never printed."""

    #: menu, back, language, help, stop, delete, hide, skip, details -> language -> words.
    commands: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: Branch of the emergency flow -> language -> phrases of immediate danger.
    danger: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: yes / no -> language -> words.
    yes_no: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: Language -> words of somebody who asks for knowledge, not for rescue.
    asking: Mapping[str, tuple[str, ...]] = {}
    #: Country -> names by which it is meant; citizenship -> names by which a passport is meant.
    places: Mapping[str, tuple[str, ...]] = {}
    passports: Mapping[str, tuple[str, ...]] = {}
    #: Code of a language that is not ours -> what is answered in it, and lines from which it is known.
    other_languages: Mapping[str, tuple[str, tuple[str, ...]]] = {}
    #: Language -> beginnings of words that no locked screen may show.
    preview: Mapping[str, tuple[str, ...]] = {}
    #: Of ``content/lures.yaml``; ``ask``: words that demand, ``thing``: beginnings of what no alert may demand; each by
    #: language.
    lures: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    #: Names and sites that are an offence to show where readers are (THREATS T25).
    barred: tuple[str, ...] = ()


def beginnings(lists: Mapping[str, Collection[str]]) -> dict[str, "re.Pattern[str]"]:
    """Language -> what finds a word that begins like one of its list; languages without a list are left out."""
    return {
        language: re.compile(rf"\b({'|'.join(map(re.escape, words))})", re.IGNORECASE)
        for language, words in lists.items()
        if words
    }


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing is called: language -> forms, first the one that we write, then what people type for it."""

    id: str
    en: str
    forms: Mapping[str, tuple[str, ...]]


class PlaceNames(msgspec.Struct, frozen=True, kw_only=True):
    """What editors know of a place on the map that the table of places lacks: names, or the whole place.

    ``id`` is one of the table, of a region, a new one, or one of a few words that stand for a list of names.
    """

    id: str
    #: By language.
    names: Mapping[str, str]
    #: What else people type for it, ``shared`` words in it too.
    also: tuple[str, ...]
    #: Of those, the ones that mean other places as well.
    shared: tuple[str, ...] = ()
    #: Of a new place, the id of its city or region; "" for one of the table.
    within: str = ""
    latitude: float | None = None
    longitude: float | None = None
    at: "Place"
