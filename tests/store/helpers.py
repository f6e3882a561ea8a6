"""What the store's tests share: a clock that is set by hand, and works with little to write."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bot.store import Entry, Invitation, Outcome, Person, Store, Work
from bot.store.broadcast_protocol import Broadcast, BroadcastStore, DeliveryEnd, Draft
from bot.store.staff_protocol import StaffStore

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


def works(
    address: str = "5000000001",
    step: Callable[[Person], Outcome] | None = None,
    *,
    update: str | None = None,
    ref: str | None = None,
    channel: str = "telegram",
    account: str = "8000000001",
    contact: bytes = b"",
    outcome: Outcome | None = None,
) -> Work:
    """A work; without a step it leaves ``outcome``."""
    left = outcome or Outcome(profile=b"profile", session=b"session", outbox=(b"reply",))
    return Work(
        channel=channel,
        account=account,
        address="" if contact else address,
        contact=contact,
        update=update,
        ref=ref,
        step=step or (lambda person: left),
    )


async def fence(store: Store) -> int:
    """Of the lease under which this process sends."""
    lease = await store.lease("telegram", "this process")
    assert lease is not None
    return lease.fence


async def staffed(staff: StaffStore, clock: Clock, *handles: str, organisation: str = "org", days: float = 2) -> None:
    """Accounts that are signed in and may approve, made so many days ago."""
    now = clock.now
    clock.advance(days=-days)
    for handle in handles:
        joining = Invitation(token=b"t", totp=b"x" * 20, until=clock.now + timedelta(days=1))
        entry = Entry(handle=handle, what="staff-added")
        assert await staff.add(handle, organisation, ("approver", "sender"), joining, entry)
        account = await staff.account(handle)
        assert account is not None
        session = handle.encode()
        await staff.begin(account.id, "joining", session)
        assert await staff.join(session, "hash", 1, (), b"-" + session, Entry(handle=handle, what="joined"))
    clock.now = now


def draft(body: bytes = b"alert", *, days: float = 3, **more: Any) -> Draft:
    return Draft(body=body, digest=sha256(body).digest(), starts=None, ends=NOON + timedelta(days=days), **more)


async def let_out(broadcasts: BroadcastStore, told: Draft | None = None, counted: int = 0) -> Broadcast:
    """Written by anna, approved by boris, about to be enrolled; they are ``staffed``."""
    written = await broadcasts.add("org", told or draft(), Entry(handle="anna", what="alert-drafted"))
    proposing, approving = Entry(handle="anna", what="alert-proposed"), Entry(handle="boris", what="alert-approved")
    assert await broadcasts.propose("org", written.key, written.version, proposing)
    assert await broadcasts.approve("org", written.key, written.draft.digest, counted, approving) == "approved"
    assert await broadcasts.turn(None, written.key, ("approved",), "enrolling")
    found = await broadcasts.broadcast(None, written.key)
    assert found is not None
    return found


async def everybody(store: Store) -> list[tuple[int, bytes]]:
    """All contacts, as an enrolment wants them."""
    return [(one.number, one.account) async for chunk in store.scan() for one in chunk]


async def send_to_all(store: Store, broadcasts: BroadcastStore, broadcast: Broadcast, ref: str = "1") -> None:
    """Enrol everybody and send to those of the one account ``works`` has."""
    await broadcasts.enrol(broadcast.key, await everybody(store))
    await broadcasts.start(broadcast.key)
    lease = await store.lease("alerts", "this process")
    assert lease is not None
    account = store.account_mark("telegram", "8000000001")
    claimed = await broadcasts.claim_deliveries(broadcast.key, account, lease, 0, 1000, lambda _: "send")
    results = [DeliveryEnd(id=row.id, state="sent", ref=ref) for row in claimed.rows]
    await broadcasts.settle_deliveries(broadcast.key, lease, results)


def raising(person: Person) -> Outcome:
    raise ValueError("poison")
