import random

import pytest

from bot.channels.whatsapp.layout import BODY_LIMIT, HAIR, JOINER, TEXT_LIMIT, marked, parts
from tests.channels.whatsapp.reader import READERS, bold, read


def test_a_text_without_marks_is_sent_as_it_is() -> None:
    assert marked("Патент: 5 000 ₽ (в месяц) — снова.") == "Патент: 5 000 ₽ (в месяц) — снова."


def test_what_is_bold_stands_between_asterisks() -> None:
    assert marked("Срок: 90 дней.", [(0, 5), (6, 8)]) == "*Срок:* *90* дней."


def test_a_bold_span_begins_and_ends_with_a_letter_on_every_line() -> None:
    assert marked(" Шаг \n\n первый ", [(0, 16)]) == " *Шаг* \n\n *первый* "


def test_bold_that_touches_is_one_and_bold_inside_a_word_is_none() -> None:
    assert marked("Шаг первый", [(4, 10), (0, 4)]) == "*Шаг первый*"
    assert marked("Документы", [(0, 8)]) == "Документы"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*нет*", f"*{HAIR}нет{HAIR}*"),
        ("скидка 5*", f"скидка 5{HAIR}*"),
        ("2*3", "2*3"),
        ("snake_case@x.org", "snake_case@x.org"),
        ("а*б", f"а{HAIR}*{HAIR}б"),
        ("2 * 3", "2 * 3"),
        ("a`b`c", f"a{HAIR}`{HAIR}b{HAIR}`{HAIR}c"),
        ("```x```", f"`{HAIR}`{HAIR}`{HAIR}x{HAIR}`{HAIR}`{HAIR}`"),
        ("> цитата", f"{JOINER}> цитата"),
        ("да\n - раз\n* два\n-три", f"да\n {JOINER}- раз\n{JOINER}* два\n-три"),
        ("1. Паспорт\n12) Чек", f"{JOINER}1. Паспорт\n{JOINER}12) Чек"),
    ],
)
def test_marks_of_the_text_itself_are_kept_apart(text: str, written: str) -> None:
    assert marked(text) == written


def test_an_address_stays_one_that_can_be_tapped() -> None:
    assert marked("https://example.org/a_b/_c_/~d.") == "https://example.org/a_b/%5Fc%5F/%7Ed."


def test_a_bold_span_leaves_marks_at_its_ends_outside() -> None:
    assert marked("_Шаг_", [(0, 5)]) == f"_{HAIR}*Шаг*{HAIR}_"


def test_ten_thousand_texts_are_shown_as_they_are_written_and_only_our_spans_are_bold() -> None:
    """THREATS T62."""
    chance = random.Random(62)
    alphabet = "aя1 \n" + "*_~`" * 3 + ">-.()👍ҷ"
    for _ in range(10_000):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, 40)))
        start = chance.randint(0, len(text))
        spans = [(start, chance.randint(start, len(text)))] if chance.random() < 0.6 else []
        body = marked(text, spans)
        shown = {reader: read(body, reader) for reader in READERS}
        said = {at for start, end in spans for at in range(start, end) if text[at].strip()}
        for reader, seen in shown.items():
            assert {kind for kind, _, _ in seen.spans} <= {"bold"}, (reader, text, body)
        for reader in ("words", "ascii"):
            assert shown[reader].text == text, (reader, body)
            assert bold(shown[reader]) <= said, (reader, text, body)


def test_whole_words_that_are_bold_are_shown_bold() -> None:
    chance = random.Random(7)
    words = ["Шаг", "1", "*нет*", "(сразу)", "snake_case", "ё,", "👍", "5%"]
    for _ in range(2_000):
        said = [(chance.choice(words), chance.random() < 0.4) for _ in range(chance.randint(1, 12))]
        text, spans = "", []
        for word, strong in said:
            if strong:
                spans.append((len(text), len(text) + len(word)))
            text += word + chance.choice((" ", "\n"))
        letters = {at for start, end in spans for at in range(start, end)}
        shown = read(marked(text, spans))
        assert {text[at] for at in letters - bold(shown)} <= {"*"}, (text, spans)


# parts


def test_a_long_text_is_cut_at_a_paragraph_and_bold_goes_on() -> None:
    text = "a" * 3000 + "\n\n" + "b" * 3000
    first, second = parts(text, [(2990, 3010)])
    assert (first, second) == ("a" * 3000, "b" * 3000)
    first, second = parts(text.replace("ab", "a b"), [(0, 6002)])
    assert (first, second) == (f"*{'a' * 3000}*", f"*{'b' * 3000}*")


def test_the_marks_count_too() -> None:
    shown = parts("* " * 3000 + "я*" * 3000, [])
    assert all(len(part) <= TEXT_LIMIT for part in shown)
    assert sum(part.count("*") for part in shown) == 6000


def test_the_last_part_is_short_enough_for_what_stands_below_it() -> None:
    paragraph = "слово " * 100
    shown = parts("\n\n".join([paragraph] * 3), [], TEXT_LIMIT, BODY_LIMIT)
    assert [len(part) for part in shown] == [1201, 599]
    assert parts("Коротко", [], TEXT_LIMIT, BODY_LIMIT) == ["Коротко"]


@pytest.mark.parametrize("sign", ["*", "_", "`", "~.", "я*", "*_~`"])
def test_an_address_full_of_marks_is_cut_too(sign: str) -> None:
    for text in (sign * 4000, f"https://example.org/{sign * 4000}x"):
        shown = parts(text, [(0, len(text))], TEXT_LIMIT, BODY_LIMIT)
        assert all(0 < len(part) <= TEXT_LIMIT for part in shown)
        assert len(shown[-1]) <= BODY_LIMIT
        assert len(shown) < 12


def test_nothing_to_see_is_no_part() -> None:
    assert parts(" \n ", [(0, 2)]) == []


def test_thousands_of_texts_lose_no_letter_and_fit() -> None:
    chance = random.Random(6)
    for _ in range(1_000):
        length = chance.choice((0, 1, 50, 5000) if chance.random() < 0.05 else (0, 1, 50, 200))
        text = "".join(chance.choices("aя \n*_👍.", k=length))
        start = chance.randint(0, length)
        last_limit = chance.choice((50, TEXT_LIMIT))
        shown = parts(text, [(start, chance.randint(start, length))], 100 if length < 1000 else TEXT_LIMIT, last_limit)
        assert all(len(part) <= TEXT_LIMIT for part in shown)
        assert not shown or len(shown[-1]) <= last_limit
        seen = "".join(read(part).text for part in shown)
        assert "".join(seen.split()) == "".join(text.split())
