"""``safar token``: other programs that may draft alerts. The shell asks for nobody's consent, so it is audited too."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import click

from bot.cli.opening import open_store, read_settings
from bot.cli.staff import SHELL, check_organisation
from bot.staff import HANDLE
from bot.store import ApiStore, Entry, StoreError
from bot.web.api.tokens import LONGEST_DAYS, SCOPES, new_token

_BAD_LABEL: Final = (
    "A label is 2 to 32 small Latin letters, digits and hyphens, a letter first, at most four digits: the name of the "
    "program, not of a person."
)
_T = TypeVar("_T")


@click.group()
def token() -> None:
    """Make, list and end the tokens with which other programs use the API (docs/api.md)."""


@token.command()
@click.argument("label")
@click.option("--organisation", required=True, help="An id of content/organisations.yaml.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="May be repeated."
)
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, LONGEST_DAYS), help="How long it counts.")
def add(label: str, organisation: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token and print it, once."""
    if not HANDLE.fullmatch(label):
        raise SystemExit(_BAD_LABEL)
    check_organisation(organisation)
    secret = new_token()
    until = datetime.now(UTC).date() + timedelta(days=days)
    entry = Entry(handle=SHELL, what="token-added", object=label.encode())
    if not _with(lambda api: api.add_token(label, organisation, scopes, secret.encode(), until, entry)):
        raise SystemExit(f"The label {label} is taken, or was; choose another.")
    click.echo(f"The token of {label}, good until {until}; it is not shown again:")
    click.echo(f"  {secret}")


@token.command("list")
def list_() -> None:
    """Labels, organisations, states, last days of use, scopes."""
    today = datetime.now(UTC).date()
    tokens = _with(lambda api: api.tokens(None))
    for one in tokens:
        state = "ended" if one.ended else "over" if one.until < today else f"until {one.until}"
        used = f"used {one.used}" if one.used else "never used"
        click.echo(f"{one.label:20} {one.organisation:24} {state:17} {used:16} {' '.join(sorted(one.scopes))}")
    if not tokens:
        click.echo("There is none yet: safar token add LABEL --organisation ORG --scope alerts:draft")


@token.command()
@click.argument("label")
def end(label: str) -> None:
    """End a token at once. Its label stays taken."""
    entry = Entry(handle=SHELL, what="token-ended", object=label.encode())
    if not _with(lambda api: api.end_token(None, label, entry)):
        raise SystemExit(f"There is no token {label} that counts; see: safar token list")
    click.echo(f"{label} opens nothing any more.")


def _with(act: Callable[[ApiStore], Awaitable[_T]]) -> _T:
    async def run() -> _T:
        async with open_store(read_settings()) as store:
            return await act(store.api)

    try:
        return asyncio.run(run())
    except StoreError as error:
        raise SystemExit(str(error)) from None
