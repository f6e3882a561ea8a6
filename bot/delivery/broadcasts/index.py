"""The index in memory that counts segments: profiles are sealed at rest, so what a rule asks is kept here as numbers.

Any thread may ask; one task writes, ``following.py``.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache, reduce
from typing import Final

import numpy as np

from bot.conversation import read_profile, takes_alerts
from bot.delivery.broadcasts.columns import ACTIVE, BLOCKED, GONE, Column, Columns, Mask, Row, Words
from bot.delivery.broadcasts.counting import Count, NotReady
from bot.delivery.broadcasts.model import Urgency
from bot.delivery.broadcasts.rule import All, Any, Is, Not, Places, Rule, follows, lies_in, place_of
from bot.store import Known

#: Alerts are sent there; on a page people see them on arrival.
PUSHING: Final = frozenset({"telegram", "whatsapp"})
_BEGIN: Final = date(1970, 1, 1)
#: Many people's profiles are the same bytes: what so many of them say is remembered while the index is built.
_PROFILES: Final = 65_536


#: What a profile says: alerts, alerts_without, follows.
Consent = tuple[str, str, str]


class Index:
    """``counting.Audiences``. ``places`` gives those of the catalogue that serves now."""

    def __init__(self, places: Callable[[], Places]) -> None:
        self._places = places
        self._lock = threading.Lock()
        self._columns: Columns | None = None
        #: Channel, and mark of our account.
        self._accounts = Words(("", b""))
        self._words = {key: Words("") for key in ("language", "citizenship", "stage", "country", "region")}
        #: Id, and the city that it is a part of.
        self._cities = Words(("", ""))
        self._consents = Words[Consent](("", "", ""))
        self._coded = lru_cache(_PROFILES)(self._code)
        self._located = lru_cache(_PROFILES)(self._locate)

    @property
    def size(self) -> int | None:
        """How many contacts it holds; None while it is built."""
        columns = self._columns
        return None if columns is None else len(columns)

    # written by one task

    def row(self, known: Known) -> Row:
        if not known.channel:
            return (known.number, GONE, *[0] * 8, 0)
        state = ACTIVE if known.active else BLOCKED
        account = self._accounts.code((known.channel, known.account))
        return (known.number, state, account, *self._coded(known.profile), known.seen_day)

    def replace(self, columns: Columns | None) -> None:
        """None: it is being built."""
        with self._lock:
            self._columns = columns
        self._forget()

    def put(self, changed: Iterable[Known]) -> None:
        """Contacts as they are now."""
        columns = self._ready()
        rows = [self.row(known) for known in changed]
        with self._lock:
            columns.put(rows)
        self._forget()
        if columns.is_untidy():
            self.replace(columns.tidied())

    def _forget(self) -> None:
        """Nothing that somebody told stays as they told it."""
        self._coded.cache_clear()
        self._located.cache_clear()

    def _code(self, packed: bytes | None) -> tuple[int, ...]:
        profile = read_profile(packed)
        told = profile.get
        country, region, city = self._located(told("city", ""), told("region", ""))
        words = self._words
        consent = (told("alerts", ""), _ordered(told("alerts_without", "")), _ordered(told("follows", "")))
        return (
            words["language"].code(told("language", "")),
            words["citizenship"].code(told("citizenship", "")),
            words["stage"].code(told("stage", "")),
            words["country"].code(told("country") or country),
            region,
            city,
            self._consents.code(consent),
        )

    def _locate(self, city: str, region: str) -> tuple[str, int, int]:
        """Country, and the codes of region and city."""
        place = place_of({"city": city, "region": region}, self._places())
        if place is None:
            return "", 0, 0
        return place.country, self._words["region"].code(place.region), self._cities.code((place.id, place.within))

    # asked from any thread

    def count(self, rule: Rule, organisation: str, urgency: Urgency, topics: Sequence[str], today: date) -> Count:
        with self._lock:
            columns = self._ready()
            fit = self._fit(columns, rule, today)
            reached = fit & self._reachable(columns, organisation, urgency, topics)
            channels = [channel for channel, _ in self._accounts.words]
            languages = [*self._words["language"].words]
            return Count(
                matching=int(np.count_nonzero(fit)),
                reached=int(np.count_nonzero(reached)),
                by_channel=_sums(channels, columns["account"][reached]),
                by_language=_sums(languages, columns["language"][reached]),
            )

    def recipients(
        self, rule: Rule, organisation: str, urgency: Urgency, topics: Sequence[str], today: date, chunk: int = 5_000
    ) -> Iterator[list[tuple[int, bytes]]]:
        with self._lock:
            columns = self._ready()
            reached = self._fit(columns, rule, today) & self._reachable(columns, organisation, urgency, topics)
            numbers, accounts = columns["id"][reached], columns["account"][reached]
            marks = [mark for _, mark in self._accounts.words]
        return (
            [
                (number, marks[code])
                for number, code in zip(numbers[at:end].tolist(), accounts[at:end].tolist(), strict=True)
            ]
            for at, end in ((at, at + chunk) for at in range(0, len(numbers), chunk))
        )

    @property
    def megabytes(self) -> float:
        """Of memory, for the contacts alone."""
        with self._lock:
            return self._ready().bytes / 2**20

    def _ready(self) -> Columns:
        if self._columns is None:
            raise NotReady("Contacts are being counted, as after each start: try again in half a minute.")
        return self._columns

    def _fit(self, columns: Columns, rule: Rule, today: date) -> Mask:
        """Who is there and matches, as ``rule.matches`` says."""
        day = (today - _BEGIN).days
        there: Mask = columns["state"] != GONE
        return there & self._matching(columns, rule, day)

    def _matching(self, columns: Columns, rule: Rule, day: int) -> Mask:
        match rule:
            case All(of=of):
                masks = (self._matching(columns, one, day) for one in of)
                return reduce(np.logical_and, masks, np.ones(len(columns), np.bool_))
            case Any(of=of):
                masks = (self._matching(columns, one, day) for one in of)
                return reduce(np.logical_or, masks, np.zeros(len(columns), np.bool_))
            case Not(of=one):
                return ~self._matching(columns, one, day)
            case Is(key="seen", values=values):
                seen: Mask = columns["seen_day"] >= day - int(values[0])
                return seen
            case Is(key="channel", values=values):
                return self._accounts.mask(columns["account"], lambda account: account[0] in values)
            case Is(key="city", values=values):
                return self._cities.mask(columns["city"], lambda city: lies_in(*city, values))
            case Is(key="topic", values=values):
                return self._consents.mask(columns["consent"], lambda consent: follows(consent[2], values))
            case Is(key=key, values=values):
                return self._words[key].mask(columns[key], values.__contains__)

    def _reachable(self, columns: Columns, organisation: str, urgency: Urgency, topics: Sequence[str]) -> Mask:
        def takes(consent: Consent) -> bool:
            alerts, without, chosen = consent
            profile = {"alerts": alerts, "alerts_without": without, "follows": chosen}
            return takes_alerts(profile, organisation, urgency, topics)

        pushed = self._accounts.mask(columns["account"], lambda account: account[0] in PUSHING)
        wanted = self._consents.mask(columns["consent"], takes)
        active: Mask = columns["state"] == ACTIVE
        return active & pushed & wanted


def _ordered(words: str) -> str:
    """In whatever order they were chosen."""
    return " ".join(sorted(words.split())) if " " in words else words


def _sums(names: Sequence[str], codes: Column) -> dict[str, int]:
    """Several codes may have one name; nobody is named with 0."""
    found: dict[str, int] = {}
    for name, number in zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True):
        if number:
            found[name] = found.get(name, 0) + number
    return found
