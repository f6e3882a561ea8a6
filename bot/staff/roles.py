"""What each role may do. Deny by default: a right that no role of the account gives is not there (THREATS T44)."""

from collections.abc import Iterable
from typing import Final, Literal

Right = Literal["tickets", "staff"]

#: Editors, senders and approvers have their own account and nothing else until their pages are built.
RIGHTS: Final[dict[str, frozenset[Right]]] = {
    "editor": frozenset(),
    "sender": frozenset(),
    "approver": frozenset(),
    "caseworker": frozenset({"tickets"}),
    "admin": frozenset({"staff"}),
}
ROLES: Final = tuple(RIGHTS)


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
