"""What every channel promises (``bot/channels/protocol.py``). A new channel is one more word in the list."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Channel, DeliveryFailed, Incoming
from bot.channels.telegram import Telegram
from bot.channels.terminal import TerminalChannel
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import WhatsApp
from bot.conversation import Choice, Event, Link, Pin, Reply
from tests.channels.telegram import updates
from tests.channels.telegram.recorder import Recorder
from tests.channels.whatsapp import webhooks
from tests.channels.whatsapp.recorder import Recorder as WhatsAppRecorder

LABELS = dict.fromkeys(("ru", "uz", "uz_Cyrl", "tg", "ky"), "Место")


class Subject(msgspec.Struct, kw_only=True):
    """A channel, what a typed text looks like to it, and an address of its own form."""

    make: Callable[[], Channel]
    typed: Callable[[str], bytes]
    address: str


def _page_types(text: str) -> bytes:
    return json.dumps({"id": "x" * 20, "event": {"kind": "text", "text": text}}).encode()


SUBJECTS = {
    "telegram": Subject(
        make=lambda: Telegram(Recorder(), LABELS),
        typed=lambda text: updates.update(message=updates.message(text=text)),
        address="512345678",
    ),
    "whatsapp": Subject(
        make=lambda: WhatsApp(WhatsAppRecorder(), LABELS), typed=webhooks.typed, address=webhooks.PERSON
    ),
    "web": Subject(make=WebChat, typed=_page_types, address="abcdefgh"),
    "terminal": Subject(make=lambda: TerminalChannel(lambda _: None), typed=lambda text: text.encode(), address="me"),
}

REPLIES = st.builds(
    Reply,
    text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200),
    language=st.sampled_from(tuple(LABELS)),
    choices=st.lists(
        st.builds(Choice, id=st.from_regex(r"[a-z0-9]{10}", fullmatch=True), label=st.just("Выбор")), max_size=5
    ).map(tuple),
    links=st.lists(st.builds(Link, label=st.just("Сайт"), url=st.just("https://example.org")), max_size=2).map(tuple),
    pin=st.none() | st.just(Pin(latitude=55.7, longitude=37.6, title="Центр", address="Улица")),
    asks_location=st.booleans(),
    replaces=st.booleans(),
)


@pytest.fixture(params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Subject:
    return SUBJECTS[request.param]


class TestChannel:
    def test_its_name_is_the_one_under_which_it_is_kept(self) -> None:
        assert [subject.make().name for subject in SUBJECTS.values()] == list(SUBJECTS)

    def test_a_typed_text_is_one_cleaned_event(self, subject: Subject) -> None:
        (incoming,) = subject.make().parse(subject.typed("  мне не\u202e заплатили "))
        assert isinstance(incoming, Incoming)
        assert incoming.event is not None
        assert (incoming.event.kind, incoming.event.text) == ("text", "мне не заплатили")
        assert incoming.account is not None

    def test_the_same_body_is_the_same_update(self, subject: Subject) -> None:
        if subject.address == "me":
            pytest.skip("a line of a terminal never comes twice")
        raw = subject.typed("помощь")
        assert subject.make().parse(raw) == subject.make().parse(raw)

    @pytest.mark.parametrize("name", SUBJECTS)
    @given(raw=st.binary(max_size=200))
    def test_no_bytes_raise(self, name: str, raw: bytes) -> None:
        assert isinstance(SUBJECTS[name].make().parse(raw), list)

    @pytest.mark.parametrize("name", SUBJECTS)
    @given(reply=REPLIES)
    def test_a_reply_is_rendered_purely_and_ready_for_json(self, name: str, reply: Reply) -> None:
        subject = SUBJECTS[name]
        channel = subject.make()
        requests = channel.render(reply, subject.address, {})
        assert requests == channel.render(reply, subject.address, {})
        written = json.dumps([dict(request.params) for request in requests], ensure_ascii=False)
        assert json.loads(written) is not None
        assert written.count("Выбор") == len(reply.choices)
        assert written.count("https://example.org") == len(reply.links)
        assert ("Центр" in written) == (reply.pin is not None)

    def test_what_is_removed_is_rendered_purely(self, subject: Subject) -> None:
        channel = subject.make()
        requests = channel.render_wipe(["1", "2", "no-number"], subject.address)
        assert requests == channel.render_wipe(["1", "2", "no-number"], subject.address)
        assert channel.render_wipe([], subject.address) == []

    async def test_who_pushes_sends_and_names_what_arrived(self, subject: Subject) -> None:
        channel = subject.make()
        if channel.pushes:
            (request,) = channel.render(Reply(text="Привет", language="ru"), subject.address, {})
            sent = await channel.send(request, "7000000000")
            assert sent.ref is None or sent.ref.isascii()
        await channel.close()

    def test_events_and_requests_show_nobody_in_a_log(self, subject: Subject) -> None:
        channel = subject.make()
        shown: list[Any] = [*channel.parse(subject.typed("SECRET"))]
        shown += channel.render(Reply(text="SECRET", language="ru"), subject.address, {})
        assert "SECRET" not in repr(shown)


def test_a_failure_is_a_code_and_holds_nothing_else_of_the_request() -> None:
    failed = DeliveryFailed("blocked")
    assert (str(failed), failed.unclear, failed.account_wide, failed.retry_after_seconds) == (
        "blocked",
        False,
        False,
        None,
    )


def test_an_event_has_no_field_for_a_name_a_number_or_a_file() -> None:
    """THREATS T10."""
    fields = {"kind", "text", "choice", "code", "language", "latitude", "longitude"}
    assert set(Event.__struct_fields__) == fields
