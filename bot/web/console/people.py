"""Staff of the admin's organisation: new accounts, roles, the end of one, and a way back in that takes two admins."""

from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import Response

from bot.staff import HANDLE, ROLES, invitation_text, invite, roles_refusal
from bot.store import Invitation
from bot.web.console import words
from bot.web.console.visit import Visit

_PAGE: Final = "staff.html"
#: How long the first admin's request waits for the second (T44).
_RESET_WAITS: Final = timedelta(hours=24)
#: An admin who was made today cannot be the second one, or one person would be both.
_OLD_ENOUGH: Final = timedelta(hours=24)


async def page(visit: Visit) -> Response:
    return await _page(visit)


async def add(visit: Visit) -> Response:
    handle, roles = visit.form["handle"][:64].strip().lower(), visit.form.all("role")
    refused = roles_refusal(roles)
    if not HANDLE.fullmatch(handle):
        return await _page(visit, 422, _BAD_HANDLE)
    if refused:
        return await _page(visit, 422, words.ROLES_REFUSED[refused])
    invitation = invite(datetime.now(UTC))
    entry = visit.entry("staff-added", handle.encode())
    if not await visit.console.staff.add(handle, visit.account.organisation, roles, invitation, entry):
        return await _page(visit, 409, "Такое имя уже есть или было. Выберите другое.")
    return _invited(visit, handle, invitation)


async def set_roles(visit: Visit) -> Response:
    handle, roles = _other(visit), visit.form.all("role")
    refused = roles_refusal(roles)
    if refused:
        return await _page(visit, 422, words.ROLES_REFUSED[refused])
    entry = visit.entry("roles-changed", handle.encode())
    done = await visit.console.staff.set_roles(visit.account.organisation, handle, roles, entry) if handle else False
    return visit.go("/console/staff") if done else visit.message(404, words.NOT_FOUND)


async def disable(visit: Visit) -> Response:
    handle = _other(visit)
    entry = visit.entry("staff-disabled", handle.encode())
    done = await visit.console.staff.disable(visit.account.organisation, handle, entry) if handle else False
    return visit.go("/console/staff") if done else visit.message(404, words.NOT_FOUND)


async def reset(visit: Visit) -> Response:
    """The first admin asks, a second one grants: neither is the person, and neither was made today."""
    staff, mine, handle = visit.console.staff, visit.account, _other(visit)
    now = datetime.now(UTC)
    asked_by = await staff.reset_asked_by(mine.organisation, handle) if handle else ""
    if not asked_by or asked_by == mine.handle:
        entry = visit.entry("reset-asked", handle.encode())
        done = handle and await staff.ask_reset(mine.organisation, handle, mine.handle, now + _RESET_WAITS, entry)
        return visit.go("/console/staff") if done else visit.message(404, words.NOT_FOUND)
    if now - mine.created < _OLD_ENOUGH:
        return await _page(visit, 403, "Вторым может быть только администратор, чьей записи больше суток.")
    invitation = invite(now)
    entry = visit.entry("staff-reset", handle.encode())
    if not await staff.reset(mine.organisation, handle, invitation, entry):
        return visit.message(404, words.NOT_FOUND)
    return _invited(visit, handle, invitation)


_BAD_HANDLE: Final = (
    "Имя: от 2 до 32 маленьких латинских букв, цифр и дефисов, сначала буква, не больше четырёх цифр. "
    "Не настоящее имя, не почта и не телефон."
)


def _other(visit: Visit) -> str:
    """Whose account it is about; nobody acts on their own, which is found by no handle."""
    handle = str(visit.request.path_params["handle"])
    return "" if handle == visit.account.handle else handle


def _invited(visit: Visit, handle: str, invitation: Invitation) -> Response:
    return visit.page("invited.html", handle=handle, invitation=invitation_text(invitation))


async def _page(visit: Visit, status: int = 200, error: str = "") -> Response:
    accounts = await visit.console.staff.accounts(visit.account.organisation)
    return visit.page(_PAGE, status, accounts=accounts, roles=ROLES, error=error)
