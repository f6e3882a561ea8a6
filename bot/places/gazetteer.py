"""Typed names and shared locations -> places. A wrong sure answer is far worse than a question back."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import cos, radians, sin
from typing import Final

import msgspec
import numpy as np

from bot.catalogue import PlaceNames
from bot.places.index import Index
from bot.places.matching import match
from bot.places.model import Place, Region

#: Farther than this from every place of ours, a location is somewhere else.
_FARTHEST_KM: Final = 250


class Found(msgspec.Struct, frozen=True):
    """One sure place, else the ones that may be meant, the likeliest first; neither when nothing was understood."""

    place: Place | None = None
    choices: tuple[Place, ...] = ()


class Gazetteer:
    """``entries``: what editors wrote in ``content/places/``."""

    def __init__(self, entries: Iterable[PlaceNames] = ()) -> None:
        self._index: Final = Index(entries)
        self._standing: Final = [place for place in self._index.places.values() if place.kind != "region"]

    def find(self, text: str, *, country: str = "", limit: int = 4) -> Found:
        """What a cleaned text names. ``country`` is where the person is, a hint and no fence."""
        sure, ids = match(self._index, text, country)
        places = [self._index.places[id] for id in ids]
        if sure:
            return Found(place=places[0])
        by_label = {self.label(place, "ru"): place for place in reversed(places)}
        return Found(choices=tuple(place for place in places if by_label[self.label(place, "ru")] is place)[:limit])

    @property
    def ids(self) -> Iterable[str]:
        return self._index.places.keys()

    def get(self, id: str) -> Place | None:
        """None for what is no id: what was typed where no place was found stays as it is."""
        return self._index.places.get(id)

    def region(self, code: str) -> Region | None:
        """By ISO code."""
        return self._index.regions.get(code)

    def label(self, place: Place, language: str) -> str:
        """With what tells it from others of its name: Троицк, Челябинская область."""
        around = self._index.places.get(place.within or place.region.lower()) or self._index.regions[place.region]
        name, outer = place.name(language), around.name(language)
        return name if name == outer or place.kind == "region" else f"{name}, {outer}"

    def nearest(self, latitude: float, longitude: float) -> Place | None:
        """The city or village; of a district, its city: no more is learnt of where somebody is than they would type.

        None far from all of them. Degrees; nothing is kept of them.
        """
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return None
        there = np.array(_vector(latitude, longitude))
        place = self._standing[int(np.argmax(self._vectors @ there))]
        if place.kilometres_to(latitude, longitude) > _FARTHEST_KM:
            return None
        return self._index.places[place.within] if place.within else place

    @cached_property
    def _vectors(self) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        """Each place as a point of the unit sphere: the nearest has the largest product."""
        return np.array([_vector(place.latitude, place.longitude) for place in self._standing])


def gazetteer(entries: Mapping[str, PlaceNames]) -> Gazetteer:
    """Of the entries of a catalogue; kept for the two sets of entries used last."""
    for known, made in _recent:
        if known == entries:
            return made
    _recent[:] = [(entries, Gazetteer(entries.values())), *_recent[:1]]
    return _recent[0][1]


_recent: Final[list[tuple[Mapping[str, PlaceNames], Gazetteer]]] = []


def _vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    north, east = radians(latitude), radians(longitude)
    return cos(north) * cos(east), cos(north) * sin(east), sin(north)
