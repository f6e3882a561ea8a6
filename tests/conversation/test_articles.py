"""The short and the long view of an article."""

from collections.abc import Callable

import pytest

from bot.conversation import Link
from tests.conversation.chat import Chat

Begin = Callable[..., Chat]


def test_the_short_view_says_what_to_do_first_and_today_and_when_it_was_checked(chat: Begin) -> None:
    reply = chat(citizenship="KG").says("мне не платят зарплату").reply
    assert reply.text == (
        "Не платят зарплату\nНапишите работодателю. Срок: 90\xa0дней.\n\n"
        "Шаг на сегодня\nЗапишите дни работы.\n\nПроверено: 1 марта 2026 года"
    )
    bold = [reply.text[start:end] for start, end in reply.bold]
    assert bold == ["Не платят зарплату", "Напишите", "Шаг на сегодня"]


@pytest.mark.parametrize(
    ("profile", "labels"),
    [
        ({}, ["Подробнее", "Кто поможет рядом", "Работа в союзе", "Вас держат", "Меню"]),
        ({"citizenship": "KG"}, ["Подробнее", "Кто поможет рядом", "Работа в союзе", "Вас держат", "Меню"]),
        ({"citizenship": "UZ"}, ["Подробнее", "Кто поможет рядом", "Вас держат", "Меню"]),
        ({"citizenship": "UZ", "country": "KZ"}, None),
    ],
)
def test_related_articles_are_those_of_the_corridor(
    chat: Begin, profile: dict[str, str], labels: list[str] | None
) -> None:
    talk = chat(**profile).says("мне не платят зарплату")
    if labels is None:
        talk.sees("phrase:dont-know", "menu.top")
    else:
        assert talk.labels == labels


def test_a_menu_hides_what_is_not_for_the_person(chat: Begin) -> None:
    assert "Работа в союзе" in chat().sends("start").labels
    assert "Работа в союзе" in chat(citizenship="KG").sends("start").labels
    assert "Работа в союзе" not in chat(citizenship="UZ").sends("start").labels


@pytest.mark.parametrize(
    ("citizenship", "second"), [("UZ", "Позвоните в агентство."), ("KG", "Позвоните в посольство.")]
)
def test_the_long_view_numbers_the_steps_that_are_for_the_person(chat: Begin, citizenship: str, second: str) -> None:
    talk = chat(citizenship=citizenship).says("мне не платят зарплату").taps("Подробнее").sees("details:wages")
    assert f"1. Соберите записи.\n2. {second}\n3. Подайте жалобу." in talk.text
    assert "Осторожно\nНе подписывайте пустых бумаг." in talk.text
    assert "Источники\n— Трудовой кодекс (2026-01-10)\n— Памятка" in talk.text
    assert talk.reply.links == (Link(label="Трудовой кодекс", url="https://example.org/tk"),)


def test_an_article_without_a_confirmed_source_says_so(chat: Begin) -> None:
    talk = chat(citizenship="KG").says("нужен ли патент кыргызстанцу").sees("article:kyrgyz-only")
    assert "Этот ответ ещё не проверен" in talk.text


def test_who_can_see_this_is_said_before_a_sensitive_topic_once(chat: Begin) -> None:
    talk = chat().says("хозяин запер нас").sees("phrase:who-can-see", "article:secret")
    talk.opens("hard").sees("hard.talk")


def test_who_can_see_this_is_said_before_a_sensitive_flow(chat: Begin) -> None:
    talk = chat().opens("hard").sees("phrase:who-can-see", "hard.talk")
    talk.taps("Вас держат").sees("article:secret")
