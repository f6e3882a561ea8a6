"""Sealed cells: AES-256-GCM, padded, bound to the place where they stand (T1, T2, T5).

A cell is: key version (1 byte), nonce (12), ciphertext, tag (16). The plaintext is its length (4 bytes), itself, and
zeros up to a multiple of 256, so that sizes tell little. The additional data is table, column, key version and row, so
that a cell moved elsewhere does not open.
"""

import os
import struct
import time
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.store.protocol import StoreError

STEP: Final = 256
_NONCE: Final = 12
_HEAD: Final = 1 + _NONCE
#: So many rows take half a millisecond.
POLITE: Final = 25

#: Contact keys are made once and never change; only what wraps them is rotated.
CONTACT_KEY_VERSION: Final = 1


class SealBroken(StoreError):
    """A sealed cell does not open: changed, moved, or sealed with another key."""


class Place:
    """A sealed column. ``row`` numbers are the table's primary key."""

    def __init__(self, table: str, column: str) -> None:
        self.name = f"{table}.{column}"
        self._prefixes = {version: f"{self.name}\0{version}\0".encode() for version in range(1, 256)}
        self._prefix = self._prefixes[CONTACT_KEY_VERSION]
        self._version = bytes((CONTACT_KEY_VERSION,))

    def seal(self, key: AESGCM, row: int, plain: bytes) -> bytearray:
        """With a contact's key. A bytearray, since sqlite3 looks half a microsecond for adapters of each ``bytes``."""
        nonce = new_nonce()
        return bytearray(self._version + nonce + key.encrypt(nonce, pad(plain), self._prefix + _row(row)))

    def open(self, key: AESGCM, row: int, cell: bytes | bytearray) -> bytes:
        """Raises SealBroken."""
        if cell[:1] != self._version:
            raise self._broken()
        try:
            padded = key.decrypt(cell[1:_HEAD], cell[_HEAD:], self._prefix + _row(row))
        except (InvalidTag, ValueError):
            raise self._broken() from None
        return unpad(padded)

    def wrap(self, key: AESGCM, version: int, row: int, plain: bytes) -> bytes:
        """With a key of the ring; for what has a fixed size or is padded, so without padding."""
        nonce = new_nonce()
        aad = self._prefixes[version] + _row(row)
        return bytes((version,)) + nonce + key.encrypt(nonce, plain, aad)

    def unwrap(self, ring: "dict[int, AESGCM]", row: int, cell: bytes) -> bytes:
        """Raises SealBroken, also when the ring lacks the key that the cell names."""
        version = cell[0] if cell else 0
        key = ring.get(version)
        if key is None:
            raise self._broken()
        try:
            return key.decrypt(cell[1:_HEAD], cell[_HEAD:], self._prefixes[version] + _row(row))
        except (InvalidTag, ValueError):
            raise self._broken() from None

    def _broken(self) -> SealBroken:
        return SealBroken(
            f"A sealed cell of {self.name} does not open: the database was changed from outside or is damaged; "
            f"restore the newest backup with `safar restore FOLDER`."
        )


def open_row(
    wrap: Place, ring: "dict[int, AESGCM]", row: int, wrapped: bytes, cells: Sequence[tuple[Place, bytes]]
) -> tuple[AESGCM, list[bytes]]:
    """A key and what is sealed with it in one row: ``unwrap`` and ``open`` in half of their time, for reading
    millions. Raises SealBroken."""
    number, plain = _row(row), []
    place = wrap
    try:
        version = wrapped[0]
        secret = ring[version].decrypt(wrapped[1:_HEAD], wrapped[_HEAD:], wrap._prefixes[version] + number)
        key = AESGCM(secret)
        decrypt = key.decrypt
        for place, cell in cells:
            padded = decrypt(cell[1:_HEAD], cell[_HEAD:], place._prefix + number)
            plain.append(padded[4 : 4 + _length_of(padded)[0]])
            if cell[0] != CONTACT_KEY_VERSION:
                raise place._broken()
    except (InvalidTag, ValueError, LookupError):
        raise place._broken() from None
    return key, plain


def polite(index: int, step: int = POLITE) -> None:
    """To be called for each of many rows: whoever waits for the interpreter gets it after ``step`` of them, not after
    five milliseconds."""
    if not index % step:
        time.sleep(0)


def new_nonce() -> bytes:
    """Twelve random bytes, drawn from the system 256 at a time; each is given out once, also among threads."""
    try:
        return _nonces.pop()
    except IndexError:
        block = os.urandom(_NONCE * 257)
        _nonces.extend(block[i : i + _NONCE] for i in range(_NONCE, len(block), _NONCE))
        return block[:_NONCE]


_nonces: list[bytes] = []
os.register_at_fork(after_in_child=_nonces.clear)


def pad(plain: bytes) -> bytes:
    return _length(len(plain)) + plain + _ZEROS[-(len(plain) + 4) % STEP]


def unpad(padded: bytes) -> bytes:
    return padded[4 : 4 + _length_of(padded)[0]]


_row: Final = struct.Struct(">Q").pack
_length: Final = struct.Struct(">I").pack
_length_of: Final = struct.Struct(">I").unpack_from
_ZEROS: Final = [bytes(count) for count in range(STEP)]
