"""What the acts on alerts share: rights, reach, compare and set, and what hinders letting one out."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from bot.catalogue import Catalogue
from bot.delivery.broadcasts import limits
from bot.delivery.broadcasts.checking import findings
from bot.delivery.broadcasts.counting import Audiences, Count, NotReady
from bot.delivery.broadcasts.estimating import Terms
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.numbers import SMALLEST
from bot.delivery.broadcasts.refusals import Finding, Refused
from bot.delivery.broadcasts.views import View, draft_of, view
from bot.staff import Right, rights_of
from bot.store import Account, Entry, What
from bot.store.broadcast_protocol import Broadcast, BroadcastState, BroadcastStore

_A_WEEK = 3


def may(account: Account, right: Right) -> bool:
    return account.state == "active" and right in rights_of(account.roles)


def entry_of(account: Account, what: What, key: bytes = b"") -> Entry:
    return Entry(handle=account.handle, what=what, object=key)


def _now() -> datetime:
    return datetime.now(UTC)


class Acts:
    def __init__(
        self,
        store: BroadcastStore,
        audiences: Audiences,
        catalogue: Callable[[], Catalogue],
        terms: Terms,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._audiences = audiences
        self._catalogue = catalogue
        self._terms = terms
        self._now = clock

    async def _reach(self, account: Account, right: Right, key: bytes, *states: BroadcastState) -> View | Refused:
        if not may(account, right):
            return Refused(why="no-right")
        found = await self._store.broadcast(account.organisation, key)
        if found is None:
            return Refused(why="unknown")
        return view(found) if not states or found.state in states else Refused(why="state", state=found.state)

    async def _save(
        self, account: Account, broadcast: Broadcast, version: int, alert: Alert, what: What
    ) -> View | Refused:
        draft = draft_of(alert, account.organisation, broadcast.draft.corrects)
        entry = entry_of(account, what, broadcast.key)
        saved = await self._store.save(account.organisation, broadcast.key, version, draft, entry)
        return Refused(why="changed") if saved is None else view(saved)

    async def _turn(
        self,
        account: Account,
        right: Right,
        key: bytes,
        before: tuple[BroadcastState, ...],
        state: BroadcastState,
        what: What,
        reason: str = "",
    ) -> View | Refused:
        seen = await self._reach(account, right, key, *before)
        if isinstance(seen, Refused):
            return seen
        entry = entry_of(account, what, key)
        # It may have moved on since it was looked at: whatever it is now is refused with its state.
        if await self._store.turn(account.organisation, key, before, state, reason, entry):
            return await self._reach(account, right, key)
        return await self._reach(account, right, key, *before)

    async def findings(self, account: Account, alert: Alert, corrects: bytes = b"") -> tuple[Finding, ...]:
        """All of them, errors first."""
        wrong = await self._store.broadcast(account.organisation, corrects) if corrects else None
        texts = {} if wrong is None else view(wrong).alert.texts
        return findings(alert, account.organisation, self._catalogue(), self._now(), texts)

    async def _count(self, account: Account, alert: Alert, corrects: bytes) -> Count | Refused:
        if corrects:
            tally = await self._store.tally(account.organisation, corrects)
            if tally is None:
                return Refused(why="unknown")
            got = tally.sent + tally.uncertain
            return Count(matching=got, reached=got, by_channel={}, by_language={})
        today = (alert.starts or self._now()).date()
        try:
            return await asyncio.to_thread(
                self._audiences.count, alert.segment, account.organisation, alert.urgency, alert.topics, today
            )
        except NotReady:
            return Refused(why="counting")

    async def _hindrance(self, account: Account, seen: View, *, again: bool) -> tuple[Refused | None, int]:
        """Why it cannot be let out, and how many would get it: ``findings``, ``counting``, ``nobody``, ``small``,
        ``week-limit``, ``day-limit``, ``again``."""
        alert, now, corrects = seen.alert, self._now(), seen.broadcast.draft.corrects
        errors = tuple(one for one in await self.findings(account, alert, corrects) if one.level == "error")
        if errors:
            return Refused(why="findings", findings=errors), 0
        count = await self._count(account, alert, corrects)
        if isinstance(count, Refused):
            return count, 0
        if corrects:
            return (None if count.reached else Refused(why="nobody")), count.reached
        if count.reached < SMALLEST and not alert.small_by:
            return Refused(why="small"), count.reached
        known = await self._store.broadcasts(account.organisation, limits.LET_OUT)
        others = [(one, view(one).alert) for one in known]
        organisation = self._catalogue().organisations.get(account.organisation)
        over = limits.over(others, alert, now, organisation.alerts_a_week if organisation else _A_WEEK)
        if over:
            return Refused(why=over), count.reached
        if not again and limits.said_lately(others, alert, now):
            return Refused(why="again"), count.reached
        return None, count.reached

    async def _runs_on(self, broadcast: Broadcast) -> bool:
        """What it corrects may still reach somebody."""
        if not broadcast.draft.corrects:
            return False
        wrong = await self._store.broadcast(broadcast.organisation, broadcast.draft.corrects)
        return wrong is not None and wrong.state not in ("done", "cancelled")
