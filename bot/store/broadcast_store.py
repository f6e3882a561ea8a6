"""``BroadcastStore`` in the writer thread."""

from collections.abc import Container, Sequence
from datetime import datetime
from functools import partial

from bot.store import broadcast_sums, broadcasts, enrolling, recipients
from bot.store.api_protocol import Once
from bot.store.broadcast_protocol import (
    Approval,
    Broadcast,
    BroadcastState,
    ClaimedDeliveries,
    DeliveryEnd,
    Draft,
    Judge,
    SavedSegment,
    Tally,
)
from bot.store.protocol import Lease
from bot.store.staff_protocol import Entry
from bot.store.writer import Writer


class DatabaseBroadcastStore:
    """``broadcast_protocol.BroadcastStore``; closed with the store that made it."""

    def __init__(self, writer: Writer) -> None:
        self._do = writer.alone
        self._patiently = writer.patiently

    async def add(self, organisation: str, draft: Draft, entry: Entry, once: Once | None = None) -> Broadcast:
        return await self._do(partial(broadcasts.add, organisation=organisation, draft=draft, entry=entry, once=once))

    async def save(self, organisation: str, key: bytes, version: int, draft: Draft, entry: Entry) -> Broadcast | None:
        return await self._do(
            partial(broadcasts.save, organisation=organisation, key=key, version=version, draft=draft, entry=entry)
        )

    async def propose(self, organisation: str, key: bytes, version: int, entry: Entry) -> bool:
        return await self._do(
            partial(broadcasts.propose, organisation=organisation, key=key, version=version, entry=entry)
        )

    async def approve(self, organisation: str, key: bytes, digest: bytes, counted: int, entry: Entry) -> Approval:
        return await self._do(
            partial(broadcasts.approve, organisation=organisation, key=key, digest=digest, counted=counted, entry=entry)
        )

    async def turn(
        self,
        organisation: str | None,
        key: bytes,
        before: Sequence[BroadcastState],
        state: BroadcastState,
        reason: str = "",
        entry: Entry | None = None,
    ) -> bool:
        return await self._do(
            partial(
                broadcasts.turn,
                organisation=organisation,
                key=key,
                before=before,
                state=state,
                reason=reason,
                entry=entry,
            )
        )

    async def broadcast(self, organisation: str | None, key: bytes) -> Broadcast | None:
        return await self._do(partial(broadcasts.broadcast, organisation=organisation, key=key))

    async def broadcasts(
        self, organisation: str | None, states: Sequence[BroadcastState] = (), limit: int = 200
    ) -> list[Broadcast]:
        return await self._do(partial(broadcasts.broadcasts, organisation=organisation, states=states, limit=limit))

    async def by_code(self, code: str) -> Broadcast | None:
        return await self._do(partial(broadcasts.by_code, code=code))

    # What is long is done in pieces, each in a transaction of its own, so that no turn waits for the whole.

    async def enrol(self, key: bytes, recipients: Sequence[tuple[int, bytes]]) -> None:
        for begin in range(0, len(recipients), enrolling.CHUNK):
            piece = recipients[begin : begin + enrolling.CHUNK]
            await self._patiently(partial(enrolling.enrol, key=key, recipients=piece))

    async def enrol_corrected(self, key: bytes) -> None:
        after = await self._patiently(partial(enrolling.enrol_corrected, key=key, after=0))
        while after:
            after = await self._patiently(partial(enrolling.enrol_corrected, key=key, after=after))

    async def start(self, key: bytes, paused: str = "") -> int:
        return await self._do(partial(enrolling.start, key=key, paused=paused))

    async def enrol_again(self, key: bytes) -> None:
        while await self._patiently(partial(enrolling.enrol_again, key=key)):
            pass

    async def claim_deliveries(
        self, key: bytes, account: bytes, lease: Lease, after: int, limit: int, judge: Judge, *, sessions: bool = True
    ) -> ClaimedDeliveries:
        claim = partial(
            recipients.claim,
            key=key,
            account=account,
            lease=lease,
            after=after,
            limit=limit,
            judge=judge,
            sessions=sessions,
        )
        try:
            return await self._patiently(claim)
        except recipients.JudgeFailed as failed:
            raise failed.error from None

    async def settle_deliveries(self, key: bytes, lease: Lease, results: Sequence[DeliveryEnd]) -> None:
        await self._patiently(partial(recipients.settle, key=key, lease=lease, results=results))

    async def release_deliveries(self, key: bytes, lease: Lease, held: Container[int]) -> list[int]:
        return await self._patiently(partial(recipients.release, key=key, lease=lease, held=held))

    async def hold(self, key: bytes, until: datetime) -> None:
        await self._do(partial(broadcasts.hold, key=key, until=until))

    async def recover_deliveries(self) -> int:
        recovered = piece = await self._patiently(recipients.recover)
        while piece:
            recovered += (piece := await self._patiently(recipients.recover))
        return recovered

    async def decide_uncertain(self, organisation: str, key: bytes, *, repeat: bool, entry: Entry) -> int:
        decide = partial(recipients.decide_uncertain, organisation=organisation, key=key, repeat=repeat)
        decided, after = await self._do(partial(decide, after=0, entry=entry))
        while after:
            piece, after = await self._do(partial(decide, after=after, entry=None))
            decided += piece
        return decided

    async def tally(self, organisation: str | None, key: bytes) -> Tally | None:
        return await self._do(partial(broadcast_sums.tally, organisation=organisation, key=key))

    async def unattended_accounts(self, key: bytes) -> list[bytes]:
        return await self._do(partial(recipients.unattended, key=key))

    async def save_segment(self, organisation: str, name: str, body: bytes, entry: Entry) -> SavedSegment:
        return await self._do(
            partial(broadcasts.save_segment, organisation=organisation, name=name, body=body, entry=entry)
        )

    async def segments(self, organisation: str) -> list[SavedSegment]:
        return await self._do(partial(broadcasts.segments, organisation=organisation))
