"""A session as the bytes that the store seals, and back."""

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from bot.conversation.model import Session
from bot.text import LANGUAGES

_T = TypeVar("_T")
_encode = msgspec.json.Encoder().encode


class _Spoken(msgspec.Struct):
    language: str = ""


class _Heard(msgspec.Struct):
    last: int = 0


_spoken = msgspec.json.Decoder(_Spoken)
_heard = msgspec.json.Decoder(_Heard)
_session = msgspec.json.Decoder(Session)
_profile = msgspec.json.Decoder(dict[str, str])


def pack(session: Session) -> tuple[bytes, bytes]:
    """Profile and session, apart: a session is forgotten sooner (T11)."""
    return _encode(session.profile), _encode(replace(session, profile={}))


def unpack(profile: bytes | None, session: bytes | None) -> Session:
    """What cannot be read any more counts as not there; the profile outlives a broken session."""
    return replace(_read(_session, session) or Session(), profile=read_profile(profile))


def read_profile(profile: bytes | None) -> dict[str, str]:
    """Empty when it cannot be read any more."""
    known = _read(_profile, profile) or {}
    if known.get("language", "ru") not in LANGUAGES:
        del known["language"]
    return known


def language_of(profile: bytes | None) -> str:
    """Empty when it is not known, or cannot be read any more."""
    spoken = _read(_spoken, profile)
    return spoken.language if spoken is not None and spoken.language in LANGUAGES else ""


def last_heard(session: bytes | None) -> int:
    """Seconds since 1970; 0 when that is forgotten."""
    heard = _read(_heard, session)
    return heard.last if heard is not None else 0


def takes_any_alerts(profile: bytes) -> bool:
    """They are kept beyond 180 silent days, and asked each year whether they still want them (THREATS M5)."""
    return read_profile(profile).get("alerts", "none") != "none"


def _read(decoder: "msgspec.json.Decoder[_T]", data: bytes | None) -> _T | None:
    try:
        return decoder.decode(data) if data is not None else None
    except msgspec.MsgspecError:
        return None
