"""Which of the help points that were shown does not answer: counted by point, without a contact (T12)."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.catalogue import HelpPoint, Target
from bot.conversation.model import Choice, Count
from bot.conversation.talk import Talk

#: Before the key of the point in the topic of a count.
SILENT = "noanswer:"


def ask_which_is_silent(talk: Talk) -> None:
    """A button for each that was shown last."""
    points = (talk.prepared.catalogue.points.get(key) for key in talk.session.points)
    for point in filter(None, points):
        talk.page.extra.append(Choice(id=Target(kind="silent", id=point.key).token, label=talk.label(point.name)))


def note_silent(talk: Talk, key: str) -> bool:
    """Once for each time that it was shown: the button counts no second time."""
    shown = talk.session.points
    if key in shown:
        talk.effects.append(Count(f"{SILENT}{key}"))
        talk.points = [other for other in shown if other != key]
    talk.phrase("silent-noted")
    talk.page.foot.append(talk.button("menu", "menu-button"))
    return True


def reports(points: Mapping[str, HelpPoint], sums: Iterable[tuple[str, date, int]]) -> dict[str, int]:
    """Point -> how many said that nobody answers there, since it was last verified. ``sums``: topic, day, how many."""
    found: dict[str, int] = {}
    for topic, day, number in sums:
        point = points.get(topic.removeprefix(SILENT))
        if point is not None and (point.verified_on is None or day > point.verified_on):
            found[point.key] = found.get(point.key, 0) + number
    return found
