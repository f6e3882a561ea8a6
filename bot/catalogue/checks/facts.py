"""Whether every fact that is quoted has a value on the day, and whether it is looked after."""

from collections.abc import Iterator, Set
from datetime import date
from itertools import pairwise

from bot.catalogue.build_deadlines import terms
from bot.catalogue.draft import Draft, Owner
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.model import Fact, Place


def facts(draft: Draft) -> Iterator[Finding]:
    used: set[str] = set()
    lost = any(name.startswith("content/facts/") for name in draft.broken)
    for key, of, owner, at in _uses(draft):
        used.add(key)
        fact = draft.catalogue.facts.get(key)
        if fact is not None:
            yield from _values(draft, fact, of, owner, at)
        elif not lost:
            what, remedy = f'there is no fact "{key}"', did_you_mean(key, draft.facts)
            yield Finding(at=at, rule="unknown-fact", what=what, remedy=remedy)
    for key, entry in draft.facts.items():
        at = entry.document.key_at(*entry.way)
        if key not in used and not draft.broken:
            what, remedy = f'nothing quotes the fact "{key}"', "quote it, or remove it"
            yield Finding(at=at, rule="unused-fact", what=what, remedy=remedy, level="warning")
        due = entry.shape.checked_on + entry.shape.recheck_every
        if due < draft.as_of:
            what, remedy = f'"{key}" was to be checked again by {due}', "check it at its source, set checked_on"
            yield Finding(at=entry.at("checked_on"), rule="recheck-overdue", what=what, remedy=remedy, level="warning")


def _uses(draft: Draft) -> Iterator[tuple[str, str, Owner, Place]]:
    """Every quotation of a fact in texts, conditions and terms: its key, what is in the brackets, by whom, where."""
    for said in draft.texts:
        for slot in said.slots():
            if slot.kind == "fact":
                yield slot.name, slot.of, said.owner, said.text.at
    for condition in draft.conditions:
        for name in condition.expression.names:
            if name.kind == "fact":
                yield name.name, name.of, condition.owner, condition.at(name.column)
    for id, entry in draft.deadlines.items():
        for term, at in terms(entry):
            fact = draft.catalogue.facts.get(term.fact)
            field = f"profile.{fact.by}" if fact and fact.by in {"citizenship", "country"} else ""
            yield term.fact, term.of or field, ("deadline", id), at


def _values(draft: Draft, fact: Fact, of: str, owner: Owner, at: Place) -> Iterator[Finding]:
    rule = "unknown-fact-value"
    if of and not fact.by:
        what, remedy = f'"{fact.key}" has one value for all', f"write it without [{of}]"
        yield Finding(at=at, rule=rule, what=what, remedy=remedy)
        return
    if fact.by and not of:
        field = "answers.NAME" if fact.by == "status" else f"profile.{fact.by}"
        what = f'"{fact.key}" differs by {fact.by}'
        yield Finding(at=at, rule=rule, what=what, remedy=f"write {{fact:{fact.key}[{field}]}}")
        return
    for key in sorted(_keys(draft, fact, of, owner)):
        if key not in fact.values:
            what = f'"{fact.key}" has no value at "{key}"' if key else f'"{fact.key}" has no value'
            yield Finding(at=at, rule=rule, what=what, remedy=did_you_mean(key, fact.values))
        elif fact.on(draft.as_of, key) is None:
            name = f"{fact.key}[{key}]" if key else fact.key
            what = f'"{name}" has no value on {draft.as_of}, and is quoted in {at.file}'
            yield Finding(at=fact.at, rule="fact-without-value", what=what, remedy="enter the value that is valid then")


def _keys(draft: Draft, fact: Fact, of: str, owner: Owner) -> Set[str]:
    """The keys that a quotation may ask for."""
    if "." not in of:
        return {of}
    article = draft.articles.get(owner[1]) if owner[0] == "article" else None
    rule = draft.deadlines.get(owner[1]) if owner[0] == "deadline" else None
    if rule and fact.by in {"citizenship", "country"}:
        return set(rule.shape.for_) if fact.by == "citizenship" else {rule.shape.in_}
    if article and fact.by in {"citizenship", "country"}:
        return set(article.shape.for_ if fact.by == "citizenship" else article.shape.in_)
    return fact.values.keys()


def periods(draft: Draft) -> Iterator[Finding]:
    """Values of one key whose periods overlap: which of them is true?"""
    for fact in draft.catalogue.facts.values():
        for key, values in fact.values.items():
            ordered = sorted(values, key=lambda value: value.valid_from or date.min)
            for one, next_one in pairwise(ordered):
                if one.valid_to is None or next_one.valid_from is None or next_one.valid_from <= one.valid_to:
                    name = f"{fact.key}[{key}]" if key else fact.key
                    what, remedy = (
                        f'two values of "{name}" are valid on the same days',
                        "end the older one with valid_to",
                    )
                    yield Finding(at=fact.at, rule="overlapping-values", what=what, remedy=remedy)
