"""What the commands on alerts share: the store beside a running Safar, the office over it, and who sits here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from msgspec.structs import replace

from bot.catalogue import Catalogue, load
from bot.cli import broadcast_words as words
from bot.cli.broadcast_file import Written, read_alert
from bot.cli.broadcast_signing import sign_in
from bot.cli.opening import logs_beside, open_store, read_settings
from bot.delivery.broadcasts.estimating import Terms
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.office import Office
from bot.delivery.broadcasts.refusals import Refused
from bot.delivery.broadcasts.views import Report, Segment, View, segment, view
from bot.delivery.broadcasts.wording import say_rule
from bot.delivery.clock import SystemClock
from bot.places import Gazetteer, gazetteer
from bot.settings import Settings
from bot.store import Account, DatabaseStore, Entry, StoreError

#: More than any installation keeps.
_ALL: Final = 100_000
_T = TypeVar("_T")
_Command = Callable[..., Any]

AS: Final[Callable[[_Command], _Command]] = click.option(
    "--as", "handle", required=True, help="The staff account that acts; it is asked to sign in."
)
CODE: Final[Callable[[_Command], _Command]] = click.argument("code")
FILE: Final[Callable[[_Command], _Command]] = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
AGAIN: Final[Callable[[_Command], _Command]] = click.option(
    "--again", is_flag=True, help="Yes, the same words to the same people once more."
)


class Desk:
    """``account`` is whoever signed in; of a command that only looks, nobody with a right, in the organisation of what
    is looked at. The content is read when it is needed: to stop an alert takes none of it."""

    def __init__(self, store: DatabaseStore, settings: Settings, account: Account) -> None:
        self.store = store
        self.account = account
        self.index = Index(lambda: self.places.get)
        self.office = Office(store.broadcasts, self.index, lambda: self.catalogue, terms(settings))
        self._settings = settings

    @cached_property
    def catalogue(self) -> Catalogue:
        """Raises ``ClickException``."""
        catalogue = load(self._settings.content_dir, as_of=datetime.now(UTC).date()).catalogue
        if catalogue is None:
            raise click.ClickException("The content cannot be read, so no alert can be checked; see: safar check")
        return catalogue

    @property
    def places(self) -> Gazetteer:
        return gazetteer(self.catalogue.places)

    def zone(self, organisation: str = "") -> str:
        found = self.catalogue.organisations.get(organisation or self.account.organisation)
        return found.timezone if found else "UTC"

    async def all(self) -> list[View]:
        known = await self.store.broadcasts.broadcasts(self.account.organisation or None, limit=_ALL)
        return [view(one) for one in known]

    async def find(self, code: str) -> View:
        """By its code, with or without the space. Raises ``ClickException``."""
        code = "".join(code.split())
        for one in await self.all():
            if one.broadcast.code == code:
                if not self.account.organisation:
                    self.account = replace(self.account, organisation=one.broadcast.organisation)
                return one
        raise click.ClickException(f"There is no alert with the code {code}; see: safar broadcast list")

    async def read(self, path: Path) -> Written:
        """An alert's file; a saved segment is looked up. Raises ``ClickException``."""
        written = read_alert(path, self.zone(), self.places)
        if not written.saved:
            return written
        for one in await self.segments():
            if written.saved in (one.mark, one.name):
                found = replace(written.alert, segment=one.rule, segment_from=one.mark)
                return replace(written, alert=found)
        what = f'there is no saved segment "{written.saved}"'
        at = written.document.at("segment")
        raise click.ClickException(f"{at} unknown-segment: {what}; write a rule, or see: safar broadcast segment list")

    async def segments(self) -> list[Segment]:
        return [segment(one) for one in await self.store.broadcasts.segments(self.account.organisation)]

    async def report(self, key: bytes) -> Report:
        found = await self.store.broadcasts.broadcast(None, key)
        tally = await self.store.broadcasts.tally(None, key)
        if found is None or tally is None:
            raise click.ClickException("The alert is gone: alerts are kept for two years.")
        unattended = await self.store.broadcasts.unattended_accounts(key)
        return Report(view=view(found), tally=tally, unattended=len(unattended))

    async def whom(self, seen: View) -> list[str]:
        """Whom it goes to, in lines: of a correction those who got another one, whatever its segment says."""
        key = seen.broadcast.draft.corrects
        if not key:
            return words.segment(seen.alert, say_rule(seen.alert.segment, self.places))
        wrong = await self.store.broadcasts.broadcast(None, key)
        return words.corrected(wrong.code if wrong else "")

    async def tell(self, made: View, written: Written | None = None) -> None:
        """What must be mended."""
        for one in await self.office.findings(self.account, made.alert, made.broadcast.draft.corrects):
            click.echo(written.show(one) if written else f"{one.level}: {one}")


def done(said: _T | Refused) -> _T:
    """Raises ``ClickException`` with the refusal in words."""
    if isinstance(said, Refused):
        raise click.ClickException(words.refused(said))
    return said


def run(handle: str, act: Callable[[Desk], Awaitable[None]], *, counts: bool = False) -> None:
    """As that account, which must prove itself: a shell is not two people (THREATS T33). ``counts``: the index of
    contacts is built first."""
    _do(act, handle=handle, counts=counts)


def look(act: Callable[[Desk], Awaitable[None]], organisation: str = "", *, counts: bool = False) -> None:
    """Whoever has a shell can read all of it anyway."""
    _do(act, organisation=organisation, counts=counts)


def turn(code: str, handle: str, act: Callable[[Desk, View], Awaitable[View | Refused]]) -> None:
    async def once(desk: Desk) -> None:
        turned = done(await act(desk, await desk.find(code)))
        click.echo(f"{code} is {turned.broadcast.state}.")

    run(handle, once)


def _do(
    act: Callable[[Desk], Awaitable[None]], *, handle: str = "", organisation: str = "", counts: bool = False
) -> None:
    async def whole() -> None:
        async with _desk(handle, organisation, counts=counts) as desk:
            await act(desk)

    try:
        with logs_beside():
            asyncio.run(whole())
    except StoreError as error:
        raise click.ClickException(str(error)) from None


@contextlib.asynccontextmanager
async def _desk(handle: str, organisation: str, *, counts: bool) -> AsyncIterator[Desk]:
    settings = read_settings()
    async with open_store(settings) as store, _account(store, handle, organisation) as account:
        desk = Desk(store, settings, account)
        if counts:
            await Following(store, desk.index, SystemClock()).follow()
        yield desk


def terms(settings: Settings) -> Terms:
    paces = {"telegram": settings.telegram_messages_per_second, "whatsapp": settings.whatsapp_messages_per_second}
    return Terms(paces=paces, price=settings.whatsapp_price, daily_limit=settings.whatsapp_daily_limit)


@contextlib.asynccontextmanager
async def _account(store: DatabaseStore, handle: str, organisation: str) -> AsyncIterator[Account]:
    if handle:
        account, token = await sign_in(store.staff, handle)
        try:
            yield account
        finally:
            await store.staff.end(token, Entry(handle=account.handle, what="signed-out"))
        return
    yield Account(
        id=0,
        handle="",
        organisation=organisation,
        roles=frozenset(),
        state="active",
        created=datetime.now(UTC),
        password="",
        totp=b"",
        step=0,
    )
