"""What is kept of a conversation, and what happens when it cannot be read any more."""

import pytest

from bot.conversation import Event, Frame, Session, pack, unpack

SESSION = Session(
    profile={"language": "tg", "citizenship": "TJ"},
    stack=(Frame(flow="trip", version="1", node="where", path=("a",), answers={"x": ["y"], "n": 1.5, "t": True}),),
    offered=("abc",),
    misses=1,
    turns=7,
    told=True,
    then="abc",
    guess="ky",
    bare=True,
    last=1_770_000_000,
)


def test_profile_and_session_are_kept_apart() -> None:
    profile, session = pack(SESSION)
    assert b"TJ" in profile
    assert b"TJ" not in session
    assert unpack(profile, session) == SESSION
    assert unpack(profile, None) == Session(profile=SESSION.profile)


def test_someone_new_has_an_empty_session() -> None:
    assert unpack(None, None) == Session()


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"stack": 5}', b'{"stack": [{"flow": 1}]}', b"\xff\xfe", b"null"]
)
def test_a_broken_session_is_a_new_one_and_the_profile_stays(broken: bytes) -> None:
    assert unpack(pack(SESSION)[0], broken) == Session(profile=SESSION.profile)


@pytest.mark.parametrize("broken", [b"", b"[]", b'{"language": 5}', b'{"language": "xx"}'])
def test_a_broken_profile_is_an_empty_one(broken: bytes) -> None:
    assert unpack(broken, None) == Session()


def test_the_repr_of_an_event_shows_nothing_that_a_person_wrote() -> None:
    event = Event(kind="text", text="Секрет", choice="abc", code="def", latitude=55.75, longitude=37.61)
    assert repr(event) == "Event(text)"
    assert f"{event}" == "Event(text)"


def test_an_event_has_no_field_for_who_a_person_is() -> None:
    assert set(Event.__struct_fields__) == {"kind", "text", "choice", "code", "language", "latitude", "longitude"}
