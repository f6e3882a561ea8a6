"""Updates in, replies out: once each, in order, paced, surviving crashes."""

from bot.channels import Pace
from bot.delivery.clock import Clock, SystemClock
from bot.delivery.delivery import Delivery
from bot.delivery.desk import Conversation, Desk, Line, Summary
from bot.delivery.failures import FAILURES, Failure
from bot.delivery.holding import Holding
from bot.delivery.inbox import Inbox
from bot.delivery.outbox import Outbox
from bot.delivery.parcel import Parcel, unpack

__all__ = [
    "FAILURES",
    "Clock",
    "Conversation",
    "Delivery",
    "Desk",
    "Failure",
    "Holding",
    "Inbox",
    "Line",
    "Outbox",
    "Pace",
    "Parcel",
    "Summary",
    "SystemClock",
    "unpack",
]
