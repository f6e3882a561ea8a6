"""Whether the choices that stand side by side can be told apart."""

from collections.abc import Iterator
from typing import Final

from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding
from bot.catalogue.model import Ask, Flow, Menu
from bot.text import LANGUAGES, shorten

#: Characters of a title in WhatsApp's list of choices, the shortest place that a label has. What is cut off stands
#: below the title, in 72 characters, which is more than a label may have (``text-too-long``).
ROW_TITLE: Final = 24


def labels(draft: Draft) -> Iterator[Finding]:
    """Two buttons with the same words, or with words that begin alike and are cut there.

    Of two that both have a ``when``, each may be there for the other's sake.
    """
    for flow in draft.catalogue.flows.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Ask | Menu):
                yield from _alike(flow, name, node)


def _alike(flow: Flow, name: str, node: Ask | Menu) -> Iterator[Finding]:
    for index, option in enumerate(node.options):
        for other in node.options[:index]:
            if option.id == other.id or (option.when is not None and other.when is not None):
                continue
            same = [code for code in LANGUAGES if option.label.plain(code) == other.label.plain(code)]
            if same:
                what = f'two choices of {flow.id}.{name} read "{option.label.plain(same[0])}" in {", ".join(same)}'
                remedy = f"give {option.id} or {other.id} a label of its own"
                yield Finding(at=option.label.at, rule="same-label", what=what, remedy=remedy, level="warning")
                continue
            cut = [shorten(option.label.plain(code), ROW_TITLE) for code in LANGUAGES]
            alike = [
                (code, title)
                for code, title in zip(LANGUAGES, cut, strict=True)
                if title == shorten(other.label.plain(code), ROW_TITLE)
            ]
            if alike:
                what = f'two choices of {flow.id}.{name} are both "{alike[0][1]}" in a WhatsApp list in '
                what += ", ".join(code for code, _ in alike)
                remedy = f"let the labels of {other.id} and {option.id} differ in their first {ROW_TITLE} characters"
                yield Finding(at=option.label.at, rule="same-title", what=what, remedy=remedy, level="warning")
