"""What a legal term owes its readers: a length of time, a recent check, and flows that count from what is known."""

from collections.abc import Iterator
from typing import Final

from bot.catalogue.build_deadlines import terms
from bot.catalogue.draft import Draft, File
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.shapes import flow as shapes

#: Units that a calendar can count.
_TIMES: Final = frozenset({"hours", "days", "working_days", "weeks", "months", "years"})


def deadlines(draft: Draft) -> Iterator[Finding]:
    for key, entry in draft.deadlines.items():
        for term, at in terms(entry):
            fact = draft.catalogue.facts.get(term.fact)
            if fact is not None and fact.unit not in ({"count"} if term.day_of_next_month else _TIMES):
                what = f'the fact "{term.fact}" is no length of time, but {fact.unit}'
                remedy = "name a fact in hours, days, working_days, weeks, months or years"
                yield Finding(at=at, rule="wrong-unit", what=what, remedy=remedy)
        due = entry.shape.checked_on + entry.shape.recheck_every
        if due < draft.as_of:
            what, remedy = f'"{key}" was to be checked again by {due}', "check it at its source, set checked_on"
            yield Finding(at=entry.at("checked_on"), rule="recheck-overdue", what=what, remedy=remedy, level="warning")
    for flow in draft.flows.values():
        yield from _shown(draft, flow)


def _shown(draft: Draft, flow: File[shapes.Flow]) -> Iterator[Finding]:
    """What a node counts from: an event that some rule knows; nothing hard in a flow that does not say who can see."""
    rules = [rule for rule in draft.catalogue.deadlines.values() if rule.in_force]
    known = {rule.event for rule in rules} | {event for rule in rules for event in rule.unless}
    lost = any(name.startswith("content/deadlines/") for name in draft.broken)
    for name, node in flow.shape.nodes.items():
        for event in (node.counted_from or ()) if isinstance(node, shapes.Show) else ():
            at = flow.document.key_at("nodes", name, "counted_from", event)
            if event not in known and not lost:
                what, remedy = f'no rule counts from "{event}"', did_you_mean(event, known)
                yield Finding(at=at, rule="unknown-event", what=what, remedy=remedy)
            if not flow.shape.sensitive and any(rule.sensitive for rule in rules if rule.event == event):
                what = f'the flow counts from "{event}", which is a hard topic, and is not marked'
                yield Finding(at=at, rule="not-sensitive", what=what, remedy="add sensitive: true to the flow")
