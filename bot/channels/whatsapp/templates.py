"""What may be sent when the window is closed: a template of the account, in the language nearest to the person's."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from bot.conversation import Reply
from bot.text import LANGUAGES

#: The language of ours -> Meta's code for the language of a template.
CODES: Final[Mapping[str, str]] = {"ru": "ru", "uz": "uz", "uz_Cyrl": "uz", "tg": "ru", "ky": "ky_KG"}
#: Of these, the ones that are another language or script: Meta has no Tajik, and one Uzbek, which is in Latin letters.
STAND_INS: Final = frozenset({"uz_Cyrl", "tg"})


class TemplateForm(msgspec.Struct, frozen=True):
    """A template of the account in one language. ``code`` is Meta's, ``buttons`` how many quick replies it has."""

    code: str
    buttons: int = 0


#: Name of the template -> language of ours -> its form.
Templates = Mapping[str, Mapping[str, TemplateForm]]


def template(reply: Reply, templates: Templates, paused: Collection[tuple[str, str]]) -> dict[str, Any] | None:
    """The template for a reply; None when there is none that can be sent.

    ``paused``: name and code of those that the account cannot send now; the fallback language takes their place.
    """
    forms = templates.get(reply.template, {})
    for language in (reply.language, *LANGUAGES[reply.language].fallback):
        form = forms.get(language)
        if form is not None and (reply.template, form.code) not in paused:
            choices = reply.choices[: form.buttons]
            buttons = [_button(index, choice.id) for index, choice in enumerate(choices)]
            language_code = {"code": form.code}
            return {"name": reply.template, "language": language_code, **({"components": buttons} if buttons else {})}
    return None


def _button(index: int, payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": str(index), "parameters": parameters}
