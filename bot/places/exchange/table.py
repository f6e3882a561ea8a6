"""Help points as a table: one line each."""

import csv

from bot.places.exchange.records import COLUMNS, BadFile, Read, Record, cells_of, limited, record_from
from bot.text import read_sheet, write_sheet


def write_table(records: list[Record]) -> str:
    return write_sheet(COLUMNS, map(cells_of, records))


def read_table(text: str) -> list[Read]:
    """Raises ``BadFile``."""
    try:
        rows = list(read_sheet(text))
    except csv.Error as error:
        raise BadFile(f"this is not CSV: {error}; save the table as CSV in UTF-8") from None
    if rows and "id" not in rows[0][1]:
        raise BadFile(f"the first line names no column id; name the columns: {', '.join(COLUMNS)}")
    return limited([Read(f"line {line}", record_from(cells)) for line, cells in rows])
