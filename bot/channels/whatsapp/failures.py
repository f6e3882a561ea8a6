"""What WhatsApp answers → a code of the failure table: one table, for answers and for ``failed`` statuses alike.

Codes: Meta's error reference (``support/error-codes``, read 2026-05-15). Meta says to build on the code alone; the
HTTP status only helps where the code is unknown.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from bot.channels.protocol import DeliveryFailed

_CODES: Final[Mapping[str, tuple[int, ...]]] = {
    # 200-299 stand for one missing permission each
    "unauthorized": (0, 3, 10, 190, *range(200, 300), 131005),
    "policy": (368, 131031, 131048),
    "payment": (131042,),
    "number-unusable": (33, 131037, 131045, 133005, 133010),
    "rate-limited": (4, 80007, 130429, 133016),
    "maintenance": (131057,),
    "server-error": (1, 2, 131000, 131016, 133004),
    "pair-limited": (131056, 132069),
    "window-closed": (131047,),
    "undeliverable": (131026,),
    "held-back": (130472, 131049),
    "opted-out": (131050,),
    "not-allowed": (130403, 130497, 131021, 131030),
    "template-missing": (132000, 132001, 132005, 132007, 132008, 132012),
    "template-paused": (131063, 131064, 132015, 132016, 132068),
    "refused": (100, 131008, 131009, 131051, 131052, 131053, 131062, 135000, 137000),
}

#: Graph code -> code of the failure table.
TABLE: Final[Mapping[int, str]] = {graph: code for code, several in _CODES.items() for graph in several}

_ACCOUNT_WIDE: Final = frozenset(
    {"unauthorized", "policy", "payment", "number-unusable", "rate-limited", "maintenance", "unreachable"}
)

_BY_STATUS: Final[Mapping[int, str]] = {401: "unauthorized", 403: "unauthorized", 429: "rate-limited"}


class _Error(msgspec.Struct):
    code: int


class _Answer(msgspec.Struct):
    error: _Error


_decode: Final = msgspec.json.Decoder(_Answer).decode


def failure_code(graph: int, status: int = 400) -> str:
    """``graph``: the ``code`` of an answer's or a status's error; ``status``: HTTP's, for a code not known here."""
    return TABLE.get(graph) or _BY_STATUS.get(status) or ("server-error" if status >= 500 else "refused")


def failed(code: str) -> DeliveryFailed:
    return DeliveryFailed(code, account_wide=code in _ACCOUNT_WIDE)


def unclear() -> DeliveryFailed:
    """No answer, or one that is not WhatsApp's: what was asked may have been done."""
    return DeliveryFailed("no-answer", unclear=True)


def refusal(status: int, body: bytes) -> DeliveryFailed:
    """The failure that an answer with a status of 400 or more tells. Of ``body`` nothing but the code is kept: its
    words may show a number (THREATS T69). A proxy's page is none of WhatsApp's answers."""
    try:
        graph = _decode(body).error.code
    except (msgspec.DecodeError, UnicodeDecodeError):
        return unclear()
    return failed(failure_code(graph, status))
