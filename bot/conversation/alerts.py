"""Alerts: who takes which, and how one is shown. Who never said yes gets none (THREATS M5, M7, T19, T37)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from bot.catalogue import Catalogue, Literal_, Target
from bot.conversation.model import Choice, Link, Reply
from bot.text import LANGUAGES, SOURCE, format_date, to_cyrillic

Urgency = Literal["life", "important", "news"]
"""Danger to life; a rule changes and something is to be done soon; everything else."""

#: What the person chose -> the urgencies that they get.
_TAKES: Final[Mapping[str, frozenset[str]]] = {
    "all": frozenset({"life", "important", "news"}),
    "important": frozenset({"life", "important"}),
    "life": frozenset({"life"}),
}
#: Urgency -> the line that a locked screen shows: longer than what it shows (T19).
_FIRST: Final[Mapping[Urgency, str]] = {
    "life": "alert-first-life",
    "important": "alert-first-line",
    "news": "alert-first-line",
}
_TEMPLATE: Final = "alert"
_CODE_HALF: Final = 4


class Shown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert as it went out: approved, frozen, its facts filled in.

    ``texts``: language -> final words, plain. ``organisation``: id of who sends it. ``code``: 8 digits. ``ends``: the
    last day on which it holds.
    """

    texts: dict[str, str]
    organisation: str
    code: str
    urgency: Urgency
    source_title: str
    source_checked: date
    source_url: str = ""
    ends: date
    #: The code of the alert that it corrects or withdraws; on arrival only those are shown it who were shown that one.
    corrects: str = ""
    #: test: nobody has let it out; whoever writes its code sees it, and nobody else.
    kind: Literal["alert", "correction", "withdrawal", "test"] = "alert"

    @property
    def token(self) -> str:
        """What the button gives that opens it."""
        return Target(kind="alert", id=self.code).token


def takes_alerts(profile: Mapping[str, str], organisation: str, urgency: Urgency, topics: Iterable[str]) -> bool:
    """Whether this person wants such an alert. ``topics``: those of the alert; without any it is for all.

    Who follows some topics alone is still told of danger to life, whatever it is about.
    """
    if urgency not in _TAKES.get(profile.get("alerts", ""), ()):
        return False
    if organisation in profile.get("alerts_without", "").split():
        return False
    follows, about = set(profile.get("follows", "").split()), set(topics)
    return urgency == "life" or not follows or not about or not follows.isdisjoint(about)


def text_in(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The words for somebody who reads ``language``, and the language that they are in. Uzbek in Cyrillic letters is
    made from Uzbek in Latin ones; what is in none of their languages is in any."""
    for code in (language, *LANGUAGES[language].fallback, *LANGUAGES):
        if texts.get(code):
            return (
                (to_cyrillic(texts[code]), language) if (language, code) == ("uz_Cyrl", "uz") else (texts[code], code)
            )
    return "", language


def alert_reply(shown: Shown, language: str, catalogue: Catalogue) -> Reply:
    """The alert for somebody who reads ``language``: neutral words first, then the text, who says so, since when and
    until when, how to check it and how to get no more. The same for everybody of a language."""

    def say(key: str, **values: str) -> str:
        return phrase(catalogue, key, language, values)

    name, (text, spoken) = sender(catalogue, shown.organisation, language), text_in(shown.texts, language)
    until = say("alert-ends", date=format_date(shown.ends, language))
    checked = format_date(shown.source_checked, language)
    off, settings = (
        Choice(id=Target(kind="alerts-off", id=shown.organisation).token, label=say("alert-off-button")),
        Choice(id=Target(kind="command", id="alerts").token, label=say("alert-settings-button")),
    )
    facts = (
        say("alert-from", name=name),
        say("alert-source", title=shown.source_title, date=checked),
        until,
        say("alert-code", code=spaced(shown.code)),
        say("alert-footer", button=off.label),
    )
    parts = (
        say(_FIRST[shown.urgency]),
        say(f"alert-{shown.kind}") if shown.kind != "alert" else "",
        text,
        "\n".join(facts),
        say("missing-note") if spoken != language else "",
    )
    return Reply(
        text="\n\n".join(filter(None, parts)),
        language=language,
        choices=(off, settings),
        links=(Link(label=shown.source_title, url=shown.source_url),) if shown.source_url else (),
        template=_TEMPLATE,
        parameters={"organisation": name, "text": " ".join(text.split()) if shown.urgency == "life" else until},
        payloads=(shown.token, off.id),
    )


def spaced(code: str) -> str:
    """As it is read aloud: ``1234 5678``."""
    return f"{code[:_CODE_HALF]} {code[_CODE_HALF:]}"


def sender(catalogue: Catalogue, organisation: str, language: str) -> str:
    """The organisation's name; its id when it is not in the catalogue any more."""
    known = catalogue.organisations.get(organisation)
    return known.name.plain(language) if known else organisation


def phrase(catalogue: Catalogue, key: str, language: str, values: Mapping[str, str]) -> str:
    """One of the bot's own sentences for nobody in particular; the key itself where it is missing."""
    text = catalogue.phrases.get(key)
    if text is None:
        return key
    parts = text.forms[language if language in text.forms else SOURCE].parts
    return "".join(part.text if isinstance(part, Literal_) else values.get(part.name, "") for part in parts)
