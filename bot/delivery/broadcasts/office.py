"""The rules of an alert's life, as one service for the console, the command line and the API (DESIGN section 6).

Every act names the account that acts, and reaches the alerts of its own organisation alone. What cannot be done comes
back as ``Refused``; any call can raise StoreError. Times are UTC.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec.structs import replace

from bot.delivery.broadcasts.acting import Acts, entry_of, may
from bot.delivery.broadcasts.checking import is_barred
from bot.delivery.broadcasts.correcting import correction_of, same_people
from bot.delivery.broadcasts.estimating import Estimate, estimate
from bot.delivery.broadcasts.model import Alert
from bot.delivery.broadcasts.numbers import Counted, counted, moved, number_of, rounded, same_number, tens
from bot.delivery.broadcasts.previewing import previews
from bot.delivery.broadcasts.refusals import Refused, Why
from bot.delivery.broadcasts.rule import Rule
from bot.delivery.broadcasts.showing import frozen, shown
from bot.delivery.broadcasts.views import Preview, Report, Segment, View, draft_of, pack_rule, segment, view
from bot.store import Account, Once
from bot.store.broadcast_protocol import Approval, BroadcastState

#: ``turn`` keeps a word on why it is paused or cancelled; the sender writes its own.
BY_STAFF: Final = "staff"
MOVED: Final = "audience-moved"
#: By a restore of a backup: what it holds may be long over.
RESTORED: Final = "restored"
_RUNNING: Final[tuple[BroadcastState, ...]] = ("approved", "sending")
_OPEN: Final[tuple[BroadcastState, ...]] = ("draft", "proposed", "approved", "enrolling", "sending", "paused")
_APPROVALS: Final[Mapping[Approval, Why]] = {"stale": "changed", "own": "own", "young": "young", "gone": "changed"}


class Office(Acts):
    """``audiences`` may still be being built: then a count is refused as ``counting``."""

    # -- looking

    async def look(self, account: Account, key: bytes) -> View | Refused:
        """``no-right``, ``unknown``, as every act on an alert."""
        return await self._reach(account, "alerts", key)

    async def alerts(self, account: Account, states: Sequence[BroadcastState] = ()) -> list[View] | Refused:
        """The newest first."""
        if not may(account, "alerts"):
            return Refused(why="no-right")
        return [view(one) for one in await self._store.broadcasts(account.organisation, states)]

    async def report(self, account: Account, key: bytes) -> Report | Refused:
        seen = await self._reach(account, "alerts", key)
        if isinstance(seen, Refused):
            return seen
        tally = await self._store.tally(account.organisation, key)
        if tally is None:
            return Refused(why="unknown")
        return Report(view=seen, tally=tally, unattended=len(await self._store.unattended_accounts(key)))

    async def count(self, account: Account, alert: Alert, corrects: bytes = b"") -> Counted | Refused:
        """Of a correction: who got, or may have got, the alert that it ``corrects``."""
        count = await self._count(account, alert, corrects)
        return count if isinstance(count, Refused) else counted(count)

    async def estimate(self, account: Account, alert: Alert, corrects: bytes = b"") -> Estimate | Refused:
        count = await self._count(account, alert, corrects)
        return count if isinstance(count, Refused) else estimate(count, self._terms)

    def preview(self, view: View) -> tuple[Preview, ...]:
        """For each language that has a text, each channel: as it goes out, also while it is a draft."""
        catalogue = self._catalogue()
        return previews(replace(shown(view, catalogue, self._now()), kind=view.alert.kind), catalogue)

    # -- writing

    async def draft(self, account: Account, alert: Alert, once: Once | None = None) -> View | Refused:
        """What only others may set (kind, frozen, series, small_*) is left out. It may have findings. ``once``: asked
        by a program, which may ask again. Raises AskedOtherwise."""
        if not may(account, "send"):
            return Refused(why="no-right")
        bare = replace(alert, kind="alert", frozen={}, series="", small_reason="", small_by="")
        made = await self._store.add(
            account.organisation, draft_of(bare, account.organisation), entry_of(account, "alert-drafted"), once
        )
        return view(made)

    async def save(self, account: Account, key: bytes, version: int, alert: Alert) -> View | Refused:
        """A proposal or an approval is void by it. An editor may change ``texts`` of a draft alone. ``state``: it has
        begun; ``changed``."""
        seen = await self._reach(account, "texts", key)
        if isinstance(seen, Refused):
            return seen
        old = seen.alert
        kept = replace(alert, kind=old.kind, frozen={}, series=old.series, small_reason="", small_by="")
        if same_people(old, kept):
            kept = replace(kept, small_reason=old.small_reason, small_by=old.small_by)
        state = seen.broadcast.state
        if not may(account, "send") and kept != replace(old, texts=kept.texts, frozen={}):
            return Refused(why="no-right")
        if state not in (("draft", "proposed", "approved") if may(account, "send") else ("draft",)):
            return Refused(why="state", state=state)
        return await self._save(account, seen.broadcast, version, kept, "alert-saved")

    async def allow_small(self, account: Account, key: bytes, reason: str) -> View | Refused:
        """An admin lets a draft out to fewer than ten; a changed segment voids it. ``state``, ``empty``."""
        seen = await self._reach(account, "small", key, "draft")
        if isinstance(seen, Refused):
            return seen
        if not reason.strip():
            return Refused(why="empty")
        allowed = replace(seen.alert, small_reason=reason.strip(), small_by=account.handle)
        return await self._save(account, seen.broadcast, seen.broadcast.version, allowed, "alert-small-allowed")

    async def correct(
        self, account: Account, key: bytes, kind: Literal["correction", "withdrawal"], texts: Mapping[str, str]
    ) -> View | Refused:
        """A draft that goes to exactly those who got, or may have got, that alert. ``nobody``: it has not begun, or it
        is a correction itself."""
        seen = await self._reach(account, "send", key)
        if isinstance(seen, Refused):
            return seen
        if seen.broadcast.began is None or seen.broadcast.draft.corrects:
            return Refused(why="nobody")
        made = correction_of(seen.alert, kind, texts, self._now())
        draft = draft_of(made, account.organisation, key)
        return view(await self._store.add(account.organisation, draft, entry_of(account, "alert-drafted")))

    # -- letting it out

    async def propose(self, account: Account, key: bytes, version: int, *, again: bool = False) -> View | Refused:
        """Freeze the texts, and wait for a second person. ``state``, ``changed``, and whatever ``_hindrance`` says."""
        seen = await self._reach(account, "send", key, "draft")
        if isinstance(seen, Refused):
            return seen
        alert = replace(seen.alert, frozen=frozen(seen.alert, account.organisation, self._catalogue(), self._now()))
        hindrance, _ = await self._hindrance(account, replace(seen, alert=alert), again=again)
        if hindrance is not None:
            return hindrance
        # Saved by whoever proposes it, who is an editor of it by that and cannot approve it.
        saved = await self._save(account, seen.broadcast, version, alert, "alert-saved")
        if isinstance(saved, Refused):
            return saved
        proposed = await self._store.propose(
            account.organisation, key, saved.broadcast.version, entry_of(account, "alert-proposed", key)
        )
        return await self.look(account, key) if proposed else Refused(why="changed")

    async def withdraw_proposal(self, account: Account, key: bytes) -> View | Refused:
        """A proposal is a draft again."""
        return await self._turn(account, "send", key, ("proposed",), "draft", "alert-proposal-withdrawn")

    async def look_to_approve(self, account: Account, key: bytes) -> View | Refused:
        """Before anybody reads it through: ``no-right``, ``unknown``, ``state``, ``own``."""
        seen = await self._reach(account, "approve", key, "proposed")
        if isinstance(seen, View) and account.handle in seen.broadcast.editors:
            return Refused(why="own")
        return seen

    async def approve(
        self, account: Account, key: bytes, digest: bytes, *, number: str, typed: str, again: bool = False
    ) -> View | Refused:
        """The second person. ``digest`` is that of the ``View`` they looked at, ``number`` the ``Counted.reached`` that
        stood before them, ``typed`` what they typed of it."""
        seen = await self.look_to_approve(account, key)
        if isinstance(seen, Refused):
            return seen
        broadcast, alert = seen.broadcast, seen.alert
        if broadcast.draft.digest != digest:
            return Refused(why="changed")
        if frozen(alert, account.organisation, self._catalogue(), self._now()) != alert.frozen:
            return Refused(why="facts-changed")
        hindrance, reached = await self._hindrance(account, seen, again=again)
        if hindrance is None and not same_number(typed, number):
            hindrance = Refused(why="wrong-count")
        if hindrance is None and moved(number_of(number), tens(reached)):
            hindrance = Refused(why="moved")
        if hindrance is None and await self._runs_on(broadcast):
            hindrance = Refused(why="runs-on")
        if hindrance is not None:
            return hindrance
        entry = entry_of(account, "alert-approved", key)
        said = await self._store.approve(account.organisation, key, digest, reached, entry)
        return await self.look(account, key) if said == "approved" else Refused(why=_APPROVALS[said])

    # -- while it is sent

    async def pause(self, account: Account, key: bytes) -> View | Refused:
        return await self._turn(account, "pause", key, _RUNNING, "paused", "alert-paused", BY_STAFF)

    async def resume(self, account: Account, key: bytes, *, typed: str = "", again: bool = False) -> View | Refused:
        """Whoever may pause; ``barred``. One that paused because its audience moved needs an approver who is none of
        its editors and types the new audience, ``broadcast.audience`` as ``rounded`` shows it (T34). After a restore an
        admin alone (T16): ``admin``, and ``may-have-gone`` of one that had not begun when the backup was made, unless
        it is to go to everybody ``again``."""
        seen = await self._reach(account, "pause", key, "paused")
        if isinstance(seen, Refused):
            return seen
        if is_barred(seen.alert, self._catalogue()):
            return Refused(why="barred")
        broadcast = seen.broadcast
        if broadcast.reason == RESTORED and not may(account, "staff"):
            return Refused(why="admin")
        if broadcast.reason == RESTORED and broadcast.audience is None and not again:
            return Refused(why="may-have-gone")  # also before its hour, which somebody may have changed since
        if broadcast.reason == MOVED:
            if not may(account, "approve"):
                return Refused(why="no-right")
            if account.handle in broadcast.editors:
                return Refused(why="own")
            if not same_number(typed, rounded(broadcast.audience or 0)):
                return Refused(why="wrong-count")
        after: BroadcastState = "approved" if broadcast.audience is None else "sending"
        return await self._turn(account, "pause", key, ("paused",), after, "alert-resumed")

    async def cancel(self, account: Account, key: bytes) -> View | Refused:
        return await self._turn(account, "cancel", key, _OPEN, "cancelled", "alert-cancelled", BY_STAFF)

    async def decide_uncertain(self, account: Account, key: bytes, *, repeat: bool) -> int | Refused:
        """Send what may not have arrived once more, or leave it; how many they were."""
        seen = await self._reach(account, "send", key)
        if isinstance(seen, Refused):
            return seen
        entry = entry_of(account, "alert-decided", key)
        return await self._store.decide_uncertain(account.organisation, key, repeat=repeat, entry=entry)

    # -- segments

    async def save_segment(self, account: Account, name: str, rule: Rule) -> Segment | Refused:
        """A new version under that name. ``empty``: the name is."""
        if not may(account, "send"):
            return Refused(why="no-right")
        name = " ".join(name.split())
        if not name:
            return Refused(why="empty")
        entry = entry_of(account, "segment-saved")
        return segment(await self._store.save_segment(account.organisation, name, pack_rule(rule), entry))

    async def segments(self, account: Account) -> list[Segment] | Refused:
        """Every version, by name, the newest first."""
        if not may(account, "alerts"):
            return Refused(why="no-right")
        return [segment(one) for one in await self._store.segments(account.organisation)]
