"""The words of a rule outside a conversation."""

from datetime import date

import pytest

from bot.catalogue import Catalogue, Text
from bot.catalogue.locales import Locales
from bot.catalogue.model import Place
from bot.guidance import plain


def said(content: Catalogue, source: str, today: date = date(2026, 11, 28)) -> str:
    text = Text(key="x", source=source, at=Place("x"), forms=Locales(messages={}).forms("x", source))
    return plain(content, text, profile={"citizenship": "KG"}, today=today, language="ru", unsure="?")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("*Срок:* {fact:registration_days[profile.citizenship]}", "Срок: 30\xa0дней"),
        ("{fact:registration_days[UZ]}", "15\xa0дней"),
        ("{fact:kz_register_from}", "1 июля 2026 года"),
        ("{point:ru-emergency-112.phone}", "112"),
        ("{today}", "28 ноября 2026 года"),
        ("{answers.entered}, {fact:nothing}, {point:nothing}", "?, ?, ?"),
    ],
)
def test_what_a_text_quotes_is_put_in(content: Catalogue, source: str, words: str) -> None:
    assert said(content, source) == words


def test_a_number_outside_its_validity_is_not_said(content: Catalogue) -> None:
    assert said(content, "{fact:kz_register_days}", date(2026, 1, 1)) == "?"
