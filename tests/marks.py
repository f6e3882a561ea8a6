"""Marked words, and the search for them in whatever was written to disk (T1)."""

import base64
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

_Needle = tuple[str, str, bytes]
_SHORTEST = 4


def search_marks(folder: Path, marks: Iterable[str]) -> list[str]:
    """Where a mark stands in a file under ``folder``, in UTF-8, UTF-16, hex, base64 or gzip: ``file: mark (form)``."""
    needles = [(mark, form, needle) for mark in marks for form, needle in dict.fromkeys(_forms(mark))]
    assert all(len(needle) >= _SHORTEST for *_, needle in needles), "too short to be looked for"
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        for content, within in ((raw, ""), *((unpacked, " in gzip") for unpacked in _unpacked(raw))):
            lower = content.lower()
            found += [
                f"{path.name}: {mark} ({form}{within})"
                for mark, form, needle in _likely(needles, lower)
                if needle in (lower if form == "hex" else content)
            ]
    return found


def _likely(needles: Sequence[_Needle], lower: bytes) -> Iterator[_Needle]:
    """Those whose first four bytes stand somewhere: there are hundreds, of which hardly one does."""
    if len(lower) < _SHORTEST:
        return
    pairs = np.frombuffer(lower, np.uint8)[:-1].astype(np.uint32) << 8 | np.frombuffer(lower, np.uint8)[1:]
    begins = np.zeros(1 << 16, bool)
    begins[[int.from_bytes(needle[:2].lower()) for *_, needle in needles]] = True
    places = np.flatnonzero(begins[pairs[:-2]])
    there = set(np.unique(pairs[places] << 16 | pairs[places + 2]).tolist())
    yield from (one for one in needles if int.from_bytes(one[2][:4].lower()) in there)


def _forms(mark: str) -> Iterator[tuple[str, bytes]]:
    raw = mark.encode()
    yield "UTF-8", raw
    yield "UTF-16", mark.encode("utf-16-le")
    yield "UTF-16", mark.encode("utf-16-be")
    yield "hex", raw.hex().encode()
    for shift in range(3):
        # The letters that depend on this mark's bytes alone, wherever in a longer text it stands.
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield "base64", inner
        yield "base64", inner.replace(b"+", b"-").replace(b"/", b"_")


def _unpacked(raw: bytes) -> Iterator[bytes]:
    """What gzip and zlib streams in ``raw`` hold."""
    for magic, bits in ((b"\x1f\x8b\x08", 31), (b"\x78\x9c", 15), (b"\x78\xda", 15), (b"\x78\x01", 15)):
        at = raw.find(magic)
        while at >= 0:
            try:
                unpacked = zlib.decompressobj(bits).decompress(memoryview(raw)[at:], 10_000_000)
            except zlib.error:
                unpacked = b""
            if unpacked:
                yield unpacked
            at = raw.find(magic, at + 1)
