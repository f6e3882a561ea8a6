"""How somebody becomes staff: an invitation, told once by whoever made the account; no e-mail is involved."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from bot.staff.codes import new_secret, read, written
from bot.store import Invitation

_INVITATION_BYTES: Final = 20
_LASTS: Final = timedelta(days=3)
#: Small letters, digits, hyphens; a letter first; never so many digits that it could be a phone.
HANDLE: Final = re.compile(r"(?=[a-z][a-z0-9-]{1,31}\Z)(?:[a-z-]*[0-9]){0,4}[a-z-]*")


def invite(now: datetime) -> Invitation:
    return Invitation(token=secrets.token_bytes(_INVITATION_BYTES), totp=new_secret(), until=now + _LASTS)


def invitation_text(invitation: Invitation) -> str:
    return written(invitation.token)


def read_invitation(typed: str) -> bytes:
    token = read(typed[:100])
    return token if len(token) == _INVITATION_BYTES else b""
