"""Alerts that come again, on the real store."""

from datetime import timedelta

from bot.delivery.broadcasts.preparing import due_drafts
from tests.delivery.broadcasts.alerts import alert
from tests.delivery.broadcasts.offices import Site, seen, why


async def test_the_next_draft_is_made_once_and_needs_both_people_again(site: Site) -> None:
    starts = site.clock() + timedelta(days=1)
    await site.approved(alert(repeat="monthly", starts=starts, ends=starts + timedelta(days=5)))
    site.clock.advance(days=26)
    assert await due_drafts(site.store.broadcasts, site.clock()) == 1
    assert await due_drafts(site.store.broadcasts, site.clock()) == 0
    drafts = await site.office.alerts(await site.account("anna"), ("draft",))
    assert isinstance(drafts, list)
    [draft] = drafts
    assert (draft.broadcast.author, draft.alert.frozen) == ("anna", {})
    site.clock.advance(days=1)
    proposed = seen(await site.propose(draft, again=True))
    assert why(await site.approve(proposed, "anna")) == "no-right"
    assert seen(await site.approve(proposed, again=True)).broadcast.state == "approved"
