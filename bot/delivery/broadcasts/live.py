"""The alerts that a conversation may need, in memory: those that hold, those that were, and drafts by their code."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

import structlog

from bot.catalogue import Catalogue
from bot.conversation import Shown, takes_alerts
from bot.delivery.broadcasts.checking import is_barred
from bot.delivery.broadcasts.rule import matches
from bot.delivery.broadcasts.showing import day_of, shown
from bot.delivery.broadcasts.views import View, view
from bot.delivery.clock import Clock
from bot.places import gazetteer
from bot.store import StoreClosed, StoreError
from bot.store.broadcast_protocol import BroadcastState, BroadcastStore

_EVERY_SECONDS: Final = 2.0
#: The newest ones. An alert holds for 90 days, and no organisation sends more than one a day.
_MOST: Final = 1_000
_OUT: Final[frozenset[BroadcastState]] = frozenset({"sending", "paused", "done"})
_TESTS: Final[frozenset[BroadcastState]] = frozenset({"draft", "proposed"})

_log = structlog.get_logger()


class Live:
    """Two seconds behind the store. ``known``: all whose code people may ask about."""

    def __init__(self, store: BroadcastStore, catalogue: Callable[[], Catalogue], clock: Clock) -> None:
        self._store = store
        self._catalogue = catalogue
        self._clock = clock
        self.known: tuple[Shown, ...] = ()
        self._valid: tuple[tuple[View, Shown], ...] = ()
        #: The catalogue by which it was found out, and what.
        self._barred: dict[bytes, tuple[Catalogue, bool]] = {}
        #: How many of the newest stand in each state.
        self.states: Counter[str] = Counter()

    def for_profile(self, profile: Mapping[str, str], channel: str) -> list[Shown]:
        """Those that such a person would have got there, the newest first; and every correction, which names what it
        corrects."""
        now, places = self._clock.now(), gazetteer(self._catalogue().places).get
        return [
            one
            for seen, one in self._valid
            if now < seen.alert.ends
            and takes_alerts(profile, one.organisation, one.urgency, seen.alert.topics)
            and (one.corrects or matches(seen.alert.segment, profile, channel, 0, places))
        ]

    async def run(self) -> None:
        while True:
            try:
                await self.refresh()
            except StoreClosed:
                return
            except StoreError as error:
                _log.error("alerts-not-read", why=str(error))
            await self._clock.sleep(_EVERY_SECONDS)

    async def refresh(self) -> None:
        """Raises StoreError."""
        now, catalogue = self._clock.now(), self._catalogue()
        views = [view(one) for one in await self._store.broadcasts(None, limit=_MOST)]
        begun = [one.broadcast for one in views if one.broadcast.began is not None]
        wrong = {one.draft.corrects for one in begun if one.draft.corrects}

        def yesterday(one: View) -> date:
            return day_of(now, one.broadcast.organisation, catalogue) - timedelta(days=1)

        codes = {one.broadcast.key: one.broadcast.code for one in views}
        known, valid = [], []
        for one in views:
            state, began = one.broadcast.state, one.broadcast.began is not None
            over = state == "cancelled" or (
                state in _OUT and (one.alert.ends <= now or self._is_barred(one, catalogue))
            )
            if one.broadcast.key in wrong or (began and over):
                known.append(shown(one, catalogue, now, ends=yesterday(one)))
            elif state in _TESTS:
                known.append(shown(one, catalogue, now))
            elif state in _OUT and began:
                known.append(shown(one, catalogue, now, corrects=codes.get(one.broadcast.draft.corrects, "")))
                if state != "paused" and (known[-1].corrects or one.alert.kind == "alert"):
                    valid.append((one, known[-1]))
        self.known, self._valid = tuple(known), tuple(valid)
        self._barred = {one.broadcast.key: at for one in views if (at := self._barred.get(one.broadcast.key))}
        self.states = Counter(one.broadcast.state for one in views)

    def _is_barred(self, one: View, catalogue: Catalogue) -> bool:
        """Looked for once for each catalogue."""
        known = self._barred.get(one.broadcast.key)
        if known is None or known[0] is not catalogue:
            known = self._barred[one.broadcast.key] = catalogue, is_barred(one.alert, catalogue)
        return known[1]
