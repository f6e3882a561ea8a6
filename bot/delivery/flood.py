"""One contact's floods: so many events at once, then a trickle; what protects a person always passes (THREATS T66)."""

from collections import deque
from enum import Enum, auto
from typing import Final

from bot.catalogue import Catalogue, Target
from bot.channels import Pace
from bot.conversation import Event, prepare
from bot.delivery.lane import Recipient
from bot.delivery.pacing import Buckets
from bot.text import fold

PACE: Final = Pace(0.5, 20)
#: The newest dropped messages of one contact that are remembered.
_MOST_UNKEPT: Final = 500
#: Contacts whose last words are compared.
_MANY: Final = 10_000
#: Where each message costs money: what one contact may cause in a day.
_DAILY: Final = {"whatsapp": Pace(300 / 86_400, 300)}
#: The same long text so many times in a row comes from a program.
_MOST_ALIKE: Final = 15
_LONG: Final = 12
_ALWAYS: Final = ("hide", "delete", "stop")
_TOKENS: Final = frozenset(Target(kind="command", id=command).token for command in _ALWAYS)


class Verdict(Enum):
    PASS = auto()
    #: Too much; say so, and then nothing before the flood is over.
    NOTICE = auto()
    DROP = auto()
    #: Another program answers us, again and again: it gets nothing, but for words that protect.
    LOOP = auto()


class Flood:
    """Forgets everything when the process ends, which only lets more pass."""

    def __init__(self, pace: Pace) -> None:
        self._buckets = Buckets(pace)
        self._daily = {channel: Buckets(daily) for channel, daily in _DAILY.items()}
        #: What each contact said last, as a hash, and how often in a row.
        self._alike: dict[Recipient, tuple[int, int]] = {}
        #: Who was told that it is too much, by the place of the bucket that was empty: again once it has been full.
        self._told: set[tuple[int, Recipient]] = set()
        self._unkept: dict[Recipient, deque[str]] = {}

    def judge(self, who: Recipient, now: float, text: str = "") -> Verdict:
        buckets = [several.of(who, now) for several in (self._buckets, self._daily.get(who.channel)) if several]
        self._told -= {(which, who) for which, bucket in enumerate(buckets) if bucket.full(now)}
        if self._repeats(who, text):
            return Verdict.LOOP
        empty = next((which for which, bucket in enumerate(buckets) if bucket.wait(now)), None)
        if empty is None:
            for bucket in buckets:
                bucket.take(now)
            return Verdict.PASS
        if (empty, who) in self._told:
            return Verdict.DROP
        self._told.add((empty, who))
        return Verdict.NOTICE

    def _repeats(self, who: Recipient, text: str) -> bool:
        last, times = self._alike.pop(who, (0, 0))
        if len(text) < _LONG:
            return False
        now = hash(text)
        times = times + 1 if now == last else 1
        if len(self._alike) >= _MANY:
            del self._alike[next(iter(self._alike))]
        self._alike[who] = now, times
        return times > _MOST_ALIKE

    def unkept(self, who: Recipient, ref: str) -> None:
        """A message was dropped, and yet it stands in the chat."""
        self._unkept.setdefault(who, deque(maxlen=_MOST_UNKEPT)).append(ref)

    def refs(self, who: Recipient, ref: str | None) -> str | None:
        """``ref`` of a message that is taken, and those dropped before it, so that hiding finds them too (T17)."""
        before = self._unkept.pop(who, ())
        return " ".join([*before, ref or ""]).strip() or None


class Protective:
    """Which events protect a person, in one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        words = catalogue.words
        refusals = (Target(kind="alerts-off", id=organisation) for organisation in catalogue.organisations)
        self._tokens = _TOKENS | {target.token for target in refusals}
        self._cries = prepare(catalogue).answers.cries
        self._words = {"000"} | {
            fold(word) for command in _ALWAYS for said in words.commands[command].values() for word in said
        }

    def holds(self, event: Event) -> bool:
        if event.choice:
            return event.choice in self._tokens
        return bool(event.text) and (fold(event.text) in self._words or self._cries(event.text))
