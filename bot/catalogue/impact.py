"""What quotes a fact or a help point: all that changes with it."""

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from bot.catalogue.build_deadlines import terms
from bot.catalogue.load import read_draft
from bot.catalogue.locales import Locales
from bot.catalogue.model import Place


class Quotation(msgspec.Struct, frozen=True, order=True):
    """Where, in which flow or article (``flow wages``), and in which text; "" is a condition."""

    at: Place
    owner: str
    key: str

    def __str__(self) -> str:
        return f"{self.at} {self.owner}: {self.key or 'a condition'}"


def impact(root: Path, kind: Literal["fact", "point"], key: str) -> list[Quotation]:
    """Every text, condition and legal term that quotes it, in file order."""
    draft, _ = read_draft(root, Locales(messages={}), date.max)
    quotations = [
        Quotation(said.text.at, " ".join(said.owner).strip(), said.text.key)
        for said in draft.texts
        if any(slot.kind == kind and slot.name == key for slot in said.slots())
    ]
    quotations += [
        Quotation(condition.at(name.column), " ".join(condition.owner), "")
        for condition in draft.conditions
        for name in condition.expression.names
        if name.kind == kind and name.name == key
    ]
    if kind == "fact":
        quotations += [
            Quotation(at, f"deadline {id}", "a term")
            for id, entry in draft.deadlines.items()
            for term, at in terms(entry)
            if term.fact == key
        ]
    return sorted(quotations)
