"""What staff are shown of alerts and segments."""

from datetime import datetime
from typing import Final, Literal

import msgspec

from bot.delivery.broadcasts.model import Alert, pack, unpack
from bot.delivery.broadcasts.rule import Rule
from bot.store.broadcast_protocol import Broadcast, Draft, SavedSegment, Tally


class View(msgspec.Struct, frozen=True, kw_only=True):
    """An alert: where it stands, and what it says. ``broadcast.draft.digest`` is what an approval names."""

    broadcast: Broadcast
    alert: Alert


class Report(msgspec.Struct, frozen=True, kw_only=True):
    view: View
    #: Adds up to the audience exactly; no part of it tells who people are.
    tally: Tally
    #: Accounts of ours for which people wait, and from which no process sends now.
    unattended: int = 0


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was saved under a name; each save is a new version, from 1."""

    name: str
    version: int
    rule: Rule
    by: str
    at: datetime

    @property
    def mark(self) -> str:
        """What ``Alert.segment_from`` holds."""
        return f"{self.name}@{self.version}"


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What one channel would send, as text for staff. ``form``: ``message``, or ``template`` where a person on WhatsApp
    has not written for a day; ``text`` is empty where nothing can be sent then."""

    language: str
    channel: str
    form: Literal["message", "template"]
    text: str


def view(broadcast: Broadcast) -> View:
    """Raises msgspec.DecodeError of a body that no version of Safar wrote."""
    return View(broadcast=broadcast, alert=unpack(broadcast.draft.body))


def draft_of(alert: Alert, organisation: str, corrects: bytes = b"") -> Draft:
    return Draft(
        body=pack(alert),
        digest=alert.digest(organisation, corrects),
        starts=alert.starts,
        ends=alert.ends,
        corrects=corrects,
    )


pack_rule: Final = msgspec.json.Encoder(order="deterministic").encode
_unpack_rule: Final = msgspec.json.Decoder(Rule).decode


def segment(saved: SavedSegment) -> Segment:
    return Segment(name=saved.name, version=saved.version, rule=_unpack_rule(saved.body), by=saved.by, at=saved.at)
