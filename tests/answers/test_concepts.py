"""Terms of the glossary in what people type."""

import pytest

from bot.answers.concepts import Concepts, stems_of
from bot.text import fold

CONCEPTS = Concepts(
    stems_of(
        {
            "wages": ("зарплата", "oylik", "маош", "айлык"),
            "patent": ("патент", "patent"),
            "work-book": ("трудовая книжка",),
            "osh": ("Ош",),
        }
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("не дают зарплату", {"wages"}),
        ("зарплатой обидели", {"wages"}),
        ("oyligimni bermayapti", {"wages"}),
        ("ОЙЛИК бермаяпти", {"wages"}),
        ("маошамро намедиҳад", {"wages"}),
        ("айлыгым кайда", {"wages"}),
        ("патентим бор patentni", {"patent"}),
        ("трудовую книжку не отдают", {"work-book"}),
        ("трудовая инспекция", set()),
        ("я из города ош", {"osh"}),
        ("мы ошиблись", set()),
        ("", set()),
    ],
)
def test_a_term_is_found_with_endings_in_any_language_and_script(text: str, found: set[str]) -> None:
    assert CONCEPTS.find(fold(text).split()) == found


def test_only_the_first_words_of_a_long_message_are_looked_at() -> None:
    assert CONCEPTS.find(["x"] * 100 + ["patent"]) == set()
