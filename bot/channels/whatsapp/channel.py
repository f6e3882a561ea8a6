"""WhatsApp as a channel: parse, render and send behind the one protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from bot.channels.protocol import Incoming, Pace, Request, Sent
from bot.channels.whatsapp.parse import parse
from bot.channels.whatsapp.render import readdressed, render, render_template
from bot.channels.whatsapp.templates import Templates
from bot.conversation import Reply

#: Free-form messages may be sent so long after the person's last one (``messages/send-messages``).
WINDOW_SECONDS: Final = 24 * 3600.0


class Caller(Protocol):
    """What carries calls to WhatsApp: ``client.Client``, or a recorder. ``accounts`` are phone-number ids."""

    @property
    def accounts(self) -> tuple[str, ...]: ...

    async def call(self, account: str, method: str, params: Mapping[str, Any], *, bulk: bool = False) -> bytes: ...

    async def close(self) -> None: ...


class WhatsApp:
    """Implements ``Channel``. ``choose_labels``: the words of the button that opens a list of choices, by language.

    ``templates``: what is sent when the window is closed; may be exchanged. ``messages_per_second``: what WhatsApp lets
    one number send and receive together; 20 where its owner uses the WhatsApp Business app beside it.
    """

    name = "whatsapp"
    pushes = True
    #: A number's throughput is that of both ways together.
    both_ways = True
    #: A message in six seconds to one person, and a burst of 45 to be paid back; 131056 beyond.
    chat_pace = Pace(1 / 6, 40)
    window_seconds: float | None = WINDOW_SECONDS
    reports = True

    def __init__(
        self,
        caller: Caller,
        choose_labels: Mapping[str, str],
        templates: Templates | None = None,
        messages_per_second: float = 80.0,
    ) -> None:
        self.caller = caller
        self.per_second = messages_per_second
        self.accounts = caller.accounts
        #: Pieces of webhooks that could not be read, since the start.
        self.unread = 0
        #: Templates, by name and Meta's language code, that the account cannot send now.
        self.paused: set[tuple[str, str]] = set()
        self._labels = choose_labels
        self.templates = templates or {}

    def parse(self, raw: bytes) -> list[Incoming]:
        parsed = parse(raw, self.accounts)
        self.unread += parsed.unread
        for template, stopped in parsed.paused.items():
            (self.paused.add if stopped else self.paused.discard)(template)
        return parsed.incoming

    def render(self, reply: Reply, address: str, context: Mapping[str, Any], *, closed: bool = False) -> list[Request]:
        if closed:
            return render_template(reply, address, self.templates, self.paused)
        return render(reply, address, self._labels)

    def readdressed(self, request: Request, address: str) -> Request:
        return readdressed(request, address)

    def render_wipe(self, refs: Sequence[str], address: str) -> list[Request]:
        """Nothing: WhatsApp takes no message back for a business."""
        return []

    async def send(self, request: Request, account: str, tracking: str = "", *, bulk: bool = False) -> Sent:
        params = request.params
        if tracking and "status" not in params:
            params = {**params, "biz_opaque_callback_data": tracking}
        await self.caller.call(account, request.method, params, bulk=bulk)
        return Sent()

    async def close(self) -> None:
        await self.caller.close()
