"""Help points to and from other programs: CSV, GeoJSON, and the JSON of Open Referral (HSDS 3). Text in, text out."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.places.exchange.geojson import read_geojson, write_geojson
from bot.places.exchange.hsds import read_hsds, write_hsds
from bot.places.exchange.proposal import Proposal, propose
from bot.places.exchange.records import MAX_BYTES, BadFile, Read, Record, record_of
from bot.places.exchange.table import read_table, write_table

Format = tuple[Callable[[str], list[Read]], Callable[[list[Record]], str]]
"""A reader, which raises ``BadFile``, and a writer."""

#: Ending of the file's name -> its format.
FORMATS: Final[Mapping[str, Format]] = {
    ".csv": (read_table, write_table),
    ".geojson": (read_geojson, write_geojson),
    ".json": (read_hsds, write_hsds),
}

__all__ = ["FORMATS", "MAX_BYTES", "BadFile", "Format", "Proposal", "Read", "Record", "propose", "record_of"]
