"""A conversation in a terminal: a line is a message, choices are numbered. Nothing leaves this machine."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.channels.protocol import Incoming, Pace, Request, Sent
from bot.conversation import Event, Reply
from bot.text import clean

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
#: Controls, and what changes the direction of a line or cannot be seen.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class TerminalChannel:
    """``write`` shows a piece of text; ``styled``: the screen understands bold."""

    name = "terminal"
    pushes = True
    accounts: tuple[str, ...] = ("terminal",)
    per_second = 1_000_000.0
    both_ways = False
    chat_pace = Pace(1_000_000, 1_000_000)
    window_seconds: float | None = None
    reports = False

    def __init__(self, write: Callable[[str], object], *, styled: bool = False) -> None:
        self._write = write
        self._styled = styled
        self._lines = 0

    def parse(self, raw: bytes) -> list[Incoming]:
        """Each line is a message; ``/start`` begins anew. Empty lines are nothing."""
        found = []
        for line in raw.decode("utf-8", errors="replace").splitlines():
            text = clean(line)
            if text:
                self._lines += 1
                event = Event(kind="start") if text == "/start" else Event(kind="text", text=text)
                found.append(Incoming(account="terminal", address="me", update=str(self._lines), event=event))
        return found

    def render(self, reply: Reply, address: str, context: Mapping[str, Any], *, closed: bool = False) -> list[Request]:
        lines = [self._emphasised(reply)]
        lines += [f"  {safe(link.label)}: {safe(link.url)}" for link in reply.links]
        if reply.pin is not None:
            lines.append(f"  {safe(reply.pin.title)}, {safe(reply.pin.address)}")
        if reply.card is not None:
            lines.append(f"  {safe(reply.card.name)}: {safe(', '.join(reply.card.phones))}")
        if reply.file is not None:
            lines.append(f"  {safe(reply.file.name)}: {safe(reply.file.url)}")
        lines += [f"  {number}. {safe(choice.label)}" for number, choice in enumerate(reply.choices, 1)]
        return [Request(method="write", params={"text": "\n".join(lines)})]

    def readdressed(self, request: Request, address: str) -> Request:
        return request

    def render_wipe(self, refs: Sequence[str], address: str) -> list[Request]:
        return []

    async def send(
        self, request: Request, account: str = "terminal", tracking: str = "", *, bulk: bool = False
    ) -> Sent:
        self._write(request.params["text"] + "\n\n")
        return Sent()

    async def close(self) -> None:
        return None

    def _emphasised(self, reply: Reply) -> str:
        if not self._styled:
            return safe(reply.text)
        pieces, end = [], 0
        for start, stop in reply.bold:
            pieces += [safe(reply.text[end:start]), _BOLD, safe(reply.text[start:stop]), _PLAIN]
            end = stop
        return "".join((*pieces, safe(reply.text[end:])))


def safe(text: str) -> str:
    """Nothing that a terminal would obey: controls and invisible characters become their escapes (THREATS T63)."""
    return "".join(
        character
        if character == "\n" or unicodedata.category(character) not in _HIDDEN
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
