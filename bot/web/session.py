"""Cookies: 256 random bits and nothing else (THREATS T23, T43). The store sees only a hash of them."""

import re
import secrets
from hashlib import blake2b
from typing import Final

import msgspec
from starlette.types import Scope

_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Cookie(msgspec.Struct, frozen=True, kw_only=True):
    """How the cookie is written. Behind https it is bound to the host and never leaves it in the clear."""

    https: bool
    base: str = "safar"

    @property
    def name(self) -> str:
        return f"__Host-{self.base}" if self.https else self.base

    def read(self, scope: Scope) -> str | None:
        """The secret that came with the request, None when there is none, or two that differ."""
        found: set[str] = set()
        for header, raw in scope["headers"]:
            if header == b"cookie":
                for pair in raw.decode("latin-1").split(";"):
                    name, _, value = pair.strip().partition("=")
                    if name == self.name:
                        found.add(value)
        value = found.pop() if len(found) == 1 else ""
        return value if _VALUE.fullmatch(value) else None

    def write(self, secret: str) -> str:
        """The header's value. Without an age the browser forgets it when it is closed."""
        return f"{self.name}={secret}; Path=/; HttpOnly; SameSite=Strict{'; Secure' if self.https else ''}"

    def drop(self) -> str:
        return f"{self.write('')}; Max-Age=0"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def address(secret: str) -> str:
    """Whom to answer: from the database nobody can make the cookie again."""
    return blake2b(secret.encode(), digest_size=16, person=b"safar-web").hexdigest()


def form_token(secret: str) -> str:
    """What a form of the console must bring with the cookie; from it nobody can make the cookie (T45)."""
    return blake2b(secret.encode(), digest_size=24, person=b"safar-form").hexdigest()
