"""Nodes, ways on, back, calls, several choices, old buttons."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.catalogue import Catalogue, Target
from bot.conversation import Count, Hide, Remind
from tests.conversation.chat import Chat

Begin = Callable[..., Chat]


def test_every_kind_of_answer_is_taken_and_shown_again_in_the_persons_language(chat: Begin) -> None:
    talk = chat().opens("survey")
    for answer, said in [
        ("Али", "survey.age"),
        ("тридцать", "survey.age.retry"),
        ("30", "survey.pay"),
        ("50 тыс руб", "survey.entered"),
        ("вчера", "survey.phone"),
        ("+7 900 123-45-67", "survey.city"),
        ("Казань", "survey.place"),
        ("Казань", "survey.insured"),
        ("нет", "survey.no-insurance"),
        ("1, 3", "survey.papers"),
    ]:
        assert said in talk.says(answer).turn.said, answer
    talk.says("готово")
    assert talk.turn.said[0] == "survey.sum"
    assert talk.reply.text == (
        "Али: 30, 50\xa0000, 30 марта 2026 года, +79001234567, Казань, Нет, Паспорт и Патент."
    ), talk.reply.text
    assert talk.reply.bold == ((0, 3),)


def test_several_choices_are_ticked_until_done(chat: Begin) -> None:
    talk = _at_papers(chat())
    talk.taps("Паспорт").sees("survey.papers")
    assert talk.labels[:4] == ["✓ Паспорт", "Миграционная карта", "Патент", "Готово"]
    talk.taps("Патент")
    talk.taps("Паспорт")
    assert talk.labels[:3] == ["Паспорт", "Миграционная карта", "✓ Патент"]
    talk.taps("Готово")
    assert "Патент." in talk.text


def test_done_without_a_choice_asks_again(chat: Begin) -> None:
    _at_papers(chat()).taps("Готово").sees("survey.papers")


def _at_papers(talk: Chat) -> Chat:
    talk.opens("survey")
    for answer in ("Али", "30", "5000", "вчера", "89001234567", "Казань", "Казань", "да"):
        talk.says(answer)
    return talk.sees("survey.papers")


def test_a_location_is_used_and_dropped(chat: Begin) -> None:
    talk = chat().opens("survey")
    for answer in ("Али", "30", "5000", "вчера", "89001234567", "Казань"):
        talk.says(answer)
    assert talk.reply.asks_location
    talk.sends("location", latitude=55.7558123, longitude=37.6173456)
    talk.sees("phrase:location-thanks", "survey.insured")
    seen = repr(talk.turn) + str(talk.turn)
    for mark in ("55.75", "37.61", "latitude"):
        assert mark not in seen


def test_a_flow_called_by_another_returns_to_it(chat: Begin) -> None:
    talk = chat().opens("trip").taps("Россия").taps("На месяц")
    talk.sees("help.call", "menu.top")


def test_ways_on_depend_on_answers(chat: Begin) -> None:
    chat().opens("trip").taps("Россия").taps("Надолго").sees("trip.fact", "article:wages", "help.call", "menu.top")


def test_effects_are_done_in_the_order_of_the_file(chat: Begin) -> None:
    talk = chat().opens("everything").sees("everything.done")
    assert talk.effects == (Count("acts"), Remind(due=talk.now + timedelta(days=3), flow="trip"), Hide())
    assert talk.session.profile["stage"] == "there"


def test_an_end_in_silence_brings_the_menu_and_one_with_words_a_button(chat: Begin) -> None:
    chat().opens("trip").taps("Казахстан").sees("menu.top")
    talk = chat().opens("help").sees("help.call")
    assert talk.labels == ["Меню"]
    talk.taps("Меню").sees("menu.top")


def test_back_goes_to_the_question_before_then_to_the_caller_then_to_the_menu(chat: Begin) -> None:
    talk = chat().sends("start").says("ещё").sees("menu.more")
    talk.taps("Поездка").taps("Россия").sees("trip.when")
    talk.says("назад").sees("trip.where")
    talk.says("назад").sees("menu.more")
    talk.says("назад").sees("menu.top")
    talk.says("назад").sees("menu.top")


def test_back_leaves_a_called_flow_for_the_question_before_the_call(newcomer: Chat) -> None:
    newcomer.sends("start").taps("Русский").sees("start.hello", "start.citizenship")
    newcomer.says("назад").sees("menu.top")


def test_back_from_an_article_leads_to_the_menu_that_offered_it(chat: Begin) -> None:
    talk = chat().sends("start").says("ещё").taps("Вас держат")
    talk.taps("Назад").sees("menu.more")


def test_an_old_button_of_the_same_flow_takes_its_question_anew(chat: Begin) -> None:
    talk = chat().opens("trip")
    kazakhstan = talk.button("Казахстан")
    talk.taps("Россия").sees("trip.when")
    talk.sends("choice", choice=kazakhstan).sees("menu.top")
    assert talk.session.profile["country"] == "KZ"


def test_an_old_button_of_a_flow_that_is_over_asks_the_present_question_again(chat: Begin) -> None:
    talk = chat().opens("trip")
    russia = talk.button("Россия")
    talk.says("меню").says("опрос").sends("choice", choice=russia).sees("survey.name")


@pytest.mark.parametrize("label", ["Опрос", "Не платят зарплату", "Ещё"])
def test_an_old_menu_always_works(chat: Begin, label: str) -> None:
    talk = chat().sends("start")
    token = talk.button(label)
    talk.opens("trip").sends("choice", choice=token)
    assert talk.turn.said[0] in {"survey.name", "article:wages", "menu.more"}


@pytest.mark.parametrize("token", ["", "x", "0" * 16, "Ж" * 5000, "../../etc"])
def test_an_unknown_button_asks_the_present_question_again(chat: Begin, token: str) -> None:
    chat().opens("trip").sends("choice", choice=token).sees("trip.where")


def test_a_flow_opened_twice_does_not_pile_up(chat: Begin) -> None:
    talk = chat().opens("trip")
    for _ in range(10):
        talk.says("опрос")
        talk.opens("trip")
    assert [frame.flow for frame in talk.session.stack] == ["trip"]


def test_a_question_that_followed_nothing_but_itself_may_be_replaced(chat: Begin) -> None:
    talk = chat().sends("start")
    replaced = [talk.taps(label).reply.replaces for label in ("Ещё", "Вас держат", "Меню")]
    assert replaced == [True, True, False], "the article must stay in the chat"


def test_switching_the_language_asks_the_waiting_question_in_the_new_one(chat: Begin) -> None:
    talk = chat().opens("trip").says("язык").taps("Тоҷикӣ").sees("trip.where")
    assert talk.reply.language == "tg"
    talk.sends("choice", choice=Target(kind="language", id="uz_Cyrl").token).sees("trip.where")
    assert talk.session.profile["language"] == "uz_Cyrl"


@pytest.mark.parametrize("flow", ["survey", "trip", "hard", "waits", "help", "delete", "stop", "language", "menu"])
def test_choices_are_opaque_and_short(chat: Begin, catalogue: Catalogue, flow: str) -> None:
    for choice in chat().opens(flow).reply.choices:
        assert choice.id.isascii()
        assert 1 <= len(choice.id) <= 16
        assert choice.label
