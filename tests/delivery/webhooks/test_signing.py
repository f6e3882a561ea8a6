"""Signatures are those of Standard Webhooks: its published vector, and a receiver written from its text."""

import base64
import hashlib
import hmac

from bot.delivery.webhooks.signing import headers_of, new_secret, secret_text

#: From the specification's own tests: secret, id, timestamp, body, signature.
VECTOR = (
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1614265330,
    b'{"test": 2432232314}',
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
)


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver does it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    versions = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(given, expected) for version, _, given in versions)


def test_the_published_vector() -> None:
    secret, message, timestamp, body, signature = VECTOR
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers_of(message, timestamp, body, [key])["webhook-signature"] == signature


def test_a_receiver_verifies_with_the_secret_as_it_is_written() -> None:
    secret = new_secret()
    headers = headers_of("msg_1", 1_700_000_000, b"{}", [secret])
    assert len(secret) == 32
    assert verified(secret_text(secret), headers, b"{}")
    assert not verified(secret_text(new_secret()), headers, b"{}")
    assert not verified(secret_text(secret), headers, b"{ }")
    assert not verified(secret_text(secret), {**headers, "webhook-timestamp": "1700000001"}, b"{}")
    assert not verified(secret_text(secret), {**headers, "webhook-id": "msg_2"}, b"{}")


def test_while_a_secret_is_changed_either_verifies() -> None:
    new, old = new_secret(), new_secret()
    headers = headers_of("msg_1", 1_700_000_000, b"{}", [new, old])
    assert verified(secret_text(new), headers, b"{}")
    assert verified(secret_text(old), headers, b"{}")
