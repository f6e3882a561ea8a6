"""``show: deadlines``, in the flow «Мои сроки» of the real content."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from bot.catalogue import Catalogue
from bot.conversation.deadlines import MAX_SHOWN, chosen
from bot.guidance import deadlines
from bot.text import LANGUAGES, format_date
from tests import real
from tests.conversation.chat import Chat

#: With those of ``safar deadlines``, whose day this is too: its content takes seconds to load.
pytestmark = pytest.mark.xdist_group("deadlines")

TODAY = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def content() -> Catalogue:
    return real.catalogue(TODAY.date())


def asked(content: Catalogue, *answers: str, language: str = "ru", **profile: str) -> Chat:
    """``-`` skips a question."""
    chat = Chat(content, now=TODAY, language=language, **profile).opens("my-dates")
    for answer in answers:
        chat = chat.taps("Пропустить") if answer == "-" else chat.says(answer)
    return chat


def test_the_last_day_the_duty_and_the_step_are_said_with_the_day_of_the_check(content: Catalogue) -> None:
    chat = asked(content, "20.11.2026", "-", "-", citizenship="UZ", country="RU")
    assert "До 4 декабря 2026 года включительно: Встать на миграционный учёт" in chat.text
    assert "Осталось: 6\xa0дней." in chat.text
    assert "Хозяин жилья подаёт документы" in chat.text
    assert "Проверено: 1 января 2025 года" in chat.text


def test_the_date_is_bold(content: Catalogue) -> None:
    reply = asked(content, "20.11.2026", "-", "-", citizenship="UZ", country="RU").reply
    assert "До 4 декабря 2026 года включительно:" in [reply.text[start:end] for start, end in reply.bold]


def test_what_is_past_stands_first_with_what_follows_and_without_blame(content: Catalogue) -> None:
    text = asked(content, "01.11.2026", "-", "-", citizenship="UZ", country="RU").text
    assert text.index("Срок прошёл 15 ноября 2026 года") < text.index("До 30 ноября 2026 года включительно")
    assert "вы всё сделали вовремя, всё хорошо" in text
    assert "сначала спросите юриста или консульство" in text


def test_a_step_for_the_worse_does_not_sound_like_time_that_is_allowed(content: Catalogue) -> None:
    text = asked(content, "01.06.2026", "-", "-", citizenship="TJ", country="RU").text
    assert "После 24 февраля 2027 года станет хуже: Более долгий запрет на въезд" in text
    assert "Осталось" not in text
    assert "Самый долгий" not in text


def test_a_doubted_term_is_said_to_be_one(content: Catalogue) -> None:
    rule = replace(content.deadlines["stay-kg"], confidence="low")
    doubted = replace(content, deadlines={rule.id: rule})
    assert "точно не известен" in asked(doubted, "20.11.2026", "-", "-", citizenship="KG", country="RU").text


def test_a_number_that_is_being_checked_gives_no_date(content: Catalogue) -> None:
    text = asked(content, "20.06.2026", "-", citizenship="KG", country="KZ").text
    assert "Срок сейчас проверяют: Зарегистрироваться в миграционной полиции" in text


@pytest.mark.parametrize(
    ("answers", "profile", "said"),
    [
        (("-", "-", "-"), {"citizenship": "UZ", "country": "RU"}, "phrase:deadlines-no-date"),
        (("-", "-", "20.11.2026"), {}, "phrase:deadlines-missing"),
        (("-", "20.11.2026"), {"citizenship": "UZ"}, "phrase:deadlines-missing"),
    ],
)
def test_what_is_missing_is_said(
    content: Catalogue, answers: tuple[str, ...], profile: dict[str, str], said: str
) -> None:
    chat = asked(content, *answers, **profile)
    assert said in chat.turn.said
    assert chat.stands == "my-dates.onward"


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_in_the_language_of_the_person(content: Catalogue, language: str) -> None:
    chat = asked(content, "20.11.2026", language=language, citizenship="UZ", country="KZ").says("пропустить")
    assert format_date(date(2026, 12, 19), language) in chat.text
    assert "{" not in chat.text


def test_a_list_is_short_and_keeps_the_next_terms(content: Catalogue) -> None:
    events = {"entry": date(2026, 6, 1), "move": date(2026, 7, 1), "wage_day": date(2026, 11, 20)}
    found = deadlines(content, citizenship="UZ", country="RU", events=events, today=TODAY.date())  # type: ignore[arg-type]
    shown = chosen(found)
    assert len(found) > len(shown) == MAX_SHOWN
    assert [one.rule.id for one in shown if not one.is_past][:2] == ["wage-stop-work", "overstay-long"]
    assert list(shown) == [one for one in found if one in shown]


def test_a_reminder_is_planned(content: Catalogue) -> None:
    chat = asked(content, "20.11.2026", "-", "-", citizenship="UZ", country="RU").taps("Да, через неделю")
    assert [type(effect).__name__ for effect in chat.effects] == ["Remind"]
