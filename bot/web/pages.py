"""What a browser loads: the page in five languages, its files under names that change with their content."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from importlib.resources import files
from typing import Final

import msgspec
from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from bot.catalogue import Catalogue, Literal_, Target, Text
from bot.channels.webchat import bold_parts
from bot.conversation import Event, Session, Shown, alert_reply, turn
from bot.text import LANGUAGES, SOURCE, from_tag

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
_LONGEST_SHORT_PHONE: Final = 5
_HOW: Final = "how-bot-works"
#: Label of the page -> its phrase.
_LABELS: Final = {
    "title": "web-title",
    "send": "web-send",
    "placeholder": "web-placeholder",
    "leave": "web-leave",
    "hint": "web-leave-hint",
    "privacy": "web-privacy",
    "language": "web-language",
    "messages": "web-messages",
    "noscript": "web-no-script",
    "reconnecting": "web-reconnecting",
    "offline": "web-offline",
    "sending": "web-sending",
    "location": "location-button",
}
#: Labels that the script shows by itself.
_SCRIPTED: Final = ("lang", "reconnecting", "offline", "sending", "location")


class Body(msgspec.Struct, frozen=True):
    """Bytes to serve as they are, and packed."""

    plain: bytes
    packed: bytes
    type: str

    @classmethod
    def of(cls, content: bytes, type: str) -> "Body":
        return cls(content, gzip.compress(content, 9, mtime=0), type)

    def response(self, request: Request, cache: str = "no-store") -> Response:
        packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"cache-control": cache, "vary": "accept-encoding, accept-language"}
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(self.packed if packed else self.plain, headers=headers, media_type=self.type)


def preferred(accept_language: str) -> str:
    """The first of our languages in an Accept-Language header, by its weights; Russian when there is none."""
    wishes: list[tuple[float, str]] = []
    for wish in accept_language[:500].split(","):
        tag, _, weight = wish.partition(";")
        language = from_tag(tag.strip())
        if language is not None:
            wishes.append((_weight(weight), language))
    best = max(wishes, key=lambda wish: wish[0], default=(0.0, SOURCE))
    return best[1] if best[0] > 0 else SOURCE


def _weight(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    try:
        return float(parameter.strip().removeprefix("q="))
    except ValueError:
        return 0.0


def plain(text: Text, language: str) -> str:
    return "".join(part.text for part in text.forms[language].parts if isinstance(part, Literal_))


def labels(catalogue: Catalogue, language: str) -> dict[str, str]:
    """The page's own words in one language, and the tag of it."""
    words = {label: plain(catalogue.phrases[phrase], language) for label, phrase in _LABELS.items()}
    return {**words, "how": plain(catalogue.articles[_HOW].title, language), "lang": LANGUAGES[language].tag}


class Pages:
    """Made once; a page is drawn again only when the catalogue has changed."""

    def __init__(self, leave_url: str) -> None:
        self._leave_url = leave_url
        self._templates = Environment(
            loader=PackageLoader("bot.web"), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._assets: dict[str, Body] = {}
        self._names: dict[str, str] = {}
        for entry in sorted((files("bot.web") / "static").iterdir(), key=lambda entry: entry.name):
            stem, _, kind = entry.name.rpartition(".")
            content = entry.read_bytes()
            name = f"{stem}.{blake2b(content, digest_size=6).hexdigest()}.{kind}"
            self._names[entry.name] = f"/assets/{name}"
            self._assets[name] = Body.of(content, _TYPES[kind])
        self._drawn: dict[tuple[str, str], tuple[str, Body]] = {}

    @property
    def names(self) -> Mapping[str, str]:
        """Address of each file by its own name."""
        return self._names

    def asset(self, name: str) -> Body | None:
        return self._assets.get(name)

    def chat(self, catalogue: Catalogue, language: str) -> Body:
        """The one page of the chat."""

        def values() -> dict[str, object]:
            words = labels(catalogue, language)
            return {
                "labels": words,
                "script_labels": _json({name: words[name] for name in _SCRIPTED}),
                "hide_words": _json(_hide_words(catalogue)),
                "short_phones": _json(_short_phones(catalogue)),
                "language_choice": Target(kind="command", id="language").token,
            }

        return self._draw("chat.html", catalogue.version, language, values)

    def privacy(self, catalogue: Catalogue, language: str, today: date) -> Body:
        """Who can see what: the article of the chat, for those who would rather read it first."""

        def values() -> dict[str, object]:
            return {"labels": labels(catalogue, language), "texts": _how(catalogue, language, today)}

        return self._draw("privacy.html", f"{catalogue.version} {today}", language, values)

    def alerts(self, catalogue: Catalogue, language: str, shown: Sequence[Shown]) -> Body:
        """The alerts that hold, so that anybody can check one that was passed on to them (T37)."""

        def values() -> dict[str, object]:
            texts = [alert_reply(one, language, catalogue).text for one in shown]
            none = plain(catalogue.phrases["web-no-alerts"], language)
            title = plain(catalogue.phrases["web-alerts"], language)
            return {"labels": labels(catalogue, language) | {"title": title}, "texts": texts, "nothing": none}

        version = " ".join((catalogue.version, *(f"{one.code}{one.ends}" for one in shown)))
        return self._draw("alerts.html", version, language, values)

    def _draw(self, template: str, version: str, language: str, values: Callable[[], dict[str, object]]) -> Body:
        drawn_for, body = self._drawn.get((template, language), ("", None))
        if body is None or drawn_for != version:
            words = {"tag": LANGUAGES[language].tag, "assets": self._names, "leave_url": self._leave_url, **values()}
            content = self._templates.get_template(template).render(words)
            body = Body.of(content.encode(), "text/html; charset=utf-8")
            self._drawn[template, language] = version, body
        return body


def _how(catalogue: Catalogue, language: str, today: date) -> list[list[str]]:
    """What the bot itself answers to the question, in parts that are plain and bold in turns."""
    asked = Event(kind="choice", choice=Target(kind="details", id=_HOW).token)
    now = datetime.combine(today, time(12), UTC)
    answer = turn(Session(profile={"language": language}, told=True), asked, catalogue, now)
    return [bold_parts(reply.text, reply.bold) for reply in answer.replies]


def _hide_words(catalogue: Catalogue) -> list[str]:
    """The page obeys them by itself, so that hiding does not wait for the line (T21)."""
    by_language = catalogue.words.commands.get("hide", {})
    return sorted({"000"}.union(*([word.lower() for word in words] for words in by_language.values())))


def _short_phones(catalogue: Catalogue) -> list[str]:
    phones = {phone for point in catalogue.points.values() for phone in point.phones}
    return sorted(phone for phone in phones if phone.isdigit() and len(phone) <= _LONGEST_SHORT_PHONE)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
