"""The engine: event in, turn out. Pure: no clock, no chance, no I/O."""

from bot.conversation.engine import turn
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
    "rewritten",
    "turn",
    "unpack",
]
