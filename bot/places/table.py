"""The two tables that come with Safar: places (GeoNames, made by ``tools/places.py``) and regions (kept by hand)."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, cast

import msgspec

from bot.places.model import Country, Kind, Place, Region
from bot.text import SOURCE, fold

PLACES_FILE: Final = Path(str(files(__package__).joinpath("places.tsv")))
_REGIONS_FILE: Final = PLACES_FILE.with_name("regions.tsv")
#: The language of the one own name that the table has, beside the Russian one.
_OWN: Final = {"UZ": "uz", "TJ": "tg", "KG": "ky"}


class Row(msgspec.Struct, frozen=True, gc=False):
    """A place, the folded names that are shown, and the keys (as of ``compact``) of what else it is called."""

    place: Place
    folded: tuple[str, ...]
    others: tuple[str, ...]


def compact(name: str) -> str:
    """The key of a name: folded, and without spaces, so that a hyphen or a space more or less changes nothing."""
    return fold(name).replace(" ", "")


@cache
def load_places() -> Mapping[str, Row]:
    """By id; districts know their city."""
    mains = {region.code: region.main for region in load_regions().values()}
    return {row.place.id: row for row in _rows(mains)}


def _rows(mains: Mapping[str, str]) -> Iterator[Row]:
    for line in PLACES_FILE.read_text("utf-8").splitlines()[1:]:
        id, _, kind, region, latitude, longitude, timezone, population, russian, own, folded, others = line.split("\t")
        country = cast(Country, region[:2])
        place = Place(
            id=id,
            names={SOURCE: russian, _OWN[country]: own} if own else {SOURCE: russian},
            country=country,
            region=region,
            latitude=float(latitude),
            longitude=float(longitude),
            timezone=timezone,
            population=int(population),
            kind=cast(Kind, kind),
            within=mains[region] if kind == "district" else "",
        )
        yield Row(place, tuple(folded.split(",")), tuple(others.split(",")) if others else ())


@cache
def load_regions() -> Mapping[str, Region]:
    """By ISO code."""
    regions = {}
    for line in _REGIONS_FILE.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, russian, district, main, uz, tg, ky = line.split("\t")
            names = {SOURCE: russian, "uz": uz, "tg": tg, "ky": ky}
            country = cast(Country, code[:2])
            regions[code] = Region(code=code, names=names, country=country, main=main, federal_district=district)
    return regions
