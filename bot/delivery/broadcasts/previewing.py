"""What each channel would send of an alert, as text for staff. Pure: nothing is sent."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from bot.catalogue import Catalogue, Literal_
from bot.channels.protocol import Request
from bot.channels.telegram.render import render as telegram
from bot.channels.terminal import TerminalChannel
from bot.channels.webchat import WebChat
from bot.channels.whatsapp import CODES, STAND_INS
from bot.channels.whatsapp.render import render as whatsapp
from bot.conversation import Reply, Shown, alert_reply
from bot.delivery.broadcasts.views import Preview
from bot.text import LANGUAGES

#: Nobody's: a preview goes nowhere.
_ADDRESS: Final = "0"
_TERMINAL: Final = TerminalChannel(lambda text: None)
_WEB: Final = WebChat()


def previews(shown: Shown, catalogue: Catalogue) -> tuple[Preview, ...]:
    """For each language that has a text, each channel."""
    found: list[Preview] = []
    for language in LANGUAGES:
        if shown.texts.get(language):
            reply = alert_reply(shown, language, catalogue)
            found += [
                Preview(
                    language=language,
                    channel=channel,
                    form="message",
                    text="\n\n".join(map(read, render(reply, catalogue))),
                )
                for channel, (render, read) in _CHANNELS.items()
            ]
            found.append(
                Preview(language=language, channel="whatsapp", form="template", text=_template(reply, catalogue))
            )
    return tuple(found)


def _buttons(labels: Iterable[str]) -> list[str]:
    return [f"[ {label} ]" for label in labels]


def _telegram(request: Request) -> str:
    params = request.params
    links = [f"→ {one['url']}" for one in params.get("entities", ()) if one["type"] == "text_link"]
    rows = params.get("reply_markup", {}).get("inline_keyboard", ())
    return "\n".join((params["text"], *links, *_buttons(one["text"] for row in rows for one in row)))


def _whatsapp(request: Request) -> str:
    params = request.params
    if params["type"] == "text":
        return str(params["text"]["body"])
    told = params["interactive"]
    action = told["action"]
    titles = [one["reply"]["title"] for one in action.get("buttons", ())]
    titles += [row["title"] for section in action.get("sections", ()) for row in section["rows"]]
    return "\n".join((told["body"]["text"], *_buttons(titles)))


def _web(request: Request) -> str:
    params = request.params
    links = [f"→ {label}: {url}" for label, url in params.get("links", ())]
    return "\n".join(("".join(params["parts"]), *links, *_buttons(label for _, label in params.get("choices", ()))))


def _terminal(request: Request) -> str:
    return str(request.params["text"])


def _template(reply: Reply, catalogue: Catalogue) -> str:
    """As Meta fills it in, in the language that it has for the person's."""
    template = catalogue.templates.get(reply.template)
    if template is None:
        return ""
    # Meta has no Tajik, and Uzbek in Latin letters alone: another language stands in.
    spoken = next(code for code in LANGUAGES if CODES[code] == CODES[reply.language] and code not in STAND_INS)
    values = reply.parameters
    parts = template.body.forms[spoken].parts
    body = "".join(part.text if isinstance(part, Literal_) else values.get(part.name, "") for part in parts)
    return "\n".join((body, *_buttons(button.plain(spoken) for button in template.buttons)))


def _labels(catalogue: Catalogue, phrase: str) -> dict[str, str]:
    return {language: catalogue.phrases[phrase].plain(language) for language in LANGUAGES}


_CHANNELS: Final[Mapping[str, tuple[Callable[[Reply, Catalogue], list[Request]], Callable[[Request], str]]]] = {
    "telegram": (
        lambda reply, catalogue: telegram(reply, _ADDRESS, {}, _labels(catalogue, "location-button")),
        _telegram,
    ),
    "whatsapp": (lambda reply, catalogue: whatsapp(reply, _ADDRESS, _labels(catalogue, "choose-button")), _whatsapp),
    "web": (lambda reply, _: _WEB.render(reply, _ADDRESS, {}), _web),
    "terminal": (lambda reply, _: _TERMINAL.render(reply, _ADDRESS, {}), _terminal),
}
