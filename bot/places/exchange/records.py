"""A help point as the plain data of a YAML file, and as the cells of one line of a table."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from bot.catalogue.shapes import HelpPoint

Record = dict[str, Any]
"""What the YAML of a point holds: every value a text, a list of texts, or a mapping of texts."""

#: THREATS T49.
MAX_BYTES: Final = 5_000_000
MAX_POINTS: Final = 5_000
MAX_DEPTH: Final = 50
#: Between the members of a list within one cell.
_BETWEEN: Final = "; "
#: Keys that hold a mapping -> its own keys.
_NESTED: Final = {"city": ("ru", "en"), "source": ("title", "url", "page_date", "date_inferred")}
#: Keys that hold a list.
LISTS: Final = frozenset({"needs", "serves", "districts", "regions", "phones", "languages", "marks"})
COLUMNS: Final = tuple(
    column
    for key in HelpPoint.model_fields
    for column in ([f"{key}_{inner}" for inner in _NESTED[key]] if key in _NESTED else [key])
)
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class BadFile(Exception):
    """The file as a whole cannot be read; the message says why, and what to do."""


class Read(msgspec.Struct, frozen=True):
    """A record and where it stands in its file: "line 5", "feature 2"."""

    where: str
    record: Record


def record_of(point: HelpPoint) -> Record:
    """What is not said is left out; the note is for our own editors."""
    given = point.model_dump(mode="json", exclude_defaults=True, exclude={"note"})
    return {key: _text(value) for key, value in given.items()}


def _text(value: Any) -> Any:
    match value:
        case dict():
            return {key: _text(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [_text(inner) for inner in value]
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}" if value.is_integer() else repr(value)
        case _:
            return str(value)


def cells_of(record: Record) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in record.items():
        if key in _NESTED:
            cells |= {f"{key}_{inner}": text for inner, text in value.items()}
        else:
            cells[key] = _BETWEEN.join(value) if isinstance(value, list) else value
    return cells


def record_from(cells: Mapping[str, str]) -> Record:
    """Columns that no point has are kept, so that they are found."""
    record: Record = {}
    for column, cell in cells.items():
        text = cell.strip()
        key, _, inner = column.partition("_")
        if not text:
            continue
        if inner in _NESTED.get(key, ()):
            record.setdefault(key, {})[inner] = text
        elif column in LISTS:
            record[column] = [member.strip() for member in text.split(_BETWEEN.strip()) if member.strip()]
        else:
            record[column] = text
    return record


def decode(text: str) -> Any:
    """JSON within the limits. Raises ``BadFile``."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", _STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise BadFile(f"the file is nested more than {MAX_DEPTH} levels deep; export it anew")
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise BadFile(f"this is not JSON: {error}; export it anew") from None


def limited(found: list[Read]) -> list[Read]:
    if len(found) > MAX_POINTS:
        raise BadFile(f"the file has more than {MAX_POINTS} points; split it")
    return found
