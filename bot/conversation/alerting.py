"""Alerts within a conversation: shown on arrival and by a button, checked by their code, refused, asked about again."""

import re
from datetime import date, timedelta
from typing import Final

from bot.catalogue import Ask
from bot.conversation.alerts import Shown, alert_reply, sender, takes_alerts, text_in
from bot.conversation.model import Event, Hide, Remind, Told
from bot.conversation.talk import Talk
from bot.conversation.waiting import resume
from bot.text import format_date

#: Opened once a year: does the person still want alerts? (THREATS M5)
AGAIN: Final = "alerts-again"
_AGAIN_ON: Final = "alerts_again"
_YEAR: Final = timedelta(days=365)
#: Shown on arrival at once; a person reads no more.
_MOST_AT_ONCE: Final = 2
_MOST_REMEMBERED: Final = 50
#: A code at the end of a message, and nothing else that it can be than its two halves.
_AT_END: Final = re.compile(r"(?:^|[^0-9])([0-9]{4})([ \u00a0-]?)([0-9]{4})$")
_AROUND: Final = " \u00a0.:\n"
#: Longer than a code with words that ask for the check.
_LONGEST: Final = 80
_DIGITS: Final = re.compile(r"[0-9]")
_CODE_DIGITS: Final = 8


def show_alert(talk: Talk, token: str) -> bool:
    """The whole of the alert that a template told of, while it holds; False when ``token`` is none that is known."""
    shown = next((one for one in talk.alerts if one.token == token), None)
    if shown is None:
        return False
    talk.rest()
    if not _said_over(talk, shown):
        _show(talk, shown)
    if isinstance(talk.waiting, Ask):
        resume(talk)
    return True


def show_on_arrival(talk: Talk, event: Event) -> None:
    """The newest alerts that this person takes and has not been shown, once they are through the first questions."""
    language = "language" in talk.profile and not any(frame.flow == "start" for frame in talk.stack)
    arrived = event.kind == "start" or any(frame.flow == "start" for frame in talk.session.stack)
    if talk.alerts_for is None or not (language and arrived) or talk.forgotten or Hide() in talk.effects:
        return
    unseen = (
        one
        for one in talk.alerts_for(talk.profile)
        if one.code not in talk.alerted
        and (not one.corrects or one.corrects in talk.alerted)
        and one.ends >= talk.today
        and takes_alerts(talk.profile, one.organisation, one.urgency, ())
    )
    for shown, _ in zip(unseen, range(_MOST_AT_ONCE), strict=False):
        _show(talk, shown)
        talk.effects.append(Told(shown.code))


def _show(talk: Talk, shown: Shown) -> None:
    """A message of its own, before whatever else is said."""
    talk.said.insert(len(talk.before), "alert")
    talk.before.append(alert_reply(shown, talk.language, talk.prepared.catalogue))
    talk.alerted = (*(code for code in talk.alerted if code != shown.code), shown.code)[-_MOST_REMEMBERED:]
    talk.plain = False


def refuse(talk: Talk, organisation: str) -> None:
    """No more alerts of this organisation, at once; also from a button of long ago."""
    refused = talk.profile.get("alerts_without", "").split()
    talk.save("profile.alerts_without", list(dict.fromkeys((*refused, organisation))))
    name = sender(talk.prepared.catalogue, organisation, talk.language)
    talk.phrase("alert-refused", {"name": name})
    talk.page.foot.append(talk.button("alerts", "alert-settings-button"))


# checking a code


def code_alone(talk: Talk, text: str) -> str:
    """The code of a message that is nothing else, in two halves, for eight digits in a row may be a date; or the code
    that follows a word that asks for the check. Else empty."""
    text = text.strip(_AROUND)
    found = _AT_END.search(text) if len(text) <= _LONGEST else None
    if found is None:
        return ""
    before = text[: found.start(1)].strip(_AROUND)
    is_meant = talk.prepared.command(before) == "check" if before else bool(found[2])
    return found[1] + found[3] if is_meant else ""


def knows(talk: Talk, code: str) -> bool:
    return any(one.code == code for one in talk.alerts)


def check_code(talk: Talk, answer: str) -> None:
    """Says whose alert has the code in that answer, until when it holds and what it really says (a forged one may bear
    a true code). Saves ``answers.alert``: known, unknown or unreadable; nothing when there is no answer."""
    typed = str(talk.lookup("answers", answer, "") or "")
    code = "".join(_DIGITS.findall(typed))
    talk.save("answers.alert", None)
    if not typed:
        return
    if len(code) != _CODE_DIGITS:
        talk.save("answers.alert", "unreadable")
        return
    shown = next((one for one in talk.alerts if one.code == code), None)
    talk.save("answers.alert", "known" if shown else "unknown")
    if shown is None:
        talk.phrase("alert-unknown")
        return
    if shown.kind == "test":
        _show(talk, shown)
        return
    if _said_over(talk, shown):
        return
    talk.phrase("alert-known", _whose(talk, shown))
    text, spoken = text_in(shown.texts, talk.language)
    talk.page.add(text)
    if spoken != talk.language:
        talk.states.add("missing")


def _said_over(talk: Talk, shown: Shown) -> bool:
    """Of what holds no more its words are not repeated: they may have been wrong. A draft is looked at all the same."""
    if shown.kind == "test" or shown.ends >= talk.today:
        return False
    talk.phrase("alert-over", _whose(talk, shown))
    return True


def _whose(talk: Talk, shown: Shown) -> dict[str, str]:
    name = sender(talk.prepared.catalogue, shown.organisation, talk.language)
    return {"name": name, "date": format_date(shown.ends, talk.language)}


# once a year


def plan_again(talk: Talk) -> None:
    """The question of next year. Only the newest plan counts: a person who left and came back is asked once."""
    due = talk.now + _YEAR
    talk.effects.append(Remind(due=due, flow=AGAIN))
    talk.save(f"profile.{_AGAIN_ON}", due.date().isoformat())


def is_due_again(talk: Talk) -> bool:
    """Whether this is the year's question to somebody who still takes alerts; then the next one is planned."""
    if talk.profile.get("alerts", "none") == "none" or not _has_come(talk):
        return False
    plan_again(talk)
    return True


def _has_come(talk: Talk) -> bool:
    try:
        return date.fromisoformat(talk.profile.get(_AGAIN_ON, "")) <= talk.now.date()
    except ValueError:
        return True
