"""What editors wrote in ``content/places/``, held against the table of places."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from bot.catalogue import Finding, PlaceNames, did_you_mean
from bot.places.index import AREAS, COUNTRIES, ELSEWHERE, FILLER
from bot.places.table import compact, load_places, load_regions

#: A part of a city is nearer to its middle; a city to that from which its region is run.
_FARTHEST_KM, _FARTHEST_IN_REGION_KM = 80, 1_500
#: Words that stand around names may be names too.
_WORDS: Final = (AREAS, FILLER, *COUNTRIES)


def check_places(entries: Mapping[str, PlaceNames]) -> list[Finding]:
    """Places that are none, new places that stand far from their city, and words that mean two places."""
    return [*_unknown(entries), *_shared(entries)]


def _unknown(entries: Mapping[str, PlaceNames]) -> Iterator[Finding]:
    table = load_places()
    regions = {code.lower(): region for code, region in load_regions().items()}
    known = {*table, *regions, *_WORDS, ELSEWHERE}
    for entry in entries.values():
        if entry.within not in table and entry.within not in regions and (entry.within or entry.id not in known):
            missing = entry.within or entry.id
            what = f'there is no place "{missing}"'
            remedy = f"{did_you_mean(missing, known)} A new place has ru, within, lat and lon"
            yield Finding(at=entry.at, rule="unknown-place", what=what, remedy=remedy)
        elif entry.latitude is not None and entry.longitude is not None:
            region = regions.get(entry.within)
            city = table[region.main if region else entry.within].place
            far = city.kilometres_to(entry.latitude, entry.longitude)
            if far > (_FARTHEST_IN_REGION_KM if region else _FARTHEST_KM):
                what = f"the place is {far:.0f} km from {city.name('ru')}"
                remedy = "write degrees, north as lat: 55.75 and east as lon: 37.62"
                yield Finding(at=entry.at, rule="far-place", what=what, remedy=remedy)


def _shared(entries: Mapping[str, PlaceNames]) -> Iterator[Finding]:
    """A word that an editor gives to one place, and that is another one's name."""
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    for row in load_places().values():
        for folded in row.folded:
            owners[folded.replace(" ", "")][row.place.id] = f"{row.place.id} ({row.place.name('ru')})"
    for entry in entries.values():
        for name in (*entry.names.values(), *entry.also) if entry.id not in _WORDS else ():
            owners[compact(name)][entry.id] = entry.id
    for entry in entries.values():
        for word in dict.fromkeys(entry.also) if entry.id not in _WORDS else ():
            others = sorted(owner for id, owner in owners[compact(word)].items() if id != entry.id)
            if others and word not in entry.shared:
                what = f'"{word}" is also {others[0]}'
                remedy = "move it to shared, so that the bot asks which is meant, or leave it out"
                yield Finding(at=entry.at, rule="shared-name", what=what, remedy=remedy)
