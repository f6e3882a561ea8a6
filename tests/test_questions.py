"""A question in one's own words, in the middle of anything, on the real guidance: what comes, in which language."""

from datetime import UTC, datetime

import pytest

from bot.catalogue import Catalogue
from bot.conversation import Count, Unanswered
from tests import real
from tests.conversation.chat import Chat

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return real.catalogue()


def person(catalogue: Catalogue, **profile: str) -> Chat:
    known = {"language": "ru", "citizenship": "UZ", "country": "RU", "stage": "there"} | profile
    return Chat(catalogue, now=NOW, **known).opens("menu")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("xo'jayin oyligimni bermayapti, qayerga shikoyat qilaman", "uz"),
        ("хужайин ойлигимни бермаяпти каерга шикоят киламан", "uz_Cyrl"),
        ("хӯҷаин маоши маро намедиҳад, ба куҷо шикоят кунам", "tg"),
        ("кожоюн айлыгымды бербей жатат, кайда арызданам", "ky"),
    ],
)
def test_a_question_is_answered_in_its_language_with_a_way_to_stay_in_it(
    catalogue: Catalogue, text: str, language: str
) -> None:
    chat = person(catalogue).says(text)
    assert chat.turn.said[0] == "article:wages-unpaid"
    assert chat.reply.language == language
    names = {"uz": "Oʻzbekcha", "uz_Cyrl": "Ўзбекча", "tg": "Тоҷикӣ", "ky": "Кыргызча"}
    chat.taps(names[language])
    assert chat.session.profile["language"] == language


def test_the_language_of_the_profile_stays_until_the_person_changes_it(catalogue: Catalogue) -> None:
    chat = person(catalogue).says("xo'jayin oyligimni bermayapti, qayerga shikoyat qilaman").says("меню")
    assert chat.reply.language == "ru"


def test_a_question_inside_a_flow_is_answered_and_the_flow_goes_on_where_it_stood(catalogue: Catalogue) -> None:
    chat = person(catalogue).opens("registration")
    stood = chat.stands
    chat.says("сколько стоит патент в москве в месяц")
    assert chat.turn.said[0] == "article:patent-cost"
    assert chat.stands == stood


def test_an_answer_to_the_waiting_question_is_no_new_question(catalogue: Catalogue) -> None:
    chat = person(catalogue).opens("wages").says("пугают полицией")
    assert chat.stands == "wages.passport"


def test_a_story_is_answered_by_its_main_need_and_the_second_one_is_offered(catalogue: Catalogue) -> None:
    chat = person(catalogue).says(
        "Здравствуйте. Я работал на стройке три месяца, хозяин не платит зарплату. "
        "Ещё он забрал мой паспорт и не отдаёт."
    )
    titles = {catalogue.articles[topic].title.plain("ru") for topic in ("wages-unpaid", "passport-taken")}
    shown = catalogue.articles[chat.turn.said[0].partition(":")[2]].title.plain("ru")
    assert shown in titles
    assert (titles - {shown}) <= set(chat.labels)


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("меня бьёт муж помогите", "violence.now"),
        ("нас заперли и не выпускают забрали телефоны", "held.first"),
        ("я не хочу больше жить", "despair.who"),
    ],
)
def test_a_cry_opens_the_emergency_in_any_state_and_nothing_is_counted_of_its_words(
    catalogue: Catalogue, text: str, flow: str
) -> None:
    chat = person(catalogue).opens("registration").says(text)
    assert "emergency.hello" in chat.turn.said
    assert flow in chat.turn.said
    assert not [effect for effect in chat.effects if isinstance(effect, Unanswered)]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("как дела бот", "phrase:small-talk"),
        ("ты тупой бот", "phrase:keep-calm"),
        ("справку медкомиссии без прохождения куплю", "phrase:no-forged-papers"),
    ],
)
def test_small_talk_insults_and_asks_for_forged_papers_get_something_short_and_a_way_on(
    catalogue: Catalogue, text: str, phrase: str
) -> None:
    chat = person(catalogue).says(text)
    assert chat.turn.said[0] == phrase
    assert len(chat.text) < 300
    assert chat.labels


def test_another_language_is_told_in_itself_which_languages_work(catalogue: Catalogue) -> None:
    chat = person(catalogue).says("hello where can i get a work permit please")
    assert chat.turn.said == ("other-language:en",)
    assert chat.text.startswith("I can read Russian")
    assert {"Oʻzbekcha", "Тоҷикӣ", "Кыргызча"} <= set(chat.labels)


UNKNOWN = "прблмц квзрт фшлщк"


def test_what_finds_no_answer_is_said_openly_counted_and_not_kept(catalogue: Catalogue) -> None:
    chat = person(catalogue).says(UNKNOWN)
    assert chat.turn.said[0] == "phrase:dont-know"
    assert [effect.topic for effect in chat.effects if isinstance(effect, Count)] != []
    assert not [effect for effect in chat.effects if isinstance(effect, Unanswered)]


def test_words_are_kept_after_a_yes_alone_and_scrubbed(catalogue: Catalogue) -> None:
    chat = person(catalogue).says(UNKNOWN)
    chat.taps(catalogue.flows["share"].title.plain("ru"))
    assert chat.stands == "share.sure"
    chat.says("да")
    kept = [e for e in chat.says(f"{UNKNOWN} Фархад 89161234567 сегодня").effects if isinstance(e, Unanswered)]
    assert [effect.words for effect in kept] == ["… сегодня"]
    assert repr(kept[0]) == "Unanswered()"


def test_after_a_no_nothing_is_kept_and_nobody_asks_again(catalogue: Catalogue) -> None:
    chat = person(catalogue, share="no").says(UNKNOWN)
    assert catalogue.flows["share"].title.plain("ru") not in chat.labels
    assert not [effect for effect in chat.effects if isinstance(effect, Unanswered)]
