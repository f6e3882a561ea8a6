"""The engine: event in, turn out. Pure: no clock, no chance, no I/O."""

from bot.conversation.engine import turn
from bot.conversation.feedback import SILENT, reports
from bot.conversation.model import (
    Card,
    Choice,
    Count,
    Effect,
    Event,
    EventKind,
    File,
    Forget,
    Frame,
    Hide,
    Knock,
    Link,
    Move,
    Pin,
    Remind,
    Reply,
    Session,
    Turn,
    Unanswered,
    Wake,
)
from bot.conversation.prepared import prepare
from bot.conversation.saved import pack, unpack
from bot.conversation.transcripts import play, rewritten

__all__ = [
    "SILENT",
    "Card",
    "Choice",
    "Count",
    "Effect",
    "Event",
    "EventKind",
    "File",
    "Forget",
    "Frame",
    "Hide",
    "Knock",
    "Link",
    "Move",
    "Pin",
    "Remind",
    "Reply",
    "Session",
    "Turn",
    "Unanswered",
    "Wake",
    "pack",
    "play",
    "prepare",
    "reports",
    "rewritten",
    "turn",
    "unpack",
]
