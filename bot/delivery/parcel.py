"""What lies in the outbox: a reply, and what its rendering must know of the event that it answers."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from bot.conversation import Reply


class Parcel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``made``, and ``heard``, when the person last wrote: seconds since 1970. ``urgent`` goes before other replies.
    ``context`` is that of ``Incoming``."""

    reply: Reply
    made: int
    heard: int = 0
    urgent: bool = False
    context: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return "Parcel()"


pack: Final = msgspec.json.Encoder().encode
#: Raises msgspec.DecodeError.
unpack: Final = msgspec.json.Decoder(Parcel).decode
