"""What a place is: a city, a village, a district of a large city, or a whole region when no more was told."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from bot.places.distance import kilometres
from bot.places.spelling import uzbek_latin
from bot.text import SOURCE, to_cyrillic

Country = Literal["RU", "KZ", "UZ", "TJ", "KG"]
Kind = Literal["city", "district", "region"]


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """``id`` is stable, and is what a profile keeps: ``ru-sve-yekaterinburg``, ``ru-mos`` for a whole region.

    A region stands at its main city: its coordinates and zone are those of the city, ``region`` is its own code.
    """

    id: str
    #: Always ``ru``; another language only where it calls the place otherwise than Russian does.
    names: Mapping[str, str]
    country: Country
    #: ISO 3166-2 of the first-level area: RU-MOW, KZ-79, UZ-TK.
    region: str
    #: Degrees.
    latitude: float
    longitude: float
    #: IANA: Asia/Tashkent.
    timezone: str
    #: 0 where nobody counted.
    population: int = 0
    kind: Kind = "city"
    #: Of a district, the id of its city.
    within: str = ""

    def name(self, language: str) -> str:
        return name_in(self.names, language)

    def kilometres_to(self, latitude: float, longitude: float) -> float:
        return kilometres(self.latitude, self.longitude, latitude, longitude)


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A first-level area of a country: oblast, krai, republic, viloyat, or a city that is one by itself."""

    #: ISO 3166-2.
    code: str
    #: As of ``Place``; the Russian one in full: "Томская область", "Республика Башкортостан".
    names: Mapping[str, str]
    country: Country
    #: The id of the place from which it is run; of Московская область it is Moscow, in another region.
    main: str
    #: Of Russia, by its Russian name: "Центральный федеральный округ"; "" elsewhere.
    federal_district: str = ""

    def name(self, language: str) -> str:
        return name_in(self.names, language)


def name_in(names: Mapping[str, str], language: str) -> str:
    """Names by language -> the one in ``language``: its own, else the Russian one in the letters of the language."""
    own = names.get(language)
    if own is not None:
        return own
    if language == "uz":
        return uzbek_latin(names[SOURCE])
    if language == "uz_Cyrl" and "uz" in names:
        return to_cyrillic(names["uz"])
    return names[SOURCE]
