"""What one turn says, gathered into as few replies as the limit allows."""

from collections.abc import Iterable
from typing import Final, TypeVar

from bot.conversation.model import Card, Choice, Link, Pin, Reply

#: Telegram's and our own limit of one message, in code points (the tests hold every reply against it).
LIMIT: Final = 4096
#: Room is left for the notes at the end.
_FULL: Final = LIMIT - 500

#: Choices that a channel can show in one message; others show all.
_MOST_CHOICES: Final = {"whatsapp": 10}

_T = TypeVar("_T")
Spans = tuple[tuple[int, int], ...]


def most_choices(channel: str) -> int:
    """0: as many as there are."""
    return _MOST_CHOICES.get(channel, 0)


def shown(offered: tuple[_T, ...], first: int, channel: str, more: _T) -> tuple[_T, ...]:
    """Of all that is offered what the channel shows at once, with ``more`` for the rest."""
    most = most_choices(channel)
    return offered if not most or len(offered) <= most else (*offered[first : first + most - 1], more)


class Page:
    """Texts are separated by an empty line. Choices come in the order of their nearness to the waiting question."""

    __slots__ = (
        "_bold",
        "_done",
        "_text",
        "asks_location",
        "card",
        "choices",
        "expects",
        "extra",
        "foot",
        "links",
        "numbered",
        "pin",
        "template",
    )

    def __init__(self) -> None:
        self._text = ""
        self._bold: list[tuple[int, int]] = []
        self._done: list[tuple[str, Spans]] = []
        #: The answers to the waiting question; what was shown beside it; ways out.
        self.choices: list[Choice] = []
        self.extra: list[Choice] = []
        self.foot: list[Choice] = []
        self.links: list[Link] = []
        self.pin: Pin | None = None
        self.card: Card | None = None
        self.asks_location = False
        self.expects = ""
        #: Choices are also listed with their numbers in the text.
        self.numbered = False
        #: What says the same where only templates may be sent.
        self.template = ""

    @property
    def empty(self) -> bool:
        return not self._text and not self._done

    @property
    def length(self) -> int:
        """Of the reply that is being gathered, in code points."""
        return len(self._text)

    def add(self, text: str, bold: Spans = (), between: str = "\n\n") -> None:
        """One text under what was said before; a text over the limit is cut at a line, a space, or anywhere."""
        if not self._text and len(text) <= _FULL:
            self._text = text
            self._bold += bold
            return
        while text:
            if self._text and len(self._text) + len(between) + len(text) > _FULL:
                self._turn_over()
            if len(text) <= _FULL:
                cut = rest = len(text)
            else:
                cut = max(text.rfind("\n", 1, _FULL), text.rfind(" ", _FULL // 2, _FULL))
                cut = cut if cut > 0 else _FULL
                rest = cut + (text[cut] in "\n ")
            if self._text:
                self._text += between
            start = len(self._text)
            self._text += text[:cut]
            self._bold += [(a + start, min(b, cut) + start) for a, b in bold if a < cut]
            text = text[rest:]
            bold = tuple((max(a - rest, 0), b - rest) for a, b in bold if b > rest)

    def _turn_over(self) -> None:
        self._done.append((self._text, tuple(self._bold)))
        self._text = ""
        self._bold = []

    def offered(self, channel: str) -> tuple[Choice, ...]:
        """All the choices, each once. The ways out, which have words of their own, give way where that saves a message
        for the rest of the list."""
        offered = tuple({choice.id: choice for choice in (*self.choices, *self.extra, *self.foot)}.values())
        most, ways_out = most_choices(channel), {choice.id for choice in self.foot}
        within = tuple(choice for choice in offered if choice.id not in ways_out)
        if not most or len(offered) <= most or len(within) > most:
            return offered
        ways = tuple(choice for choice in offered if choice.id in ways_out)
        return (*within, *ways[len(offered) - most :])

    def replies(
        self, language: str, notes: Iterable[str], choices: tuple[Choice, ...], *, replaces: bool
    ) -> tuple[Reply, ...]:
        """The replies, in order; the last one holds ``choices`` and the links. Nothing said is no reply."""
        if self.empty:
            return ()
        if self.numbered and choices:
            self.add("\n".join(f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)))
        for note in notes:
            self.add(note)
        self._turn_over()
        *earlier, (text, bold) = self._done
        last = Reply(
            text=text,
            language=language,
            bold=bold,
            choices=choices,
            links=tuple(self.links),
            pin=self.pin,
            card=self.card,
            asks_location=self.asks_location,
            expects=self.expects,
            replaces=replaces and not earlier,
            template=self.template,
        )
        if not earlier:
            return (last,)
        return (*(Reply(text=text, language=language, bold=bold) for text, bold in earlier), last)
