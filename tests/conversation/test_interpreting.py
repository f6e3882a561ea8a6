"""What a typed message means, in which order, and what is said when it means nothing."""

from collections.abc import Callable

import pytest

from bot.catalogue import Catalogue
from bot.conversation import Count, Forget, Hide, Session
from tests.conversation.chat import Chat

Begin = Callable[..., Chat]

#: Words that a person of any language may type in any node.
GLOBAL = [
    ("меню", "menu.top"),
    ("Menyu", "menu.top"),
    ("МЕНЮ!", "menu.top"),
    ("/menu", "menu.top"),
    ("язык", "language.choose"),
    ("til", "language.choose"),
    ("забон", "language.choose"),
    ("помощь", "help.call"),
    ("yordam", "help.call"),
    ("ёрдам", "help.call"),
    ("жардам", "help.call"),
    ("стоп", "stop.done"),
    ("удалить", "delete.sure"),
]
#: One waiting node of each kind, and the text flow's node where nearly everything is an answer.
PLACES = ["survey", "trip", "hard", "waits", "menu", "language"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("word", "said"), GLOBAL)
def test_global_words_work_in_any_node_and_any_language(chat: Begin, place: str, word: str, said: str) -> None:
    assert said in chat().opens(place).says(word).turn.said


@pytest.mark.parametrize("language", ["ru", "uz", "uz_Cyrl", "tg", "ky"])
def test_hiding_works_from_every_node_of_every_flow(catalogue: Catalogue, language: str) -> None:
    for flow in catalogue.flows.values():
        for node in flow.nodes:
            for word in ("000", *catalogue.words.commands["hide"][language][:2]):
                talk = Chat(catalogue, language=language)
                talk.session = Session(profile={"language": language}, last=int(talk.now.timestamp()))
                talk.opens(flow.id)
                talk.says(word)
                assert talk.effects[0] == Hide(), (flow.id, node, word)
                assert talk.turn.said == ("phrase:hidden", "menu.top")


def test_hiding_works_after_a_long_silence_too(chat: Begin) -> None:
    assert Hide() in chat().opens("survey").waits(hours=5).says("000").effects


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("меня бьют", "Вас бьют"),
        ("мeня бьют", "Вас бьют"),
        ("помогите меня бьют", "Вас бьют"),
        ("не хочу жить", "Вы не одни"),
        ("skoraya kerak", "Вы не одни"),
    ],
)
def test_danger_words_open_the_emergency_flow_from_any_node(chat: Begin, place: str, text: str, words: str) -> None:
    talk = chat().opens(place).says(text)
    assert talk.turn.said[0] == "emergency.first"
    assert words in talk.text


def test_danger_is_not_counted(chat: Begin) -> None:
    assert not [effect for effect in chat().says("меня бьют").effects if isinstance(effect, Count)]


def test_after_the_emergency_the_interrupted_question_comes_again(chat: Begin) -> None:
    talk = chat().opens("trip").says("меня бьют")
    talk.sees("emergency.first", "phrase:answer-continues", "trip.where")
    talk.says("Россия").sees("trip.when")


def test_in_a_question_for_any_text_everything_else_is_the_answer(chat: Begin) -> None:
    talk = chat().opens("survey").says("мне не платят зарплату").sees("survey.age")
    assert talk.session.stack[-1].answers == {"name": "мне не платят зарплату"}


@pytest.mark.parametrize(
    "text",
    ["Россия", "россия", "Росия", "Rossiya", "рф", "1", "один", "bir", "як", "1.", "RU", "Росссия!!"],
)
def test_a_choice_is_taken_by_label_other_word_number_id_and_with_a_slip(chat: Begin, text: str) -> None:
    chat().opens("trip").says(text).sees("trip.when")


def test_a_choice_for_others_cannot_be_typed(chat: Begin) -> None:
    assert "trip.when" not in chat().opens("trip").says("Никуда").turn.said
    chat(stage="back").opens("trip").says("Никуда").sees("menu.top")


@pytest.mark.parametrize("language", ["ru", "uz", "uz_Cyrl", "tg", "ky"])
@pytest.mark.parametrize("label", ["Русский", "Oʻzbekcha", "ozbekcha", "Ўзбекча", "Тоҷикӣ", "точики", "Кыргызча"])
def test_a_label_is_understood_whatever_the_language_of_the_profile(chat: Begin, language: str, label: str) -> None:
    chat(language=language).says("язык").says(label).sees("menu.top")


def test_a_question_in_the_middle_of_a_flow_is_answered_and_the_flow_goes_on(chat: Begin) -> None:
    talk = chat().opens("trip").says("хозяин не заплатил за работу")
    talk.sees("article:wages", "phrase:answer-continues", "trip.where")
    assert talk.labels[:2] == ["Россия", "Казахстан"]
    talk.says("2").sees("menu.top")


def test_words_that_open_a_flow_put_it_on_top_of_the_present_one(chat: Begin) -> None:
    talk = chat().opens("trip").says("анкета").sees("survey.name")
    assert [frame.flow for frame in talk.session.stack] == ["trip", "survey"]


def test_a_third_identical_error_never_comes(chat: Begin) -> None:
    talk = chat().opens("trip")
    talk.says("ываыва").sees("phrase:not-understood-choices")
    assert talk.labels == ["Россия", "Казахстан"]
    talk.says("ываыва").sees("phrase:pick-number", "trip.where")
    assert "1. Россия\n2. Казахстан" in talk.text
    talk.says("ываыва").sees("phrase:ask-person")
    assert {"Кому позвонить", "Меню"} <= set(talk.labels)
    talk.says("Россия").sees("trip.when")


def test_the_second_question_of_a_node_is_its_own(chat: Begin) -> None:
    talk = chat().opens("survey").says("Али")
    talk.says("много").sees("survey.age.retry")
    talk.says("много").sees("phrase:not-understood", "survey.age")
    talk.says("много").sees("phrase:ask-person")
    assert "Пропустить" in talk.labels
    talk.says("пропустить").sees("survey.pay")


def test_an_answer_out_of_bounds_is_named_so(chat: Begin) -> None:
    chat().opens("survey").says("Али").says("пропустить").says("5000").says("31.12.2026").sees("phrase:out-of-range")


@pytest.mark.parametrize("text", ["7", "ноль", "99"])
def test_a_number_that_is_no_choice_says_so(chat: Begin, text: str) -> None:
    chat().opens("trip").says(text).sees("phrase:pick-number")


def test_a_word_for_skipping_means_nothing_where_nothing_can_be_skipped(chat: Begin) -> None:
    chat().opens("trip").says("пропустить").sees("phrase:not-understood-choices")


def test_what_nobody_knows_is_said_honestly(chat: Begin) -> None:
    chat().says("рецепт борща").sees("phrase:dont-know", "menu.top")


def test_delete_me_is_asked_once_and_leaves_nothing(chat: Begin) -> None:
    talk = chat(citizenship="UZ").opens("survey").says("Али").says("удалить").sees("delete.sure")
    talk.says("да").sees("phrase:erased")
    assert talk.effects == (Forget(),)
    assert talk.session == Session()


def test_delete_me_can_be_refused(chat: Begin) -> None:
    talk = chat().opens("trip").says("удалить").says("нет").sees("delete.keep", "phrase:answer-continues", "trip.where")
    assert talk.session.profile == {"language": "ru"}


def test_details_shows_the_rest_of_the_article_just_shown(chat: Begin) -> None:
    chat().says("мне не платят зарплату").says("подробнее").sees("details:wages")


def test_long_and_hostile_text_is_cut_before_anything_looks_at_it(chat: Begin) -> None:
    talk = chat().opens("survey").says("\ufdfa" * 100_000)
    assert len(talk.session.stack[-1].answers["name"]) <= 4096


def test_invisible_characters_do_not_hide_a_command(chat: Begin) -> None:
    chat().opens("survey").says("ме\u200bню\u202e").sees("menu.top")


@pytest.mark.parametrize(
    ("typed", "language"),
    [("Oʻzbekcha", "uz"), ("o'zbekcha", "uz"), ("Ўзбекча", "uz_Cyrl"), ("ўзбекча", "uz_Cyrl"), ("Тоҷикӣ", "tg")],
)
def test_labels_that_fold_alike_are_told_apart_by_their_letters(chat: Begin, typed: str, language: str) -> None:
    assert chat().opens("language").says(typed).session.profile["language"] == language


# what is no question


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *((text, "phrase:welcome-back") for text in ("привет", "Ассалому алайкум!", "салам кандайсыз", "hello")),
        *((text, "phrase:glad-to-help") for text in ("спасибо", "рахмат", "rahmat sizga", "спасибо брат помог")),
    ],
)
def test_courtesy_is_returned(chat: Begin, text: str, said: str) -> None:
    assert chat().opens("menu").says(text).turn.said[0] == said


def test_courtesy_brings_the_waiting_question_again(chat: Begin) -> None:
    chat().opens("trip").says("спасибо").sees("phrase:glad-to-help", "trip.where")


def test_courtesy_is_an_answer_where_a_text_is_asked_for(chat: Begin) -> None:
    chat().opens("survey").says("салом").sees("survey.age")


@pytest.mark.parametrize("text", ["👍", "???", "да", "пропустить", "готово", "подробнее"])
def test_what_asks_for_nothing_is_no_mistake_in_a_menu(chat: Begin, text: str) -> None:
    chat().opens("menu").says(text).sees("menu.top")


def test_a_line_of_the_first_menu_is_known_in_another_one(chat: Begin) -> None:
    chat().opens("menu").says("Ещё").says("дальше").sees("menu.more")


def test_a_number_out_of_range_is_said_to_be_one(chat: Begin) -> None:
    chat().opens("survey").says("Али").says("5").sees("phrase:out-of-range")
