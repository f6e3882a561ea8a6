"""Any event in any session gives a turn, and any session survives JSON."""

from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.catalogue import Catalogue
from bot.conversation import Event, Frame, Session, pack, turn, unpack
from bot.conversation.page import LIMIT
from tests.conversation.chat import NOON

_KINDS: Any = st.sampled_from(
    ["start", "text", "choice", "location", "voice", "file", "contact", "edited", "timeout", "unsupported", "resume"]
)
_WORDS = """
    меню назад язык помощь стоп удалить 000 да нет 1 2 1,2 пропустить готово подробнее Россия Али 30 вчера 5000
    89001234567 опрос патент
"""
_TEXTS = st.text(max_size=60) | st.sampled_from([*_WORDS.split(), "меня бьют", "мне не платят зарплату"])
_VALUES = st.text(max_size=8) | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none()
_ANSWERS = st.dictionaries(
    st.sampled_from(["name", "age", "pay", "entered", "papers", "long", "picked:papers", "branch"]),
    _VALUES | st.lists(st.text(max_size=4), max_size=3),
    max_size=4,
)


def _sessions(catalogue: Catalogue) -> st.SearchStrategy[Session]:
    places = [(flow.id, flow.version, node) for flow in catalogue.flows.values() for node in flow.nodes]
    frames = st.builds(
        lambda place, path, answers: Frame(flow=place[0], version=place[1], node=place[2], path=path, answers=answers),
        st.sampled_from([*places, ("gone", "1", "x"), ("trip", "old", "gone")]),
        st.lists(st.sampled_from([node for _, _, node in places]), max_size=3).map(tuple),
        _ANSWERS,
    )
    profiles = st.fixed_dictionaries(
        {},
        optional={
            "language": st.sampled_from(["ru", "uz", "uz_Cyrl", "tg", "ky"]),
            "citizenship": st.sampled_from(["UZ", "TJ", "KG", "XX"]),
            "country": st.sampled_from(["RU", "KZ", "??"]),
            "city": st.text(max_size=5),
        },
    )
    return st.builds(
        Session,
        profile=profiles,
        stack=st.lists(frames, max_size=9).map(tuple),
        offered=st.lists(_tokens(catalogue), max_size=3).map(tuple),
        misses=st.integers(0, 5),
        turns=st.integers(0, 3),
        told=st.booleans(),
        then=_tokens(catalogue),
        bare=st.booleans(),
        last=st.sampled_from([0, int(NOON.timestamp())]),
    )


def _tokens(catalogue: Catalogue) -> st.SearchStrategy[str]:
    return st.sampled_from([*catalogue.tokens, "", "x"])


def _check(catalogue: Catalogue, session: Session, event: Event, now: datetime) -> Session:
    taken = turn(session, event, catalogue, now)
    assert unpack(*pack(taken.session)) == taken.session
    for reply in taken.replies:
        assert 0 < len(reply.text) <= LIMIT
        assert all(choice.id and choice.label for choice in reply.choices)
        assert all(0 <= start < end <= len(reply.text) for start, end in reply.bold)
    assert taken.replies or event.kind == "timeout"
    assert taken.replies or taken.session == session
    return taken.session


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(st.data())
def test_any_event_in_any_session_gives_a_turn(catalogue: Catalogue, data: st.DataObject) -> None:
    session = data.draw(_sessions(catalogue))
    session = unpack(*pack(session))
    for _ in range(data.draw(st.integers(1, 4))):
        event = Event(
            kind=data.draw(_KINDS),
            text=data.draw(_TEXTS),
            choice=data.draw(_tokens(catalogue) | st.sampled_from([*session.offered, "z"])),
            code=data.draw(_tokens(catalogue) | st.just(str(session.turns))),
            language=data.draw(st.sampled_from(["", "ru", "ky-KG", "xx"])),
            latitude=data.draw(st.none() | st.floats()),
            longitude=data.draw(st.none() | st.floats()),
        )
        session = _check(catalogue, session, event, NOON)
