"""Texts on the screen: values, units, bold, translations that are old or missing."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.catalogue import Ask, Catalogue
from bot.conversation import Event, Frame, Session, turn
from tests.conversation.chat import NOON, Chat

Begin = Callable[..., Chat]

#: What people type to break a template (T58), and marks of our own.
HOSTILE = [
    "{0.__class__}",
    "{{7*7}}",
    "<%= 1 %>",
    "${jndi:ldap://x}",
    "*жирный*",
    "{fact:stay}",
    "{answers.name}",
    "{today}",
    "%s %(x)s {}",
    "<b>x</b>",
    "{{",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_person_typed_comes_back_as_it_was_typed(chat: Begin, typed: str) -> None:
    talk = chat().opens("survey").says(typed).sees("survey.age")
    assert talk.text.startswith(f"{typed}, сколько вам лет?")
    assert talk.reply.bold == ()


def test_facts_come_with_their_unit_and_their_place(chat: Begin) -> None:
    text = chat().opens("trip").taps("Россия").taps("Надолго").text
    assert "Можно 90\xa0дней. Цена: 8\xa0900\xa0₽, в городе 4\xa0000,50\xa0₽." in text
    assert "Последний день: 30 июня 2030 года." in text
    assert "Сегодня 31 марта 2026 года." in text


def test_a_fact_outside_its_validity_is_never_shown_as_truth(chat: Begin, catalogue: Catalogue) -> None:
    talk = chat()
    talk.now = datetime(2031, 1, 1, tzinfo=UTC)
    text = talk.opens("trip").taps("Россия").taps("Надолго").text
    assert f"Было: {catalogue.phrases['fact-unsure'].plain('ru')}." in text
    assert "Было: 5" not in text


def test_a_number_that_nobody_has_checked_says_so(catalogue: Catalogue) -> None:
    unsure = catalogue.phrases["point-unsure"].plain("ru")
    doubtful = replace(catalogue, points={"line": replace(catalogue.points["line"], doubtful=True)})

    sure, said = (Chat(one, language="ru").opens("help").text for one in (catalogue, doubtful))

    assert unsure not in sure
    assert f"Звоните: Горячая линия: 112 {unsure}. Только номер: 112 {unsure}." in said


@pytest.mark.parametrize(
    ("country", "day"),
    [("", "31 марта"), ("RU", "31 марта"), ("KZ", "1 апреля"), ("TJ", "1 апреля"), ("KG", "1 апреля")],
)
def test_today_is_the_day_where_the_person_is(catalogue: Catalogue, country: str, day: str) -> None:
    night = datetime(2026, 3, 31, 20, 30, tzinfo=UTC)
    profile = {"language": "ru", **({"country": country} if country else {})}
    stack = (Frame(flow="trip", version="", node="when"),)
    taken = turn(
        Session(profile=profile, stack=stack, last=int(night.timestamp())),
        Event(kind="text", text="Надолго"),
        catalogue,
        night,
    )
    assert f"Сегодня {day} 2026" in taken.replies[0].text


def test_a_missing_translation_is_said_once_in_a_reply(chat: Begin, catalogue: Catalogue) -> None:
    talk = chat(language="ky").opens("trip").taps("Россия").taps("Надолго")
    note = catalogue.phrases["missing-note"].plain("ky")
    assert talk.text.count(note) == 1
    assert talk.text.endswith(note)


def test_a_stale_translation_is_said_in_the_persons_language(catalogue: Catalogue) -> None:
    trip = catalogue.flows["trip"]
    where = trip.nodes["where"]
    assert isinstance(where, Ask)
    forms = {**where.text.forms, "tg": replace(where.text.forms["tg"], state="stale")}
    nodes = {**trip.nodes, "where": replace(where, text=replace(where.text, forms=forms))}
    old = replace(catalogue, flows={**catalogue.flows, "trip": replace(trip, nodes=nodes)})
    standing = Frame(flow="trip", version=trip.version, node="where")
    session = Session(profile={"language": "tg"}, stack=(standing,), last=int(NOON.timestamp()))
    (reply,) = turn(session, Event(kind="resume"), old, NOON).replies
    assert reply.text.endswith(catalogue.phrases["stale-note"].plain("tg"))
    assert reply.language == "tg"


def test_the_source_language_needs_no_note(chat: Begin, catalogue: Catalogue) -> None:
    for key in ("stale-note", "missing-note"):
        assert catalogue.phrases[key].source not in chat().opens("trip").text


def test_an_answer_is_taken_back_from_the_text_when_it_was_skipped(chat: Begin) -> None:
    talk = chat().opens("survey").says("Али").says("30").says("назад").says("пропустить")
    assert talk.session.stack[-1].answers == {"name": "Али"}
