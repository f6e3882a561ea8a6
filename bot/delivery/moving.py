"""Codes by which a person moves to another channel: made here, and guessed by nobody (THREATS T24)."""

import re
import secrets
from typing import Final

from bot.channels import Pace
from bot.delivery.lane import Recipient
from bot.delivery.pacing import Bucket, Buckets

#: 43 bits. Digits alone: every keyboard has them, whatever its letters.
_DIGITS: Final = 13
_CODE: Final = re.compile(rf"\d{{{_DIGITS}}}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s.-]+")
#: Of one chat: five in ten minutes. Of all chats together: a minute's worth of honest people.
_PACE: Final = Pace(5 / 600, 5)
_ALL_PACE: Final = Pace(1, 60)


def new_code() -> str:
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def move_code(text: str) -> str:
    """The code that a message consists of, without what stands between its digits; else empty."""
    code = _BETWEEN.sub("", text) if len(text) <= 2 * _DIGITS else ""
    return code if _CODE.fullmatch(code) else ""


class Tries:
    """Forgets everything when the process ends; a code outlives that by ten minutes at most."""

    def __init__(self) -> None:
        self._each = Buckets(_PACE)
        self._all = Bucket(_ALL_PACE)

    def allows(self, who: Recipient, now: float) -> bool:
        bucket = self._each.of(who, now)
        if bucket.wait(now) or self._all.wait(now):
            return False
        bucket.take(now)
        self._all.take(now)
        return True
