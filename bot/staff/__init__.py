"""Who works in the console: handles, roles, passwords, one-time codes, sign-in."""

from bot.staff.codes import Totp, new_codes, new_secret
from bot.staff.joining import HANDLE, invitation_text, invite, read_invitation
from bot.staff.passwords import LONGEST, SHORTEST, Passwords, weakness
from bot.staff.roles import RIGHT_NAMES, RIGHTS, ROLES, Right, rights_of, roles_refusal
from bot.staff.signin import Refusal, SignIn
from bot.staff.throttle import Throttle

__all__ = [
    "HANDLE",
    "LONGEST",
    "RIGHTS",
    "RIGHT_NAMES",
    "ROLES",
    "SHORTEST",
    "Passwords",
    "Refusal",
    "Right",
    "SignIn",
    "Throttle",
    "Totp",
    "invitation_text",
    "invite",
    "new_codes",
    "new_secret",
    "read_invitation",
    "rights_of",
    "roles_refusal",
    "weakness",
]
