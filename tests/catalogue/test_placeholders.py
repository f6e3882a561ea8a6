"""Texts become parts; what is no placeholder of ours is said, and never looked up."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import Literal_, Slot
from bot.catalogue.placeholders import digits, links, literals, parse, slots


def words(text: str, bold: bool = False) -> Literal_:
    return Literal_(text=text, bold=bold)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("{fact:patent_month}", Slot(kind="fact", name="patent_month")),
        ("{fact:patent_month[moscow]}", Slot(kind="fact", name="patent_month", of="moscow")),
        ("{fact:stay[UZ]}", Slot(kind="fact", name="stay", of="UZ")),
        ("{fact:stay[profile.citizenship]}", Slot(kind="fact", name="stay", of="profile.citizenship")),
        ("{fact:stay[answers.region]}", Slot(kind="fact", name="stay", of="answers.region")),
        ("{point:line-112}", Slot(kind="point", name="line-112")),
        ("{point:line-112.phone}", Slot(kind="point", name="line-112", of="phone")),
        ("{point:line-112.name}", Slot(kind="point", name="line-112", of="name")),
        ("{answers.entered}", Slot(kind="answers", name="entered")),
        ("{profile.city}", Slot(kind="profile", name="city")),
        ("{today}", Slot(kind="today")),
        ("{date}", Slot(kind="value", name="date")),
    ],
)
def test_each_kind_of_placeholder_is_known_and_written_back_as_it_stood(text: str, slot: Slot) -> None:
    assert parse(text) == ((slot,), [])
    assert str(slot) == text


def test_words_placeholders_and_bold_stand_in_their_order() -> None:
    assert parse("До *{today}* сохраните *чек*.") == (
        (words("До "), Slot(kind="today", bold=True), words(" сохраните "), words("чек", bold=True), words(".")),
        [],
    )


def test_a_double_brace_is_a_brace() -> None:
    assert parse("{{today}}") == ((words("{today}"),), [])


@pytest.mark.parametrize(
    "text",
    [
        "{0.__class__}",
        "{answers.__class__}",
        "{answers.x.y}",
        "{profile.name}",
        "{profile.__init__}",
        "{fact:}",
        "{fact:x[}",
        "{fact:x[a.b]}",
        "{fact:x!r}",
        "{today:%Y}",
        "{facts:x}",
        "{point:x.address}",
        "{Today}",
        "{ today }",
        "{}",
        "{дата}",
        "{a b}",
    ],
)
def test_what_is_no_placeholder_is_said_and_stays_as_text(text: str) -> None:
    parts, problems = parse(text)

    assert len(problems) == 1
    assert problems[0].startswith(f"{text} is not a placeholder; write ")
    assert parts == (words(text),)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("сумма {fact:x", 'the brace "{" has no partner; '),
        ("сумма fact:x}", 'the brace "}" has no partner; '),
        ("{fact:\nx}", 'the brace "{" has no partner; '),
        ("это *важно", "a bold passage is opened by * and never closed; "),
        ("это **важно**", '"**" makes nothing bold; '),
    ],
)
def test_a_mark_without_its_partner_is_said_with_a_remedy(text: str, start: str) -> None:
    _, problems = parse(text)

    assert problems
    assert problems[0].startswith(start)


def test_placeholders_are_counted_whether_bold_or_not() -> None:
    assert slots(parse("{today} *{today}* {fact:x}")[0]) == {"{today}": 2, "{fact:x}": 1}


def test_typed_digits_are_found_and_those_in_placeholders_are_not() -> None:
    parts, _ = parse("Звоните 112 или 8-800 {fact:stay_90} *5*")

    assert digits(parts) == ["112", "8", "800", "5"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Откройте https://mvd.ru/a?b=1.", ["https://mvd.ru/a?b=1"]),
        ("www.gosuslugi.ru, t.me/safar", ["www.gosuslugi.ru", "t.me/safar"]),
        ("пишите на a.b@mail.ru или @safar_bot!", ["a.b@mail.ru", "@safar_bot"]),
        ("и/или", []),
        ("ничего", []),
    ],
)
def test_typed_links_are_found(text: str, found: list[str]) -> None:
    assert links(parse(text)[0]) == found


@settings(deadline=None)
@given(st.text(alphabet="{}*[]:.fact today_x0я\n") | st.text())
def test_no_text_breaks_the_reader_and_what_is_right_is_written_back(text: str) -> None:
    parts, problems = parse(text)

    if not problems and "{{" not in text and "}}" not in text:
        assert "".join(str(part) if isinstance(part, Slot) else part.text for part in parts) == text.replace("*", "")
    assert all("; " in problem for problem in problems)
    assert isinstance(literals(parts), str)


@pytest.mark.parametrize("unit", ["{", "}", "*", "{a", "a@", "@", "a.", "/", "https://", "{{", "1 "])
def test_the_longest_text_is_read_within_20_ms(unit: str) -> None:
    text = (unit * 4096)[:4096]
    times = []
    for _ in range(3):
        start = time.process_time()
        parts, _ = parse(text)
        digits(parts), links(parts)
        times.append(time.process_time() - start)

    assert min(times) <= 0.02
