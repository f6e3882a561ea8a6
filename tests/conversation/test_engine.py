"""Beginning, coming back, deep links, waiting: what the engine does before a question is answered."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.catalogue import Ask, Call, Catalogue, Go, Say, Target
from bot.conversation import Count, Event, Frame, Session, Wake, turn
from tests.conversation.chat import NOON, Chat

Begin = Callable[..., Chat]


def test_a_new_person_chooses_a_language_then_tells_what_they_like(newcomer: Chat) -> None:
    newcomer.sends("start").sees("language.choose")
    newcomer.taps("Тоҷикӣ").sees("start.hello", "start.citizenship")
    assert newcomer.reply.language == "tg"
    newcomer.taps("Таджикистан").sees("menu.top")
    assert newcomer.session.profile == {"language": "tg", "citizenship": "TJ"}


def test_whatever_a_new_person_sends_first_they_are_asked_for_their_language(newcomer: Chat) -> None:
    newcomer.says("салом").sees("language.choose")


def test_a_new_person_who_begins_with_a_question_is_answered_first(newcomer: Chat) -> None:
    newcomer.says("мне не платят зарплату").sees("article:wages", "language.choose")


@pytest.mark.parametrize(
    ("event", "language"),
    [
        (Event(kind="start", language="ky-KG"), "ky"),
        (Event(kind="start", language="de"), "ru"),
        (Event(kind="text", text="Ман кӯмак мехоҳам"), "tg"),
        (Event(kind="text", text="Өтө керек"), "ky"),
        (Event(kind="text", text="Ўзбекча ёзаман"), "uz_Cyrl"),
        (Event(kind="text", text="salom qalay"), "uz"),
        (Event(kind="text", text="привет"), "ru"),
        (Event(kind="text", text="1", language="uz"), "uz"),
        (Event(kind="text", text="хозяин бьёт", language="uz"), "ru"),
        (Event(kind="text", text="мени сабап жатышат", language="ru"), "ky"),
        (Event(kind="text", text="эрим мени уряпти"), "uz_Cyrl"),
    ],
)
def test_the_first_greeting_is_in_the_language_of_the_app_or_of_the_letters(
    catalogue: Catalogue, event: Event, language: str
) -> None:
    assert turn(Session(), event, catalogue, NOON).replies[0].language == language


def test_the_guess_of_a_language_lasts_until_one_is_chosen(newcomer: Chat) -> None:
    newcomer.says("Ман кӯмак мехоҳам").sends("voice")
    assert newcomer.reply.language == "tg"
    newcomer.taps("Русский")
    assert newcomer.reply.language == "ru"


def test_someone_known_who_starts_again_gets_the_menu(chat: Begin) -> None:
    chat().sends("start").sees("menu.top")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target(kind="flow", id="trip"), "trip.where"),
        (Target(kind="article", id="wages"), "article:wages"),
        (Target(kind="language", id="ky"), "menu.top"),
        (Target(kind="command", id="menu"), "menu.top"),
    ],
)
def test_a_deep_link_opens_its_target(chat: Begin, target: Target, said: str) -> None:
    talk = chat().sends("start", code=target.token).sees(said)
    assert talk.reply.language == ("ky" if target.kind == "language" else "ru")


@pytest.mark.parametrize("target", ["flow:trip", "article:wages"])
def test_a_deep_link_asks_a_new_person_for_the_language_first(newcomer: Chat, target: str) -> None:
    kind, _, name = target.partition(":")
    token = Target(kind="flow" if kind == "flow" else "article", id=name).token
    newcomer.sends("start", code=token).sees("language.choose")
    newcomer.taps("Русский").sees("phrase:who-can-see", "trip.where" if kind == "flow" else target)


@pytest.mark.parametrize(("text", "said"), [("анкета", "survey.name"), ("зарплата", "article:wages")])
def test_what_a_new_person_asks_for_waits_until_the_language_is_clear(newcomer: Chat, text: str, said: str) -> None:
    newcomer.says(text).sees("language.choose")
    newcomer.taps("Русский").sees("phrase:who-can-see", said)


def test_danger_of_a_new_person_comes_before_the_language(newcomer: Chat) -> None:
    newcomer.says("эрим мени уряпти")
    assert newcomer.reply.language == "uz_Cyrl"
    assert newcomer.labels[-1] == "Язык"  # in every language that the catalogue has


def test_an_unknown_deep_link_is_a_plain_start(newcomer: Chat) -> None:
    newcomer.sends("start", code="hiv").sees("language.choose")


def test_a_reopened_page_shows_the_present_question_again(chat: Begin) -> None:
    chat().says("опрос").sends("resume").sees("survey.name")


def test_a_reopened_page_without_a_question_shows_the_menu(chat: Begin) -> None:
    chat().sends("resume").sees("phrase:welcome-back", "menu.top")


# T20: after half an hour someone else may hold the phone


def test_after_half_an_hour_nothing_earlier_is_repeated(chat: Begin) -> None:
    talk = chat().says("опрос").says("Али").waits(minutes=31)
    talk.says("привет").sees("phrase:welcome-back", "menu.top")
    assert "Али" not in talk.text
    assert talk.stands == "menu.top"


@pytest.mark.parametrize("event", ["resume", "voice", "edited", "location"])
def test_after_half_an_hour_any_other_event_brings_the_menu(chat: Begin, event: str) -> None:
    talk = chat().says("опрос").says("Али").waits(minutes=31).sends(event)
    assert talk.turn.said[-1] == "menu.top"
    assert "Али" not in talk.text


def test_after_half_an_hour_a_valid_answer_is_still_taken(chat: Begin) -> None:
    chat().says("опрос").says("Али").waits(minutes=31).says("30").sees("survey.pay")


def test_after_half_an_hour_a_question_is_answered_without_what_was_under_way(chat: Begin) -> None:
    chat().says("опрос").says("Али").waits(minutes=31).says("мне не платят зарплату").sees("article:wages")


# waiting


def test_a_wait_that_is_over_takes_its_way(chat: Begin) -> None:
    talk = chat().opens("waits")
    (wake,) = [effect for effect in talk.effects if isinstance(effect, Wake)]
    assert wake.due == talk.now + timedelta(days=2)
    talk.waits(days=2).sends("timeout", code=wake.code)
    assert "waits.late" in talk.turn.said


def test_a_wait_is_void_once_the_person_wrote_something(chat: Begin) -> None:
    talk = chat().opens("waits")
    (wake,) = [effect for effect in talk.effects if isinstance(effect, Wake)]
    talk.sends("voice")
    before = talk.session
    talk.sends("timeout", code=wake.code).sees()
    assert talk.turn.replies == ()
    assert talk.session == before


def test_a_reminder_says_first_only_that_there_is_one(chat: Begin) -> None:
    talk = chat().says("опрос").sends("timeout", code=Target(kind="flow", id="trip").token)
    talk.sees("phrase:reminder-first-line")
    talk.says("1").sees("trip.where")


# what is no answer


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [
        ("voice", "voice-unsupported"),
        ("file", "file-refused"),
        ("contact", "contact-refused"),
        ("edited", "edited-ignored"),
        ("location", "location-not-needed"),
        ("unsupported", "unsupported"),
    ],
)
def test_what_is_no_answer_gets_a_helpful_sentence_and_the_question_again(chat: Begin, kind: str, phrase: str) -> None:
    chat().says("опрос").sends(kind).sees(f"phrase:{phrase}", "survey.name")


# sessions and versions


def test_an_article_is_counted_without_a_person(chat: Begin) -> None:
    assert Count("wages") in chat().says("мне не платят зарплату").effects


def _standing(flow: str, node: str, version: str = "old") -> Session:
    return Session(
        profile={"language": "ru"}, stack=(Frame(flow=flow, version=version, node=node),), last=int(NOON.timestamp())
    )


def test_a_session_keeps_the_version_that_it_began_in(catalogue: Catalogue) -> None:
    trip = catalogue.flows["trip"]
    where = trip.nodes["where"]
    assert isinstance(where, Ask)
    old = replace(
        trip, version="old", nodes={**trip.nodes, "where": replace(where, next_by_choice={}, next=(Go(go="fact"),))}
    )
    kept = replace(catalogue, archive={("trip", "old"): old})
    answer = Event(kind="text", text="Россия")
    assert turn(_standing("trip", "where"), answer, kept, NOON).said[0] == "trip.fact"
    assert turn(_standing("trip", "where"), answer, catalogue, NOON).said[0] == "trip.when"


def test_a_removed_node_gives_way_to_its_successor(catalogue: Catalogue) -> None:
    trip = replace(catalogue.flows["trip"], successors={"gone": "missing", "missing": "when"})
    changed = replace(catalogue, flows={**catalogue.flows, "trip": trip})
    taken = turn(_standing("trip", "gone"), Event(kind="resume"), changed, NOON)
    assert taken.said == ("trip.when",)
    assert taken.session.stack[0].version == trip.version


def test_a_successor_that_does_not_wait_is_walked(catalogue: Catalogue) -> None:
    trip = replace(catalogue.flows["trip"], successors={"gone": "fact"})
    changed = replace(catalogue, flows={**catalogue.flows, "trip": trip})
    taken = turn(_standing("trip", "gone"), Event(kind="text", text="да"), changed, NOON)
    assert taken.said[:2] == ("trip.fact", "article:wages")


@pytest.mark.parametrize("place", [("trip", "no-such-node"), ("no-such-flow", "x")], ids=["node", "flow"])
def test_a_place_that_is_no_more_becomes_a_friendly_menu(catalogue: Catalogue, place: tuple[str, str]) -> None:
    taken = turn(_standing(*place), Event(kind="choice", choice="x"), catalogue, NOON)
    assert taken.said == ("phrase:welcome-back", "menu.top")


def test_a_circle_ends_in_the_menu(catalogue: Catalogue) -> None:
    stop = replace(catalogue.flows["stop"], nodes={"done": Say(text=(), next=(Go(go="done"),))})
    changed = replace(catalogue, flows={**catalogue.flows, "stop": stop})
    taken = turn(Session(profile={"language": "ru"}), Event(kind="text", text="стоп"), changed, NOON)
    assert taken.said == ("phrase:welcome-back",)
    assert [choice.label for choice in taken.replies[0].choices] == ["Меню"]


def test_a_depth_without_end_ends_in_the_menu(catalogue: Catalogue) -> None:
    flows = {
        name: replace(catalogue.flows["stop"], id=name, nodes={"done": Call(flow=other, next=(Go(go="end"),))})
        for name, other in [("stop", "stop")]
    }
    changed = replace(catalogue, flows={**catalogue.flows, **flows})
    taken = turn(Session(profile={"language": "ru"}), Event(kind="text", text="стоп"), changed, NOON)
    assert taken.said == ("phrase:welcome-back", "menu.top")
