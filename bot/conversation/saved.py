"""A session as the bytes that the store seals, and back."""

from typing import TypeVar

import msgspec
from msgspec.structs import replace

from bot.conversation.model import Session
from bot.text import LANGUAGES

_T = TypeVar("_T")
_encode = msgspec.json.Encoder().encode
_session = msgspec.json.Decoder(Session)
_profile = msgspec.json.Decoder(dict[str, str])


def pack(session: Session) -> tuple[bytes, bytes]:
    """Profile and session, apart: a session is forgotten sooner (T11)."""
    return _encode(session.profile), _encode(replace(session, profile={}))


def unpack(profile: bytes | None, session: bytes | None) -> Session:
    """What cannot be read any more counts as not there; the profile outlives a broken session."""
    known = _read(_profile, profile) or {}
    if known.get("language", "ru") not in LANGUAGES:
        del known["language"]
    return replace(_read(_session, session) or Session(), profile=known)


def _read(decoder: "msgspec.json.Decoder[_T]", data: bytes | None) -> _T | None:
    try:
        return decoder.decode(data) if data is not None else None
    except msgspec.MsgspecError:
        return None
