"""Which city: typed, chosen among places of one name, or sent from the map."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.catalogue import Target
from bot.conversation import Frame
from tests.conversation.chat import Chat

Begin = Callable[..., Chat]


@pytest.fixture
def asked(chat: Begin) -> Callable[..., Chat]:
    """Someone who is asked for their city, by the survey."""

    def begin(node: str = "city", **profile: str) -> Chat:
        talk = chat(**profile).opens("survey")
        talk.session = replace(talk.session, stack=(replace(talk.session.stack[-1], node=node),))
        return talk

    return begin


def city(talk: Chat) -> str | None:
    return talk.session.profile.get("city")


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("ru", "в Екатеринбурге"),
        ("uz", "Yekaterinburgda"),
        ("uz_Cyrl", "Екатеринбургда"),
        ("tg", "екб"),
        ("ky", "Ебург"),
    ],
)
def test_a_sure_place_is_kept_by_its_id(language: str, typed: str, asked: Begin) -> None:
    talk = asked(language=language).says(typed)

    assert city(talk) == "ru-sve-yekaterinburg"
    talk.sees("survey.place")


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("ru", ["Троицк, Челябинская область", "Троицк, Москва"]),
        ("uz", ["Troitsk, Chelyabinsk viloyati", "Troitsk, Moskva"]),
        ("uz_Cyrl", ["Троицк, Челябинск вилояти", "Троицк, Москва"]),
        ("tg", ["Троицк, вилояти Челябинск", "Троицк, Маскав"]),
        ("ky", ["Троицк, Челябинск облусу", "Троицк, Москва"]),
    ],
)
def test_a_name_of_several_places_is_asked_about_with_their_regions(
    language: str, labels: list[str], asked: Begin
) -> None:
    talk = asked(language=language).says("Троицк")

    talk.sees("phrase:which-place")
    assert talk.labels[:2] == labels, talk.labels
    assert city(talk) is None


@pytest.mark.parametrize("answer", ["2", "Троицк, Москва", "tap"])
def test_one_of_them_is_tapped_numbered_or_typed_out(answer: str, asked: Begin) -> None:
    talk = asked().says("Троицк")
    talk = talk.taps("Троицк, Москва") if answer == "tap" else talk.says(answer)

    assert city(talk) == "ru-mow-troitsk"
    talk.sees("survey.place")


def test_none_of_them_brings_a_more_exact_question(asked: Begin) -> None:
    talk = asked().says("Троицк").taps("Другое место")

    talk.sees("phrase:bad-city")
    assert talk.stands == "survey.city"
    assert city(talk.says("Троицк Челябинская область")) == "ru-che-troitsk"


def test_what_nobody_knows_is_asked_once_more_and_then_kept_as_typed(asked: Begin) -> None:
    talk = asked().says("Барабульки")
    talk.sees("phrase:bad-city")

    talk.says("Барабульки")

    assert city(talk) == "Барабульки"
    talk.sees("survey.place")


def test_the_same_doubtful_name_is_never_asked_about_a_third_time(asked: Begin) -> None:
    talk = asked().says("Троицк").says("Троицк")
    talk.sees("phrase:which-place")

    assert city(talk.says("Троицк")) == "Троицк"


def test_a_question_in_the_place_of_a_city_is_answered(asked: Begin) -> None:
    talk = asked().says("Сколько стоит патент и как его оформить?")

    assert city(talk) is None
    assert talk.stands == "survey.city"


def test_the_country_of_the_person_decides_between_near_equals(asked: Begin) -> None:
    labels = {country: asked(country=country).says("Аксай").labels[0] for country in ("RU", "KZ")}
    assert labels == {"RU": "Аксай, Ростовская область", "KZ": "Аксай, Западно-Казахстанская область"}


# shown again


@pytest.mark.parametrize(
    ("language", "shown"),
    [("ru", "Ташкент"), ("uz", "Toshkent"), ("uz_Cyrl", "Тошкент"), ("tg", "Тошканд"), ("ky", "Ташкент")],
)
def test_a_place_is_shown_by_its_name_in_the_language(language: str, shown: str, asked: Begin) -> None:
    talk = asked("insured", language=language, city="uz-tk-tashkent")

    assert f" {shown}, " in talk.says("yes").says("1").says("4").text


def test_a_city_of_an_older_session_is_shown_as_it_was_typed(asked: Begin) -> None:
    talk = asked("insured", city="Маскав шаҳри")

    assert " Маскав шаҳри, " in talk.says("да").says("1").says("4").text


# from the map


@pytest.mark.parametrize("node", ["city", "place"])
def test_a_location_becomes_the_nearest_city_and_is_dropped(node: str, asked: Begin) -> None:
    talk = asked(node).sends("location", latitude=55.7558123, longitude=37.6173456)

    kept = city(talk) if node == "city" else talk.session.stack[-1].answers["place"]
    assert kept == "ru-mow-moscow"
    assert talk.turn.said[0] == "phrase:location-thanks"
    assert "Москва" in talk.text
    assert "55.7" not in repr(talk.turn)


def test_a_place_is_typed_where_a_location_was_asked_for(asked: Begin) -> None:
    talk = asked("place").says("в Мытищах")

    assert talk.session.stack[-1].answers["place"] == "ru-mos-mytishchi"
    talk.sees("survey.insured")


@pytest.mark.parametrize(
    "where", [{}, {"latitude": 48.85, "longitude": 2.35}, {"latitude": float("nan"), "longitude": 1.0}]
)
def test_a_location_far_from_all_of_them_is_asked_for_by_name(where: dict[str, float], asked: Begin) -> None:
    talk = asked("place").sends("location", **where)

    talk.sees("phrase:bad-city")
    assert talk.stands == "survey.place"


def test_a_button_of_a_place_means_nothing_where_no_place_is_asked_for(asked: Begin) -> None:
    token = Target(kind="place", id="ru-mow-moscow").token
    talk = asked("name").sends("choice", choice=token)

    assert city(talk) is None
    assert talk.stands == "survey.name"


# what day it is


@pytest.mark.parametrize(
    ("profile", "day"),
    [
        ({}, "2026-03-31"),
        ({"country": "RU"}, "2026-03-31"),
        ({"country": "RU", "city": "ru-kam-petropavlovsk-kamchatsky"}, "2026-04-01"),
        ({"country": "RU", "city": "Петропавловск, где-то там"}, "2026-03-31"),
    ],
)
def test_today_is_the_day_in_the_city_of_the_person(profile: dict[str, str], day: str, chat: Begin) -> None:
    talk = chat(**profile)
    talk.now = datetime(2026, 3, 31, 13, 0, tzinfo=UTC)
    talk.session = replace(talk.session, stack=(Frame(flow="survey", version="", node="entered"),))

    assert talk.says("сегодня").session.stack[-1].answers["entered"] == day
