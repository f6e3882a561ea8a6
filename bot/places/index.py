"""Everything by which a place is found: keys of its names, their stems, and the words that stand around names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from bot.catalogue import PlaceNames
from bot.places.forms import stem
from bot.places.model import Place, Region
from bot.places.table import Row, compact, load_places, load_regions
from bot.text import LANGUAGES, fold, keys

#: Entries of ``content/places/`` that are no places: names that mean none of ours, and words that mean nothing here.
ELSEWHERE: Final = "elsewhere"
FILLER: Final = "filler"
AREAS: Final = "areas"
COUNTRIES: Final = ("ru", "kz", "uz", "tj", "kg")
RESERVED: Final = (ELSEWHERE, FILLER, AREAS, *COUNTRIES)
#: A place of so many people may be meant though misspelt. One that an editor wrote of counts as one of them, and no
#: district of a city as a larger one.
KNOWN_FROM: Final = 50_000
#: A whole region, and a city outside, weigh as much as a city of so many people.
_REGION_PEOPLE: Final = 1_000_000
_ELSEWHERE_PEOPLE: Final = 300_000


class Named(msgspec.Struct, frozen=True, gc=False):
    """A place under one of its keys. ``weak``: a foreign or old spelling that GeoNames has."""

    id: str
    weak: bool = False


class Index:
    """``places``: the table, the regions, and what editors added, with the names that editors gave."""

    def __init__(self, entries: Iterable[PlaceNames]) -> None:
        self.regions: Final = load_regions()
        self.places: Final[dict[str, Place]] = {}
        self.keys: Final = defaultdict[str, list[Named]](list)
        self.stems: Final = defaultdict[str, list[Named]](list)
        #: Of regions, without the word for region: московск, moskva.
        self.areas: Final = defaultdict[str, list[Named]](list)
        self.words: Final[dict[str, frozenset[str]]] = {}
        self._written = {entry.id: entry for entry in entries}
        for id in RESERVED:
            self.words[id] = frozenset(map(compact, self._written[id].also)) if id in self._written else frozenset()
        for row in load_places().values():
            self._add(row)
        for entry in self._written.values():
            place = added(entry, self.places, self.regions)
            if place is not None:
                self._add(Row(place, (), ()))
        self._add_regions()
        for word in self.words[ELSEWHERE]:
            self.keys[word].append(Named(ELSEWHERE))
        known = {key for key, names in self.keys.items() if any(self._is_known(named) for named in names)}
        self.known: Final[Sequence[str]] = sorted(known)
        #: By the first letter.
        self.others: Final = defaultdict[str, list[str]](list)
        for key in sorted(self.keys.keys() - known):
            self.others[key[0]].append(key)

    def people(self, id: str) -> int:
        if id == ELSEWHERE:
            return _ELSEWHERE_PEOPLE
        place = self.places[id]
        people = min(place.population, KNOWN_FROM) if place.kind == "district" else place.population
        return max(people, KNOWN_FROM) if id in self._written else people

    def _is_known(self, named: Named) -> bool:
        return not named.weak and self.people(named.id) >= KNOWN_FROM

    def _add(self, row: Row) -> None:
        place, written = row.place, self._written.get(row.place.id)
        named = Named(place.id)
        if written is not None:
            place = msgspec.structs.replace(place, names={**place.names, **written.names})
            for name in (*written.names.values(), *written.also):
                self._enter(name, named)
        self.places[place.id] = place
        for folded in row.folded:
            self._enter_folded(folded, named)
        weak = Named(place.id, weak=True)
        for key in row.others:
            names = self.keys[key]
            if named not in names:
                names.append(weak)

    def _enter(self, name: str, named: Named) -> None:
        for folded in keys(name):
            self._enter_folded(folded, named)

    def _enter_folded(self, folded: str, named: Named) -> None:
        """Under its key and, for the cases of Russian, its stem."""
        for names in (self.keys[folded.replace(" ", "")], self.stems[stem(folded.split())]):
            if named not in names:
                names.append(named)

    def _add_regions(self) -> None:
        """A region is found with the word for it, and without where no city has its name: Татарстан, Хатлон."""
        for region in self.regions.values():
            main = self.places[region.main]
            if region.name("ru") == main.name("ru"):
                continue
            place = whole(region, main)
            written = self._written.get(place.id)
            if written is not None:
                place = msgspec.structs.replace(place, names={**place.names, **written.names})
            self.places[place.id] = place
            named = Named(place.id)
            for language in LANGUAGES:
                words = fold(region.name(language)).split()
                bare = [word for word in words if word not in self.words[AREAS]]
                self.areas[stem(bare)].append(named)
                self._enter_folded(" ".join(words), named)
                if "".join(bare) not in self.keys:
                    self._enter_folded(" ".join(bare), named)
            for name in (*written.names.values(), *written.also) if written else ():
                self._enter(name, named)


def whole(region: Region, main: Place) -> Place:
    """A region as a place: it stands at its main city."""
    return msgspec.structs.replace(
        main,
        id=region.code.lower(),
        names=region.names,
        country=region.country,
        region=region.code,
        population=_REGION_PEOPLE,
        kind="region",
        within="",
    )


def added(entry: PlaceNames, places: Mapping[str, Place], regions: Mapping[str, Region]) -> Place | None:
    """The place that an editor adds: a part of a city, or a city in a region, in the zone of its main one."""
    region = regions.get(entry.within.upper())
    city = places.get(region.main if region else entry.within)
    if entry.id in places or city is None or entry.latitude is None or entry.longitude is None:
        return None
    return msgspec.structs.replace(
        city,
        id=entry.id,
        names=entry.names,
        region=region.code if region else city.region,
        latitude=entry.latitude,
        longitude=entry.longitude,
        population=0,
        kind="city" if region else "district",
        within="" if region else city.id,
    )
