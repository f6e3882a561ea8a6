"""What an alert is before it is frozen: the body that the store keeps sealed."""

import hashlib
from datetime import datetime
from typing import Final, Literal

import msgspec

from bot.delivery.broadcasts.rule import Rule

#: life: danger to life, breaks into quiet hours. important: a rule changes, act soon. news: good to know.
Urgency = Literal["life", "important", "news"]
Kind = Literal["alert", "correction", "withdrawal"]
#: When it is written, the next draft of the same is prepared by itself so many days before its date, for two people to
#: look at; "" for an alert that is sent once.
Repeat = Literal["", "monthly", "yearly"]
PREPARE_DAYS: Final = 7


class Source(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    #: https; empty where there is none.
    url: str
    #: ISO date when a person looked at it.
    checked_on: str


class Alert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``texts``: plain text by code of our languages, with ``{fact:...}`` placeholders until it is frozen; Uzbek
    Cyrillic is made from Latin where it is missing. ``frozen``: the texts as people get them, set at the approval."""

    kind: Kind = "alert"
    #: What staff call it; people never see it.
    name: str
    texts: dict[str, str]
    frozen: dict[str, str] = {}
    source: Source
    urgency: Urgency
    #: Topic groups that a person may follow; empty: everybody's.
    topics: tuple[str, ...] = ()
    segment: Rule
    #: The version of the saved segment that the rule came from, as ``name@3``; empty for a rule of its own.
    segment_from: str = ""
    starts: datetime | None = None
    ends: datetime
    repeat: Repeat = ""
    #: Of one that was prepared by itself: the key of the first of its kind, as hex.
    series: str = ""
    #: An admin's reason to send to fewer than ten, with the admin's handle; empty for none (T70).
    small_reason: str = ""
    small_by: str = ""

    def digest(self, organisation: str, corrects: bytes = b"") -> bytes:
        """SHA-256 of all that an approval binds (T33)."""
        bound = msgspec.json.encode((organisation, corrects.hex(), self), order="deterministic")
        return hashlib.sha256(bound).digest()


pack: Final = msgspec.json.Encoder(order="deterministic").encode
#: Raises msgspec.DecodeError.
unpack: Final = msgspec.json.Decoder(Alert).decode
