"""A raw update → what the conversation may know of it.

Private chats only: groups and channels are left, inline and business updates are ignored (THREATS T26). Names and
usernames are not even decoded (T10).
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from bot.channels.protocol import Incoming, Request
from bot.channels.telegram.updates import Membership, Message, Sender, Tap, Update
from bot.conversation import Event, EventKind
from bot.text import clean

_decode: Final = msgspec.json.Decoder(Update).decode
_START: Final = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*", re.ASCII)
_COMMAND: Final = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s|\Z)", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,2}", re.ASCII)

_CONTENT: Final[tuple[tuple[EventKind | None, tuple[str, ...]], ...]] = (
    ("voice", ("voice", "audio", "video_note")),
    ("file", ("photo", "document", "video", "animation", "live_photo", "paid_media")),
    ("contact", ("contact",)),
    (
        None,
        (
            "pinned_message",
            "message_auto_delete_timer_changed",
            "write_access_allowed",
            "chat_background_set",
            "boost_added",
            "connected_website",
        ),
    ),
)


def parse(raw: bytes, account: str) -> Incoming | None:
    """One update; None when it is nothing for Safar. Raises ValueError (or RecursionError) when it cannot be read."""
    update = _decode(raw)
    number = str(update.update_id)
    if update.message is not None:
        return _message(update.message, account, number, _said)
    if update.callback_query is not None:
        return _tap(update.callback_query, account, number)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, account, number)
    if update.edited_message is not None:
        return _message(update.edited_message, account, number, _edited)
    if update.channel_post is not None:
        return _leave(update.channel_post.chat.id, account, number)
    return None


def _message(
    message: Message, account: str, number: str, read: Callable[[Message, str], Event | None]
) -> Incoming | None:
    if message.chat.type != "private":
        left = bool(message.left_chat_member)
        return None if left else _leave(message.migrate_to_chat_id or message.chat.id, account, number)
    sender = message.sender
    if sender is None or sender.is_bot:
        return None
    event = read(message, _language(sender))
    if event is None:
        return None
    return Incoming(
        account=account,
        address=str(message.chat.id),
        update=number,
        event=event,
        ref=str(message.message_id),
        context={"located": message.message_id} if message.location else {},
    )


def _said(message: Message, language: str) -> Event | None:
    if message.text is not None:
        return _typed(clean(message.text), language)
    spot = message.location
    if spot is not None:
        if spot.live_period is None and -90 <= spot.latitude <= 90 and -180 <= spot.longitude <= 180:
            return Event(kind="location", latitude=spot.latitude, longitude=spot.longitude, language=language)
        return Event(kind="unsupported", language=language)
    for kind, fields in _CONTENT:
        if any(getattr(message, name) for name in fields):
            return kind and Event(kind=kind, text=clean(message.caption or ""), language=language)
    return Event(kind="unsupported", language=language)


def _edited(message: Message, language: str) -> Event | None:
    """A live location that moves comes as an edit: ignored (THREATS T27)."""
    return None if message.location else Event(kind="edited", language=language)


def _typed(text: str, language: str) -> Event:
    """A command comes in as the text of its word: ``/menu`` is ``menu``."""
    if text.startswith("/"):
        start = _START.fullmatch(text)
        if start is not None:
            return Event(kind="start", code=start[1] or "", language=language)
        command = _COMMAND.match(text)
        if command is not None:
            text = command[1]
    return Event(kind="text", text=text, language=language)


def _tap(tap: Tap, account: str, number: str) -> Incoming | None:
    message = tap.message
    if message is None or tap.sender.is_bot:
        return None
    if message.chat.type != "private":
        return _leave(message.chat.id, account, number)
    return Incoming(
        account=account,
        address=str(message.chat.id),
        update=number,
        event=Event(kind="choice", choice=(tap.data or "")[:64], language=_language(tap.sender)),
        context={"tapped": message.message_id} if message.date else {},
        calls=(Request(method="answerCallbackQuery", params={"callback_query_id": tap.id}, aside=True),),
    )


def _membership(change: Membership, account: str, number: str) -> Incoming | None:
    status = change.new_chat_member.status
    if change.chat.type != "private":
        return None if status in ("left", "kicked") else _leave(change.chat.id, account, number)
    return Incoming(
        account=account,
        address=str(change.chat.id),
        update=number,
        mark="blocked" if status == "kicked" else "active",
    )


def _leave(chat: int, account: str, number: str) -> Incoming:
    request = Request(method="leaveChat", params={"chat_id": chat}, aside=True)
    return Incoming(account=account, address=str(chat), update=number, calls=(request,))


def _language(sender: Sender) -> str:
    tag = sender.language_code or ""
    return tag if _TAG.fullmatch(tag) else ""
