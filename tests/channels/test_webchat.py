"""The web chat's channel: what the page may say, and what it is given to draw."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.webchat import ACCOUNT, WebChat, read
from bot.conversation import Card, Choice, Event, File, Link, Pin, Reply

ID = "0123456789abcdef0123456789abcdef"


def body(**event: Any) -> bytes:
    return json.dumps({"id": ID, "ack": [], "language": "ru", "event": event}).encode()


def event_of(raw: bytes, *, fresh: bool = False) -> Event | None:
    post = read(raw)
    return None if post is None else post.incoming("address", "ky", fresh=fresh).event


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"kind": "text", "text": " salom "}, Event(kind="text", text="salom", language="ky")),
        ({"kind": "choice", "choice": "abcdefghij"}, Event(kind="choice", choice="abcdefghij", language="ky")),
        ({"kind": "start", "code": "abcdefghij"}, Event(kind="start", code="abcdefghij", language="ky")),
        ({"kind": "resume"}, Event(kind="resume", language="ky")),
        (
            {"kind": "location", "latitude": 55.751, "longitude": 37.618},
            Event(kind="location", latitude=55.751, longitude=37.618, language="ky"),
        ),
    ],
)
def test_what_the_page_says_becomes_an_event(said: dict[str, Any], expected: Event) -> None:
    assert event_of(body(**said)) == expected


def test_who_is_new_starts_and_does_not_resume() -> None:
    event = event_of(body(kind="resume"), fresh=True)

    assert event is not None
    assert event.kind == "start"


def test_only_a_start_opens_what_a_code_stands_for() -> None:
    assert event_of(body(kind="resume", code="abcdefghij")) == Event(kind="resume", language="ky")


def test_an_update_is_named_by_its_page_and_its_own_id() -> None:
    post = read(body(kind="resume"))

    assert post is not None
    incoming = post.incoming("address", "ru", fresh=False)
    assert (incoming.account, incoming.address, incoming.update) == (ACCOUNT, "address", f"address:{ID}")


def test_a_body_without_an_event_only_waits() -> None:
    post = read(b'{"ack": ["one"], "language": "ky"}')

    assert post is not None
    assert post.event is None
    assert WebChat().parse(b'{"ack": ["one"]}') == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"event": ' + b'{"a":' * 50_000,
        body(kind="edited"),
        body(kind="timeout"),
        body(kind="text", text=5),
        body(kind="choice", choice="a b"),
        body(kind="choice", choice="a\n"),
        body(kind="choice", choice="x" * 65),
        body(kind="location", latitude=91, longitude=0),
        body(kind="text", text="x", username="@someone"),
        b'{"id": "short", "event": {"kind": "resume"}}',
        b'{"event": {"kind": "resume"}}',
        b'{"id": "%s", "ack": ["../etc"], "event": {"kind": "resume"}}' % ID.encode(),
        b'{"id": "%s", "event": {"kind": "location", "latitude": NaN, "longitude": 1}}' % ID.encode(),
        json.dumps({"id": ID, "ack": ["x"] * 101, "event": {"kind": "resume"}}).encode(),
    ],
)
def test_anything_else_is_not_taken(raw: bytes) -> None:
    assert read(raw) is None
    assert WebChat().parse(raw) == []


@given(st.binary(max_size=400))
def test_no_body_makes_it_raise(raw: bytes) -> None:
    WebChat().parse(raw)


def test_typed_text_is_cut_and_cleaned_before_anything_looks_at_it() -> None:
    event = event_of(body(kind="text", text="\u202eab\u200b" + "я" * 5000))

    assert event is not None
    assert len(event.text) <= 4096
    assert event.text.startswith("abя")


def test_nothing_that_was_written_shows_in_repr() -> None:
    post = read(body(kind="text", text="secret"))

    assert "secret" not in repr(post)
    assert "secret" not in repr(WebChat().parse(body(kind="text", text="secret")))


def shown(reply: Reply) -> dict[str, Any]:
    [request] = WebChat().render(reply, "address", {})
    assert request.method == "show"
    return dict(request.params)


def test_a_reply_carries_the_tag_of_its_language() -> None:
    assert shown(Reply(text="Салом", language="uz_Cyrl")) == {"lang": "uz-Cyrl", "parts": ["Салом"]}


def test_a_reply_with_everything() -> None:
    reply = Reply(
        text="Where?",
        language="ru",
        choices=(Choice(id="abc", label="Here"),),
        links=(Link(label="Law", url="https://example.org/law"),),
        pin=Pin(latitude=1.5, longitude=2.5, title="Office", address="Street 1"),
        asks_location=True,
        expects="phone",
    )

    assert shown(reply) == {
        "lang": "ru",
        "parts": ["Where?"],
        "choices": [["abc", "Here"]],
        "links": [["Law", "https://example.org/law"]],
        "pin": ["Office", "Street 1", "geo:1.5,2.5"],
        "location": True,
        "expects": "phone",
    }


def test_a_card_is_a_link_that_dials_and_a_file_one_that_opens() -> None:
    reply = Reply(
        text="Here",
        language="ru",
        links=(Link(label="Law", url="https://example.org/law"),),
        card=Card(name="Office", phones=("+7 800 100-00-00", "112")),
        file=File(url="https://example.org/a.pdf", name="Leaflet", kind="document"),
    )

    assert shown(reply)["links"] == [
        ["Law", "https://example.org/law"],
        ["Office: +7 800 100-00-00", "tel:+78001000000"],
        ["Office: 112", "tel:112"],
        ["Leaflet", "https://example.org/a.pdf"],
    ]


@given(st.text(min_size=1), st.data())
def test_bold_is_every_second_part_and_the_parts_are_the_text(text: str, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    bold = tuple(zip(ends[::2], ends[1::2], strict=False))

    parts = shown(Reply(text=text, language="ru", bold=bold))["parts"]

    assert "".join(parts) == text
    assert parts[1::2] == [text[start:end] for start, end in bold]


def test_the_page_wipes_itself() -> None:
    assert WebChat().render_wipe(["1", "2"], "address") == []
