"""Words that people type, and what things are called: they are matched, never printed as they stand."""

from collections.abc import Mapping

import msgspec


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


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing is called: language -> forms, first the one that we write, then what people type for it."""

    id: str
    en: str
    forms: Mapping[str, tuple[str, ...]]
