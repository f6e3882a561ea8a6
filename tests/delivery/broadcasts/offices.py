"""Two organisations, their staff, people on Telegram, and the office over them."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self

from msgspec.structs import replace

from bot.catalogue import Catalogue
from bot.delivery.broadcasts.estimating import Terms
from bot.delivery.broadcasts.following import Following
from bot.delivery.broadcasts.index import Index
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.office import Office
from bot.delivery.broadcasts.refusals import Refused
from bot.delivery.broadcasts.views import View
from bot.delivery.clock import SystemClock
from bot.places import gazetteer
from bot.staff import invite, new_codes
from bot.store import Account, Entry, Lease, Outcome, SqliteStore
from bot.store.broadcast_protocol import DeliveryEnd
from tests.desk.people import staffed
from tests.store.helpers import Clock, works
from tests.web import serving

OURS, OTHERS = "wages-desk", "clinic"
PEOPLE = 40
ADMIN = Entry(handle="(test)", what="staff-added")


@cache
def content() -> Catalogue:
    return staffed(serving.catalogue())


class Site:
    """``anna`` sends, ``boris`` approves, ``clara`` does both, ``edit`` edits, ``boss`` is the admin; ``stranger`` does
    everything elsewhere."""

    def __init__(self, store: SqliteStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.catalogue = content()
        self.index = Index(lambda: gazetteer(self.catalogue.places).get)
        self.following = Following(store, self.index, SystemClock())
        terms = Terms(paces={"telegram": 30.0, "whatsapp": 80.0}, price="0.035 USD", daily_limit=1_000)
        self.office = Office(store.broadcasts, self.index, lambda: self.catalogue, terms, clock)
        self.people = 0

    @classmethod
    async def make(cls, store: SqliteStore, clock: Clock) -> Self:
        site = cls(store, clock)
        now = clock.now
        clock.now = now - timedelta(days=3)
        for handle, roles in (
            ("anna", ("sender",)),
            ("boris", ("approver",)),
            ("clara", ("sender", "approver")),
            ("edit", ("editor",)),
            ("boss", ("admin",)),
            ("case", ("caseworker",)),
        ):
            await site.hire(handle, *roles)
        await site.hire("stranger", "sender", "approver", organisation=OTHERS)
        clock.now = now
        await site.arrive(PEOPLE)
        await site.following.follow()
        return site

    async def hire(self, handle: str, *roles: str, organisation: str = OURS) -> Account:
        staff, invitation = self.store.staff, invite(self.clock())
        assert await staff.add(handle, organisation, roles, invitation, ADMIN)
        account = await staff.account(handle)
        assert account is not None
        await staff.begin(account.id, "joining", handle.encode())
        assert await staff.join(handle.encode(), "$argon2id$x", 1, new_codes(), b"x" + handle.encode(), ADMIN)
        return await self.account(handle)

    async def account(self, handle: str) -> Account:
        account = await self.store.staff.account(handle)
        assert account is not None
        return account

    async def arrive(self, number: int, **told: str) -> None:
        """People who take alerts."""
        profile = {"language": "ru", "citizenship": "UZ", "country": "RU", "alerts": "all", **told}
        outcome = Outcome(profile=json.dumps(profile).encode(), session=b"{}")
        addresses = [str(5_000_000_000 + self.people + one) for one in range(number)]
        self.people += number
        await asyncio.gather(*(self.store.take(works(address, outcome=outcome)) for address in addresses))

    # what happens to an alert, by those who may

    async def drafted(self, alert: Alert, by: str = "anna") -> View:
        return seen(await self.office.draft(await self.account(by), alert))

    async def proposed(self, alert: Alert, by: str = "anna") -> View:
        draft = await self.drafted(alert, by)
        return seen(await self.propose(draft, by))

    async def propose(self, view: View, by: str = "anna", **said: Any) -> View | Refused:
        account = await self.account(by)
        return await self.office.propose(account, view.broadcast.key, view.broadcast.version, **said)

    async def approve(self, view: View, by: str = "boris", *, typed: str = "", **said: Any) -> View | Refused:
        """By somebody who reads the number and types it, unless they type something else."""
        account = await self.account(by)
        counted = await self.office.count(account, view.alert, view.broadcast.draft.corrects)
        number = "" if isinstance(counted, Refused) else counted.reached
        return await self.office.approve(
            account, view.broadcast.key, view.broadcast.draft.digest, number=number, typed=typed or number, **said
        )

    async def approved(self, alert: Alert) -> View:
        return seen(await self.approve(await self.proposed(alert)))

    async def begun(self, alert: Alert, results: str = "sent") -> View:
        """Enrolled and sent, as the sender does it; ``results``: the state of each, over and over."""
        view = await self.approved(alert)
        key, store = view.broadcast.key, self.store.broadcasts
        assert await store.turn(OURS, key, ("approved",), "enrolling")
        for chunk in self.index.recipients(alert.segment, OURS, alert.urgency, alert.topics, self.clock().date()):
            await store.enrol(key, chunk)
        await store.start(key)
        await self.send(key, *results.split())
        return seen(await self.office.look(await self.account("anna"), key))

    async def send(self, key: bytes, *states: Any) -> None:
        store = self.store.broadcasts
        for account in await store.unattended_accounts(key):
            lease = await self.store.lease("test", "test")
            assert isinstance(lease, Lease)
            claimed = await store.claim_deliveries(key, account, lease, 0, 1_000, lambda _: "send")
            await store.hold(key, self.clock())
            ends = [DeliveryEnd(id=row.id, state=states[at % len(states)]) for at, row in enumerate(claimed.rows)]
            await store.settle_deliveries(key, lease, ends)


def barring(catalogue: Catalogue, name: str) -> Catalogue:
    """An edit that lists it."""
    words = replace(catalogue.words, barred=(*catalogue.words.barred, name))
    return replace(catalogue, words=words)


def seen(view: View | Refused) -> View:
    assert isinstance(view, View), view
    return view


def why(said: object) -> str:
    assert isinstance(said, Refused), said
    return said.why


def moment(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]
