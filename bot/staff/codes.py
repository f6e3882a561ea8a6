"""One-time codes as authenticator apps make them (RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes."""

import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

SECONDS: Final = 30
_DIGITS: Final = 6
_SECRET_BYTES: Final = 20
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10
_ISSUER: Final = "Safar"


class Totp:
    """The codes of one secret."""

    def __init__(self, secret: bytes) -> None:
        self._hotp = HOTP(secret, _DIGITS, SHA1())  # noqa: S303 - what every authenticator app speaks; RFC 6238
        self._secret = secret

    def at(self, step: int) -> str:
        return self._hotp.generate(step).decode()

    def step_of(self, code: str, now: datetime, after: int) -> int:
        """The time step of a code that is right now, or was 30 seconds ago (clocks drift); 0 for any other, and for
        steps up to ``after``, which were used."""
        current = int(now.timestamp()) // SECONDS
        found = 0
        for step in (current - 1, current):
            if secrets.compare_digest(self.at(step), code) and step > after:
                found = step
        return found

    def uri(self, handle: str) -> str:
        """What an app reads from a picture, or when it is tapped."""
        return f"otpauth://totp/{_ISSUER}:{quote(handle)}?secret={self.text()}&issuer={_ISSUER}"

    def text(self) -> str:
        return b32encode(self._secret).decode()


def new_secret() -> bytes:
    return secrets.token_bytes(_SECRET_BYTES)


def new_codes() -> tuple[bytes, ...]:
    return tuple(secrets.token_bytes(_RECOVERY_BYTES) for _ in range(RECOVERY_CODES))


def written(secret: bytes) -> str:
    """For people: capital letters and digits in fours."""
    text = b32encode(secret).decode().rstrip("=")
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read(text: str) -> bytes:
    """What ``written`` wrote, typed by hand; empty when it cannot be that."""
    letters = text.upper().replace("-", "").replace(" ", "").replace("0", "O").replace("1", "I").replace("8", "B")
    try:
        return b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        return b""
