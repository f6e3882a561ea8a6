"""The templates of ``content/`` held against those of a WhatsApp account, and made there."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from bot.catalogue import Slot, Template, Text
from bot.channels.protocol import DeliveryFailed
from bot.channels.whatsapp.failures import unclear
from bot.channels.whatsapp.templates import CODES, STAND_INS, TemplateForm, Templates
from bot.text import LANGUAGES

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client

#: Templates of one answer, and the most that Meta lets an account have (6,000) in such pages.
_PAGE: Final = 100
_MOST_PAGES: Final = 60

#: What the account says of a template -> our word; what it does not say here is written as it is.
_STATES: Final = {"PENDING": "pending", "IN_APPEAL": "pending"}
#: State -> what to do.
REMEDIES: Final[Mapping[str, str]] = {
    "missing": "make it: safar whatsapp templates --push",
    "differs": "edit or delete it in WhatsApp Manager, then push again",
    "paused": "people marked it as unwanted; Meta lifts the pause by itself, or edit it in WhatsApp Manager",
    "rejected": "read Meta's reason in WhatsApp Manager, change content/templates, and ask again",
}
_OTHER_REMEDY: Final = "look into WhatsApp Manager"
_GOOD: Final = frozenset({"same", "pending", "unknown"})
_SENDABLE: Final = frozenset({"same", "differs", "unknown"})


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A template of ours in one of Meta's languages."""

    name: str
    code: str
    body: str
    buttons: tuple[str, ...]
    #: Value of the body -> an example of it.
    parameters: Mapping[str, str] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: same, missing, differs, pending, paused, rejected ..., or unknown: only the account has it."""

    name: str
    code: str
    state: str

    @property
    def remedy(self) -> str:
        """What to do; "" when nothing is."""
        return "" if self.state in _GOOD else REMEDIES.get(self.state, _OTHER_REMEDY)


class Checked(NamedTuple):
    """``findings``: a sentence each. ``unsendable``: names and codes of ours that the account cannot send now; the
    channel's ``paused`` begins with them, so that the language that stands in is sent instead."""

    findings: list[str]
    unsendable: frozenset[tuple[str, str]]


class _Button(msgspec.Struct):
    type: str = ""
    text: str = ""


class _Component(msgspec.Struct):
    type: str
    text: str = ""
    buttons: tuple[_Button, ...] = ()


class _Held(msgspec.Struct):
    name: str
    language: str
    status: str
    components: tuple[_Component, ...] = ()


class _Cursors(msgspec.Struct):
    after: str = ""


class _Paging(msgspec.Struct):
    cursors: _Cursors = msgspec.field(default_factory=_Cursors)
    next: str = ""


class _Page(msgspec.Struct):
    data: tuple[_Held, ...]
    paging: _Paging = msgspec.field(default_factory=_Paging)


_page: Final = msgspec.json.Decoder(_Page).decode


def forms(templates: Mapping[str, Template]) -> Templates:
    """What ``WhatsApp`` may send of them: languages that Meta does not have are left to their fallbacks."""
    return {
        name: {
            language: TemplateForm(code, len(template.buttons), tuple(template.parameters))
            for language, code in CODES.items()
            if language not in STAND_INS
        }
        for name, template in templates.items()
    }


def declared(templates: Mapping[str, Template]) -> list[Declared]:
    return [
        Declared(
            name=name,
            code=CODES[language],
            body=_with_names(template.body, language),
            buttons=tuple(button.plain(language) for button in template.buttons),
            parameters=template.parameters,
        )
        for name, template in sorted(templates.items())
        for language in LANGUAGES
        if language not in STAND_INS
    ]


def _with_names(body: Text, language: str) -> str:
    """Meta's way to write a value: ``{{organisation}}``."""
    parts = body.forms[language].parts
    return "".join(f"{{{{{part.name}}}}}" if isinstance(part, Slot) else part.text for part in parts)


async def compare(client: "Client", account: str, business_id: str, wanted: Iterable[Declared]) -> list[Row]:
    """A row for each of ours, then for what only the account has. Raises DeliveryFailed."""
    held = {(one.name, one.language): one for one in await _held(client, account, business_id)}
    rows = [
        Row(name=one.name, code=one.code, state=_state(one, held.pop((one.name, one.code), None))) for one in wanted
    ]
    return rows + [Row(name=name, code=code, state="unknown") for name, code in sorted(held)]


async def push(client: "Client", account: str, business_id: str, one: Declared) -> None:
    """Ask Meta for it; a review of minutes to a day follows. Raises DeliveryFailed."""
    body: dict[str, Any] = {"type": "BODY", "text": one.body}
    if one.parameters:
        named = [{"param_name": name, "example": example} for name, example in one.parameters.items()]
        body["example"] = {"body_text_named_params": named}
    components = [body]
    if one.buttons:
        components.append(
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": text} for text in one.buttons]}
        )
    params: dict[str, Any] = {"name": one.name, "language": one.code, "category": "UTILITY", "components": components}
    if one.parameters:
        params["parameter_format"] = "NAMED"
    await client.post(account, f"{business_id}/message_templates", params)


async def check_templates(
    client: "Client", account: str, business_id: str, templates: Mapping[str, Template]
) -> Checked:
    """What is wrong with the account's templates; never raises for what WhatsApp answers."""
    try:
        rows = await compare(client, account, business_id, declared(templates))
    except DeliveryFailed as failed:
        return Checked([f"the templates cannot be read ({failed.code}); see: safar whatsapp templates"], frozenset())
    return Checked(
        [f"template {row.name} ({row.code}) is {row.state}: {row.remedy}" for row in rows if row.remedy],
        frozenset((row.name, row.code) for row in rows if row.state not in _SENDABLE),
    )


async def _held(client: "Client", account: str, business_id: str) -> list[_Held]:
    held: list[_Held] = []
    query = {"fields": "name,language,status,components", "limit": str(_PAGE)}
    for _ in range(_MOST_PAGES):
        raw = await client.get(account, f"{business_id}/message_templates", query)
        try:
            page = _page(raw)
        except msgspec.DecodeError:
            raise unclear() from None
        held += page.data
        if not (page.paging.next and page.paging.cursors.after):
            break
        query = {**query, "after": page.paging.cursors.after}
    return held


def _state(wanted: Declared, held: _Held | None) -> str:
    if held is None:
        return "missing"
    if held.status != "APPROVED":
        return _STATES.get(held.status, held.status.lower())
    parts = {part.type.upper(): part for part in held.components}
    body = parts["BODY"].text if "BODY" in parts else ""
    buttons = tuple(button.text for button in parts["BUTTONS"].buttons) if "BUTTONS" in parts else ()
    return "same" if (body.strip(), buttons) == (wanted.body, wanted.buttons) else "differs"
