"""What may be sent when the window is closed: a template of the account, in the language nearest to the person's."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from bot.conversation import Reply
from bot.text import LANGUAGES

#: The language of ours -> Meta's code for the language of a template.
CODES: Final[Mapping[str, str]] = {"ru": "ru", "uz": "uz", "uz_Cyrl": "uz", "tg": "ru", "ky": "ky_KG"}
#: Of these, the ones that are another language or script: Meta has no Tajik, and one Uzbek, which is in Latin letters.
STAND_INS: Final = frozenset({"uz_Cyrl", "tg"})


class TemplateForm(msgspec.Struct, frozen=True):
    """A template of the account in one language. ``code`` is Meta's, ``buttons`` how many quick replies it has,
    ``parameters`` the names of the values of its body."""

    code: str
    buttons: int = 0
    parameters: tuple[str, ...] = ()


#: Name of the template -> language of ours -> its form.
Templates = Mapping[str, Mapping[str, TemplateForm]]


def template(reply: Reply, templates: Templates, paused: Collection[tuple[str, str]]) -> dict[str, Any] | None:
    """The template for a reply; None when there is none that can be sent, or a value of it is not known.

    ``paused``: name and code of those that the account cannot send now; the fallback language takes their place.
    """
    forms = templates.get(reply.template, {})
    for language in (reply.language, *LANGUAGES[reply.language].fallback):
        form = forms.get(language)
        if form is None or (reply.template, form.code) in paused or not reply.parameters.keys() >= set(form.parameters):
            continue
        payloads = reply.payloads or tuple(choice.id for choice in reply.choices)
        components = [_body(form.parameters, reply.parameters)] if form.parameters else []
        components += [_button(index, payload) for index, payload in enumerate(payloads[: form.buttons])]
        found = {"name": reply.template, "language": {"code": form.code}}
        return {**found, "components": components} if components else found
    return None


def _body(names: Sequence[str], values: Mapping[str, str]) -> dict[str, Any]:
    """Meta takes neither line breaks nor long gaps in a value."""
    given = [{"type": "text", "parameter_name": name, "text": " ".join(values[name].split())} for name in names]
    return {"type": "body", "parameters": given}


def _button(index: int, payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters}
