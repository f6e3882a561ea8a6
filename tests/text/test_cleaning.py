"""What a person sends is made harmless before anything else looks at it."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import MAX_TEXT, clean, has_hidden, script

#: THREATS T64: one that grew to 18 million characters, runs of accents that take n² steps, and their kin.
HOSTILE = {
    "ligature": "\ufdfa" * 1_000_000,
    "zalgo": "a" + "\u0315\u0300\u0334\u0345" * 250_000,
    "accents in the wrong order": "a" + "\u0345" * 2000 + "\u0334" * 1_000_000,
    "zero width": "\u200b" * 1_000_000,
    "bidi": "\u202e\u2066" * 500_000,
    "surrogates": "\ud800" * 1_000_000,
    "new lines": "\r\n" * 500_000,
    "hangul": "\u1100\u1161\u11a8" * 300_000,
    "spaces": " \u00a0" * 500_000 + "а",
}


def best_ms(call: object, *arguments: object) -> float:
    assert callable(call)
    times = []
    for _ in range(3):
        start = time.process_time()
        call(*arguments)
        times.append(time.process_time() - start)
    return min(times) * 1000


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_cleaned_within_20_ms(name: str) -> None:
    assert best_ms(clean, HOSTILE[name]) <= 20
    assert len(clean(HOSTILE[name])) <= MAX_TEXT


def test_text_is_cut_before_it_is_normalised() -> None:
    assert clean("е" * 5000) == "е" * 4096
    assert clean("\u200b" * 4096 + "after the cut") == ""


@pytest.mark.parametrize(
    "character",
    [
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2066, 0x206A)),
        *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u061c", "\u3164"),
        *("\x00", "\x07", "\x08", "\x1b", "\x7f", "\x9b", "\ud83d", "\U000e0041", "\ufe0f"),
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_hidden_characters_and_terminal_codes_go(character: str) -> None:
    assert clean(f"ме{character}ню") == "меню"
    assert has_hidden(f"ме{character}ню")


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  меню \n", "меню"),
        ("раз\r\nдва\rтри\u2028четыре", "раз\nдва\nтри\nчетыре"),
        ("15\u00a0000\u202fруб", "15 000 руб"),
        ("точики\u0304", "точикӣ"),
        ("и\u0306", "й"),
        ("Oʻzbekiston — ҷавоб №5 «да» 😊", "Oʻzbekiston — ҷавоб №5 «да» 😊"),
    ],
)
def test_what_can_be_read_stays(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing_and_the_result_is_normal_and_can_be_stored(text: str) -> None:
    cleaned = clean(text)

    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not has_hidden(cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Salom", "Latn"), ("Салом", "Cyrl"), ("oʻzbekcha", "Latn"), ("патент kerak", "Cyrl"), ("112", ""), ("你好", "")],
)
def test_the_script_of_most_letters_is_told(text: str, expected: str) -> None:
    assert script(text) == expected
