"""Whether WhatsApp's templates can be declared as they are, in every language."""

from collections.abc import Iterator

from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding
from bot.catalogue.model import Slot, Template
from bot.text import LANGUAGES


def templates(draft: Draft) -> Iterator[Finding]:
    for template in draft.catalogue.templates.values():
        yield from _values(template)
        yield from _alike(template)


def _values(template: Template) -> Iterator[Finding]:
    """Meta approves a text as it stands; and what fills it in would show on a locked screen."""
    for text in (template.body, *template.buttons):
        parts = text.forms["ru"].parts
        if any(isinstance(part, Slot) or part.bold for part in parts):
            what = "a template holds neither values nor bold words"
            yield Finding(at=text.at, rule="bad-template", what=what, remedy="write plain words")


def _alike(template: Template) -> Iterator[Finding]:
    for index, button in enumerate(template.buttons):
        for other in template.buttons[:index]:
            same = [code for code in LANGUAGES if button.plain(code) == other.plain(code)]
            if same:
                what = f'two buttons read "{button.plain(same[0])}" in {", ".join(same)}'
                yield Finding(at=button.at, rule="bad-template", what=what, remedy="give each words of its own")
