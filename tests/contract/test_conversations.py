"""One conversation whatever the messenger: every transcript of the editors, on all channels at once, tapped and typed
as each of them does it; what is said must be the same, and every choice must be in reach."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

import pytest

from bot.catalogue import Target
from bot.channels import Channel, Request
from bot.channels.telegram import Telegram
from bot.channels.terminal import TerminalChannel
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import WhatsApp
from bot.conversation import Choice, Event, Reply, Session, pack, turn, unpack
from bot.text import LANGUAGES
from tests.channels.telegram.recorder import Recorder
from tests.channels.whatsapp import webhooks
from tests.fakes.graphnet import PHONE_ID
from tests.threats.talking import played, posted, transcripts, update
from tests.web.serving import catalogue

#: Two sentences are other ones where the bot can remove nothing from the chat.
ALIKE: Final = {"phrase:who-can-see-stays": "phrase:who-can-see", "phrase:hidden-stays": "phrase:hidden"}
MORE: Final = Target(kind="command", id="more").token
MORNING: Final = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
PERSON: Final = {"id": 5_000_000_001, "is_bot": False, "first_name": "P"}
#: What a typed number would be taken for.
TYPED: Final = frozenset({"text", "number", "money", "date", "phone", "city"})
LABELS: Final = dict.fromkeys(LANGUAGES, "Выбрать")
_numbers = count(1)


class Graph:
    accounts = (PHONE_ID,)

    async def call(self, account: str, method: str, params: Any, *, bulk: bool = False) -> bytes:
        raise AssertionError("nothing is sent here")

    async def close(self) -> None:
        pass


class Side:
    """One channel, and the person at it: sees what was rendered, taps or types it."""

    def __init__(self, channel: Channel, raw: Callable[["Side", Event], bytes | None]) -> None:
        self.channel = channel
        self.raw = raw
        self.session = Session()
        self.reply = Reply(text="", language="ru")
        self.requests: list[Request] = []
        self.said: list[str] = []
        #: Turns that were answered, and what they took.
        self.turns = 0
        self.messages = 0

    def does(self, event: Event, now: datetime) -> None:
        raw = self.raw(self, event)
        if raw is not None:
            (incoming,) = self.channel.parse(raw)
            assert incoming.event is not None
            event = incoming.event
        taken = turn(self.session, event, catalogue(), now, self.channel.name)
        self.session = unpack(*pack(taken.session))
        self.said = [ALIKE.get(key, key) for key in taken.said]
        if taken.replies:
            self.reply = taken.replies[-1]
            self.requests = [request for reply in taken.replies for request in self._rendered(reply)]
            self.turns += 1
            self.messages += sum(not request.aside for request in self.requests)

    def _rendered(self, reply: Reply) -> list[Request]:
        return self.channel.render(reply, "5000000001" if self.channel.name == "telegram" else "TJ.1001", {})

    def offered(self, id: str) -> Choice | None:
        return next((choice for choice in self.reply.choices if choice.id == id), None)


def telegram(side: Side, event: Event) -> bytes | None:
    if event.kind not in ("start", "text", "choice", "location"):
        return None
    return json.dumps(update(event, PERSON, 55.7, 37.6)).encode()


def page(side: Side, event: Event) -> bytes | None:
    if event.kind not in ("start", "text", "choice", "location"):
        return None
    return json.dumps({"id": f"{next(_numbers):020}", "event": posted(event, 55.7, 37.6)}).encode()


def terminal(side: Side, event: Event) -> bytes | None:
    """Numbers, but where a number would be the answer itself."""
    if event.kind == "text":
        return event.text.encode()
    choice = side.offered(event.choice) if event.kind == "choice" else None
    if choice is None:
        return None
    number = side.reply.choices.index(choice) + 1
    return (choice.label if side.reply.expects in TYPED else str(number)).encode()


def whatsapp(side: Side, event: Event) -> bytes | None:
    if event.kind == "text":
        return webhooks.typed(event.text)
    if event.kind == "location":
        place = {"latitude": 55.7, "longitude": 37.6}
        return webhooks.webhook(messages=[webhooks.message("location", location=place)])
    choice = side.offered(event.choice) if event.kind == "choice" else None
    if choice is None:
        return None
    shown = json.dumps([dict(request.params) for request in side.requests], ensure_ascii=False)
    if f'"id": "{choice.id}"' in shown:
        reply = {"type": "list_reply", "list_reply": {"id": choice.id, "title": "x"}}
        return webhooks.webhook(messages=[webhooks.message("interactive", interactive=reply)])
    number = side.reply.choices.index(choice) + 1
    assert f"{number}. {choice.label}"[:20] in shown.replace("\u2060", ""), choice.label
    return webhooks.typed(choice.label if side.reply.expects in TYPED else str(number))


def sides() -> list[Side]:
    return [
        Side(Telegram(Recorder(), LABELS), telegram),
        Side(WebChat(), page),
        Side(TerminalChannel(lambda _: None), terminal),
        Side(WhatsApp(Graph(), LABELS), whatsapp),
    ]


@pytest.mark.parametrize("number", range(10))
def test_every_transcript_is_the_same_conversation_everywhere(number: int) -> None:
    some = transcripts()[number::10]
    assert some
    for at, transcript in enumerate(some):
        language = transcript.languages[(at + number) % len(transcript.languages)]
        now = datetime.combine(transcript.today, MORNING.timetz())
        everybody = sides()
        for event in played(transcript, catalogue(), language):
            now += timedelta(seconds=10)
            for side in everybody:
                if event.kind == "choice":
                    page_through(side, event.choice, now)
                side.does(event, now)
            said = {side.channel.name: side.said for side in everybody}
            assert len(set(map(tuple, said.values()))) == 1, (transcript.title, language, event.kind, said)


def page_through(side: Side, choice: str, now: datetime) -> None:
    """Where only some choices are in sight, the person looks on until the one that is wanted comes."""
    for _ in range(5):
        if choice in (shown.id for shown in side.reply.choices) or choice not in side.session.offered:
            return
        before = side.session
        side.does(Event(kind="choice", choice=MORE), now)
        assert side.session.stack == before.stack
    raise AssertionError("the choice never came in sight")
