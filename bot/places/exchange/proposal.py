"""Imported help points as a YAML file for an editor: held against the shape, and not to be shown before a review."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
import yaml

from bot.catalogue.document import Unreadable
from bot.catalogue.shapes import HelpPoint
from bot.catalogue.shaping import shape
from bot.catalogue.source import parse
from bot.places.exchange.records import Read

#: What somebody else's file cannot say for us: that it is so, how sure it is, that an address may be told (T57, T60).
_UNCONFIRMED: Final = {"confidence": "low", "status": "unknown"}
_OURS_TO_SAY: Final = frozenset({"public_address"})
_HEAD: Final = """\
# Proposed help points from {name}. Nobody is shown them before you have done this:
# 1. call each number; 2. set confidence and status, and verified_on to that day;
# 3. move the point to content/help_points/.
"""
_WIDTH: Final = 110
#: Points in one file: the loader takes 5,000 values (T56).
_IN_ONE_FILE: Final = 60


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """``texts`` of YAML files. ``problems``: one line each, in the order of the file; with any of them no text is made.

    ``known``: ids that a help point has already: to be compared, not added."""

    texts: tuple[str, ...]
    count: int
    problems: tuple[str, ...]
    known: tuple[str, ...]


def propose(found: Sequence[Read], name: str, known: Collection[str]) -> Proposal:
    problems: list[str] = []
    seen: dict[str, str] = {}
    blocks: list[str] = []
    for read in found:
        record = {key: value for key, value in read.record.items() if key not in _OURS_TO_SAY} | _UNCONFIRMED
        block = yaml.safe_dump(record, allow_unicode=True, sort_keys=False, width=_WIDTH)
        problems += [f"{name}, {read.where}: {problem}" for problem in _problems(block)]
        key = str(record.get("id", ""))
        if key in seen:
            problems.append(f'{name}, {read.where}: the id "{key}" is taken by {seen[key]}; give it another')
        seen.setdefault(key, read.where)
        blocks.append("- " + block.rstrip("\n").replace("\n", "\n  "))
    return Proposal(
        texts=() if problems else tuple(_files(blocks, name)),
        count=len(found),
        problems=tuple(problems),
        known=tuple(key for key in seen if key in known),
    )


def _files(blocks: list[str], name: str) -> Iterator[str]:
    for start in range(0, len(blocks), _IN_ONE_FILE):
        yield _HEAD.format(name=name) + "\n" + "\n\n".join(blocks[start : start + _IN_ONE_FILE]) + "\n"


def _problems(block: str) -> list[str]:
    try:
        document = parse(block.encode(), "")
    except Unreadable as unreadable:
        findings = list(unreadable.findings)
    else:
        _, findings = shape(document, HelpPoint)
    return [f"{finding.what}; {finding.remedy}" for finding in findings]
