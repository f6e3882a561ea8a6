"""One reply → as few messages as can be, for each one is paid. Within the limits of ``messages/*`` (Meta, 2026-09)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.channels.protocol import Request
from bot.channels.whatsapp.layout import BODY_LIMIT, TEXT_LIMIT, Spans, parts
from bot.channels.whatsapp.templates import Templates, template
from bot.conversation import Card, Choice, File, Pin, Reply
from bot.text import shorten, titles

#: ``messages/interactive-reply-buttons-messages`` (2026-05-21), ``messages/interactive-list-messages`` (2026-09-11).
MOST_BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
MOST_ROWS: Final = 10
ROW_TITLE: Final = 24
ROW_DESCRIPTION: Final = 72

#: A business-scoped user id: a country, a period, letters or digits. Everything else is a phone number.
_USER_ID: Final = re.compile(r"[A-Z]{2}\.")
_ASK_LOCATION: Final[dict[str, Any]] = {"type": "location_request_message", "action": {"name": "send_location"}}


def render(reply: Reply, address: str, choose_labels: Mapping[str, str]) -> list[Request]:
    """The requests in the order in which they are made.

    ``choose_labels``: the words on the button that opens a list of choices, by language.
    """
    file = _file(reply.file) if reply.file is not None else None
    messages = _messages(reply, choose_labels[reply.language])
    if file is not None and not _joined(file, messages):
        messages.append(file)
    if reply.card is not None:
        messages.append({"type": "contacts", "contacts": [_contact(reply.card)]})
    if reply.pin is not None:
        messages.append({"type": "location", "location": _location(reply.pin)})
    return [_request(message, address) for message in messages]


def render_template(
    reply: Reply, address: str, templates: Templates, paused: frozenset[tuple[str, str]] | set[tuple[str, str]]
) -> list[Request]:
    """The template that stands for a reply; nothing where there is none."""
    found = template(reply, templates, paused)
    return [] if found is None else [_request({"type": "template", "template": found}, address)]


def readdressed(request: Request, address: str) -> Request:
    message = {key: value for key, value in request.params.items() if key not in ("to", "recipient")}
    return _request(message, address)


def _request(message: dict[str, Any], address: str) -> Request:
    whom = "recipient" if _USER_ID.match(address) else "to"
    params = {"messaging_product": "whatsapp", "recipient_type": "individual", whom: address, **message}
    return Request(method="messages", params=params)


# text and choices


def _messages(reply: Reply, choose: str) -> list[dict[str, Any]]:
    """The text with its links and choices. Where it is too long for buttons, the choices are numbers in one text."""
    text, bold = _linked(reply)
    numbers = [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, 1)]
    if reply.asks_location:
        # Nothing else asks for a place, so that the message is cut in two where it is too long.
        shown = parts(_with(text, numbers), bold, TEXT_LIMIT, BODY_LIMIT)
        return _interactive(shown, _ASK_LOCATION)
    if not reply.choices:
        return [_text(part) for part in parts(text, bold)]
    action, unshown = _choices(reply.choices, choose)
    tapped = parts(_with(text, [numbers[place] for place in unshown]), bold, TEXT_LIMIT, BODY_LIMIT)
    if len(tapped) != 1:
        numbered = parts(_with(text, numbers), bold)
        if not tapped or len(numbered) < len(tapped):
            return [_text(part) for part in numbered]
    return _interactive(tapped, action)


def _linked(reply: Reply) -> tuple[str, Spans]:
    """A link stands in full at the end of the line that names it as a source, else on a line of its own below."""
    ends: dict[int, str] = {}
    below: list[str] = []
    for link in reply.links:
        lines = re.finditer(rf"^— {re.escape(link.label)}(?= \(|$).*$", reply.text, re.MULTILINE)
        line = next((line for line in lines if line.end() not in ends), None)
        if line is None:
            below.append(f"{link.label}: {link.url}")
        else:
            ends[line.end()] = f": {link.url}"

    def moved(at: int) -> int:
        return at + sum(len(address) for end, address in ends.items() if end < at)

    text, before = "", 0
    for end, address in sorted(ends.items()):
        text += reply.text[before:end] + address
        before = end
    text += reply.text[before:]
    return "\n\n".join(filter(None, (text, "\n".join(below)))), [(moved(a), moved(b)) for a, b in reply.bold]


def _with(text: str, lines: Sequence[str]) -> str:
    """The lines below the text, but for those that already stand in it."""
    known = set(text.split("\n"))
    missing = "\n".join(line for line in lines if line not in known)
    return f"{text}\n\n{missing}" if text and missing else text or missing


def _interactive(shown: Sequence[str], action: dict[str, Any]) -> list[dict[str, Any]]:
    """The last part has what is tapped. Without any text there is nothing to put it under."""
    if not shown:
        return []
    *earlier, last = shown
    interactive = {"type": action["type"], "body": {"text": last}, "action": action["action"]}
    return [*map(_text, earlier), {"type": "interactive", "interactive": interactive}]


def _text(body: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": body, "preview_url": False}}


def _choices(choices: Sequence[Choice], choose: str) -> tuple[dict[str, Any], list[int]]:
    """Buttons or a list, and the places of the choices that must stand numbered in the text."""
    if len(choices) <= MOST_BUTTONS and all(len(choice.label) <= BUTTON_TITLE for choice in choices):
        named = zip(choices, titles([choice.label for choice in choices], BUTTON_TITLE), strict=True)
        buttons = [{"type": "reply", "reply": {"id": choice.id, "title": title}} for choice, title in named]
        return {"type": "button", "action": {"buttons": buttons}}, []
    shown = choices[:MOST_ROWS]
    unshown = [place for place, choice in enumerate(choices) if place >= MOST_ROWS or not _fits(choice)]
    named = zip(shown, titles([choice.label for choice in shown], ROW_TITLE), strict=True)
    rows = [_row(choice, title) for choice, title in named]
    action = {"button": shorten(choose, BUTTON_TITLE), "sections": [{"rows": rows}]}
    return {"type": "list", "action": action}, unshown


def _fits(choice: Choice) -> bool:
    return len(choice.label) <= ROW_DESCRIPTION


def _row(choice: Choice, title: str) -> dict[str, str]:
    row = {"id": choice.id, "title": title}
    if len(choice.label) > ROW_TITLE and _fits(choice):
        row["description"] = choice.label
    return row


# what comes beside the text


def _file(file: File) -> dict[str, Any]:
    media = {"link": file.url, **({"filename": file.name} if file.kind == "document" else {})}
    return {"type": file.kind, file.kind: media}


def _joined(file: dict[str, Any], messages: list[dict[str, Any]]) -> bool:
    """Whether one message has room for the file too: above its buttons, or with its text as the caption."""
    if len(messages) != 1:
        return False
    (message,) = messages
    kind = file["type"]
    if message["type"] == "interactive" and message["interactive"]["type"] == "button":
        message["interactive"]["header"] = dict(file)
        return True
    if message["type"] == "text" and len(message["text"]["body"]) <= BODY_LIMIT:
        messages[:] = [{"type": kind, kind: {**file[kind], "caption": message["text"]["body"]}}]
        return True
    return False


def _contact(card: Card) -> dict[str, Any]:
    phones = [{"phone": phone, "type": "WORK"} for phone in card.phones]
    return {"name": {"formatted_name": card.name, "first_name": card.name}, "phones": phones}


def _location(pin: Pin) -> dict[str, Any]:
    place = {"latitude": pin.latitude, "longitude": pin.longitude, "name": pin.title}
    return place | ({"address": pin.address} if pin.address else {})
