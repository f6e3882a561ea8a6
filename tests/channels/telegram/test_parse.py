import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Incoming, Request
from bot.channels.telegram import Telegram
from bot.conversation import Event
from tests.channels.telegram.recorder import Recorder
from tests.channels.telegram.updates import ACCOUNT, CHAT, GROUP, PERSON, SENDER, message, tap, update


def parsed(raw: bytes) -> Incoming | None:
    incoming = Telegram(Recorder(), {}).parse(raw)
    assert len(incoming) <= 1
    return incoming[0] if incoming else None


def event_of(raw: bytes) -> Event:
    incoming = parsed(raw)
    assert incoming is not None
    assert incoming.event is not None
    return incoming.event


def test_a_text_is_an_event_for_the_chat_and_its_update_is_known_by_its_number() -> None:
    assert parsed(update(message=message(text="patent qancha turadi?"))) == Incoming(
        account=ACCOUNT,
        address=str(PERSON),
        update="840000101",
        event=Event(kind="text", text="patent qancha turadi?", language="uz"),
        ref="2001",
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("/start", Event(kind="start", language="uz")),
        ("/start@safar_demo_bot", Event(kind="start", language="uz")),
        ("/start ref_Zm9v-42", Event(kind="start", code="ref_Zm9v-42", language="uz")),
        ("/start two words", Event(kind="text", text="start", language="uz")),
        ("/menu", Event(kind="text", text="menu", language="uz")),
        ("/help@safar_demo_bot", Event(kind="text", text="help", language="uz")),
        ("/delete please", Event(kind="text", text="delete", language="uz")),
        ("/ menu", Event(kind="text", text="/ menu", language="uz")),
        ("see /menu", Event(kind="text", text="see /menu", language="uz")),
    ],
)
def test_a_command_is_the_text_of_its_word_and_a_start_code_stays_opaque(typed: str, expected: Event) -> None:
    assert event_of(update(message=message(text=typed))) == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"voice": {"file_id": "A", "duration": 1}}, "voice"),
        ({"audio": {"file_id": "A"}}, "voice"),
        ({"video_note": {"file_id": "A"}}, "voice"),
        ({"photo": [{"file_id": "A"}]}, "file"),
        ({"document": {"file_id": "A"}}, "file"),
        ({"video": {"file_id": "A"}}, "file"),
        ({"contact": {"phone_number": "+12025550177", "first_name": "X"}}, "contact"),
        ({"sticker": {"file_id": "A"}}, "unsupported"),
        ({"poll": {"id": "1"}}, "unsupported"),
        ({"dice": {"value": 1}}, "unsupported"),
        ({}, "unsupported"),
    ],
)
def test_every_content_has_a_kind_and_a_file_is_never_named(content: dict[str, Any], kind: str) -> None:
    assert event_of(update(message=message(**content))) == Event(kind=kind, language="uz")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "note",
    [
        {"pinned_message": {"message_id": 1}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
        {"write_access_allowed": {}},
    ],
)
def test_notes_of_the_app_ask_for_no_answer(note: dict[str, Any]) -> None:
    assert parsed(update(message=message(**note))) is None


def test_a_caption_is_what_the_person_says_about_a_file() -> None:
    assert event_of(update(message=message(photo=[{}], caption="hozir urishyapti"))).text == "hozir urishyapti"


def test_a_place_is_read_and_its_pin_is_named_so_that_it_can_be_removed() -> None:
    incoming = parsed(update(message=message(location={"latitude": 55.75, "longitude": 37.61})))
    assert incoming is not None
    assert incoming.event == Event(kind="location", latitude=55.75, longitude=37.61, language="uz")
    assert incoming.context == {"located": 2001}


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 55.75, "longitude": 37.61, "live_period": 900},
        {"latitude": 255.75, "longitude": 37.61},
    ],
)
def test_a_live_location_or_an_impossible_one_is_no_place_and_is_removed_too(place: dict[str, float]) -> None:
    incoming = parsed(update(message=message(location=place)))
    assert incoming is not None
    assert incoming.event == Event(kind="unsupported", language="uz")
    assert incoming.context == {"located": 2001}


def test_a_live_location_that_moves_is_ignored() -> None:
    moved = message(location={"latitude": 55.75, "longitude": 37.61, "live_period": 900}, edit_date=1790000900)
    assert parsed(update(edited_message=moved)) is None


def test_an_edit_is_told_apart_from_what_is_new() -> None:
    assert event_of(update(edited_message=message(text="2"))) == Event(kind="edited", language="uz")


def test_a_tap_is_a_choice_answered_at_once_and_remembers_its_message() -> None:
    incoming = parsed(tap("abcdefghij"))
    assert incoming is not None
    assert incoming.event == Event(kind="choice", choice="abcdefghij", language="uz")
    assert incoming.context == {"tapped": 2001}
    answer = Request(method="answerCallbackQuery", params={"callback_query_id": "4000"}, aside=True)
    assert incoming.calls == (answer,)
    assert incoming.ref is None


def test_a_tap_on_a_message_out_of_reach_has_no_message_to_change() -> None:
    incoming = parsed(tap("abcdefghij", message={"message_id": 69, "chat": CHAT, "date": 0}))
    assert incoming is not None
    assert incoming.context == {}


@pytest.mark.parametrize(("status", "mark"), [("kicked", "blocked"), ("member", "active"), ("restricted", "active")])
def test_blocking_and_coming_back_is_a_mark_and_no_event(status: str, mark: str) -> None:
    change = {"chat": CHAT, "from": SENDER, "date": 1, "new_chat_member": {"status": status, "user": {}}}
    incoming = parsed(update(my_chat_member=change))
    assert incoming is not None
    assert (incoming.event, incoming.mark, incoming.calls) == (None, mark, ())


LEAVES = [
    update(message=message(chat=GROUP, text="@safar_demo_bot hi")),
    update(message=message(chat={"id": -4012345678, "type": "supergroup"}, text="/help@safar_demo_bot")),
    update(message=message(chat=GROUP, new_chat_members=[{"id": 7000000000, "is_bot": True}])),
    update(message={**message(chat=GROUP, text="x"), "from": {"id": 1087968824, "is_bot": True}}),
    update(channel_post={"message_id": 1, "chat": {"id": -4012345678, "type": "channel"}, "date": 1, "text": "x"}),
    update(my_chat_member={"chat": GROUP, "from": SENDER, "new_chat_member": {"status": "member"}}),
    update(my_chat_member={"chat": GROUP, "from": SENDER, "new_chat_member": {"status": "administrator"}}),
    tap("abcdefghij", message=message(chat=GROUP)),
]


@pytest.mark.parametrize("raw", LEAVES)
def test_a_group_or_channel_gets_no_answer_and_is_left(raw: bytes) -> None:
    incoming = parsed(raw)
    assert incoming is not None
    assert incoming.event is None
    assert [(call.method, dict(call.params)) for call in incoming.calls] == [("leaveChat", {"chat_id": -4012345678})]


@pytest.mark.parametrize(
    "raw",
    [
        update(message={**message(text="x"), "from": {"id": 1, "is_bot": True}}),
        update(message={key: value for key, value in message(text="x").items() if key != "from"}),
        update(message=message(chat=GROUP, left_chat_member={"id": 7000000000})),
        update(my_chat_member={"chat": GROUP, "from": SENDER, "new_chat_member": {"status": "left"}}),
        update(callback_query={"id": "1", "from": SENDER, "inline_message_id": "A", "data": "share:9"}),
        update(inline_query={"id": "1", "from": SENDER, "query": "x", "offset": ""}),
        update(business_message=message(text="x")),
        update(message_reaction={"chat": CHAT, "message_id": 1}),
        update(some_future_kind={"some_field": 1}),
    ],
)
def test_bots_inline_business_and_unknown_kinds_are_ignored(raw: bytes) -> None:
    assert parsed(raw) is None


def test_names_usernames_and_phones_end_here() -> None:
    marked = {**SENDER, "first_name": "MARK1", "last_name": "MARK2", "username": "MARK3"}
    chat = {**CHAT, "first_name": "MARK4", "username": "MARK5"}
    contents: list[dict[str, Any]] = [
        {"text": "hi"},
        {"contact": {"phone_number": "MARK6", "first_name": "MARK7"}},
        {"document": {"file_id": "MARK8", "file_name": "MARK9"}},
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "MARK10"}, "text": "hi"},
    ]
    for content in contents:
        incoming = parsed(update(message={**message(chat=chat, **content), "from": marked}))
        assert incoming is not None
        shown = [getattr(incoming, name) for name in incoming.__struct_fields__]
        assert "MARK" not in str(shown) + str([getattr(incoming.event, name) for name in Event.__struct_fields__])


def test_a_text_is_cleaned_and_cut() -> None:
    assert event_of(update(message=message(text="a\u202eb\u200b"))).text == "ab"
    assert len(event_of(update(message=message(text="я" * 5000))).text) == 4096


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["message", "callback_query", "chat", "id", "from", "text", "type", "data", "location"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_update_of_whatever_shape_raises(content: Any) -> None:
    Telegram(Recorder(), {}).parse(json.dumps({"update_id": 1, "message": content}).encode())
    Telegram(Recorder(), {}).parse(json.dumps(content).encode())


@given(st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    Telegram(Recorder(), {}).parse(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff", b"[" * 100_000, b'{"update_id": "x"}', b'{"update_id": 1, "message": {}}', b'{"update_id": 1e400}'],
)
def test_what_cannot_be_read_is_left_out_and_counted(raw: bytes) -> None:
    channel = Telegram(Recorder(), {})
    assert channel.parse(raw) == []
    assert channel.unread == 1


def test_neither_event_nor_incoming_shows_the_person_in_a_log() -> None:
    incoming = parsed(update(message=message(text="SECRET")))
    assert "SECRET" not in repr(incoming)
    assert str(PERSON) not in repr(incoming)
