"""Whether the choices that stand side by side can be told apart."""

from collections.abc import Iterator

from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding
from bot.catalogue.model import Ask, Flow, Menu
from bot.text import LANGUAGES


def labels(draft: Draft) -> Iterator[Finding]:
    """Two buttons with the same words. Of two that both have a ``when``, each may be there for the other's sake."""
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
