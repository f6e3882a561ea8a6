"""One reply → the requests that show it: text with entities, never a parse mode (THREATS T62)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.channels.protocol import Request
from bot.channels.telegram.layout import Span, parts
from bot.conversation import Choice, Pin, Reply

#: Buttons in one keyboard; what is beyond becomes a numbered list.
MOST_BUTTONS: Final = 100
#: Two labels of at most this many characters share a row on a 360-pixel screen.
SHORT_LABEL: Final = 14
#: deleteMessages takes 1-100 ids (Bot API 10.3).
MOST_DELETED: Final = 100

_NO_PREVIEW: Final = {"is_disabled": True}
_NO_KEYBOARD: Final = {"remove_keyboard": True}
_BOLD: Final = {"type": "bold"}
_FILES: Final = {"document": ("sendDocument", "document"), "image": ("sendPhoto", "photo")}


def render(reply: Reply, address: str, context: Mapping[str, Any], location_labels: Mapping[str, str]) -> list[Request]:
    """The requests in the order in which they are made; ``context`` is that of ``Incoming``, for a turn's first reply.

    ``location_labels``: the words of the button that sends one's place, by language.
    """
    chat = int(address)
    tapped, located = context.get("tapped"), context.get("located")
    requests: list[Request] = []
    if located and reply.choices and not reply.asks_location:
        # A message has room for one keyboard: the location button goes away with a message of its own.
        away = _message(chat, "\N{ROUND PUSHPIN}", [])
        away |= {"disable_notification": True, "reply_markup": _NO_KEYBOARD}
        requests.append(Request(method="sendMessage", params=away, aside=True, fleeting=True))
    messages = [_message(chat, text, entities) for text, entities in parts(*_body(reply))]
    keyboard = _keyboard(reply, location_labels)
    if messages:
        messages[-1]["reply_markup"] = keyboard
    if reply.pin is not None:
        venue = _venue(reply.pin, chat) | ({} if messages else {"reply_markup": keyboard})
        requests.append(Request(method="sendVenue", params=venue))
    requests += _attached(reply, chat)
    edits = tapped and reply.replaces and len(messages) == 1 and not requests and not reply.asks_location
    requests += [
        _edit(params, tapped) if edits and tapped else Request(method="sendMessage", params=params)
        for params in messages
    ]
    if tapped and not edits:
        params = {"chat_id": chat, "message_id": tapped}
        requests.append(Request(method="editMessageReplyMarkup", params=params, aside=True))
    if located:
        params = {"chat_id": chat, "message_ids": [located]}
        requests.append(Request(method="deleteMessages", params=params, aside=True))
    return requests


def render_wipe(refs: Sequence[str], address: str) -> list[Request]:
    """Removes messages younger than 48 hours, which the caller sees to."""
    ids = [int(ref) for ref in refs if ref.isdecimal()]
    return [
        Request(
            method="deleteMessages",
            params={"chat_id": int(address), "message_ids": ids[start : start + MOST_DELETED]},
            aside=True,
        )
        for start in range(0, len(ids), MOST_DELETED)
    ]


def _body(reply: Reply) -> tuple[str, list[Span]]:
    """The text with its links and with the choices that have no button, and the spans in it."""
    text, spans = reply.text, [Span(start, end, _BOLD) for start, end in reply.bold]
    for number, choice in enumerate(reply.choices[MOST_BUTTONS:], MOST_BUTTONS + 1):
        text += f"\n{number}. {choice.label}"
    for place, link in enumerate(reply.links):
        text += "\n" if place else "\n\n"
        spans.append(Span(len(text), len(text) + len(link.label), {"type": "text_link", "url": link.url}))
        text += link.label
    return text, spans


def _message(chat: int, text: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    params: dict[str, Any] = {"chat_id": chat, "text": text, "link_preview_options": _NO_PREVIEW}
    if entities:
        params["entities"] = entities
    return params


def _edit(params: dict[str, Any], message: int) -> Request:
    edited = {**params, "message_id": message}
    if "inline_keyboard" not in edited["reply_markup"]:
        del edited["reply_markup"]
    return Request(method="editMessageText", params=edited, instead=Request(method="sendMessage", params=params))


def _venue(pin: Pin, chat: int) -> dict[str, Any]:
    return {
        "chat_id": chat,
        "latitude": pin.latitude,
        "longitude": pin.longitude,
        "title": pin.title,
        "address": pin.address or pin.title,
    }


def _attached(reply: Reply, chat: int) -> list[Request]:
    """A card and a file, which come before the text that has the buttons."""
    found = []
    if reply.card is not None:
        contact = {"chat_id": chat, "phone_number": reply.card.phones[0], "first_name": reply.card.name}
        found.append(Request(method="sendContact", params=contact))
    if reply.file is not None:
        method, field = _FILES[reply.file.kind]
        params = {"chat_id": chat, field: reply.file.url, "caption": reply.file.name}
        found.append(Request(method=method, params=params))
    return found


def _keyboard(reply: Reply, location_labels: Mapping[str, str]) -> dict[str, Any]:
    choices = reply.choices[:MOST_BUTTONS]
    if reply.asks_location:
        # Only a reply keyboard can ask for a place; the labels of its other buttons come back as typed text.
        place = {"text": location_labels[reply.language], "request_location": True}
        rows = [[place], *([{"text": choice.label}] for choice in choices)]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    if choices:
        return {"inline_keyboard": _rows(choices)}
    return _NO_KEYBOARD


def _rows(choices: Sequence[Choice]) -> list[list[dict[str, str]]]:
    rows: list[list[dict[str, str]]] = []
    room = False
    for choice in choices:
        button = {"text": choice.label, "callback_data": choice.id}
        short = len(choice.label) <= SHORT_LABEL
        if room and short:
            rows[-1].append(button)
            room = False
        else:
            rows.append([button])
            room = short
    return rows
