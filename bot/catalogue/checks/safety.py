"""What could hurt a reader: a tricky link, a shelter's address, a word on a locked screen."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from bot.catalogue.draft import Draft, Entry
from bot.catalogue.findings import Finding
from bot.catalogue.model import Place
from bot.catalogue.values import PREVIEW
from bot.catalogue.words import beginnings

_SHORTENERS: Final = frozenset(
    {
        *(
            "bit.do",
            "bit.ly",
            "buff.ly",
            "clck.ru",
            "cutt.ly",
            "goo.gl",
            "goo.su",
            "is.gd",
            "lnkd.in",
            "ow.ly",
            "qps.ru",
        ),
        *("rb.gy", "rebrand.ly", "shorturl.at", "surl.li", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "u.to", "v.gd"),
        "vk.cc",
    }
)
_TELEGRAM: Final = frozenset({"t.me", "telegram.me", "telegram.dog"})
#: Phrases that show unasked: the beginning of a reminder, the bot's name and commands, what stands over the chat.
_SHOWN_UNASKED: Final = ("reminder-", "news-", "alert-first-", "telegram-", "bot-", "command-", "web-title")


def links(draft: Draft) -> Iterator[Finding]:
    handles = {handle.lstrip("@").lower() for handle in draft.words.shape.handles} if draft.words else set()
    for at, url in _urls(draft):
        if what := wrong_link(url, handles):
            yield Finding(
                at=at, rule="bad-link", what=what, remedy="write the address of the page itself, as https://..."
            )


def barred(draft: Draft) -> Iterator[Finding]:
    """A link or a name that is itself an offence where our readers are (THREATS T25)."""
    listed = [name.casefold() for name in draft.words.shape.barred] if draft.words else []
    for at, text in (*_urls(draft), *_source_titles(draft)):
        for name in listed:
            if name in text.casefold():
                what = f'"{name}" is listed as barred'
                remedy = "leave the link out (url: null) and name the fact, not the publisher"
                yield Finding(at=at, rule="barred-name", what=what, remedy=remedy)


def _source_titles(draft: Draft) -> Iterator[tuple[Place, str]]:
    for file in draft.articles.values():
        for index, page in enumerate(file.shape.sources):
            yield file.at("sources", index, "title"), page.title
    for fact in draft.facts.values():
        yield fact.at("source", "title"), fact.shape.source.title


def _urls(draft: Draft) -> Iterator[tuple[Place, str]]:
    for file in draft.articles.values():
        for index, page in enumerate(file.shape.sources):
            if page.url:
                yield file.at("sources", index, "url"), page.url
    entries: list[Entry[Any]] = [*draft.facts.values(), *draft.points.values(), *draft.deadlines.values()]
    for entry in entries:
        if entry.shape.source.url:
            yield entry.at("source", "url"), entry.shape.source.url
    for calendar in draft.calendars.values():
        if calendar.shape.source.url:
            yield calendar.at("source", "url"), calendar.shape.source.url
    for point in draft.points.values():
        if point.shape.website:
            yield point.at("website"), point.shape.website
        if point.shape.telegram:
            yield point.at("telegram"), f"https://t.me/{point.shape.telegram}"


def wrong_link(url: str, handles: Collection[str]) -> str:
    """What is wrong with a link that people are shown; empty where nothing is. ``handles``: names on Telegram that are
    known (THREATS T59)."""
    try:
        link = urlsplit(url)
        host = (link.hostname or "").removeprefix("www.")
        port = link.port
    except ValueError:
        return f'"{url[:60]}" is not a link'
    if link.scheme != "https" or not re.fullmatch(r"[^\s<>\"]+", url):
        return f'"{url[:60]}" is not an https link'
    if link.username or port not in {None, 443} or not re.search(r"\.[^\W\d_]{2,}$|\.xn--[a-z0-9]+$", host):
        return f'"{link.netloc[:60]}" is not the plain name of a site'
    if host in _SHORTENERS:
        return f'"{host}" hides where the link leads'
    if any(len(_scripts(label)) > 1 for label in _readable(host).split(".")):
        return f'"{host}" mixes letters of several scripts'
    handle = link.path.strip("/").partition("/")[0].lower()
    if host in _TELEGRAM and handle not in handles:
        return f'the Telegram name "{handle}" is not listed in content/words.yaml under handles'
    return ""


def _readable(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _scripts(label: str) -> set[str]:
    return {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}


def shelters(draft: Draft) -> Iterator[Finding]:
    """A place for those who fled is found by a call, never by its address (THREATS T60)."""
    for entry in draft.points.values():
        shape = entry.shape
        needs = {"trafficking", "violence"}.intersection(shape.needs)
        if shape.public_address or not (needs or shape.kind == "shelter"):
            continue
        who = f'"{entry.key}" ' + (f"helps with {min(needs)}" if needs else "is a shelter")
        remedy = "remove it, or write public_address: true when they agreed"
        if shape.address:
            what = f"{who} and gives an address"
            yield Finding(at=entry.at("address"), rule="shelter-address", what=what, remedy=remedy)
        if shape.geo_precision == "address":
            what = f"{who} and gives its place on the map"
            yield Finding(at=entry.at("geo_precision"), rule="shelter-address", what=what, remedy=remedy)


def doubtful(draft: Draft) -> Iterator[Finding]:
    """Who calls a number that nobody has checked must have another one at hand."""
    known = draft.catalogue.points
    for said in draft.texts:
        quoted = [slot.name for slot in said.slots() if slot.kind == "point" and slot.of != "name"]
        doubts = [key for key in quoted if key in known and known[key].doubtful]
        if doubts and all(key in doubts or key not in known for key in quoted):
            what = f'nobody knows whether "{doubts[0]}" still answers, and no other number stands beside it'
            remedy = "quote a point beside it whose status is active"
            yield Finding(at=said.text.at, rule="doubtful-point", what=what, remedy=remedy)


def marks(draft: Draft) -> Iterator[Finding]:
    """An organisation whose very name may be an offence is a record only (THREATS T25)."""
    for entry in draft.points.values():
        if entry.shape.marks and entry.shape.status == "active":
            what = f'"{entry.key}" is marked {entry.shape.marks[0]} and active'
            yield Finding(
                at=entry.at("status"), rule="marked-organisation", what=what, remedy="write status: undesirable"
            )


def previews(draft: Draft) -> Iterator[Finding]:
    """The locked screen shows the beginning of what comes unasked (THREATS T19)."""
    begins = beginnings(draft.catalogue.words.preview)
    phrases = [text for key, text in draft.catalogue.phrases.items() if key.startswith(_SHOWN_UNASKED)]
    templates = draft.catalogue.templates.values()
    for text in [*phrases, *(text for template in templates for text in (template.body, *template.buttons))]:
        for language, form in text.forms.items():
            words = "".join(getattr(part, "text", " ") for part in form.parts)[:PREVIEW]
            if form.language == language and language in begins and (found := begins[language].search(words)):
                what = f'"{found[0]}" ({language}) would show on a locked screen'
                yield Finding(at=text.at, rule="preview-word", what=what, remedy="use neutral words")
