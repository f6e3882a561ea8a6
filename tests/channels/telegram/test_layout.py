import random

import pytest

from bot.channels.telegram.layout import LIMIT, Span, parts, units

BOLD = {"type": "bold"}


def test_a_short_text_is_one_message_with_its_spans() -> None:
    assert parts("Patent: 5000", [Span(0, 6, BOLD)]) == [("Patent: 5000", [{"type": "bold", "offset": 0, "length": 6}])]


def test_spans_count_in_utf16_units() -> None:
    assert parts("😆👍 bold", [Span(3, 7, BOLD)]) == [("😆👍 bold", [{"type": "bold", "offset": 5, "length": 4}])]


def test_nothing_to_see_is_no_message() -> None:
    assert parts(" \n ", [Span(0, 1, BOLD)]) == []


def test_blanks_around_a_text_move_its_spans() -> None:
    assert parts("\n\n bold ", [Span(3, 7, BOLD)]) == [("bold", [{"type": "bold", "offset": 0, "length": 4}])]


@pytest.mark.parametrize(
    ("first", "gap", "second"),
    [
        ("a" * 3000, "\n\n", "b" * 3000),
        ("a" * 3000, "\n", "b" * 3000),
        ("a" * 3000 + ".", " ", "b" * 3000),
        ("a" * 3000, " ", "b" * 3000),
        ("a" * LIMIT, "", "b" * 10),
        ("a" * LIMIT, "\n\n", "b" * 10),
        ("😆" * (LIMIT // 2), "", "😆" * 3),
    ],
)
def test_a_long_text_is_cut_at_the_best_place_before_the_limit(first: str, gap: str, second: str) -> None:
    assert [text for text, _ in parts(first + gap + second, [])] == [first, second]


def test_a_paragraph_end_is_better_than_a_later_line_end() -> None:
    text = "a" * 1000 + "\n\n" + "b" * 1000 + "\n" + "c" * 3000
    assert next(part[0] for part in parts(text, [])) == "a" * 1000


def test_a_span_over_a_cut_goes_on_in_the_next_message() -> None:
    text = "a" * 3000 + "\n\n" + "b" * 3000
    first, second = parts(text, [Span(2990, 3010, BOLD)])
    assert first[1] == [{"type": "bold", "offset": 2990, "length": 10}]
    assert second[1] == [{"type": "bold", "offset": 0, "length": 8}]


def test_ten_thousand_texts_lose_no_letter_and_no_span_moves() -> None:
    chance = random.Random(6)
    alphabet = "aя ‌\n*_`[]<>&😆👩‍👩‍👧ҷ"
    for _ in range(10_000):
        length = chance.choice((0, 1, 5, 50, 300, 5000) if chance.random() < 0.02 else (0, 1, 5, 50))
        text = "".join(chance.choices(alphabet, k=length))
        start = chance.randint(0, length)
        span = Span(start, chance.randint(start, length), BOLD)
        messages = parts(text, [span])
        assert "".join("".join(part.split()) for part, _ in messages) == "".join(text.split())
        assert all(units(part) <= LIMIT for part, _ in messages)
        bold = "".join(
            part.encode("utf-16-le")[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode(
                "utf-16-le"
            )
            for part, entities in messages
            for entity in entities
        )
        assert "".join(bold.split()) == "".join(text[span.start : span.end].split())
