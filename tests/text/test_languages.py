"""The registry of languages."""

import pytest
from babel import Locale

from bot.text import LANGUAGES, SOURCE, from_tag


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("uz", "uz"),
        ("uz-Latn-UZ", "uz"),
        ("uz-Cyrl", "uz_Cyrl"),
        ("uz_Cyrl_UZ", "uz_Cyrl"),
        ("uz-cyrl-uz", "uz_Cyrl"),
        ("UZ", "uz"),
        ("tg-Cyrl-TJ", "tg"),
        ("ky_KG", "ky"),
        ("kk", None),
        ("en-US", None),
        ("", None),
    ],
)
def test_a_tag_of_a_messenger_or_browser_leads_to_our_language(tag: str, code: str | None) -> None:
    assert from_tag(tag) == code


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_is_known_to_babel_and_falls_back_to_the_source(code: str) -> None:
    language = LANGUAGES[code]

    assert Locale.parse(code).language == code.partition("_")[0]
    assert from_tag(language.tag) == code
    assert code == SOURCE or language.fallback[-1] == SOURCE
