"""What each role may do. Deny by default: a right that no role of the account gives is not there (THREATS T44)."""

from collections.abc import Iterable
from typing import Final, Literal, get_args

#: Of alerts. alerts: see them all. texts: change what a draft says. send: draft, propose, correct, decide what is
#: uncertain, keep segments. small: let one out to fewer than ten.
Right = Literal["tickets", "staff", "alerts", "texts", "send", "approve", "pause", "cancel", "small"]

RIGHTS: Final[dict[str, frozenset[Right]]] = {
    "editor": frozenset({"alerts", "texts"}),
    "sender": frozenset({"alerts", "texts", "send", "pause", "cancel"}),
    "approver": frozenset({"alerts", "approve", "pause"}),
    "caseworker": frozenset({"tickets"}),
    "admin": frozenset({"staff", "alerts", "pause", "cancel", "small"}),
}
ROLES: Final = tuple(RIGHTS)
RIGHT_NAMES: Final = frozenset[str](get_args(Right))


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    return frozenset[Right]().union(*(RIGHTS[role] for role in roles if role in RIGHTS))


def roles_refusal(roles: Iterable[str]) -> Literal["", "none", "unknown", "admin-apart"]:
    """Why an account cannot have these roles; "" when it can. An admin sees no tickets, so the role stands alone."""
    wanted = set(roles)
    if not wanted:
        return "none"
    if wanted - set(ROLES):
        return "unknown"
    return "admin-apart" if "admin" in wanted and len(wanted) > 1 else ""
