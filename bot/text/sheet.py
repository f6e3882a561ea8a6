"""CSV that a spreadsheet takes for text: the one writer (THREATS T71), and the reader that takes its marks off."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

#: A spreadsheet runs a cell that begins so as a formula, or breaks the row at it.
_RISKY: Final = re.compile(r"^\s*[=+\-@%|\t\r\n']|[\t\r\n]")
_MARK: Final = "'"


def write_sheet(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """A header and a line for each row; a missing cell is empty."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(row.get(column, "")) for column in columns])
    return out.getvalue()


def read_sheet(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The line where each row begins, and its cells by column; empty rows are nothing. Raises ``csv.Error``.

    Cells beyond the header are under the name "".
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\N{BYTE ORDER MARK}"), newline=""), strict=True)
    columns = [column.strip() for column in next(reader, [])]
    begins = reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            cells = {column: _plain(cell) for column, cell in zip(columns, row, strict=False)}
            if extra := [cell for cell in row[len(columns) :] if cell.strip()]:
                cells[""] = extra[0]
            yield begins, cells
        begins = reader.line_num + 1


def _safe(cell: str) -> str:
    return _MARK + cell if _RISKY.search(cell) else cell


def _plain(cell: str) -> str:
    bare = cell.removeprefix(_MARK)
    return bare if _RISKY.search(bare) else cell
