import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Incoming, Report, Request
from bot.channels.whatsapp import WhatsApp
from bot.conversation import Event
from bot.delivery.failures import FAILURES
from tests.channels.whatsapp.recorder import Recorder
from tests.channels.whatsapp.webhooks import (
    ACCOUNT,
    CONTACT,
    PERSON,
    PHONE,
    body,
    change,
    message,
    status,
    typed,
    value,
    webhook,
)


def parsed(raw: bytes, *accounts: str) -> list[Incoming]:
    return WhatsApp(Recorder(*accounts), {}).parse(raw)


def one(raw: bytes) -> Incoming:
    (incoming,) = parsed(raw)
    return incoming


def event_of(kind: str, **content: Any) -> Event | None:
    found = parsed(webhook(messages=[message(kind, **content)]))
    return found[0].event if found else None


def test_a_text_is_an_event_of_a_person_known_by_user_id_and_number_and_is_marked_read() -> None:
    seen = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A1"}
    assert one(typed("patent qancha turadi?")) == Incoming(
        account=ACCOUNT,
        address=PERSON,
        update="wamid.A1",
        event=Event(kind="text", text="patent qancha turadi?"),
        also=(PHONE,),
        calls=(Request(method="messages", params={**seen, "typing_indicator": {"type": "text"}}, aside=True),),
    )


MEDIA = {"id": "1", "mime_type": "x/y", "sha256": "MARK"}
HERE = {"latitude": 55.75, "longitude": 37.61}


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text", {"text": {"body": " a\u202eb\u200b "}}, Event(kind="text", text="ab")),
        ("text", {"text": {"body": "я" * 5000}}, Event(kind="text", text="я" * 4096)),
        ("text", {"text": {"body": "x"}, "context": {"forwarded": True}}, Event(kind="text", text="x")),
        (
            "text",
            {"text": {"body": "chain"}, "context": {"frequently_forwarded": True}},
            Event(kind="forwarded", text="chain"),
        ),
        (
            "interactive",
            {"interactive": {"type": "button_reply", "button_reply": {"id": "abcdefghij", "title": "Да"}}},
            Event(kind="choice", choice="abcdefghij"),
        ),
        (
            "interactive",
            {"interactive": {"type": "list_reply", "list_reply": {"id": "a" * 200, "title": "Да"}}},
            Event(kind="choice", choice="a" * 64),
        ),
        ("interactive", {"interactive": {"type": "nfm_reply", "nfm_reply": {}}}, Event(kind="unsupported")),
        ("interactive", {}, Event(kind="unsupported")),
        ("button", {"button": {"payload": "abcdefghij", "text": "Да"}}, Event(kind="choice", choice="abcdefghij")),
        ("button", {"button": {"text": "Да"}}, Event(kind="text", text="Да")),
        ("location", {"location": HERE}, Event(kind="location", latitude=55.75, longitude=37.61)),
        ("location", {"location": {**HERE, "latitude": 255.7}}, Event(kind="unsupported")),
        ("location", {"location": {**HERE, "name": "Cafe"}}, Event(kind="unsupported")),
        ("location", {"location": {**HERE, "address": "Street"}}, Event(kind="unsupported")),
        ("location", {"location": HERE, "context": {"forwarded": True}}, Event(kind="unsupported")),
        ("audio", {"audio": {**MEDIA, "voice": True}}, Event(kind="voice")),
        ("image", {"image": MEDIA}, Event(kind="file")),
        ("image", {"image": {**MEDIA, "caption": "hozir urishyapti"}}, Event(kind="file", text="hozir urishyapti")),
        ("video", {"video": MEDIA}, Event(kind="file")),
        ("document", {"document": {**MEDIA, "filename": "MARK.pdf"}}, Event(kind="file")),
        ("sticker", {"sticker": MEDIA}, Event(kind="unsupported")),
        ("contacts", {"contacts": [{"name": {"formatted_name": "MARK"}}]}, Event(kind="contact")),
        ("edit", {"edit": {"original_message_id": "w", "message": {"type": "text"}}}, Event(kind="edited")),
        ("edit", {"edit": {"original_message_id": "w", "message": {"type": "image"}}}, None),
        ("reaction", {"reaction": {"message_id": "w", "emoji": "👍"}}, None),
        ("revoke", {"revoke": {"original_message_id": "w"}}, None),
        ("request_welcome", {}, Event(kind="start")),
        ("order", {"order": {"product_items": []}}, Event(kind="unsupported")),
        ("unsupported", {"unsupported": {"type": "poll"}, "errors": [{"code": 131051}]}, Event(kind="unsupported")),
        ("some_future_kind", {"some_future_kind": {"x": 1}}, Event(kind="unsupported")),
    ],
)
def test_every_kind_of_message_is_an_event_or_quiet(kind: str, content: dict[str, Any], expected: Event | None) -> None:
    assert event_of(kind, **content) == expected


# who wrote


@pytest.mark.parametrize(
    ("sender", "contacts", "known"),
    [
        ({"from": PHONE, "from_user_id": PERSON}, [], (PERSON, PHONE)),
        ({"from": PHONE}, [CONTACT], (PERSON, PHONE)),
        ({"from": PHONE}, [{"wa_id": "12025550188", "user_id": "US.3"}, CONTACT], (PERSON, PHONE)),
        ({"from": PHONE}, [{"wa_id": "12025550188", "user_id": "US.3"}], (PHONE,)),
        ({"from": PHONE}, [{"wa_id": PHONE}], (PHONE,)),
        ({"from": f"+{PHONE}"}, [], (PHONE,)),
        ({"from_user_id": PERSON}, [{"user_id": PERSON}], (PERSON,)),
        ({"from_user_id": PERSON}, [{"user_id": "US.3", "wa_id": "12025550188"}, CONTACT], (PERSON, PHONE)),
        ({}, [CONTACT], (PERSON, PHONE)),
    ],
)
def test_a_person_is_answered_under_the_user_id_and_else_under_the_number(
    sender: dict[str, str], contacts: list[dict[str, str]], known: tuple[str, ...]
) -> None:
    text = {"id": "wamid.A1", "type": "text", "text": {"body": "x"}}
    incoming = one(webhook(contacts=contacts, messages=[{**text, **sender}]))
    assert (incoming.address, *incoming.also) == known


@pytest.mark.parametrize("sender", [{}, {"from": "../../x"}, {"from_user_id": "uz.1"}])
def test_nobody_is_answered_whose_address_has_no_form_of_one(sender: dict[str, str]) -> None:
    channel = WhatsApp(Recorder(), {})
    text = {"id": "wamid.A1", "type": "text", "text": {"body": "x"}}
    assert channel.parse(webhook(contacts=[], messages=[{**text, **sender}])) == []
    assert channel.unread == 1


def moved(**system: str) -> bytes:
    sender = {key: system.pop(key) for key in ("from_user_id",) if key in system}
    note = {"id": "wamid.S1", "type": "system", "system": {"body": "User MARK changed", **system}, **sender}
    return webhook(contacts=[], messages=[{**note, "from": "12025550143"} if "wa_id" in system else note])


@pytest.mark.parametrize(
    ("system", "known"),
    [
        ({"type": "user_changed_number", "wa_id": "12025550199"}, ("12025550199", "12025550143")),
        (
            {"type": "user_changed_number", "wa_id": "12025550199", "user_id": "US.99", "previous_user_id": "US.1"},
            ("US.99", "12025550199", "US.1", "12025550143"),
        ),
        ({"type": "user_changed_user_id", "user_id": "US.99", "previous_user_id": "US.1"}, ("US.99", "US.1")),
        (
            {"type": "customer_changed_number", "wa_id": "12025550199", "customer": "12025550142"},
            ("12025550199", "12025550143", "12025550142"),
        ),
    ],
)
def test_a_new_number_or_id_leads_to_what_is_known_of_the_old_one(
    system: dict[str, str], known: tuple[str, ...]
) -> None:
    incoming = one(moved(**system))
    assert (incoming.address, *incoming.also) == known
    assert (incoming.event, incoming.calls, incoming.update) == (None, (), "wamid.S1")


@pytest.mark.parametrize(
    "system",
    [
        {"type": "customer_identity_changed", "wa_id": "12025550199"},
        {"type": "user_changed_user_id", "previous_user_id": "US.1"},
        {"type": "something_new", "user_id": "US.99"},
    ],
)
def test_other_notes_of_the_system_are_quiet(system: dict[str, str]) -> None:
    assert parsed(moved(**system)) == []


# what became of what was sent


@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_a_status_reports_by_what_was_given_with_the_message(state: str) -> None:
    incoming = one(webhook(statuses=[status(state)]))
    assert incoming == Incoming(
        account=ACCOUNT,
        address=PERSON,
        update=f"wamid.OUT1:{state}",
        report=Report(tracking="reply-7", state=state),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("graph", "code"), [(131047, "window-closed"), (131026, "undeliverable"), (99, "refused")])
def test_a_failure_reports_its_row_of_the_failure_table(graph: int, code: str) -> None:
    failed = status("failed", errors=[{"code": graph, "title": "MARK"}])
    assert one(webhook(statuses=[failed])).report == Report(tracking="reply-7", state="failed", code=code)


@pytest.mark.parametrize(
    "other", [status("read", biz_opaque_callback_data=""), status("played"), status("read", recipient_type="group")]
)
def test_a_status_of_something_else_is_ignored(other: dict[str, Any]) -> None:
    assert parsed(webhook(statuses=[other])) == []


def test_an_error_of_the_account_is_told_to_staff_and_is_the_same_news_when_it_comes_again() -> None:
    raw = webhook(errors=[{"code": 130429, "title": "Rate limit hit"}])
    assert one(raw).report == Report(tracking="", state="failed", code="rate-limited")
    assert one(raw) == one(raw)
    assert one(raw).update != one(webhook(errors=[{"code": 368}])).update


def test_staff_have_a_line_for_every_report() -> None:
    bodies = [template_update(event) for event in ("PAUSED", "DISABLED", "REJECTED", "PENDING_DELETION")]
    bodies += [body(change({"event": "ACCOUNT_VIOLATION"}, "account_update"))]
    bodies += [webhook(errors=[{"code": code}]) for code in (0, 368, 130429, 131000, 131042, 999_999)]
    for raw in bodies:
        report = one(raw).report
        assert report is not None
        assert report.code in FAILURES


def test_an_error_beside_a_message_is_that_message_s_own() -> None:
    incoming = one(webhook(messages=[message("interactive")], errors=[{"code": 131051}]))
    assert (incoming.event, incoming.report) == (Event(kind="unsupported"), None)


def template_update(event: str, language: str = "ky_KG") -> bytes:
    names = {"message_template_name": "reminder", "message_template_language": language}
    return body(change({"event": event, **names, "reason": "X"}, "message_template_status_update"))


@pytest.mark.parametrize(
    ("event", "code"),
    [("PAUSED", "template-paused"), ("DISABLED", "template-paused"), ("REJECTED", "template-missing")],
)
def test_a_template_that_is_stopped_is_told_to_staff_and_left_alone_until_it_is_approved(event: str, code: str) -> None:
    channel = WhatsApp(Recorder(), {})
    (incoming,) = channel.parse(template_update(event))
    assert (incoming.account, incoming.report) == (ACCOUNT, Report(tracking="", state="failed", code=code))
    assert channel.paused == {("reminder", "ky_KG")}
    assert channel.parse(template_update("APPROVED")) == []
    assert channel.paused == set()


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"event": "ACCOUNT_RESTRICTION"}, "policy"),
        ({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}, "policy"),
        ({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "REINSTATE"}}, None),
        ({"event": "VERIFIED_ACCOUNT"}, None),
    ],
)
def test_a_restricted_account_is_told_to_staff(update: dict[str, Any], code: str | None) -> None:
    found = parsed(body(change(update, "account_update")))
    assert [incoming.report and incoming.report.code for incoming in found] == ([code] if code else [])


# bodies


def test_everything_in_a_body_comes_in_order_but_what_is_for_another_account() -> None:
    first = value(messages=[message(id="wamid.1", text={"body": "1"}), message(id="wamid.2", text={"body": "2"})])
    other = value(account="999", messages=[message(id="wamid.3", text={"body": "3"})])
    second = value(account="222", messages=[message(id="wamid.4", text={"body": "4"})], statuses=[status("read")])
    found = parsed(body(change(first), change(other), change(second)), ACCOUNT, "222")
    assert [(incoming.account, incoming.update) for incoming in found] == [
        (ACCOUNT, "wamid.1"),
        (ACCOUNT, "wamid.2"),
        ("222", "wamid.4"),
        ("222", "wamid.OUT1:read"),
    ]


def test_a_message_that_cannot_be_read_takes_no_other_with_it() -> None:
    channel = WhatsApp(Recorder(), {})
    broken = message(id="wamid.1", text={"body": 5})
    raw = body({"field": 1}, change(value(messages=[broken, message(id="wamid.2", text={"body": "2"})])))
    assert [incoming.update for incoming in channel.parse(raw)] == ["wamid.2"]
    assert channel.unread == 2


@pytest.mark.parametrize(
    "raw",
    [
        webhook(messages=[message(text={"body": "x"}, group_id="G" * 24)]),
        body(change({"user_preferences": [{"wa_id": PHONE, "value": "stop"}]}, "user_preferences")),
        body(change(value(message_echoes=[message(text={"body": "x"})]), "smb_message_echoes")),
        body(change({"x": 1}, "some_future_field")),
        body(),
    ],
)
def test_groups_and_unknown_fields_are_silence(raw: bytes) -> None:
    channel = WhatsApp(Recorder(), {})
    assert (channel.parse(raw), channel.unread) == ([], 0)


def test_names_usernames_and_files_end_here() -> None:
    contact = {**CONTACT, "profile": {"name": "MARK1", "username": "MARK2"}}
    contents: list[tuple[str, dict[str, Any]]] = [
        ("text", {"text": {"body": "hi"}, "context": {"from": "MARK3"}, "referral": {"body": "MARK4"}}),
        ("contacts", {"contacts": [{"name": {"formatted_name": "MARK5"}, "phones": [{"phone": "MARK6"}]}]}),
        ("document", {"document": {"id": "MARK7", "filename": "MARK8", "mime_type": "x", "url": "MARK9"}}),
    ]
    for kind, content in contents:
        incoming = one(webhook(contacts=[contact], messages=[message(kind, **content)]))
        shown = [getattr(incoming, name) for name in incoming.__struct_fields__]
        assert "MARK" not in str(shown) + str([getattr(incoming.event, name) for name in Event.__struct_fields__])


def test_neither_event_nor_incoming_shows_the_person_in_a_log() -> None:
    shown = repr(one(typed("SECRET")))
    assert not any(word in shown for word in ("SECRET", PHONE, PERSON))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[" * 100_000, b'{"entry": 1}', b'{"entry": [{"changes": 5}]}'])
def test_what_cannot_be_read_is_left_out_and_counted(raw: bytes) -> None:
    channel = WhatsApp(Recorder(), {})
    assert channel.parse(raw) == []
    assert channel.unread == 1


NAMES = ["messages", "statuses", "contacts", "errors", "from", "id", "type", "text", "system", "status", "metadata"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_no_webhook_of_whatever_shape_raises(content: Any) -> None:
    channel = WhatsApp(Recorder(), {})
    for field in ("messages", "statuses", "contacts", "errors"):
        channel.parse(webhook(**{field: [content]}))
    for name in ("messages", "message_template_status_update", "account_update"):
        channel.parse(body(change(content, name)))
    channel.parse(json.dumps(content).encode())
