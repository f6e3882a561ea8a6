"""Which legal terms run for a person, until when, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, get_args

import msgspec
from msgspec.structs import replace

from bot.catalogue import Catalogue, DeadlineEvent, DeadlineRule, Fact, TermFact
from bot.guidance.counting import Reckoned, after, before, is_worked, last_worked, next_month
from bot.guidance.stays import Stay, Window, last_lawful, used

#: Everything that a term can be counted from.
EVENTS: Final[tuple[DeadlineEvent, ...]] = get_args(DeadlineEvent)
_DAY: Final = timedelta(days=1)


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """What a date was counted from."""

    event: DeadlineEvent
    #: None: days are summed up, and no stay goes on.
    event_date: date | None
    #: The event was not told: the date of the rule with this id is it.
    event_from: str = ""
    #: The key of the fact, "" for the day of the event itself; its value, None while it is being checked.
    fact: str = ""
    value: float | None = None
    unit: str = ""
    #: The last day of what began with the event, from which the term was counted.
    ends: date | None = None
    #: When the number was last checked; of the day itself, when the rule was.
    checked: date


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Days in the country: used since ``since`` up to ``on``, both of which count, and left after that."""

    since: date
    on: date
    used: int
    left: int


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """``due`` is the last day; of a rule of the kind ``earliest`` the first one. None: see ``state``."""

    rule: DeadlineRule
    why: Why
    due: date | None = None
    #: past: the last day lies before today. unsure: the number is being checked. counted: no stay goes on.
    state: Literal["open", "past", "unsure", "counted"] = "unsure"
    #: From today; negative when past.
    days_left: int | None = None
    #: Not all days off on the way to it are known yet.
    is_estimate: bool = False
    #: False: the rule or its number is doubted, and must be shown so.
    is_certain: bool = True
    #: Where offices are closed on the last day: the last day on which they are open.
    act_by: date | None = None
    counted: Counted | None = None

    @property
    def is_past(self) -> bool:
        return self.state == "past"


def deadlines(
    catalogue: Catalogue,
    *,
    citizenship: str,
    country: str,
    events: Mapping[DeadlineEvent, date],
    today: date,
    stays: Sequence[Stay] = (),
) -> tuple[Deadline, ...]:
    """The terms of a citizen in a country, by date, those without one last.

    ``stays`` are the visits to the country; one that goes on is an entry, and an entry goes on unless a stay says when
    it ended. A ``proposed`` rule gives nothing; nor does one that asks for something before an event which has come.
    """
    told = dict(events)
    going_on = [stay.entered for stay in stays if stay.left is None]
    if going_on:
        told.setdefault("entry", max(going_on))
    reckoner = _Reckoner(catalogue, citizenship, country, today, stays)
    rules = [
        rule
        for rule in catalogue.deadlines.values()
        if rule.in_force
        and citizenship in rule.citizenships
        and rule.country == country
        and rule.unless.isdisjoint(told)
    ]
    found = _earliest_of_each(reckoner.deadlines(rules, told))
    for event, start in _started(found, told).items():
        following = reckoner.deadlines((rule for rule in rules if rule.event == event), {event: _due(start)})
        found += [_following(deadline, start) for deadline in following]
    return tuple(sorted(found, key=lambda one: (one.due is None, one.due or date.max, one.rule.id)))


def _due(deadline: Deadline) -> date:
    assert deadline.due is not None
    return deadline.due


def _earliest_of_each(found: Iterable[Deadline]) -> list[Deadline]:
    """Of rules for one duty the earliest date holds; a doubted one beside it, where it is earlier still. What has no
    date yet may be earlier, and is kept."""
    kept: list[Deadline] = []
    best: dict[tuple[str, bool], Deadline] = {}
    for deadline in found:
        name = (deadline.rule.one_of, deadline.is_certain)
        if not deadline.rule.one_of or deadline.due is None:
            kept.append(deadline)
        elif name not in best or _due(deadline) < _due(best[name]):
            best[name] = deadline
    for (duty, is_certain), deadline in best.items():
        certain = best.get((duty, True))
        if is_certain or certain is None or _due(deadline) < _due(certain):
            kept.append(deadline)
    return kept


def _started(found: Iterable[Deadline], told: Mapping[DeadlineEvent, date]) -> dict[DeadlineEvent, Deadline]:
    """The events that were not told and are the date of a rule: each with the rule whose date is the earliest. From a
    doubted date nothing follows."""
    started: dict[DeadlineEvent, Deadline] = {}
    for deadline in found:
        event = deadline.rule.starts
        if event is None or event in told or deadline.due is None or not deadline.is_certain:
            continue
        if event not in started or _due(deadline) < _due(started[event]):
            started[event] = deadline
    return started


def _following(deadline: Deadline, start: Deadline) -> Deadline:
    """No surer than what it was counted from."""
    return replace(
        deadline,
        is_estimate=deadline.is_estimate or start.is_estimate,
        why=replace(deadline.why, event_from=start.rule.id),
    )


class _Reckoner:
    """Counts single rules for one person on one day."""

    def __init__(
        self, catalogue: Catalogue, citizenship: str, country: str, today: date, stays: Sequence[Stay]
    ) -> None:
        self.facts = catalogue.facts
        self.keys = {"citizenship": citizenship, "country": country}
        self.calendar = catalogue.calendars.get(country)
        self.today = today
        self.stays = stays

    def deadlines(self, rules: Iterable[DeadlineRule], events: Mapping[DeadlineEvent, date]) -> Iterator[Deadline]:
        for rule in rules:
            event = events.get(rule.event)
            if rule.window is not None:
                found = self._summed(rule, event)
            else:
                found = self._counted(rule, event) if event is not None else None
            if found is not None and not (rule.kind == "advice" and found.is_past):
                yield found

    # a term after or before an event

    def _counted(self, rule: DeadlineRule, event: date) -> Deadline | None:
        if rule.once_past and event >= self.today:
            return None
        why = self._why(rule, event)
        ends = self._ends(rule, event)
        if ends is None:
            return Deadline(rule=rule, why=why, is_certain=self._is_certain(rule))
        anchor = ends.day
        if rule.direction == "before" and anchor < self.today:
            return None
        if rule.lasts is not None:
            why = replace(why, ends=anchor)
        due = self._due(rule, anchor, why)
        if due is None:
            return Deadline(rule=rule, why=why, is_certain=self._is_certain(rule))
        not_before = event if rule.direction == "after" else date.min
        return self._dated(rule, why, Reckoned(due.day, due.is_estimate or ends.is_estimate), not_before)

    def _ends(self, rule: DeadlineRule, event: date) -> Reckoned | None:
        """The day that the term is counted from; of what lasts for a time its last one, the first being day 1."""
        if rule.lasts is None:
            return Reckoned(event)
        value = self._value(rule.lasts, rule, event)
        unit = self._unit(rule.lasts)
        return after(event, value, unit, self.calendar, counts_first=True) if value is not None else None

    def _due(self, rule: DeadlineRule, anchor: date, why: Why) -> Reckoned | None:
        if rule.term is None:
            return Reckoned(anchor)
        if why.value is None:
            return None
        if rule.term.day_of_next_month:
            return next_month(anchor, why.value)
        if rule.direction == "before":
            return before(anchor, why.value, why.unit, self.calendar)
        due = after(anchor, why.value, why.unit, self.calendar, counts_first=rule.counts_first_day)
        while rule.repeats and due is not None and due.day < self.today:
            again = after(due.day, why.value, why.unit, self.calendar, counts_first=False)
            due = Reckoned(again.day, again.is_estimate or due.is_estimate) if again else None
        if rule.kind == "earliest" and due is not None:
            # "After more than 15 days": the first day is the one after the term.
            return Reckoned(due.day + _DAY, due.is_estimate) if due.day < date.max else None
        return due

    # days that are summed up

    def _summed(self, rule: DeadlineRule, entry: date | None) -> Deadline | None:
        stays, since = self._visits(entry)
        if not stays:
            return None
        why = self._why(rule, since)
        days = self._window_days(rule, since)
        if why.value is None or days is None:
            return Deadline(rule=rule, why=why, is_certain=self._is_certain(rule))
        limit, window = int(why.value), Window(days or None)
        on = max(self.today, since) if since else self.today
        spent = used(stays, window, on)
        counted = Counted(since=window.start(on), on=on, used=spent, left=max(limit - spent, 0))
        if since is None:
            return Deadline(rule=rule, why=why, state="counted", is_certain=self._is_certain(rule), counted=counted)
        due = last_lawful(stays, window, limit, since)
        if due is None:
            return None
        return replace(self._dated(rule, why, Reckoned(due), since), counted=counted)

    def _visits(self, entry: date | None) -> tuple[list[Stay], date | None]:
        """All visits, and the entry of the one that goes on: its exit, which is only planned, is left out."""
        known = {stay.entered: stay.left for stay in self.stays}
        if entry is not None:
            known.setdefault(entry, None)
        going_on = [entered for entered, left in known.items() if left is None or left >= self.today]
        since = max(going_on, default=None)
        if since is not None:
            known[since] = None
        return [Stay(entered, left) for entered, left in known.items()], since

    def _window_days(self, rule: DeadlineRule, since: date | None) -> int | None:
        """0 is the calendar year; None: being checked."""
        if not isinstance(rule.window, TermFact):
            return 0
        value = self._value(rule.window, rule, since or self.today)
        return int(value) if value is not None and value >= 1 and self._unit(rule.window) == "days" else None

    # what all have in common

    def _dated(self, rule: DeadlineRule, why: Why, due: Reckoned, not_before: date) -> Deadline:
        is_past = rule.kind != "earliest" and due.day < self.today
        act_by = None
        if rule.at_office and not is_past and not is_worked(due.day, self.calendar):
            act_by = last_worked(due.day, max(not_before, self.today), self.calendar)
        return Deadline(
            rule=rule,
            why=why,
            due=due.day,
            state="past" if is_past else "open",
            days_left=(due.day - self.today).days,
            is_estimate=due.is_estimate,
            is_certain=self._is_certain(rule),
            act_by=act_by,
        )

    def _why(self, rule: DeadlineRule, event: date | None) -> Why:
        fact = self._fact(rule.term)
        if rule.term is None or fact is None:
            key = rule.term.fact if rule.term else ""
            return Why(event=rule.event, event_date=event, fact=key, checked=rule.source.checked)
        return Why(
            event=rule.event,
            event_date=event,
            fact=fact.key,
            value=self._value(rule.term, rule, event or self.today),
            unit=fact.unit,
            checked=fact.source.checked,
        )

    def _is_certain(self, rule: DeadlineRule) -> bool:
        terms = (rule.term, rule.lasts, rule.window if isinstance(rule.window, TermFact) else None)
        facts = [self._fact(term) for term in terms]
        return rule.confidence != "low" and not any(fact and fact.confidence == "low" for fact in facts)

    def _fact(self, term: TermFact | None) -> Fact | None:
        return self.facts.get(term.fact) if term else None

    def _unit(self, term: TermFact) -> str:
        fact = self._fact(term)
        return fact.unit if fact else ""

    def _value(self, term: TermFact, rule: DeadlineRule, event: date) -> float | None:
        """The number that holds on the day of the event and today. Of two different ones the safe one: the shorter, but
        the longer where the term lies before the event or must be waited for. None when either day has none."""
        fact = self._fact(term)
        if fact is None:
            return None
        at = term.of or self.keys.get(fact.by, "")
        values = []
        for day in {event, max(event, self.today)}:
            found = fact.on(day, at)
            if found is None or not isinstance(found.value, int | float):
                return None
            values.append(found.value)
        is_longer_safe = rule.direction == "before" or rule.kind == "earliest"
        return max(values) if is_longer_safe and term is rule.term else min(values)
