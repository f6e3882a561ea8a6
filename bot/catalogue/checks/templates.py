"""Whether WhatsApp's templates can be declared as they are, in every language."""

from collections.abc import Iterator

from bot.catalogue.draft import Draft
from bot.catalogue.findings import Finding
from bot.catalogue.model import Slot, Template, Text
from bot.catalogue.values import PREVIEW
from bot.text import LANGUAGES


def templates(draft: Draft) -> Iterator[Finding]:
    for template in draft.catalogue.templates.values():
        yield from _values(template)
        yield from _alike(template)


def _values(template: Template) -> Iterator[Finding]:
    """Meta approves a text as it stands; and what fills it in must stand beyond what a locked screen shows."""
    for text in (template.body, *template.buttons):
        given = template.parameters if text is template.body else {}
        parts = text.forms["ru"].parts
        slots = [part for part in parts if isinstance(part, Slot)]
        if any(part.bold for part in parts) or any(slot.kind != "value" or slot.name not in given for slot in slots):
            what = "a template holds neither bold words nor values that its parameters do not name"
            yield Finding(at=text.at, rule="bad-template", what=what, remedy="write plain words, or add to parameters")
        elif sorted(slot.name for slot in slots) != sorted(given):
            what = "each of the parameters stands in the body once"
            yield Finding(at=text.at, rule="bad-template", what=what, remedy="put it in as {name}, or remove it")
        elif slots:
            yield from _places(text)


def _places(text: Text) -> Iterator[Finding]:
    for language, form in text.forms.items():
        if form.language != language:
            continue
        first, last = form.parts[0], form.parts[-1]
        if isinstance(first, Slot) or isinstance(last, Slot):
            what = f"a value begins or ends the text ({language}), which Meta refuses"
            yield Finding(at=text.at, rule="bad-template", what=what, remedy="put words around it")
        elif len(first.text) < PREVIEW:
            what = f"a value stands among the first {PREVIEW} characters ({language}), which a locked screen shows"
            yield Finding(at=text.at, rule="bad-template", what=what, remedy="begin with more of your own words")


def _alike(template: Template) -> Iterator[Finding]:
    for index, button in enumerate(template.buttons):
        for other in template.buttons[:index]:
            same = [code for code in LANGUAGES if button.plain(code) == other.plain(code)]
            if same:
                what = f'two buttons read "{button.plain(same[0])}" in {", ".join(same)}'
                yield Finding(at=button.at, rule="bad-template", what=what, remedy="give each words of its own")
