"""Replies of a turn: as few as the limit allows, nothing lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import Choice, Link
from bot.conversation.page import LIMIT, Page


def test_what_is_said_in_one_turn_is_one_reply() -> None:
    page = Page()
    page.add("Раз", ((0, 3),))
    page.add("Два", ((1, 2),))
    (reply,) = page.replies("ru", ["Заметка"], page.offered("web"), replaces=True)
    assert reply.text == "Раз\n\nДва\n\nЗаметка"
    assert reply.bold == ((0, 3), (6, 7))
    assert reply.replaces


def test_nothing_said_is_no_reply() -> None:
    page = Page()
    page.choices.append(Choice(id="a", label="А"))
    assert page.replies("ru", ["Заметка"], page.offered("web"), replaces=False) == ()


def test_choices_come_once_those_of_the_question_first() -> None:
    page = Page()
    page.add("Что?")
    menu, one = Choice(id="menu", label="Меню"), Choice(id="1", label="Раз")
    page.foot += [menu, menu]
    page.extra.append(one)
    page.choices += [Choice(id="0", label="Ноль"), one]
    page.numbered = True
    (reply,) = page.replies("ru", [], page.offered("web"), replaces=False)
    assert [choice.id for choice in reply.choices] == ["0", "1", "menu"]
    assert reply.text == "Что?\n\n1. Ноль\n2. Раз\n3. Меню"


@given(st.lists(st.text(alphabet="абв \n", max_size=9000), max_size=4))
def test_no_reply_is_over_the_limit_and_no_letter_is_lost(texts: list[str]) -> None:
    page = Page()
    for text in texts:
        page.add(text, ((0, len(text)),) if text else ())
    page.links.append(Link(label="x", url="https://example.org"))
    replies = page.replies("ru", [], page.offered("web"), replaces=True)
    said = "".join(reply.text for reply in replies)
    assert [letter for letter in said if letter in "абв"] == [letter for letter in "".join(texts) if letter in "абв"]
    assert all(0 < len(reply.text) <= LIMIT for reply in replies)
    assert all(0 <= start < end <= len(reply.text) for reply in replies for start, end in reply.bold)
    assert [bool(reply.links) for reply in replies] == [False] * (len(replies) - 1) + [True] * bool(replies)
    assert len(replies) < 2 or not any(reply.replaces for reply in replies)
