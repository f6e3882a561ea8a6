"""The two tables that come with Safar: places (GeoNames, made by ``tools/places.py``) and regions (kept by hand)."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from bot.places.model import Place, Region
from bot.text import fold

_FOLDER: Final = files(__package__)
PLACES_FILE: Final = Path(str(_FOLDER.joinpath("places.tsv")))


class Row(msgspec.Struct, frozen=True):
    """A place and what else it is called: keys as of ``compact``."""

    place: Place
    keys: tuple[str, ...]


def compact(name: str) -> str:
    """The key of a name: folded, and without spaces, so that a hyphen or a space more or less changes nothing."""
    return fold(name).replace(" ", "")


@cache
def load_regions() -> Mapping[str, Region]:
    """By ISO code."""
    return {}
