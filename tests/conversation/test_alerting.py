"""Alerts within a conversation: said yes to, refused, shown on arrival, checked, asked about again."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bot.catalogue import Catalogue, Target
from bot.conversation import Event, Hide, Remind, Session, Shown, Told, turn
from bot.conversation.tickets import Ticket
from bot.delivery.moving import move_code
from bot.text import LANGUAGES
from tests.conversation.chat import NOON, Chat
from tests.conversation.test_alerts import ALERT
from tests.web import serving

TODAY = NOON.date()
SECOND = replace(ALERT, code="22222222", texts={"ru": "Второе."})
THIRD = replace(ALERT, code="33333333", texts={"ru": "Третье."})
OFF = Target(kind="alerts-off", id="this-team").token
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return serving.catalogue()


def known(catalogue: Catalogue, **profile: str) -> Chat:
    told: dict[str, Any] = {"language": "ru", "citizenship": "UZ", "country": "RU", **profile}
    return Chat(catalogue, **told)


def arriving(catalogue: Catalogue, *valid: Shown) -> Chat:
    """Somebody new, who is asked about alerts."""
    chat = Chat(catalogue)
    chat.valid = valid
    chat.sends("start").taps("Русский").taps("Узбекистан").taps("В России")
    return chat.sees("start.alerts")


# saying yes and no


def test_the_first_conversation_asks_once_and_only_a_yes_is_a_yes(catalogue: Catalogue) -> None:
    no = arriving(catalogue).taps("Нет, не надо").sees("menu.top")
    assert no.session.profile["alerts"] == "none"
    assert no.effects == ()
    yes = arriving(catalogue).says("да").sees("menu.top")
    assert yes.session.profile["alerts"] == "important"
    assert yes.effects == (Remind(due=NOON + YEAR, flow="alerts-again"),)
    silent = arriving(catalogue).says("меню").sees("menu.top")
    assert "alerts" not in silent.session.profile


def test_who_has_answered_is_not_asked_again(catalogue: Catalogue) -> None:
    chat = Chat(catalogue, alerts="none").sends("start").taps("Русский").taps("Узбекистан").taps("В России")
    chat.sees("menu.top")


def test_what_is_chosen_is_kept_as_the_segments_read_it(catalogue: Catalogue) -> None:
    chat = known(catalogue).says("подписка").taps("Все сообщения")
    assert chat.effects == (Remind(due=NOON + YEAR, flow="alerts-again"),)
    chat.taps("Здоровье").taps("Документы").taps("Готово")
    assert chat.session.profile["alerts"] == "all"
    assert chat.session.profile["follows"] == "documents health"
    chat.says("подписка").taps("Только важное").taps("Пропустить")
    assert chat.session.profile["alerts"] == "important"
    assert "follows" not in chat.session.profile
    assert not [one for one in chat.effects if isinstance(one, Remind)], "the next question is planned already"


@pytest.mark.parametrize("language", LANGUAGES)
def test_stop_ends_them_at_once_in_every_language_wherever_one_stands(catalogue: Catalogue, language: str) -> None:
    words = catalogue.words.commands["stop"][language]
    assert len(words) >= 4
    for flow in ("menu", "wages", "alerts", "about-you", "language", "check", "person"):
        for word in words:
            chat = known(catalogue, language=language, alerts="all", alerts_again="2027-01-01").opens(flow).says(word)
            assert chat.session.profile["alerts"] == "none", (flow, word)
            assert "stop.stopped" in chat.turn.said


def test_stop_is_obeyed_of_somebody_new_and_keeps_reminders(catalogue: Catalogue) -> None:
    chat = Chat(catalogue).says("стоп")
    assert chat.session.profile["alerts"] == "none"
    assert chat.effects == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("command", "said"), [("alerts", "alerts.much"), ("check", "check.code")])
def test_words_open_the_settings_and_the_check(catalogue: Catalogue, language: str, command: str, said: str) -> None:
    for word in (f"/{command}", *catalogue.words.commands[command][language]):
        assert said in known(catalogue, language=language).opens("trip").says(word).turn.said, word


# refusing one organisation


def test_a_button_refuses_its_organisation_at_once_and_what_waits_goes_on(catalogue: Catalogue) -> None:
    chat = known(catalogue, alerts="all", alerts_without="others").opens("wages")
    chat.sends("choice", choice=OFF).sends("choice", choice=OFF)
    assert chat.turn.said[0] == "phrase:alert-refused"
    assert chat.turn.said[-1].startswith("wages.")
    assert chat.session.profile["alerts_without"] == "others this-team"
    assert chat.session.profile["alerts"] == "all"


def test_a_button_of_long_ago_works_for_who_is_nobody_any_more(catalogue: Catalogue) -> None:
    chat = Chat(catalogue)
    chat.session = Session()
    chat.sends("choice", choice=OFF).sees("phrase:alert-refused")
    assert chat.session.profile["alerts_without"] == "this-team"


def test_the_settings_bring_all_senders_back(catalogue: Catalogue) -> None:
    chat = known(catalogue, alerts="all").says("подписка")
    assert "Вернуть отправителей" not in chat.labels
    chat.sends("choice", choice=OFF).says("подписка").taps("Вернуть отправителей")
    assert "alerts_without" not in chat.session.profile


# shown on arrival


def test_who_arrives_sees_the_two_newest_once_and_the_next_when_they_come_back(catalogue: Catalogue) -> None:
    chat = arriving(catalogue, ALERT, SECOND, THIRD).taps("Да, присылайте").sees("alert", "alert", "menu.top")
    first, second, menu = chat.turn.replies
    assert "Патент подорожает" in first.text
    assert "Второе" in second.text
    assert not menu.replaces
    assert chat.session.alerted == ("12345678", "22222222")
    chat.sends("start").sees("alert", "menu.top")
    assert "Третье" in chat.turn.replies[0].text
    chat.sends("start").sees("menu.top")
    chat.says("1")
    assert chat.turn.said != ("menu.top",), "numbers mean the lines of the menu"


@pytest.mark.parametrize("answer", ["Нет, не надо", ""])
def test_who_did_not_say_yes_is_shown_none(catalogue: Catalogue, answer: str) -> None:
    chat = arriving(catalogue, ALERT)
    chat.taps(answer) if answer else chat.says("меню")
    chat.sees("menu.top").sends("start").sees("menu.top")


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        ({"alerts": "life"}, ALERT),
        ({"alerts": "all", "alerts_without": "this-team"}, ALERT),
        ({"alerts": "all"}, replace(ALERT, ends=TODAY - timedelta(days=1))),
    ],
)
def test_refused_and_stale_ones_are_not_shown_whatever_is_given(
    catalogue: Catalogue, profile: dict[str, str], shown: Shown
) -> None:
    chat = known(catalogue, **profile)
    chat.valid = (shown,)
    chat.sends("start").sees("menu.top")
    chat.valid = (replace(shown, urgency="life", organisation="others", ends=TODAY),)
    chat.sends("start").sees("alert", "menu.top")


def test_a_correction_is_shown_to_those_who_were_shown_what_it_corrects(catalogue: Catalogue) -> None:
    correction = replace(SECOND, kind="correction", corrects=ALERT.code)
    stranger = known(catalogue, alerts="all")
    stranger.valid = (correction,)
    stranger.sends("start").sees("menu.top")
    chat = known(catalogue, alerts="all")
    chat.valid = (ALERT,)
    chat.sends("start").sees("alert", "menu.top")
    assert chat.effects == (Told(ALERT.code),)
    chat.valid = (correction,)
    chat.sends("start").sees("alert", "menu.top")
    assert "Второе" in chat.turn.replies[0].text


def test_hiding_shows_nothing(catalogue: Catalogue) -> None:
    chat = arriving(catalogue, ALERT)
    chat.session = replace(chat.session, profile={**chat.session.profile, "alerts": "all"})
    chat.says("000").sees("phrase:hidden", "menu.top")
    assert chat.effects == (Hide(),)


def test_nothing_is_shown_in_the_middle_of_a_talk(catalogue: Catalogue) -> None:
    chat = known(catalogue, alerts="all")
    chat.valid = (ALERT,)
    for said in ("меню", "подписка", "патент", "стоп"):
        assert "alert" not in chat.says(said).turn.said


# behind the button of a template


def test_the_button_of_a_template_opens_the_whole_and_the_waiting_question_goes_on(catalogue: Catalogue) -> None:
    chat = known(catalogue, alerts="important").opens("trip")
    chat.alerts = (ALERT,)
    chat.sends("choice", choice=ALERT.token)
    assert "Оплатите сейчас." in chat.turn.replies[0].text
    assert chat.turn.said[0] == "alert"
    assert chat.turn.said[1].startswith("trip.")
    chat.says("меню").sends("choice", choice=ALERT.token).sees("alert")
    (reply,) = chat.turn.replies
    assert chat.session.offered == tuple(choice.id for choice in reply.choices)


def test_the_button_of_what_is_over_says_so_and_does_not_repeat_its_words(catalogue: Catalogue) -> None:
    """T25, T35: it may have been withdrawn, or name what must not be shown."""
    chat = known(catalogue, alerts="important").opens("trip")
    chat.alerts = (replace(ALERT, ends=TODAY - timedelta(days=1)),)
    chat.sends("choice", choice=ALERT.token)
    assert chat.turn.said[0] == "phrase:alert-over"
    assert chat.turn.said[-1].startswith("trip."), "the question that waits goes on"
    assert "Оплатите сейчас." not in chat.text
    chat.says("меню").sends("choice", choice=ALERT.token).sees("phrase:alert-over")
    assert "Оплатите сейчас." not in chat.text


def test_an_alert_that_is_not_known_any_more_brings_the_present_question(catalogue: Catalogue) -> None:
    known(catalogue).sends("start").sends("choice", choice=ALERT.token).sees("menu.top")


# checking (T37)


@pytest.mark.parametrize("typed", ["1234 5678", "1234-5678", " 1234\u00a05678. ", "проверить код 12345678"])
def test_a_code_alone_is_looked_up(catalogue: Catalogue, typed: str) -> None:
    chat = known(catalogue).sends("start")
    chat.alerts = (ALERT,)
    chat.says(typed).sees("phrase:alert-known", "check.warning")
    assert "Команда этого бота" in chat.text
    assert "Оплатите сейчас." in chat.text, "a forged message may bear a true code"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_of_a_draft_shows_it_as_a_test(catalogue: Catalogue, language: str) -> None:
    """To whoever writes it, and to nobody else (T34)."""
    chat = known(catalogue, language=language).sends("start")
    chat.alerts = (replace(ALERT, kind="test"),)
    chat.says("1234 5678").sees("alert", "check.warning")
    assert catalogue.phrases["alert-test"].plain(language) in chat.text


@pytest.mark.parametrize("typed", ["12345678", "1234  5678", "12 34 56 78", "20.03.2026", "1234 56789", "12345 678"])
def test_other_digits_are_no_code(catalogue: Catalogue, typed: str) -> None:
    chat = known(catalogue).sends("start")
    chat.alerts = (ALERT,)
    assert "phrase:alert-known" not in chat.says(typed).turn.said


def test_a_code_for_moving_is_none_of_an_alert() -> None:
    assert move_code("1234 5678") == ""
    assert move_code("1234 5678 9012 3") == "1234567890123"


@pytest.mark.parametrize("typed", ["код 12345678", "1 2 3 4 5 6 7 8", "12345678"])
def test_where_a_code_is_asked_for_its_digits_may_stand_in_any_way(catalogue: Catalogue, typed: str) -> None:
    chat = known(catalogue).opens("check")
    chat.alerts = (ALERT,)
    chat.says(typed).sees("phrase:alert-known", "check.warning")


def test_another_question_that_takes_any_text_takes_the_digits_itself(catalogue: Catalogue) -> None:
    chat = known(catalogue).opens("move").taps("В новом чате")
    chat.alerts = (ALERT,)
    chat.says("1234 5678").sees("move.wrong", "move.code")


@pytest.mark.parametrize(("alerts", "bot_answers"), [((ALERT,), True), ((), False)])
def test_while_a_person_answers_other_digits_are_for_them(
    catalogue: Catalogue, alerts: tuple[Shown, ...], bot_answers: bool
) -> None:
    ticket = Ticket(
        organisation="this-team", need="wages", urgent=False, language="ru", opened=1, waiting=0, promised=1
    )
    event = Event(kind="text", text="1234 5678")
    taken = turn(known(catalogue).session, event, catalogue, NOON, ticket=ticket, alerts=alerts)
    assert ("phrase:alert-known" in taken.said) is bot_answers
    assert bool(taken.lines) is not bot_answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forged_code_is_warned_of_in_every_language(catalogue: Catalogue, language: str) -> None:
    chat = known(catalogue, language=language).sends("start")
    chat.alerts = (ALERT,)
    chat.says("8765 4321").sees("phrase:alert-unknown", "check.warning")
    assert catalogue.phrases["alert-unknown"].plain(language).split("*")[-1][:20] in chat.text


def test_an_old_code_says_that_it_is_over_and_repeats_nothing_of_it(catalogue: Catalogue) -> None:
    chat = known(catalogue).sends("start")
    chat.alerts = (replace(ALERT, ends=date(2026, 3, 30)),)
    chat.says("1234 5678").sees("phrase:alert-over", "check.warning")
    assert "Оплатите" not in chat.text


def test_somebody_new_is_told_too(catalogue: Catalogue) -> None:
    chat = Chat(catalogue)
    chat.alerts = (ALERT,)
    chat.says("1234 5678").sees("phrase:alert-known", "check.warning")


def test_what_holds_no_code_is_asked_for_again_and_can_be_left(catalogue: Catalogue) -> None:
    chat = known(catalogue).opens("check").says("не вижу кода").sees("check.unreadable")
    chat.says("пропустить").sees("check.warning")


# a year later (M5)


def ring(chat: Chat) -> Chat:
    return chat.sends("timeout", code=Target(kind="flow", id="alerts-again").token)


def test_once_a_year_a_neutral_line_asks_and_the_next_year_is_planned(catalogue: Catalogue) -> None:
    chat = known(catalogue).says("подписка").taps("Только об опасности").waits(days=365)
    ring(chat).sees("phrase:reminder-again-line")
    assert chat.effects == (Remind(due=chat.now + YEAR, flow="alerts-again"),)
    chat.says("1").sees("alerts-again.still").taps("Да, присылайте").sees("alerts-again.thanks")
    assert chat.session.profile["alerts"] == "life"
    ring(chat.waits(days=365)).taps("Подробнее").says("нет").sees("alerts-again.nothing")
    assert chat.session.profile["alerts"] == "none"


def test_who_stopped_is_not_asked_and_who_came_back_is_asked_once(catalogue: Catalogue) -> None:
    chat = known(catalogue).says("подписка").taps("Только об опасности").says("стоп").waits(days=365)
    assert ring(chat).turn.replies == ()
    chat.says("подписка").taps("Только об опасности")
    assert [type(one) for one in chat.effects] == [Remind]
    assert ring(chat).turn.replies == (), "an older question comes too early"
    assert ring(chat.waits(days=365)).turn.said == ("phrase:reminder-again-line",)


@pytest.mark.parametrize("again", ["", "soon", "2026-99-99"])
def test_a_profile_that_says_nonsense_is_asked(catalogue: Catalogue, again: str) -> None:
    profile: dict[str, Any] = {"alerts": "all", **({"alerts_again": again} if again else {})}
    assert ring(known(catalogue, **profile)).turn.said == ("phrase:reminder-again-line",)
