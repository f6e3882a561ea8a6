"""The alerts that a conversation may need: those that hold, those that were, and drafts by their code."""

from datetime import timedelta
from typing import cast

from bot.delivery.broadcasts.live import Live
from bot.delivery.broadcasts.rule import All, Is
from bot.delivery.clock import Clock
from tests.delivery.broadcasts.alerts import RUSSIAN, alert
from tests.delivery.broadcasts.offices import Site, barring, seen

READER = {"language": "ru", "country": "RU", "alerts": "all"}


class Now:
    def __init__(self, site: Site) -> None:
        self.now = site.clock


async def live(site: Site) -> Live:
    made = Live(site.store.broadcasts, lambda: site.catalogue, cast("Clock", Now(site)))
    await made.refresh()
    return made


async def test_what_is_sent_is_shown_to_those_whom_it_is_for(site: Site) -> None:
    view = await site.begun(alert(topics=("money",)))
    known = await live(site)
    [shown] = known.for_profile(READER, "telegram")
    assert (shown.code, shown.kind, shown.texts) == (view.broadcast.code, "alert", {"ru": alert().texts["ru"]})
    for other in ({"language": "uz"}, {"alerts": "life"}, {"alerts": "none"}, {"follows": "health"}):
        assert known.for_profile({**READER, **other}, "telegram") == []


async def test_a_rule_about_the_channel_holds_on_arrival_too(site: Site) -> None:
    await site.begun(alert(segment=All(of=(RUSSIAN, Is(key="channel", values=("telegram",))))))
    known = await live(site)
    assert len(known.for_profile(READER, "telegram")) == 1
    assert known.for_profile(READER, "web") == []


async def test_what_is_over_is_shown_to_nobody_and_still_known(site: Site) -> None:
    await site.begun(alert())
    known = await live(site)
    site.clock.advance(days=3)
    assert known.for_profile(READER, "telegram") == []
    assert len(known.known) == 1
    await known.refresh()
    [shown] = known.known
    assert shown.ends < site.clock().date(), "whoever asks for its code learns that it is over"


async def test_t25_what_names_a_site_that_is_barred_meanwhile_is_shown_to_nobody_any_more(site: Site) -> None:
    view = await site.begun(alert(texts={"ru": "Касса закрыта. Подробно: портал Заря."}))
    known = await live(site)
    assert len(known.for_profile(READER, "telegram")) == 1
    site.catalogue = barring(site.catalogue, "портал заря")
    await known.refresh()
    assert known.for_profile(READER, "telegram") == []
    [shown] = known.known
    assert (shown.code, shown.ends < site.clock().date()) == (view.broadcast.code, True)


async def test_a_draft_is_known_by_its_code_alone_as_a_test(site: Site) -> None:
    draft = await site.drafted(alert(texts={"ru": "Штраф: {fact:kz_mrp}."}))
    known = await live(site)
    [shown] = known.known
    assert (shown.code, shown.kind) == (draft.broadcast.code, "test")
    assert "{" not in shown.texts["ru"]
    assert known.for_profile(READER, "telegram") == []


async def test_what_waits_is_known_to_nobody(site: Site) -> None:
    await site.approved(alert(starts=site.clock() + timedelta(days=1)))
    assert (await live(site)).known == ()


async def test_what_was_stopped_holds_no_more(site: Site) -> None:
    view = await site.begun(alert(), "sent due")
    await site.office.pause(await site.account("anna"), view.broadcast.key)
    assert (await live(site)).for_profile(READER, "telegram") == []
    await site.office.cancel(await site.account("anna"), view.broadcast.key)
    known = await live(site)
    assert known.for_profile(READER, "telegram") == []
    assert known.known[0].ends < site.clock().date()


async def test_what_was_corrected_holds_no_more_and_the_correction_names_it(site: Site) -> None:
    wrong = await site.begun(alert(), "sent due")
    anna = await site.account("anna")
    await site.office.cancel(anna, wrong.broadcast.key)
    draft = seen(await site.office.correct(anna, wrong.broadcast.key, "correction", {"ru": "Касса открыта."}))
    key = seen(await site.approve(seen(await site.propose(draft)))).broadcast.key
    store = site.store.broadcasts
    assert await store.turn(None, key, ("approved",), "enrolling")
    await store.enrol_corrected(key)
    await store.start(key)
    await site.send(key, "sent")
    known = await live(site)
    [correction] = known.for_profile(READER, "telegram")
    assert correction.corrects == wrong.broadcast.code, "a conversation shows it to those who saw that one"
    assert [one.kind for one in known.known] == ["correction", "alert"]
    assert known.known[1].ends < site.clock().date()


async def test_a_draft_with_a_broken_text_is_still_shown_as_it_was_typed(site: Site) -> None:
    await site.drafted(alert(texts={"ru": "Штраф: {fact:nothing}."}))
    assert (await live(site)).known[0].texts == {"ru": "Штраф: {fact:nothing}."}
