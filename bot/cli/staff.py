"""``safar staff``: who may sign in to the console. The shell needs nobody's consent, so it writes the audit too."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, TypeVar

import click

from bot.catalogue import Cache, load
from bot.cli.opening import open_store, read_settings
from bot.staff import HANDLE, ROLES, invitation_text, invite, roles_refusal
from bot.store import Audited, Entry, Invitation, StaffStore, StoreError, What

#: In the audit, for whoever has a shell on the machine: no account can have this name.
SHELL: Final = "(shell)"
_REFUSED: Final = {
    "none": "Give at least one --role.",
    "admin-apart": "An admin sees no tickets, so this role stands alone: make a second account for the other roles.",
}
_BAD_HANDLE: Final = (
    "A handle is 2 to 32 small Latin letters, digits and hyphens, a letter first, at most four digits; not a real "
    "name, an e-mail address or a phone."
)
_ROLE: Final = click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be given again.")
_T = TypeVar("_T")


@click.group()
def staff() -> None:
    """Add, list and end the accounts of the staff console, and read its audit."""


@staff.command()
@click.argument("handle")
@_ROLE
@click.option("--organisation", required=True, help="An id of content/organisations.yaml.")
def add(handle: str, roles: tuple[str, ...], organisation: str) -> None:
    """Make an account and print its invitation, once."""
    if not HANDLE.fullmatch(handle):
        raise SystemExit(_BAD_HANDLE)
    _check(roles)
    check_organisation(organisation)
    invitation = invite(datetime.now(UTC))
    entry = _entry("staff-added", handle)
    if not _with(lambda store: store.add(handle, organisation, roles, invitation, entry)):
        raise SystemExit(f"The handle {handle} is taken, or was; choose another.")
    _show(handle, invitation)


@staff.command("list")
def list_() -> None:
    """Handles, organisations, roles, states."""
    accounts = _with(lambda store: store.accounts(None))
    for one in accounts:
        click.echo(f"{one.handle:20} {one.organisation:24} {one.state:9} {' '.join(sorted(one.roles))}")
    if not accounts:
        click.echo("There is nobody yet: safar staff add HANDLE --role admin --organisation ORG")


@staff.command("roles")
@click.argument("handle")
@_ROLE
def set_roles(handle: str, roles: tuple[str, ...]) -> None:
    """Give an account these roles instead of those that it has; it must sign in anew."""
    _check(roles)
    entry = _entry("roles-changed", handle)
    _known(handle, _with(lambda store: store.set_roles(None, handle, roles, entry)))
    click.echo(f"{handle}: {' '.join(sorted(roles))}")


@staff.command()
@click.argument("handle")
def disable(handle: str) -> None:
    """End an account and whatever is signed in with it. Its handle stays taken."""
    entry = _entry("staff-disabled", handle)
    _known(handle, _with(lambda store: store.disable(None, handle, entry)))
    click.echo(f"{handle} cannot sign in any more.")


@staff.command()
@click.argument("handle")
def reset(handle: str) -> None:
    """Password, codes and sessions of an account end; print a new invitation, once."""
    invitation = invite(datetime.now(UTC))
    entry = _entry("staff-reset", handle)
    _known(handle, _with(lambda store: store.reset(None, handle, invitation, entry)))
    _show(handle, invitation)


@staff.command()
@click.option("--rows", default=100, show_default=True, help="How many of the newest.")
def audit(rows: int) -> None:
    """What staff did, the newest first: minute (UTC), who, what, whom."""
    for one in _with(lambda store: store.audit(None, rows)):
        click.echo(_line(one))


def _line(one: Audited) -> str:
    return f"{one.id:7} {one.at:%Y-%m-%d %H:%M} {one.handle or '(unknown)':20} {one.what} {one.whom}".rstrip()


def _check(roles: tuple[str, ...]) -> None:
    refused = roles_refusal(roles)
    if refused:
        raise SystemExit(_REFUSED[refused])


def check_organisation(organisation: str) -> None:
    settings = read_settings()
    loaded = load(settings.content_dir, as_of=datetime.now(UTC).date(), cache=Cache(settings.cache))
    known = sorted(loaded.catalogue.organisations) if loaded.catalogue is not None else []
    if organisation not in known:
        raise SystemExit(
            f"There is no organisation {organisation} in content/organisations.yaml; there are: {', '.join(known)}."
            if known
            else "The content cannot be read, so nobody knows which organisations there are; see: safar check"
        )


def _entry(what: What, handle: str) -> Entry:
    return Entry(handle=SHELL, what=what, object=handle.encode())


def _known(handle: str, done: bool) -> None:
    if not done:
        raise SystemExit(f"There is no account {handle}; see: safar staff list")


def _show(handle: str, invitation: Invitation) -> None:
    click.echo(f"Invitation for {handle}, good for three days and for one use; it is not shown again:")
    click.echo(f"  {invitation_text(invitation)}")
    click.echo(
        "They open /console/invitation of your site, and choose a password there. Tell it apart from the handle."
    )


def _with(act: Callable[[StaffStore], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with open_store(read_settings()) as store:
            return await act(store.staff)

    try:
        return asyncio.run(run())
    except StoreError as error:
        raise SystemExit(str(error)) from None
