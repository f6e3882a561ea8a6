"""Tokens: 256 random bits after a word by which a scanner of leaked secrets knows them; and who acts with one."""

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Final

from bot.store import Account, Token

#: What a token may be allowed to do, and as which role it then stands before the office. A role may do more than the
#: API has doors for; that no door proposes or approves is held by the table of doors, and by the database (T33).
SCOPES: Final[Mapping[str, str]] = {
    "alerts:draft": "sender",
    "alerts:read": "editor",
    "segments:count": "editor",
}
LONGEST_DAYS: Final = 365
_FORM: Final = re.compile(rb"Bearer (safar_[A-Za-z0-9_-]{43})", re.IGNORECASE)


def new_token() -> str:
    return f"safar_{secrets.token_urlsafe(32)}"


def read_bearer(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The token of a request; empty for none, several, or what cannot be one."""
    given = [value for name, value in headers if name == b"authorization"]
    found = _FORM.fullmatch(given[0]) if len(given) == 1 else None
    return found[1] if found else b""


def account_of(token: Token) -> Account:
    """As whom a token acts: its handle is nobody's who could sign in, and stands among the editors of its alerts."""
    return Account(
        id=0,
        handle=token.handle,
        organisation=token.organisation,
        roles=frozenset(SCOPES[scope] for scope in token.scopes if scope in SCOPES),
        state="active",
        created=datetime.combine(token.created, time(), UTC),
        password="",
        totp=b"",
        step=0,
    )
