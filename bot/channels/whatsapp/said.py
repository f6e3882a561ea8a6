"""What a message says, as an event. None: nothing that asks for an answer (a reaction, a deletion)."""

from collections.abc import Callable
from typing import Final

from bot.channels.whatsapp.updates import Message
from bot.conversation import Event, EventKind
from bot.text import clean

#: Longer ids are none of ours.
_LONGEST_CHOICE: Final = 64


def event_of(message: Message) -> Event | None:
    """A kind of message that is not known here gets the same answer as one that Safar cannot use."""
    read = _KINDS.get(message.type)
    return Event(kind="unsupported") if read is None else read(message)


def _text(message: Message) -> Event:
    if message.text is None:
        return Event(kind="unsupported")
    kind: EventKind = "forwarded" if message.context.frequently_forwarded else "text"
    return Event(kind=kind, text=clean(message.text.body))


def _location(message: Message) -> Event:
    """Where the person is; a place passed on, or looked up on the map, is somebody else's (T27)."""
    spot, context = message.location, message.context
    if spot is None or context.forwarded or context.frequently_forwarded or spot.name or spot.address or spot.url:
        return Event(kind="unsupported")
    if not (-90 <= spot.latitude <= 90 and -180 <= spot.longitude <= 180):
        return Event(kind="unsupported")
    return Event(kind="location", latitude=spot.latitude, longitude=spot.longitude)


def _file(message: Message) -> Event:
    media = message.image or message.video or message.document
    return Event(kind="file", text=clean(media.caption) if media else "")


def _interactive(message: Message) -> Event:
    tapped = message.interactive and (message.interactive.button_reply or message.interactive.list_reply)
    return Event(kind="choice", choice=tapped.id[:_LONGEST_CHOICE]) if tapped else Event(kind="unsupported")


def _button(message: Message) -> Event:
    """Of a template; one without an id is what stands on it."""
    button = message.button
    if button is None:
        return Event(kind="unsupported")
    if button.payload:
        return Event(kind="choice", choice=button.payload[:_LONGEST_CHOICE])
    return Event(kind="text", text=clean(button.text))


def _edit(message: Message) -> Event | None:
    return Event(kind="edited") if message.edit is not None and message.edit.message.type == "text" else None


def _quiet(message: Message) -> None:
    return None


def _kind(kind: EventKind) -> Callable[[Message], Event]:
    return lambda message: Event(kind=kind)


_KINDS: Final[dict[str, Callable[[Message], Event | None]]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "location": _location,
    "audio": _kind("voice"),
    "image": _file,
    "video": _file,
    "document": _file,
    "contacts": _kind("contact"),
    "edit": _edit,
    "request_welcome": _kind("start"),
    "reaction": _quiet,
    "revoke": _quiet,
}
