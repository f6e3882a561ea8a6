"""Legal terms and working days, as a loaded catalogue holds them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from bot.catalogue.values import Source

if TYPE_CHECKING:
    from bot.catalogue.model import Place, Text

# fmt: off
#: What a legal term is counted from. A new event needs a name in ``bot.cli.deadlines`` and a rule that counts from it.
DeadlineEvent = Literal[
    "entry", "entry_other", "entry_moscow", "entry_urgent", "move", "move_moscow", "return_moscow", "amina_silent",
    "registration_end", "stay_end", "medical_issued",
    "patent_applied", "patent_issued", "patent_paid_until", "patent_duplicate_asked", "policy_end", "exam_issued",
    "permit_issued", "permit_paid_until",
    "work_started", "contract_signed", "contract_ended", "wage_period_end", "wage_day", "dismissal_order",
    "papers_asked",
    "migration_card_lost", "passport_lost",
    "registry_listed", "decision", "fine_in_force", "fine_with_expulsion", "ban_known", "expelled", "detention",
    "birth", "death", "school_application", "school_sent_to_test", "school_test_failed",
]
# fmt: on
#: What a rule says of its day: the last one for the person; the same, but only advised; the last one for an employer, a
#: host or the state; the first one on which something may be done; the last one before what has gone wrong grows worse,
#: which is no time that is allowed.
DeadlineKind = Literal["duty", "advice", "owed", "earliest", "worsens"]


class TermFact(msgspec.Struct, frozen=True, kw_only=True):
    """A length of time by the key of its fact. ``of``: the key of the value where it differs by region or status;
    by citizenship and country the person's own is taken."""

    fact: str
    of: str = ""
    #: The fact names that day of the month after the event.
    day_of_next_month: bool = False


class DeadlineRule(msgspec.Struct, frozen=True, kw_only=True):
    """A legal term: from which event, how long, what to do and what follows."""

    id: str
    title: "Text"
    action: "Text"
    consequence: "Text"
    citizenships: frozenset[str]
    country: str
    kind: DeadlineKind
    event: DeadlineEvent
    #: Whether the term lies after the event or before it.
    direction: Literal["after", "before"]
    #: None: the day of the event itself.
    term: TermFact | None
    #: What begins with the event lasts so long; the term is counted from its last day.
    lasts: TermFact | None
    #: Days of presence are summed up: in the calendar year, or in any so many days.
    window: Literal["calendar_year"] | TermFact | None
    #: The day of the event is day 1. Has no say in ``before``.
    counts_first_day: bool
    #: It is done at an office, which is closed on days off.
    at_office: bool
    #: It does not hold for somebody who told one of these.
    unless: frozenset[DeadlineEvent]
    #: Of the rules with this name the earliest date holds.
    one_of: str
    #: The event that its date is, where that was not told.
    starts: DeadlineEvent | None
    #: It says nothing before its event has come.
    once_past: bool
    #: It is due again and again, each time after the same term.
    repeats: bool
    sensitive: bool
    #: False: a bill. It is never shown.
    in_force: bool
    source: Source
    confidence: Literal["high", "medium", "low"]
    owner: str
    recheck_every: timedelta
    at: "Place"


class WorkCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The working days of a country. Outside ``years`` nothing but the weekend is known."""

    country: str
    years: frozenset[int]
    #: Monday is 0.
    weekend: frozenset[int]
    #: Holidays and days off by decree.
    off: frozenset[date]
    #: Days of a weekend that are worked by decree.
    worked: frozenset[date]
    #: Holidays whose day is not announced yet: they count as worked, the earlier date being the safe one.
    expected: frozenset[date]
    source: Source
