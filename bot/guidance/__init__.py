"""Legal terms, counted from what a person tells. Pure: no I/O, no clock."""

from bot.guidance.deadlines import EVENTS, Counted, Deadline, Why, deadlines
from bot.guidance.stays import Stay
from bot.guidance.words import plain

__all__ = ["EVENTS", "Counted", "Deadline", "Stay", "Why", "deadlines", "plain"]
