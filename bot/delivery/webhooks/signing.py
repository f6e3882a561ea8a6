"""Signatures as Standard Webhooks has them: HMAC-SHA-256 over id, timestamp and body (standardwebhooks.com, v1)."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

_BYTES: Final = 32
_PREFIX: Final = "whsec_"


def new_secret() -> bytes:
    return secrets.token_bytes(_BYTES)


def secret_text(secret: bytes) -> str:
    """As the receiver's program takes it."""
    return _PREFIX + base64.b64encode(secret).decode()


def headers_of(message: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """One signature for each key: the receiver needs to know one of them. ``timestamp``: seconds since 1970."""
    signed = b"%s.%d.%s" % (message.encode(), timestamp, body)
    signatures = [base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in keys]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }
