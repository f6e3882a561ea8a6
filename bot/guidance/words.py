"""The words of a rule outside a conversation: with the numbers that hold on a day, without marks for bold."""

from collections.abc import Mapping
from datetime import date

from bot.catalogue import Catalogue, Literal_, Slot, Text
from bot.text import format_date, format_quantity


def plain(
    catalogue: Catalogue, text: Text, *, profile: Mapping[str, str], today: date, language: str, unsure: str
) -> str:
    """``unsure`` stands for a number without a value, and for what only a conversation knows."""
    return "".join(
        part.text if isinstance(part, Literal_) else _value(catalogue, part, profile, today, language) or unsure
        for part in text.forms[language].parts
    )


def _value(catalogue: Catalogue, slot: Slot, profile: Mapping[str, str], today: date, language: str) -> str:
    if slot.kind == "today":
        return format_date(today, language)
    if slot.kind == "point" and (point := catalogue.points.get(slot.name)):
        phones, name = ", ".join(point.phones), point.name.plain(language)
        return {"phone": phones, "name": name}.get(slot.of, f"{name}: {phones}")
    if slot.kind != "fact" or slot.name not in catalogue.facts:
        return ""
    owner, _, field = slot.of.partition(".")
    fact = catalogue.facts[slot.name]
    found = fact.on(today, profile.get(field, "") if owner == "profile" and field else slot.of)
    if found is None:
        return ""
    if found.text is not None:
        return found.text.plain(language)
    if isinstance(found.value, date):
        return format_date(found.value, language)
    return format_quantity(found.value, fact.unit, language) if isinstance(found.value, int | float) else ""
