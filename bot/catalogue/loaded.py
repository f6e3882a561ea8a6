"""What a load gives; taken from the cache, it is spared as long as nothing has changed that it was made from."""

from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import msgspec

from bot.catalogue.cache import Cache
from bot.catalogue.findings import Finding
from bot.catalogue.model import Catalogue, Text
from bot.catalogue.packing import Unpackable, pack, unpack

Kept = Sequence[tuple[str, str, bytes]]
"""Older versions of flows that sessions may still stand in: flow, version, source."""


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """``catalogue`` is None when an error forbids to serve it. ``completeness``: language -> share of texts, 0 to 1.

    ``sources``: (flow, version) -> its YAML, to be kept for the sessions that begin in it. ``texts``: by key;
    ``translations`` is a hash of those that they hold.
    """

    catalogue: Catalogue | None
    findings: tuple[Finding, ...]
    completeness: Mapping[str, float]
    counts: Mapping[str, int]
    sources: Mapping[tuple[str, str], bytes]
    texts: Mapping[str, Text]
    translations: bytes


def content(root: Path, as_of: date) -> tuple[bytes, ...]:
    """All that a load is made from but the versions that are kept: the day, names and contents of files."""
    parts = [as_of.isoformat().encode()]
    for folder, pattern in (("flows", "*.y*ml"), ("content", "*.y*ml"), ("locales", "*.po")):
        for path in sorted((root / folder).rglob(pattern)):
            parts.append(path.relative_to(root).as_posix().encode())
            try:
                parts.append(path.read_bytes())
            except OSError as error:
                parts.append(str(error).encode())
    return tuple(parts)


def recall(cache: Cache, content: tuple[bytes, ...], kept: Kept) -> Loaded | None:
    """What ``remember`` was given for the same; None when it cannot be had."""
    with suppress(Unpackable):
        current = unpack(cache.get("flows", *content) or b"", tuple)
        return unpack(cache.get("catalogue", *content, *_older(kept, current)) or b"", Loaded)
    return None


def remember(cache: Cache, content: tuple[bytes, ...], kept: Kept, loaded: Loaded) -> None:
    cache.put("flows", pack(tuple(loaded.sources)), *content)
    cache.put("catalogue", pack(loaded), *content, *_older(kept, loaded.sources))


def _older(kept: Kept, current: Container[tuple[str, str]]) -> list[bytes]:
    """A version that is kept and is the current one adds nothing: from the second start on there is one of each."""
    older = sorted(one for one in kept if one[:2] not in current)
    return [part for flow, version, source in older for part in (flow.encode(), version.encode(), source)]
