"""The person's legal terms, as words on the screen: what is past first, then what comes next."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.catalogue import DeadlineEvent, DeadlineKind, Show, Text
from bot.conversation.rendering import rendered
from bot.conversation.talk import Talk
from bot.guidance import Deadline, deadlines
from bot.text import format_date, format_quantity

#: More than a tired person can act on.
MAX_SHOWN: Final = 6
#: Kind of the rule -> the first line of a term that is not past.
_HEAD: Final[Mapping[DeadlineKind, str]] = {
    "duty": "deadline-line",
    "advice": "deadline-line",
    "owed": "deadline-owed",
    "earliest": "deadline-from",
    "worsens": "deadline-worse",
}


def show_deadlines(talk: Talk, node: Show) -> None:
    """Says what is missing when the person has not told enough."""
    talk.plain = False
    citizenship, country = talk.profile.get("citizenship", ""), talk.profile.get("country", "")
    events = _events(talk, node.counted_from)
    if not citizenship or not country or not events:
        talk.phrase("deadlines-missing" if events else "deadlines-no-date")
        return
    found = deadlines(
        talk.prepared.catalogue, citizenship=citizenship, country=country, events=events, today=talk.today
    )
    if not found:
        talk.phrase("deadlines-none")
        return
    talk.phrase("deadlines-title")
    shown = chosen(found)
    if any(deadline.is_past for deadline in shown):
        _phrase(talk, "deadlines-done", between=" ")
    for deadline in shown:
        _show(talk, deadline)


def chosen(found: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    """The past ones and the next ones, in the order of their dates; of the steps for the worse only the next.

    What comes keeps its place beside much that is past: half of the list.
    """
    past = [one for one in found if one.is_past]
    ahead = [one for one in found if not one.is_past]
    worse = [one for one in ahead if one.rule.kind == "worsens"]
    ahead = [one for one in ahead if one not in worse[1:]]
    room = max(MAX_SHOWN - len(ahead), MAX_SHOWN // 2)
    newest = past[-room:]
    return (*newest, *ahead[: MAX_SHOWN - len(newest)])


def _events(talk: Talk, counted_from: Mapping[DeadlineEvent, str]) -> dict[DeadlineEvent, date]:
    """The dates that were told; a question that was skipped gives none."""
    found: dict[DeadlineEvent, date] = {}
    for event, answer in counted_from.items():
        value = talk.lookup("answers", answer, "")
        try:
            found[event] = date.fromisoformat(value)
        except (TypeError, ValueError):
            continue
    return found


def _show(talk: Talk, deadline: Deadline) -> None:
    rule = deadline.rule
    talk.said.append(f"deadline:{rule.id}")
    title = _words(talk, rule.title)
    if deadline.due is None:
        _phrase(talk, "deadline-checking", {"title": title}, "\n\n")
        _phrase(talk, "checked-on", {"date": format_date(deadline.why.checked, talk.language)})
        return
    key = "deadline-past" if deadline.is_past else _HEAD[rule.kind]
    _phrase(talk, key, {"date": format_date(deadline.due, talk.language), "title": title}, "\n\n")
    if not deadline.is_certain:
        _phrase(talk, "deadline-doubted")
    if deadline.is_estimate:
        _phrase(talk, "deadline-estimate")
    if not deadline.is_past and rule.kind not in {"earliest", "worsens"} and deadline.days_left is not None:
        left = format_quantity(deadline.days_left, "days", talk.language)
        _phrase(talk, "deadline-left" if deadline.days_left else "deadline-today", {"left": left})
    if deadline.act_by is not None:
        _phrase(talk, "deadline-closed", {"date": format_date(deadline.act_by, talk.language)})
    talk.text(rule.consequence if deadline.is_past else rule.action, between="\n")
    _phrase(talk, "checked-on", {"date": format_date(deadline.why.checked, talk.language)})


def _words(talk: Talk, text: Text) -> str:
    words, _, state = rendered(talk, text)
    talk.states.add(state)
    return words


def _phrase(talk: Talk, key: str, values: Mapping[str, str] | None = None, between: str = "\n") -> None:
    """One of the bot's own sentences, inside the list."""
    text = talk.prepared.catalogue.phrases.get(key)
    if text is not None:
        talk.text(text, values, between)
