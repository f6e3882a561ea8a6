"""The engine: event in, turn out. Pure: no clock, no chance, no I/O."""

from bot.conversation.alert_texts import AlertFinding, BrokenAlert, alert_findings, fill_alert
from bot.conversation.alerts import Shown, Urgency, alert_reply, takes_alerts
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
from bot.conversation.prepared import Prepared, prepare
from bot.conversation.saved import pack, read_profile, takes_any_alerts, unpack
from bot.conversation.transcripts import play, rewritten

__all__ = [
    "SILENT",
    "AlertFinding",
    "BrokenAlert",
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
    "Prepared",
    "Remind",
    "Reply",
    "Session",
    "Shown",
    "Turn",
    "Unanswered",
    "Urgency",
    "Wake",
    "alert_findings",
    "alert_reply",
    "fill_alert",
    "pack",
    "play",
    "prepare",
    "read_profile",
    "reports",
    "rewritten",
    "takes_alerts",
    "takes_any_alerts",
    "turn",
    "unpack",
]
