"""People with WhatsApp on their phones: who they are, what their chat with the bot shows, what they can tap."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tests.fakes.graphtemplates import part_of


class Person(msgspec.Struct, kw_only=True):
    """``id`` is business-scoped and changes with the number. ``phone`` is what Meta may show of it, "" when nothing."""

    id: str
    phone: str = ""
    username: str = ""
    name: str = "P"

    def contact(self) -> dict[str, Any]:
        """An entry of a webhook's ``contacts``."""
        profile = {"name": self.name} | ({"username": self.username} if self.username else {})
        return {"profile": profile, "user_id": self.id} | ({"wa_id": self.phone} if self.phone else {})

    def sender(self) -> dict[str, Any]:
        return {"from_user_id": self.id} | ({"from": self.phone} if self.phone else {})


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tap. ``reply``: what the webhook's message then holds beside its id and sender."""

    title: str
    description: str = ""
    reply: Mapping[str, Any]


class Shown(msgspec.Struct, kw_only=True):
    """One message of the bot's, as the chat shows it. ``id``: WhatsApp's, of the message; ``at``: seconds."""

    id: str
    at: float
    #: The request as it came.
    request: Mapping[str, Any]
    #: The template that it names, as the account holds it.
    template: Mapping[str, Any] | None = None

    @property
    def kind(self) -> str:
        return str(self.request.get("type", "text"))

    @property
    def text(self) -> str:
        """The words, without those of buttons."""
        content = self.request.get(self.kind, {})
        match self.kind:
            case "text":
                return str(content["body"])
            case "interactive":
                parts = [content.get(name, {}).get("text", "") for name in ("header", "body", "footer")]
                return "\n".join(filter(None, parts))
            case "location":
                return "\n".join(filter(None, (content.get("name"), content.get("address"))))
            case "contacts":
                cards = ([one["name"]["formatted_name"], *_phones(one)] for one in content)
                return "\n".join(line for card in cards for line in card)
            case "template":
                assert self.template is not None
                return self._filled(part_of(self.template, "BODY")["text"])
            case _:
                return str(content.get("caption", ""))

    def _filled(self, text: str) -> str:
        given = part_of({"components": self.request["template"].get("components", ())}, "BODY").get("parameters", ())
        for number, parameter in enumerate(given, 1):
            text = text.replace("{{" + str(parameter.get("parameter_name", number)) + "}}", parameter["text"])
        return text

    def buttons(self) -> Iterator[Button]:
        action = self.request.get("interactive", {}).get("action", {})
        for button in action.get("buttons", ()):
            reply = button["reply"]
            yield Button(title=reply["title"], reply=_interactive("button_reply", reply))
        for section in action.get("sections", ()):
            for row in section["rows"]:
                reply = _interactive("list_reply", row)
                yield Button(title=row["title"], description=row.get("description", ""), reply=reply)
        if self.template is not None:
            components = self.request["template"].get("components", ())
            payloads = {
                int(part["index"]): part["parameters"][0]["payload"] for part in components if part["type"] == "button"
            }
            for index, button in enumerate(part_of(self.template, "BUTTONS").get("buttons", ())):
                if button["type"] == "QUICK_REPLY":
                    tapped = {"payload": payloads.get(index, button["text"]), "text": button["text"]}
                    yield Button(title=button["text"], reply={"type": "button", "button": tapped})


def _interactive(kind: str, reply: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, kind: dict(reply)}}


def _phones(card: Mapping[str, Any]) -> list[str]:
    return [phone["phone"] for phone in card.get("phones", ())]


def numbered(change_id: str) -> str:
    """Another business-scoped id of the same country, as a changed number brings it."""
    country, _, rest = change_id.partition(".")
    return f"{country}.9{rest}"
