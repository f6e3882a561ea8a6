"""A channel that shows ten choices at a time: the rest comes with one more tap, and numbers count what is seen."""

from datetime import UTC, datetime

import pytest

from bot.conversation import Event, Reply, Session, turn
from tests.web.serving import catalogue, token

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
PROFILE = {"language": "ru", "citizenship": "TJ", "country": "RU", "stage": "there"}


class Phone:
    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.session = Session(profile=PROFILE)
        self.reply: Reply

    def does(self, **event: str) -> "Phone":
        kind = "choice" if "choice" in event else "text"
        taken = turn(self.session, Event(kind=kind, **event), catalogue(), NOW, self.channel)  # type: ignore[arg-type]
        self.session, self.reply = taken.session, taken.replies[-1]
        return self

    def opens(self) -> "Phone":
        """A question with eleven answers and more."""
        return self.does(text="проверить работу").does(text="пропустить")

    @property
    def labels(self) -> list[str]:
        return [choice.label for choice in self.reply.choices]


@pytest.fixture
def everything() -> list[str]:
    return Phone("telegram").opens().labels


def test_where_all_can_be_shown_all_are(everything: list[str]) -> None:
    assert len(everything) > 10
    assert "Ещё" not in everything


@pytest.mark.parametrize("asked", ["tap", "word", "number"])
def test_ten_at_a_time_and_the_rest_with_one_more_tap(everything: list[str], asked: str) -> None:
    phone = Phone("whatsapp").opens()
    assert phone.labels == [*everything[:9], "Ещё"]
    more = {"tap": {"choice": token("command", "more")}, "word": {"text": "ещё"}, "number": {"text": "10"}}[asked]
    assert phone.does(**more).labels == [*everything[9:], "Ещё"]
    assert phone.does(**more if asked != "number" else {"text": "ещё"}).labels == [*everything[:9], "Ещё"]


def test_a_number_is_that_of_the_choices_in_sight(everything: list[str]) -> None:
    telegram = Phone("telegram").opens().does(text="10")
    whatsapp = Phone("whatsapp").opens().does(text="ещё").does(text="1")
    assert telegram.session.stack == whatsapp.session.stack
    assert telegram.reply.text == whatsapp.reply.text


def test_a_label_that_is_not_in_sight_can_be_typed_all_the_same(everything: list[str]) -> None:
    phone = Phone("whatsapp").opens().does(text=everything[-1])
    assert phone.reply.text == Phone("telegram").opens().does(text=everything[-1]).reply.text


def test_the_word_for_more_is_nothing_where_there_is_no_more() -> None:
    assert "Ещё" not in Phone("telegram").opens().does(text="ещё").labels


def test_where_only_ways_out_are_too_many_they_give_way_and_the_menu_stays_last() -> None:
    """One more message for "back" alone would cost money, and the word works all the same."""
    telegram = Phone("telegram").does(text="меню").does(text="Работа и зарплата")
    whatsapp = Phone("whatsapp").does(text="меню").does(text="Работа и зарплата")
    assert [label for label in telegram.labels if label not in whatsapp.labels] == ["Назад"]
    assert whatsapp.labels[-1] == "Меню"
    assert len(whatsapp.labels) == 10
    assert whatsapp.does(text="назад").reply.text == telegram.does(text="назад").reply.text
