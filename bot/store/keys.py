"""The master key: its file, and the keys derived from it, one for each purpose (T3, T6, T8).

No method, repr or error of this module shows key bytes.
"""

import hashlib
import os
import secrets
import stat
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store.protocol import StoreError

_HEADER: Final = """\
# The master key of Safar: it opens the addresses and conversations in the database.
# Keep a copy on paper or on a stick, away from this machine and away from the database's backups.
# Lost, nothing can recover it: the data stays closed for ever, and people must write to the bot again.
# Whoever has this file and the database can read who wrote. One line a key: number, then 64 hexadecimal digits.
"""


class KeyUnusable(StoreError):
    """The master key is missing, unreadable or not the one that sealed the data."""


class Mac:
    """HMAC-SHA-256 with its two states kept: a third of the time of ``hmac.digest``, twice in every turn."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def __call__(self, message: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


class Keys:
    """The ring of master keys and what is derived from it. The highest number seals; every one opens."""

    __slots__ = (
        "_api",
        "_audit",
        "_desks",
        "_domains",
        "_marks",
        "_moves",
        "_ring",
        "_staff",
        "_tickets",
        "_tombstones",
        "canary",
        "changes",
        "current",
        "wrapping",
    )

    def __init__(self, ring: dict[int, bytes]) -> None:
        self._ring = ring
        self.current = max(ring)
        self.wrapping = {version: AESGCM(_derive(key, "wrap")) for version, key in ring.items()}
        self.canary = {version: AESGCM(_derive(key, "canary")) for version, key in ring.items()}
        self.changes = {version: AESGCM(_derive(key, "changes")) for version, key in ring.items()}
        self._tombstones = Mac(_derive(ring[self.current], "tombstones"))
        self._moves = Mac(_derive(ring[self.current], "moves"))
        self._tickets = Mac(_derive(ring[self.current], "tickets"))
        self._desks = Mac(_derive(ring[self.current], "desks"))
        self._staff = Mac(_derive(ring[self.current], "staff"))
        self._audit = Mac(_derive(ring[self.current], "audit"))
        self._api = Mac(_derive(ring[self.current], "api"))
        self._domains: dict[tuple[str, str], tuple[Mac, Mac]] = {}
        self._marks: dict[tuple[str, str], bytes] = {}

    def lookup(self, channel: str, account: str, address: str) -> bytes:
        """How a contact is found: keyed per channel and account (T3)."""
        return self._domain(channel, account)[0](address.encode())

    def account(self, channel: str, account: str) -> bytes:
        """How one of our own accounts is named beside what it has to send: it tells nobody which (T5)."""
        mark = self._marks.get((channel, account))
        if mark is None:
            mark = self._marks[channel, account] = self._domain(channel, account)[0](b"\0account")[:8]
        return mark

    def update(self, channel: str, account: str, update: str) -> bytes:
        """How an update's id is remembered (T4)."""
        return self._domain(channel, account)[1](update.encode())[:16]

    def tombstone(self, contact: int) -> bytes:
        return self._tombstones(contact.to_bytes(8, "big"))

    def move(self, code: str) -> bytes:
        """How a code for moving to another channel is remembered (T24)."""
        return self._moves(code.encode())

    def ticket(self, ticket: bytes) -> bytes:
        """How a ticket's key is named in the copy of the keys, and its end among the tombstones."""
        return self._tickets(ticket)

    def desk(self, organisation: str, ticket: bytes) -> bytes:
        """How an organisation finds its own ticket, and nobody another's (T29)."""
        return self._desks(ticket + organisation.encode())

    def staff(self, purpose: Literal["session", "invitation", "recovery", "object"], secret: bytes) -> bytes:
        """How a secret of staff is remembered, or what they acted on (T38, T43)."""
        return self._staff(purpose.encode() + b"\0" + secret)

    def api(self, purpose: Literal["token", "key", "body"], secret: bytes) -> bytes:
        """How a token of another system is remembered, or what it asked for."""
        return self._api(purpose.encode() + b"\0" + secret)

    def audit(self, link: bytes) -> bytes:
        """A link of the audit's chain (T38)."""
        return self._audit(link)

    def _domain(self, channel: str, account: str) -> "tuple[Mac, Mac]":
        domain = self._domains.get((channel, account))
        if domain is None:
            master = self._ring[self.current]
            lookups, updates = (_derive(master, use, channel, account) for use in ("look-up", "updates"))
            domain = Mac(lookups), Mac(updates)
            self._domains[channel, account] = domain
        return domain

    def __repr__(self) -> str:
        return f"Keys({len(self._ring)})"

    def __reduce__(self) -> str:
        raise TypeError("keys do not leave the process")


def _derive(master: bytes, *purpose: str) -> bytes:
    info = b"".join(len(part.encode()).to_bytes(2, "big") + part.encode() for part in ("safar", *purpose))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)


def create_key_file(path: Path) -> None:
    """Make a new master key, readable by its owner alone. Raises KeyUnusable if the file exists or cannot be made."""
    text = f"{_HEADER}1 {secrets.token_hex(32)}\n"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except FileExistsError:
        raise KeyUnusable(
            f"{path} exists already, and a master key is never written over: move it away first."
        ) from None
    except OSError as error:
        raise KeyUnusable(
            f"The master key cannot be written to {path} ({error.strerror}): make the folder, and give the user that "
            f"runs Safar the right to write in it."
        ) from None


def load_keys(path: Path) -> Keys:
    """Raises KeyUnusable, with the remedy, if the file is missing, open to others, short or garbled."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyUnusable(f"The master key {path} is missing: put it back from the copy that you keep apart.") from None
    except UnicodeDecodeError:
        raise _garbled(path) from None
    except OSError as error:
        raise KeyUnusable(
            f"The master key {path} cannot be read ({error.strerror}): give it to the user that runs Safar."
        ) from None
    if mode & 0o077:
        raise KeyUnusable(f"The master key {path} can be read by others (mode {mode:03o}): run `chmod 600 {path}`.")
    ring: dict[int, bytes] = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            ring.update([_entry(line, path)])
    if not ring:
        raise _garbled(path)
    return Keys(ring)


def _entry(line: str, path: Path) -> tuple[int, bytes]:
    number, _, digits = line.strip().partition(" ")
    try:
        version, key = int(number), bytes.fromhex(digits)
    except ValueError:
        raise _garbled(path) from None
    if not 1 <= version <= 255 or len(key) != 32:
        raise _garbled(path)
    return version, key


def _garbled(path: Path) -> KeyUnusable:
    return KeyUnusable(
        f"The master key {path} is cut short or garbled (a line is a number from 1 to 255 and 64 hexadecimal digits): "
        f"put it back from the copy that you keep apart."
    )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
