"""Makes the texts and conditions of one file, or of one entry of it, and remembers each for the checks."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from bot.catalogue.document import Document, Way
from bot.catalogue.draft import Condition, Owner, Said, TextKind
from bot.catalogue.expressions import Expression, ExpressionError, parse
from bot.catalogue.findings import Finding
from bot.catalogue.model import Branch, Branches, Form, Text
from bot.catalogue.placeholders import parse as parse_text
from bot.catalogue.shapes.flow import Branch as BranchShape


class Gathered(msgspec.Struct, kw_only=True):
    """What all makers of one load leave behind. ``forms``: key and source of a text -> it in every language."""

    forms: Callable[[str, str], Mapping[str, Form]]
    said: list[Said] = []
    conditions: list[Condition] = []
    findings: list[Finding] = []


class Maker(msgspec.Struct, frozen=True, kw_only=True):
    """``top`` leads to the entry; the ways that the methods take begin there."""

    into: Gathered
    document: Document
    owner: Owner
    top: Way = ()

    def text(self, key: str, source: str, *way: str | int, kind: TextKind = "body") -> Text:
        at = self.document.at(*self.top, *way)
        for problem in parse_text(source)[1]:
            what, _, remedy = problem.partition("; ")
            rule = "unknown-placeholder" if what.endswith("is not a placeholder") else "bad-markup"
            self.into.findings.append(Finding(at=at, rule=rule, what=what, remedy=remedy))
        text = Text(key=key, source=source, at=at, forms=self.into.forms(key, source))
        self.into.said.append(Said(text=text, kind=kind, owner=self.owner))
        return text

    def words(self, key: str, words: Sequence[str], *way: str | int) -> Text | None:
        """A list of words as one text, None when it is empty."""
        return self.text(key, ", ".join(words), *way, kind="words") if words else None

    def branches(
        self, key: str, shape: str | list[BranchShape] | None, *way: str | int, kind: TextKind = "body"
    ) -> Branches:
        if shape is None:
            return ()
        if isinstance(shape, str):
            return (Branch(when=None, text=self.text(key, shape, *way, kind=kind)),)
        return tuple(
            Branch(
                when=self.when(branch.when, *way, index, "when"),
                text=self.text(f"{key}.{index + 1}", branch.text, *way, index, "text", kind=kind),
            )
            for index, branch in enumerate(shape)
        )

    def when(self, source: str | None, *way: str | int) -> Expression | None:
        if source is None:
            return None
        place = (*self.top, *way)
        try:
            expression = parse(source)
        except ExpressionError as error:
            what, _, remedy = error.message.partition("; ")
            at = self.document.inside(error.column, *place)
            remedy = remedy or 'write it like profile.country == "RU"'
            self.into.findings.append(Finding(at=at, rule="bad-expression", what=what, remedy=remedy))
            return None
        self.into.conditions.append(
            Condition(expression=expression, document=self.document, way=place, owner=self.owner)
        )
        return expression
