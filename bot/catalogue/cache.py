"""Files that spare a process what another one has worked out already.

What they hold was made from public content alone, and can be made again at any time. A file that is missing, cut, or of
another version is passed over; a folder that cannot be used costs nothing but time.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Final

#: Files of one kind that are kept, those used last: several contents and days are worked on side by side.
_KEPT: Final = 8
_MARK: Final = b"safar cache 1\n"
_DIGEST_BYTES: Final = 32
_WRITABLE_BY_OTHERS: Final = 0o022
#: What works out the values, of ours and of others.
_PACKAGES: Final = ("answers", "catalogue", "text")
_LIBRARIES: Final = ("babel", "msgspec", "numpy", "pydantic", "pyyaml", "rapidfuzz")


class Cache:
    """``folder`` is made where its parent exists. One in which others may write is not used: whoever can write there
    could change a phone number."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def get(self, kind: str, *key: bytes) -> bytes | None:
        """What this version of Safar has put there; ``key`` is all that it was made from."""
        digest = _digest(_code(), *key)
        try:
            if not self._is_ours():
                return None
            path = self._path(kind, digest)
            held = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        value = held[len(_MARK) + 2 * _DIGEST_BYTES :]
        return value if held.startswith(_MARK + digest + _digest(value)) else None

    def put(self, kind: str, value: bytes, *key: bytes) -> None:
        """Whole or not at all, also when several processes put it at once."""
        digest = _digest(_code(), *key)
        path = self._path(kind, digest)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if not self._is_ours():
                return
            try:
                unfinished.write_bytes(_MARK + digest + _digest(value) + value)
                unfinished.replace(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            for old in sorted(self._folder.glob(f"{kind}-*"), key=_last_used, reverse=True)[_KEPT:]:
                old.unlink(missing_ok=True)

    def _path(self, kind: str, digest: bytes) -> Path:
        return self._folder / f"{kind}-{digest[:10].hex()}"

    def _is_ours(self) -> bool:
        folder = self._folder.stat()
        return folder.st_uid == os.geteuid() and not folder.st_mode & _WRITABLE_BY_OTHERS


def _digest(*parts: bytes) -> bytes:
    """Of the parts, not of what they make together."""
    digest = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        digest.update(b"%d\0" % len(part))
        digest.update(part)
    return digest.digest()


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@cache
def _code() -> bytes:
    """Of all that works out the values."""
    return _digest(*_parts_of_code())


def _parts_of_code() -> Iterator[bytes]:
    package = Path(__file__).parents[1]
    for name in _PACKAGES:
        for path in sorted((package / name).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(package).as_posix().encode()
                yield path.read_bytes()
    for name in _LIBRARIES:
        yield f"{name} {version(name)}".encode()
