"""Which terms run for whom, until when: the real rules, against dates counted by hand."""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.catalogue import Catalogue, DeadlineEvent, FactValue
from bot.catalogue.shapes import Deadlines
from bot.cli.deadlines import NAMES
from bot.guidance import EVENTS, Deadline, Stay, deadlines

TODAY = date(2026, 11, 28)
#: Of the processor, for all terms of one person; hypothesis' own bound is the clock's, which a busy machine breaks.
MOST_SECONDS = 0.2
ANY = settings(deadline=None)


def found(
    content: Catalogue,
    who: str,
    today: date = TODAY,
    stays: Sequence[Stay] = (),
    told: Mapping[str, str] | None = None,
    **events: str,
) -> dict[str, Deadline]:
    """By rule. ``who``: ``UZ-RU``; events as ISO dates, in ``told`` or by name."""
    citizenship, country = who.split("-")
    given = {**(told or {}), **events}
    dates: dict[DeadlineEvent, date] = {event: date.fromisoformat(given[event]) for event in EVENTS if event in given}
    assert len(dates) == len(given)
    begun = time.thread_time()
    reckoned = deadlines(content, citizenship=citizenship, country=country, events=dates, today=today, stays=stays)
    assert time.thread_time() - begun < MOST_SECONDS
    return {deadline.rule.id: deadline for deadline in reckoned}


#: who, event, its day, rule -> the date; every number a second time, by hand, from the research of 2026-11-21.
DATES: list[tuple[str, str, str, str, str]] = [
    ("UZ-RU", "entry", "2026-11-20", "registration", "2026-12-04"),
    ("TJ-RU", "entry", "2026-11-20", "registration", "2026-12-04"),
    ("KG-RU", "entry", "2026-11-20", "registration", "2026-12-19"),
    ("UZ-RU", "entry", "2026-11-20", "fingerprints", "2026-12-19"),
    ("KG-RU", "entry", "2026-11-20", "medical", "2026-12-19"),
    ("TJ-RU", "entry", "2026-11-20", "patent-apply", "2026-12-19"),
    ("UZ-RU", "entry", "2026-11-20", "stay-row", "2027-02-17"),
    ("KG-RU", "entry", "2026-11-20", "stay-kg", "2027-02-17"),
    ("KG-RU", "entry", "2026-11-20", "registration-extend-kg", "2027-02-17"),
    ("UZ-RU", "entry", "2027-02-01", "check-entry-ban", "2026-12-01"),
    ("UZ-RU", "entry", "2027-02-01", "ruid-application", "2027-01-28"),
    ("UZ-RU", "entry_urgent", "2026-12-01", "ruid-urgent", "2026-11-29"),
    ("UZ-RU", "entry_other", "2026-11-20", "medical-other", "2027-02-17"),
    ("KG-RU", "entry_other", "2026-11-20", "fingerprints-other", "2027-02-17"),
    # 7 working days: 25, 26, 27, 30 November, 1, 2, 3 December
    ("UZ-RU", "move", "2026-11-25", "registration-move", "2026-12-03"),
    ("KG-RU", "entry_moscow", "2026-11-25", "amina-registration", "2026-12-03"),
    # over New Year the term by citizenship is the earlier one
    ("UZ-RU", "entry_moscow", "2026-12-29", "amina-registration-limit", "2027-01-12"),
    ("TJ-RU", "amina_silent", "2026-11-27", "amina-silence", "2026-12-01"),
    ("TJ-RU", "move_moscow", "2026-11-28", "amina-move", "2026-11-28"),
    ("TJ-RU", "return_moscow", "2026-11-28", "amina-return", "2026-11-28"),
    ("UZ-RU", "registration_end", "2026-12-20", "registration-extend", "2026-12-16"),
    ("KG-RU", "contract_signed", "2026-11-20", "medical-after-contract", "2026-12-19"),
    ("UZ-RU", "medical_issued", "2026-03-10", "medical-renew", "2027-04-08"),
    ("UZ-RU", "stay_end", "2026-11-01", "overstay-first", "2026-11-30"),
    ("UZ-RU", "stay_end", "2026-11-01", "overstay-long", "2027-04-29"),
    ("UZ-RU", "stay_end", "2026-11-01", "overstay-longest", "2027-07-28"),
    ("UZ-RU", "patent_applied", "2026-11-20", "patent-ready", "2026-12-04"),
    ("UZ-RU", "patent_duplicate_asked", "2026-11-26", "patent-duplicate", "2026-12-01"),
    ("TJ-RU", "patent_issued", "2026-11-20", "patent-contract", "2027-01-19"),
    ("TJ-RU", "patent_issued", "2026-11-20", "patent-renew", "2027-11-03"),
    ("TJ-RU", "patent_issued", "2026-11-20", "patent-end", "2027-11-19"),
    ("TJ-RU", "patent_paid_until", "2026-12-20", "patent-payment", "2026-12-20"),
    ("TJ-RU", "policy_end", "2026-12-20", "policy", "2026-12-20"),
    ("TJ-RU", "exam_issued", "2024-01-15", "exam", "2027-01-14"),
    ("KG-RU", "work_started", "2026-11-26", "contract-written", "2026-12-01"),
    ("KG-RU", "contract_signed", "2026-11-26", "employer-notice-hire", "2026-12-01"),
    ("KG-RU", "contract_ended", "2026-11-26", "employer-notice-dismissal", "2026-12-01"),
    ("KG-RU", "contract_ended", "2026-11-20", "new-contract-kg", "2026-12-04"),
    ("UZ-RU", "wage_period_end", "2026-11-30", "wage-pay", "2026-12-15"),
    # more than 15 days late: 11 to 25 November; on the 26th work may stop
    ("UZ-RU", "wage_day", "2026-11-10", "wage-stop-work", "2026-11-26"),
    ("UZ-RU", "wage_day", "2026-11-10", "wage-claim", "2027-11-09"),
    ("UZ-RU", "dismissal_order", "2026-11-10", "dismissal-claim", "2026-12-09"),
    ("UZ-RU", "papers_asked", "2026-11-26", "work-papers", "2026-12-01"),
    ("UZ-RU", "migration_card_lost", "2026-11-27", "migration-card-lost", "2026-11-29"),
    ("UZ-RU", "passport_lost", "2026-11-28", "passport-lost", "2026-11-28"),
    ("UZ-RU", "registry_listed", "2026-11-25", "registry-report", "2026-12-01"),
    ("UZ-RU", "registry_listed", "2026-11-01", "registry-report", "2026-11-28"),
    ("UZ-RU", "decision", "2026-11-27", "decision-appeal", "2026-12-06"),
    ("UZ-RU", "fine_in_force", "2026-11-10", "fine-pay", "2027-01-08"),
    ("UZ-RU", "fine_with_expulsion", "2026-11-28", "fine-pay-expulsion", "2026-11-29"),
    ("UZ-RU", "ban_known", "2026-11-10", "ban-appeal", "2027-02-09"),
    ("UZ-RU", "expelled", "2026-11-10", "expulsion-ban", "2031-11-11"),
    ("UZ-RU", "detention", "2026-11-28", "detention-plain", "2026-11-28"),
    ("UZ-RU", "detention", "2026-11-28", "detention-migration", "2026-11-30"),
    ("KG-RU", "birth", "2026-11-10", "birth", "2026-12-09"),
    ("KG-RU", "death", "2026-11-28", "death", "2026-11-30"),
    ("KG-RU", "school_application", "2026-11-27", "school-check", "2026-12-04"),
    ("KG-RU", "school_sent_to_test", "2026-11-27", "school-test", "2026-12-07"),
    ("KG-RU", "school_test_failed", "2026-11-27", "school-retest", "2027-02-28"),
    ("UZ-KZ", "entry", "2026-11-27", "kz-host-notice", "2026-12-01"),
    ("KG-KZ", "entry", "2026-11-20", "kz-register", "2026-12-19"),
    ("TJ-KZ", "move", "2026-11-27", "kz-move", "2026-12-03"),
    ("TJ-KZ", "move", "2026-11-27", "kz-move-host", "2026-12-01"),
    ("UZ-KZ", "entry", "2026-11-20", "kz-stay-entry", "2026-12-19"),
    ("UZ-KZ", "entry", "2026-11-20", "kz-stay-window", "2027-02-17"),
    ("KG-KZ", "entry", "2026-11-20", "kz-stay-window-kg", "2027-02-17"),
    ("KG-KZ", "entry", "2026-11-20", "kz-ask", "2027-02-10"),
    ("UZ-KZ", "stay_end", "2026-11-27", "kz-overstay-warning", "2026-11-29"),
    ("UZ-KZ", "stay_end", "2026-11-27", "kz-overstay-fine", "2026-12-01"),
    ("KG-KZ", "contract_ended", "2026-11-20", "kz-new-contract", "2026-12-04"),
    ("UZ-KZ", "permit_issued", "2026-03-10", "kz-permit", "2027-03-09"),
    ("UZ-KZ", "permit_paid_until", "2026-12-10", "kz-permit-tax", "2026-12-10"),
    ("KG-KZ", "wage_period_end", "2026-11-30", "kz-wage", "2026-12-10"),
    ("KG-KZ", "expelled", "2026-11-10", "kz-expulsion-ban", "2031-11-11"),
    # 16 December is a holiday of Kazakhstan
    ("KG-KZ", "birth", "2026-12-15", "kz-birth", "2026-12-18"),
]


@pytest.mark.parametrize(("who", "event", "day", "rule", "due"), DATES)
def test_a_rule_gives_the_date_counted_by_hand(
    content: Catalogue, who: str, event: str, day: str, rule: str, due: str
) -> None:
    deadline = found(content, who, told={event: day})[rule]
    assert deadline.due == date.fromisoformat(due)
    assert deadline.state == "open"
    assert deadline.days_left == (date.fromisoformat(due) - TODAY).days


def test_every_rule_has_a_date_counted_by_hand(content: Catalogue) -> None:
    """``stay-year`` is counted below, with the visits that it sums up."""
    counted = {rule for _, _, _, rule, _ in DATES} | {"stay-year", "stay-year-kg"}
    assert content.deadlines.keys() - counted == set()


def test_every_event_has_a_rule_and_a_name(content: Catalogue) -> None:
    rules = content.deadlines.values()
    assert set(EVENTS) == {rule.event for rule in rules} == NAMES.keys()


def test_terms_come_in_the_order_of_their_dates_and_those_without_one_last(content: Catalogue) -> None:
    dates = [one.due for one in found(content, "UZ-KZ", entry="2026-06-20").values()]
    assert dates[-1] is None
    assert dates[:-1] == sorted(day for day in dates if day)


# days of stay


def test_visits_of_one_year_are_summed_up(content: Catalogue) -> None:
    """1 January to 28 February: 59 days; 31 are left from 1 October on."""
    stays = [Stay(date(2026, 1, 1), date(2026, 2, 28))]
    deadline = found(content, "UZ-RU", today=date(2026, 10, 10), stays=stays, entry="2026-10-01")["stay-year"]
    assert deadline.due == date(2026, 10, 31)
    assert deadline.counted is not None
    assert (deadline.counted.used, deadline.counted.left) == (69, 21)


def test_across_new_year_the_days_in_a_row_run_out_first(content: Catalogue) -> None:
    terms = found(content, "UZ-RU", entry="2026-11-01")
    assert terms["stay-row"].due == date(2027, 1, 29)
    assert "stay-year" not in terms


def test_a_visit_that_goes_on_is_an_entry(content: Catalogue) -> None:
    terms = found(content, "UZ-RU", stays=[Stay(date(2026, 11, 20))])
    assert terms["registration"].due == date(2026, 12, 4)


def test_a_planned_exit_takes_no_days_away(content: Catalogue) -> None:
    stays = [Stay(date(2026, 11, 20), date(2026, 12, 1))]
    assert found(content, "KG-KZ", stays=stays)["kz-stay-window-kg"].due == date(2027, 2, 17)


def test_who_is_not_there_is_told_how_many_days_are_left(content: Catalogue) -> None:
    deadline = found(content, "UZ-RU", stays=[Stay(date(2026, 1, 1), date(2026, 2, 28))])["stay-year"]
    assert (deadline.state, deadline.due) == ("counted", None)
    assert deadline.counted is not None
    assert (deadline.counted.used, deadline.counted.left) == (59, 31)


def test_for_kyrgyzstan_the_doubted_sum_of_the_year_stands_beside_the_certain_term(content: Catalogue) -> None:
    terms = found(content, "KG-RU", stays=[Stay(date(2026, 1, 1), date(2026, 2, 28))], entry="2026-11-01")
    assert (terms["stay-year-kg"].due, terms["stay-year-kg"].is_certain) == (date(2026, 12, 1), False)
    assert (terms["stay-kg"].due, terms["stay-kg"].is_certain) == (date(2027, 1, 29), True)


def test_the_doubted_sum_is_silent_where_it_is_not_earlier(content: Catalogue) -> None:
    assert "stay-year-kg" not in found(content, "KG-RU", entry="2026-06-01")


# what follows from what


def test_after_the_last_lawful_day_the_steps_of_overstay_are_counted_from_it(content: Catalogue) -> None:
    terms = found(content, "TJ-RU", entry="2026-06-01")
    assert terms["stay-year"].due == date(2026, 8, 29)
    assert [terms[f"overstay-{step}"].due for step in ("first", "long", "longest")] == [
        date(2026, 9, 27),
        date(2027, 2, 24),
        date(2027, 5, 25),
    ]
    assert terms["overstay-long"].why.event_from == "stay-year"


def test_before_the_last_lawful_day_nothing_is_said_of_overstay(content: Catalogue) -> None:
    assert not [rule for rule in found(content, "TJ-RU", entry="2026-11-20") if rule.startswith("overstay")]


def test_from_a_doubted_date_no_overstay_follows(content: Catalogue) -> None:
    stays = [Stay(date(2026, 1, 1), date(2026, 3, 31))]
    terms = found(content, "KG-RU", stays=stays, entry="2026-11-01")
    assert terms["stay-year-kg"].is_past
    assert not [rule for rule in terms if rule.startswith("overstay")]


def test_with_a_patent_its_days_count_and_not_the_ninety(content: Catalogue) -> None:
    terms = found(content, "UZ-RU", entry="2026-06-01", patent_issued="2026-06-20", patent_paid_until="2026-12-20")
    assert not {"stay-year", "stay-row", "patent-apply", "overstay-first"} & terms.keys()
    assert {"patent-payment", "patent-contract", "patent-end"} <= terms.keys()


def test_a_patent_that_is_no_longer_paid_ends_the_stay(content: Catalogue) -> None:
    terms = found(content, "UZ-RU", patent_issued="2026-06-20", patent_paid_until="2026-10-20")
    assert terms["patent-payment"].is_past
    assert terms["overstay-first"].why.event_date == date(2026, 10, 20)


def test_a_contract_frees_a_citizen_of_kyrgyzstan_from_the_ninety_days(content: Catalogue) -> None:
    terms = found(content, "KG-RU", entry="2026-06-01", contract_signed="2026-06-10")
    assert not {"stay-kg", "stay-year-kg"} & terms.keys()


def test_who_came_for_another_purpose_has_the_longer_terms(content: Catalogue) -> None:
    terms = found(content, "UZ-RU", entry="2026-11-20", entry_other="2026-11-20")
    assert not {"medical", "fingerprints", "patent-apply"} & terms.keys()
    assert {"medical-other", "fingerprints-other", "registration"} <= terms.keys()


def test_what_must_be_done_before_an_event_is_not_asked_after_it(content: Catalogue) -> None:
    assert not {"check-entry-ban", "ruid-application"} & found(content, "UZ-RU", entry="2026-11-20").keys()


def test_advice_that_comes_too_late_is_not_given(content: Catalogue) -> None:
    assert "check-entry-ban" not in found(content, "UZ-RU", entry="2026-12-10")


# what is not certain


def test_a_rule_of_low_confidence_and_a_fact_of_low_confidence_are_never_certain(content: Catalogue) -> None:
    assert not found(content, "UZ-RU", entry="2027-02-01")["ruid-application"].is_certain
    assert not found(content, "UZ-RU", registration_end="2026-12-20")["registration-extend"].is_certain
    fact = replace(content.facts["patent_apply_days"], confidence="low")
    doubted = replace(content, facts={**content.facts, "patent_apply_days": fact})
    assert not found(doubted, "UZ-RU", entry="2026-11-20")["patent-apply"].is_certain


def test_a_number_outside_its_validity_gives_no_date(content: Catalogue) -> None:
    """The registration of Kazakhstan is new since July 2026: for an earlier entry it is being checked."""
    deadline = found(content, "UZ-KZ", entry="2026-06-20")["kz-register"]
    assert (deadline.state, deadline.due, deadline.why.value) == ("unsure", None, None)


def test_a_fact_that_is_missing_gives_no_date(content: Catalogue) -> None:
    without = replace(content, facts={})
    assert {one.state for one in found(without, "UZ-RU", entry="2026-11-20").values()} == {"unsure"}


def test_of_an_old_and_a_new_number_the_safe_one_is_counted(content: Catalogue) -> None:
    fact = content.facts["patent_apply_days"]
    values = (
        FactValue(value=30, valid_to=date(2026, 11, 24)),
        FactValue(value=20, valid_from=date(2026, 11, 25)),
    )
    changed = replace(content, facts={**content.facts, fact.key: replace(fact, values={"": values})})
    assert found(changed, "UZ-RU", entry="2026-11-20")["patent-apply"].due == date(2026, 12, 9)


def test_a_bill_is_never_shown(content: Catalogue) -> None:
    rule = replace(content.deadlines["registration"], in_force=False)
    assert not found(replace(content, deadlines={rule.id: rule}), "UZ-RU", entry="2026-11-20")


def test_beyond_the_known_years_a_date_in_working_days_is_an_estimate(content: Catalogue) -> None:
    assert found(content, "UZ-RU", move="2027-12-29")["registration-move"].is_estimate
    assert not found(content, "UZ-RU", move="2027-12-01")["registration-move"].is_estimate


def test_where_the_last_day_is_a_day_off_the_last_open_day_is_said(content: Catalogue) -> None:
    """6 December 2026 is a Sunday. Nothing is moved to the Monday."""
    deadline = found(content, "UZ-RU", decision="2026-11-27")["decision-appeal"]
    assert (deadline.due, deadline.act_by) == (date(2026, 12, 6), date(2026, 12, 4))


def test_an_open_day_that_has_passed_is_not_named(content: Catalogue) -> None:
    deadline = found(content, "UZ-RU", today=date(2026, 12, 5), decision="2026-11-27")["decision-appeal"]
    assert (deadline.state, deadline.act_by) == ("open", None)


def test_another_citizenship_and_country_have_no_terms(content: Catalogue) -> None:
    assert found(content, "AM-RU", entry="2026-11-20") == {}
    assert found(content, "UZ-TR", entry="2026-11-20") == {}


# for any day

DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
WHO = st.sampled_from(["UZ-RU", "TJ-RU", "KG-RU", "UZ-KZ", "TJ-KZ", "KG-KZ"])
TOLD = st.dictionaries(st.sampled_from(EVENTS), st.dates().map(date.isoformat), max_size=6)


@ANY
@given(WHO, TOLD, st.dates())
def test_any_dates_are_taken(content: Catalogue, who: str, told: dict[str, str], today: date) -> None:
    for deadline in found(content, who, today=today, told=told).values():
        assert (deadline.due is None) == (deadline.state in {"unsure", "counted"})
        assert (deadline.days_left is None) == (deadline.due is None)
        if deadline.is_past:
            assert deadline.due is not None
            assert deadline.due < today


@ANY
@given(WHO, st.sampled_from(EVENTS), DAYS, st.integers(1, 40))
def test_a_later_event_has_no_earlier_date(content: Catalogue, who: str, event: str, day: date, later: int) -> None:
    """Where both days give one: a rule may be silent on one of them."""
    one = found(content, who, told={event: day.isoformat()})
    two = found(content, who, told={event: (day + timedelta(days=later)).isoformat()})
    for rule in one.keys() & two.keys():
        before, after = one[rule].due, two[rule].due
        if before and after and not one[rule].rule.repeats:
            assert before <= after, rule


@ANY
@given(WHO, st.sampled_from(EVENTS), DAYS)
def test_a_term_after_an_event_does_not_end_before_it(content: Catalogue, who: str, event: str, day: date) -> None:
    for deadline in found(content, who, told={event: day.isoformat()}).values():
        if deadline.due and deadline.why.event_date and deadline.rule.direction == "after":
            assert deadline.due >= deadline.why.event_date
            assert deadline.act_by is None or deadline.why.event_date <= deadline.act_by < deadline.due


def test_the_rule_of_the_editors_page_has_the_shape() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "editors.md").read_text(encoding="utf-8")
    block = re.search(r"## Legal terms.*?```yaml\n(.*?)```", page, re.DOTALL)
    assert block
    given_ = yaml.load(block[1], Loader=yaml.BaseLoader)
    assert Deadlines.model_validate(given_, context=[]).root.keys() == {"registration"}
