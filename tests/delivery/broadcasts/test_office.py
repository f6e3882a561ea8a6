"""The life of an alert, and every refusal on its way (THREATS T29, T33, T34, T35, T70)."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.delivery.broadcasts.refusals import Refused
from bot.delivery.broadcasts.rule import EVERYBODY, All, Is
from bot.store import Entry
from tests.delivery.broadcasts.alerts import alert
from tests.delivery.broadcasts.offices import OURS, Site, seen, why

NOBODY = All(of=(Is(key="language", values=("ru",)), Is(key="citizenship", values=("KG",))))


class TestTheLife:
    async def test_from_the_draft_to_the_report(self, site: Site) -> None:
        draft = await site.drafted(alert())
        assert (draft.broadcast.state, draft.broadcast.author) == ("draft", "anna")
        proposed = seen(await site.propose(draft))
        assert proposed.broadcast.state == "proposed"
        assert proposed.alert.frozen == {"ru": alert().texts["ru"]}
        approved = seen(await site.approve(proposed))
        assert (approved.broadcast.state, approved.broadcast.approver) == ("approved", "boris")
        assert approved.broadcast.counted == 40

    async def test_the_report_adds_up_to_the_audience(self, site: Site) -> None:
        view = await site.begun(alert(), "sent sent uncertain failed")
        report = await site.office.report(await site.account("boris"), view.broadcast.key)
        assert not isinstance(report, Refused)
        tally = report.tally
        parts = tally.due + tally.sending + tally.sent + tally.uncertain + tally.left
        assert parts + sum(n for _, n in (*tally.failed, *tally.skipped)) == tally.audience == 40

    async def test_everything_that_was_done_stands_in_the_audit(self, site: Site) -> None:
        view = await site.begun(alert())
        anna, boss = await site.account("anna"), await site.account("boss")
        await site.office.pause(anna, view.broadcast.key)
        await site.office.resume(anna, view.broadcast.key)
        await site.office.cancel(boss, view.broadcast.key)
        rows = [(one.handle, one.what) for one in await site.store.staff.audit(OURS, 7)]
        assert rows == [
            ("boss", "alert-cancelled"),
            ("anna", "alert-resumed"),
            ("anna", "alert-paused"),
            ("boris", "alert-approved"),
            ("anna", "alert-proposed"),
            ("anna", "alert-saved"),
            ("anna", "alert-drafted"),
        ]

    async def test_pause_go_on_and_cancel(self, site: Site) -> None:
        view = await site.begun(alert(), "due")
        anna, key = await site.account("anna"), view.broadcast.key
        assert seen(await site.office.pause(anna, key)).broadcast.state == "paused"
        assert seen(await site.office.resume(anna, key)).broadcast.state == "sending"
        assert seen(await site.office.cancel(anna, key)).broadcast.state == "cancelled"
        assert why(await site.office.resume(anna, key)) == "state"

    async def test_one_that_waits_for_its_time_can_be_paused_and_waits_on(self, site: Site) -> None:
        view = await site.approved(alert(starts=site.clock() + timedelta(days=1)))
        anna, key = await site.account("anna"), view.broadcast.key
        assert seen(await site.office.pause(anna, key)).broadcast.state == "paused"
        assert seen(await site.office.resume(anna, key)).broadcast.state == "approved"


class TestSecondPerson:
    @pytest.mark.parametrize("by", ["clara", "boris"])
    async def test_whoever_wrote_it_cannot_let_it_out(self, site: Site, by: str) -> None:
        proposed = await site.proposed(alert(), by="clara")
        assert (why(await site.approve(proposed, by)) if by == "clara" else "") == ("own" if by == "clara" else "")

    async def test_nor_whoever_edited_it(self, site: Site) -> None:
        draft = await site.drafted(alert())
        clara = await site.account("clara")
        edited = seen(await site.office.save(clara, draft.broadcast.key, 1, alert(texts={"ru": "Касса закрыта."})))
        proposed = seen(await site.propose(edited))
        assert why(await site.approve(proposed, "clara")) == "own"
        assert seen(await site.approve(proposed, "boris")).broadcast.state == "approved"

    async def test_nor_whoever_proposed_it(self, site: Site) -> None:
        proposed = seen(await site.propose(await site.drafted(alert()), "clara"))
        assert why(await site.approve(proposed, "clara")) == "own"

    async def test_nor_an_account_of_today(self, site: Site) -> None:
        await site.hire("fresh", "approver")
        proposed = await site.proposed(alert())
        assert why(await site.approve(proposed, "fresh")) == "young"
        site.clock.advance(hours=25)
        assert seen(await site.approve(proposed, "fresh")).broadcast.approver == "fresh"

    async def test_an_edit_voids_the_approval(self, site: Site) -> None:
        view = await site.approved(alert(starts=site.clock() + timedelta(days=1)))
        anna = await site.account("anna")
        changed = replace(view.alert, texts={"ru": "Касса закрыта до пятницы."})
        saved = seen(await site.office.save(anna, view.broadcast.key, view.broadcast.version, changed))
        assert (saved.broadcast.state, saved.broadcast.approver, saved.alert.frozen) == ("draft", "", {})

    async def test_what_is_let_out_is_what_was_looked_at(self, site: Site) -> None:
        proposed = await site.proposed(alert())
        boris = await site.account("boris")
        said = await site.office.approve(boris, proposed.broadcast.key, bytes(32), number="40", typed="40")
        assert why(said) == "changed"

    async def test_a_fact_that_changed_since_must_be_read_again(self, site: Site) -> None:
        proposed = await site.proposed(alert(texts={"ru": "Штраф: {fact:kz_mrp}."}))
        fact = site.catalogue.facts["kz_mrp"]
        values = {"": tuple(replace(one, value=99_999.0) for one in fact.values[""])}
        site.catalogue = replace(site.catalogue, facts={**site.catalogue.facts, "kz_mrp": replace(fact, values=values)})
        assert why(await site.approve(proposed)) == "facts-changed"


class TestCounts:
    @pytest.mark.parametrize("typed", ["41", "400", "4", "yes"])
    async def test_the_number_that_was_shown_must_be_typed(self, site: Site, typed: str) -> None:
        assert why(await site.approve(await site.proposed(alert()), typed=typed)) == "wrong-count"

    async def test_a_number_that_is_not_true_any_more_must_be_looked_at_again(self, site: Site) -> None:
        proposed = await site.proposed(alert())
        boris = await site.account("boris")
        await site.arrive(20)
        await site.following.follow()
        digest = proposed.broadcast.draft.digest
        said = await site.office.approve(boris, proposed.broadcast.key, digest, number="40", typed="40")
        assert why(said) == "moved"

    async def test_a_segment_of_few_needs_an_admins_reason(self, site: Site) -> None:
        draft = await site.drafted(alert(segment=NOBODY))
        assert why(await site.propose(draft)) == "small"
        boss, anna = await site.account("boss"), await site.account("anna")
        assert why(await site.office.allow_small(anna, draft.broadcast.key, "надо")) == "no-right"
        assert why(await site.office.allow_small(boss, draft.broadcast.key, "  ")) == "empty"
        allowed = seen(await site.office.allow_small(boss, draft.broadcast.key, "семья в Томске"))
        assert allowed.alert.small_by == "boss"
        await site.arrive(3, citizenship="KG")
        await site.following.follow()
        proposed = seen(await site.propose(allowed))
        assert seen(await site.approve(proposed)).broadcast.counted == 3

    async def test_the_reason_is_void_for_other_people_and_cannot_be_written_by_the_sender(self, site: Site) -> None:
        forged = alert(segment=NOBODY, small_by="boss", small_reason="x")
        draft = await site.drafted(forged)
        assert why(await site.propose(draft)) == "small"
        boss, anna = await site.account("boss"), await site.account("anna")
        allowed = seen(await site.office.allow_small(boss, draft.broadcast.key, "семья"))
        other = replace(allowed.alert, segment=All(of=(NOBODY, Is(key="country", values=("KZ",)))))
        saved = seen(await site.office.save(anna, draft.broadcast.key, allowed.broadcast.version, other))
        assert saved.alert.small_by == ""

    async def test_while_the_index_is_built_nothing_is_counted(self, site: Site) -> None:
        draft = await site.drafted(alert())
        site.index.replace(None)
        assert why(await site.office.count(await site.account("anna"), draft.alert)) == "counting"
        assert why(await site.propose(draft)) == "counting"

    async def test_an_audience_that_moved_after_the_approval_takes_an_approver_and_the_new_number(
        self, site: Site
    ) -> None:
        view = await site.begun(alert(), "due")
        key = view.broadcast.key
        assert await site.store.broadcasts.turn(None, key, ("sending",), "paused", "audience-moved")
        anna, boris = await site.account("anna"), await site.account("boris")
        assert why(await site.office.resume(anna, key, typed="40")) == "no-right"
        assert why(await site.office.resume(boris, key, typed="30")) == "wrong-count"
        assert seen(await site.office.resume(boris, key, typed="40")).broadcast.state == "sending"


async def test_after_a_restore_only_an_admin_lets_it_go_on(site: Site) -> None:
    view = await site.begun(alert(), "due")
    key = view.broadcast.key
    assert await site.store.broadcasts.turn(None, key, ("sending",), "paused", "restored")
    assert why(await site.office.resume(await site.account("anna"), key)) == "admin"
    assert seen(await site.office.resume(await site.account("boss"), key)).broadcast.state == "sending"


@pytest.mark.parametrize("hours", [-1, 1])
async def test_what_may_have_gone_out_since_the_backup_goes_on_only_when_an_admin_says_that_it_did_not(
    site: Site, hours: int
) -> None:
    view = await site.approved(alert(starts=site.clock() + timedelta(hours=2)))
    key, boss = view.broadcast.key, await site.account("boss")
    assert await site.store.broadcasts.turn(None, key, ("approved",), "paused", "restored")
    site.clock.advance(seconds=(2 - hours) * 3600)
    assert why(await site.office.resume(boss, key)) == "may-have-gone"
    assert seen(await site.office.resume(boss, key, again=True)).broadcast.state == "approved"


class TestLimits:
    async def test_three_a_week(self, site: Site) -> None:
        for number in range(3):
            await site.approved(alert(texts={"ru": f"Касса закрыта, окно {'абв'[number]}."}))
        assert why(await site.propose(await site.drafted(alert()))) == "week-limit"
        assert seen(await site.propose(await site.drafted(alert(urgency="life")))).broadcast.state == "proposed"

    async def test_two_a_day_about_danger_to_life(self, site: Site) -> None:
        for word in ("мост", "тоннель"):
            await site.approved(alert(urgency="life", texts={"ru": f"Закрыт {word}."}))
        assert why(await site.propose(await site.drafted(alert(urgency="life")))) == "day-limit"

    async def test_the_same_words_again_are_a_question(self, site: Site) -> None:
        await site.approved(alert())
        draft = await site.drafted(alert())
        assert why(await site.propose(draft)) == "again"
        proposed = seen(await site.propose(draft, again=True))
        assert why(await site.approve(proposed)) == "again"
        assert seen(await site.approve(proposed, again=True)).broadcast.state == "approved"


class TestFindings:
    async def test_errors_must_be_mended_before_it_is_proposed(self, site: Site) -> None:
        draft = await site.drafted(alert(ends=site.clock()))
        said = await site.propose(draft)
        assert isinstance(said, Refused)
        assert [one.rule for one in said.findings] == ["ends-in-the-past"]

    async def test_one_that_ended_while_it_waited_is_not_let_out(self, site: Site) -> None:
        proposed = await site.proposed(alert())
        site.clock.advance(days=4)
        assert why(await site.approve(proposed)) == "findings"


class TestCorrections:
    async def test_it_goes_to_those_who_got_it_or_may_have(self, site: Site) -> None:
        wrong = await site.begun(alert(), "sent sent uncertain failed")
        anna = await site.account("anna")
        draft = seen(await site.office.correct(anna, wrong.broadcast.key, "correction", {"ru": "Касса открыта."}))
        assert (draft.broadcast.draft.corrects, draft.alert.kind) == (wrong.broadcast.key, "correction")
        counted = await site.office.count(anna, draft.alert, wrong.broadcast.key)
        assert not isinstance(counted, Refused)
        assert counted.reached == "30"
        proposed = seen(await site.propose(draft))
        assert why(await site.approve(proposed, "anna")) == "no-right"
        if seen(await site.office.look(anna, wrong.broadcast.key)).broadcast.state != "done":
            assert why(await site.approve(proposed)) == "runs-on"
            await site.office.cancel(anna, wrong.broadcast.key)
        approved = seen(await site.approve(proposed))
        assert approved.broadcast.counted == 30

    async def test_a_text_that_nobody_has_changed_is_no_correction(self, site: Site) -> None:
        told = {"ru": "Касса закрыта.", "tg": "Касса баста аст."}
        wrong = await site.begun(alert(texts=told))
        anna = await site.account("anna")
        await site.office.cancel(anna, wrong.broadcast.key)
        texts = {"ru": "Касса открыта.", "tg": " Касса  баста аст.\n"}
        draft = seen(await site.office.correct(anna, wrong.broadcast.key, "correction", texts))
        said = await site.propose(draft)
        assert isinstance(said, Refused)
        assert [(one.rule, one.at) for one in said.findings] == [("unchanged-text", "texts.tg")]
        mended = replace(draft.alert, texts={**texts, "tg": "Касса кушода аст."})
        draft = seen(await site.office.save(anna, draft.broadcast.key, draft.broadcast.version, mended))
        assert seen(await site.propose(draft)).broadcast.state == "proposed"

    async def test_nobody_got_it(self, site: Site) -> None:
        view = await site.approved(alert())
        anna = await site.account("anna")
        assert why(await site.office.correct(anna, view.broadcast.key, "withdrawal", {"ru": "Отмена."})) == "nobody"

    async def test_what_is_uncertain_is_decided_by_a_person(self, site: Site) -> None:
        view = await site.begun(alert(), "sent uncertain")
        anna = await site.account("anna")
        assert await site.office.decide_uncertain(anna, view.broadcast.key, repeat=False) == 20


class TestRights:
    async def test_nobody_reaches_another_organisations_alerts(self, site: Site) -> None:
        view = await site.proposed(alert())
        stranger, key, office = await site.account("stranger"), view.broadcast.key, site.office
        refused: list[Any] = [
            await office.look(stranger, key),
            await office.report(stranger, key),
            await office.save(stranger, key, view.broadcast.version, alert()),
            await office.propose(stranger, key, view.broadcast.version),
            await office.withdraw_proposal(stranger, key),
            await office.approve(stranger, key, view.broadcast.draft.digest, number="40", typed="40"),
            await office.pause(stranger, key),
            await office.resume(stranger, key),
            await office.cancel(stranger, key),
            await office.correct(stranger, key, "withdrawal", {"ru": "Отмена."}),
            await office.decide_uncertain(stranger, key, repeat=True),
        ]
        assert [why(one) for one in refused] == ["unknown"] * len(refused)
        assert await office.alerts(stranger) == []

    @pytest.mark.parametrize(
        ("who", "may"),
        [
            ("edit", {"look", "alerts", "save"}),
            ("anna", {"look", "alerts", "save", "draft", "propose", "correct", "pause", "cancel", "decide", "segment"}),
            ("boris", {"look", "alerts", "approve", "pause"}),
            ("boss", {"look", "alerts", "pause", "cancel", "small"}),
            ("case", set()),
        ],
    )
    async def test_each_role_does_what_the_page_says(self, site: Site, who: str, may: set[str]) -> None:
        key = (await site.drafted(alert())).broadcast.key
        account, office = await site.account(who), site.office
        acts: dict[str, Any] = {
            "look": office.look(account, key),
            "alerts": office.alerts(account),
            "save": office.save(account, key, 1, alert(texts={"ru": "Касса закрыта."})),
            "draft": office.draft(account, alert()),
            "propose": office.propose(account, key, 9),
            "approve": office.approve(account, key, b"", number="", typed=""),
            "correct": office.correct(account, key, "correction", {}),
            "pause": office.pause(account, key),
            "decide": office.decide_uncertain(account, key, repeat=True),
            "small": office.allow_small(account, key, "надо"),
            "segment": office.save_segment(account, "все", EVERYBODY),
            "cancel": office.cancel(account, key),
        }
        done = {name: await act for name, act in acts.items()}
        assert {
            name for name, said in done.items() if not (isinstance(said, Refused) and said.why == "no-right")
        } == may

    async def test_an_editor_changes_texts_of_drafts_alone(self, site: Site) -> None:
        draft, edit = await site.drafted(alert()), await site.account("edit")
        key = draft.broadcast.key
        wider = replace(draft.alert, segment=EVERYBODY)
        assert why(await site.office.save(edit, key, 1, wider)) == "no-right"
        proposed = seen(await site.propose(draft))
        words = replace(proposed.alert, texts={"ru": "Касса закрыта."})
        assert why(await site.office.save(edit, key, proposed.broadcast.version, words)) == "state"

    async def test_a_disabled_account_does_nothing(self, site: Site) -> None:
        draft = await site.drafted(alert())
        await site.store.staff.disable(OURS, "anna", Entry(handle="boss", what="staff-disabled"))
        assert why(await site.propose(draft)) == "no-right"


class TestSegments:
    async def test_each_save_is_a_version(self, site: Site) -> None:
        anna, edit = await site.account("anna"), await site.account("edit")
        for rule in (EVERYBODY, NOBODY):
            await site.office.save_segment(anna, " рынок ", rule)
        kept = await site.office.segments(edit)
        assert not isinstance(kept, Refused)
        assert [(one.mark, one.rule) for one in kept] == [("рынок@2", NOBODY), ("рынок@1", EVERYBODY)]
        assert await site.office.segments(await site.account("stranger")) == []

    async def test_it_needs_a_name(self, site: Site) -> None:
        assert why(await site.office.save_segment(await site.account("anna"), " ", EVERYBODY)) == "empty"


async def test_a_version_that_somebody_else_saved_is_not_overwritten(site: Site) -> None:
    draft = await site.drafted(alert())
    anna, key = await site.account("anna"), draft.broadcast.key
    seen(await site.office.save(anna, key, 1, alert(name="Другое имя")))
    assert why(await site.office.save(anna, key, 1, alert(name="Третье имя"))) == "changed"
    assert why(await site.propose(draft)) == "changed"


async def test_a_proposal_can_be_taken_back(site: Site) -> None:
    proposed = await site.proposed(alert())
    anna = await site.account("anna")
    assert seen(await site.office.withdraw_proposal(anna, proposed.broadcast.key)).broadcast.state == "draft"
    assert why(await site.approve(proposed)) == "state"
