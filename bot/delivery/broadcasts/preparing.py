"""Drafts of alerts that come again, made by themselves in the name of whoever wrote the first."""

from datetime import datetime
from typing import Final

from bot.delivery.broadcasts.series import due
from bot.delivery.broadcasts.views import draft_of, view
from bot.store import Entry
from bot.store.broadcast_protocol import BroadcastStore

#: More than any installation keeps.
_ALL: Final = 100_000


async def due_drafts(store: BroadcastStore, now: datetime) -> int:
    """Make those whose time has come, once; how many. By one process at a time. Raises StoreError."""
    views = [view(one) for one in await store.broadcasts(None, limit=_ALL)]
    coming = due([(one.broadcast, one.alert) for one in views], now)
    for one in coming:
        draft = draft_of(one.alert, one.organisation)
        await store.add(one.organisation, draft, Entry(handle=one.author, what="alert-drafted"))
    return len(coming)
