"""The nearest help as people see it: hours in words, whom to call, what to say, the ways on."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from msgspec.structs import replace

from bot.catalogue import Catalogue, HelpPoint, Target
from bot.conversation import Event, Session, turn
from bot.text import LANGUAGES
from tests.conversation.chat import Chat
from tests.web import serving

#: Tuesday noon in Moscow.
NOON: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return serving.catalogue()


def asks(catalogue: Catalogue, need: str, now: datetime = NOON, **profile: str) -> Chat:
    chat = Chat(catalogue, now=now, **{"language": "ru", "citizenship": "UZ", "country": "RU", **profile})
    return chat.sends("choice", choice=Target(kind="help", id=need).token)


def changed(catalogue: Catalogue, key: str, **fields: Any) -> Catalogue:
    """Nothing but that one point, changed."""
    point: HelpPoint = replace(catalogue.points[key], **fields)
    return replace(catalogue, points={key: point})


HOURS: Final = [
    ("24/7", NOON, "Круглосуточно.", "Kecha-yu kunduz ishlaydi."),
    ("unknown", NOON, "Часы не знаем: сначала позвоните.", "Ish vaqtini bilmaymiz: avval qoʻngʻiroq qiling."),
    ("Mo-Fr 09:00-18:00", NOON, "Открыто сегодня до 18:00.", "Ochiq, bugun soat 18:00 gacha."),
    ("Mo-Su 09:00-24:00", NOON, "Открыто сегодня до 24:00.", "Ochiq, bugun soat 24:00 gacha."),
    ("Mo-Su 10:00-02:00", NOON, "Открыто до 2:00 завтра.", "Ochiq, ertaga soat 2:00 gacha."),
    ("Mo-Fr 15:00-18:00", NOON, "Закрыто, откроется сегодня в 15:00.", "Yopiq, bugun soat 15:00 da ochiladi."),
    ("We 09:00-18:00", NOON, "Закрыто, откроется завтра в 9:00.", "Yopiq, ertaga soat 9:00 da ochiladi."),
    ("Mo 09:00-18:00", NOON, "Закрыто, откроется в понедельник в 9:00.", "Yopiq, dushanba kuni soat 9:00 da ochiladi."),
    (
        "Mo-Fr 09:00-18:00",
        datetime(2026, 12, 31, 20, tzinfo=UTC),
        "Закрыто, откроется 11 января 2027 года в 9:00.",
        "Yopiq, 2027-yil 11-yanvar kuni soat 9:00 da ochiladi.",
    ),
]


@pytest.mark.parametrize(("hours", "now", "russian", "uzbek"), HOURS)
def test_hours_are_said_in_words(catalogue: Catalogue, hours: str, now: datetime, russian: str, uzbek: str) -> None:
    small = changed(catalogue, "ru-rostrud-hotline", hours=hours, timezone="Europe/Moscow")
    for language, words in (("ru", russian), ("uz", uzbek)):
        assert words in asks(small, "wages", now, language=language, city="Москва").text.splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
def test_hours_are_in_every_variant_and_in_the_persons_own_time(catalogue: Catalogue, language: str) -> None:
    small = changed(catalogue, "ru-rostrud-hotline", hours="Mo-Fr 09:00-18:00", timezone="Europe/Moscow")
    there = asks(small, "wages", language=language, city="Новосибирск").text

    assert "22:00" in there
    assert "18:00" not in there
    own = catalogue.phrases["hours-your-time"].plain(language)
    assert own in there
    assert own not in asks(small, "wages", language=language, city="Москва").text


def test_a_card_says_whom_to_call_what_to_bring_and_what_to_say(catalogue: Catalogue) -> None:
    talk = asks(catalogue, "documents", language="ky", citizenship="KG", city="Казань")

    lines = talk.text.splitlines()
    assert "Кыргызстандын Москвадагы элчилиги" in lines
    assert "Телефон: +79251155047, +79252855047, +74992374452" in lines
    assert "Мындай деңиз: «Здравствуйте. Мне нужна помощь с документами. Скажите, пожалуйста, что мне делать.»" in lines
    assert any(line.startswith("Мааниси: «Саламатсызбы.") for line in lines)
    assert any(line.startswith("Текшерилген күнү: 2023") for line in lines)


def test_a_russian_reader_is_not_told_the_meaning(catalogue: Catalogue) -> None:
    text = asks(catalogue, "documents", city="Казань").text

    assert "Скажите: «Здравствуйте." in text
    assert "Это значит" not in text


def test_at_home_no_russian_sentence_is_needed(catalogue: Catalogue) -> None:
    talk = asks(catalogue, "wages", country="", stage="back", city="Ташкент")

    assert "Скажите" not in talk.text
    assert "+998" in talk.text


def test_abroad_only_numbers_that_work_from_there_are_given(catalogue: Catalogue) -> None:
    """The short number of the agency works in Uzbekistan alone."""
    at_home = asks(catalogue, "wages", country="", stage="back", city="Ташкент").text
    abroad = asks(catalogue, "repatriation", country="KZ", city="Шымкент").text

    assert "1282" in at_home
    assert "1282" not in abroad
    assert "+998" in abroad


def test_a_point_without_a_phone_gives_one_that_answers(catalogue: Catalogue) -> None:
    text = asks(catalogue, "documents", city="Новосибирск").text

    assert "Проверенного телефона этого места нет." in text
    assert "Звоните сюда: Посольство Узбекистана в Москве, консульский отдел, +74992383620" in text


def test_a_point_that_nobody_confirmed_comes_with_a_warning_and_another_number(catalogue: Catalogue) -> None:
    talk = asks(catalogue, "documents", citizenship="TJ", city="Екатеринбург")
    talk.taps("Генеральное консульство Таджикистана в Екатеринбурге")

    assert "+73433702360 (сначала позвоните: не проверено, что там отвечают)" in talk.text
    assert "Не отвечают? Посольство Таджикистана в Москве" in talk.text


def test_the_others_stay_at_hand_beside_a_card(catalogue: Catalogue) -> None:
    talk = asks(catalogue, "wages", city="Казань")
    first, second, *_ = talk.labels
    talk.taps(first)

    assert second in talk.labels
    assert first not in talk.labels
    assert talk.labels[-2:] == ["Назад", "Меню"]


def test_where_nothing_is_near_that_is_said(catalogue: Catalogue) -> None:
    assert asks(catalogue, "family_tracing", city="Казань").turn.said[0] == "phrase:help-far"
    assert "phrase:help-far" not in asks(catalogue, "documents", city="Казань").turn.said


def test_where_no_help_is_known_that_is_said(catalogue: Catalogue) -> None:
    talk = asks(replace(catalogue, points={}), "wages", city="Казань")

    assert talk.turn.said == ("phrase:help-none", "help.after")


def test_messengers_and_pages_are_links_and_an_embassy_is_on_the_map(catalogue: Catalogue) -> None:
    talk = asks(catalogue, "wages", citizenship="TJ", city="Краснодар")
    assert ("WhatsApp: +79999125868", "https://wa.me/79999125868") in [(one.label, one.url) for one in talk.reply.links]

    embassy = asks(catalogue, "documents", citizenship="KG", city="Москва").reply
    assert embassy.pin is not None
    assert embassy.pin.title == "Посольство Кыргызстана в Москве"
    assert asks(catalogue, "trafficking", citizenship="KG", city="Москва").taps(embassy.pin.title).reply.pin is None


def test_help_is_four_taps_from_home_at_most(catalogue: Catalogue) -> None:
    """Nothing but the language is known."""
    talk = Chat(catalogue, now=NOON, language="ru").opens("menu")
    taps = ["Кому позвонить", "Зарплата", "Таджикистан", "Пропустить"]
    for label in taps:
        talk.taps(label)

    assert len(taps) <= 4
    assert talk.turn.said[-2:] == ("help:wages", "help.after")


def test_an_article_leads_to_whoever_helps_with_it(catalogue: Catalogue) -> None:
    talk = Chat(catalogue, now=NOON, language="ru", citizenship="TJ", country="RU", city="Казань").opens("menu")
    talk.sends("choice", choice=catalogue.articles["wages-unpaid"].token).taps("Кто поможет рядом")

    assert talk.turn.said == ("help:wages", "help.after")


@pytest.mark.parametrize(("channel", "kept"), [("telegram", True), ("whatsapp", True), ("web", False)])
def test_a_number_can_be_kept_where_the_phone_has_an_address_book(
    catalogue: Catalogue, channel: str, kept: bool
) -> None:
    """Only when it is asked for, and never of what another should not find in the phone."""
    for key, need, offered in (("ru-rostrud-hotline", "wages", kept), ("ru-rostrud-hotline", "trafficking", False)):
        session = Session(profile={"language": "ru", "citizenship": "UZ", "country": "RU"})
        card = Target(kind="point", id=key, option=need).token
        shown = turn(session, Event(kind="choice", choice=card), catalogue, NOON, channel)
        save = Target(kind="save", id=key).token
        assert (save in shown.session.offered) == offered
        if offered:
            (reply,) = turn(shown.session, Event(kind="choice", choice=save), catalogue, NOON, channel).replies
            assert reply.card is not None
            assert reply.card.phones == catalogue.points[key].phones
