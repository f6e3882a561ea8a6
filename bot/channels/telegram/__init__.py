"""Telegram. The client behind it, which brings aiogram, is imported only when ``connect`` is called."""

from bot.channels.telegram.channel import Caller, Telegram
from bot.channels.telegram.polling import poll
from bot.channels.telegram.startup import ALLOWED_UPDATES, Words, check_token, introduce, use_polling, use_webhook

__all__ = [
    "ALLOWED_UPDATES",
    "Caller",
    "Telegram",
    "Words",
    "check_token",
    "connect",
    "introduce",
    "poll",
    "use_polling",
    "use_webhook",
]


def connect(token: str, base_url: str = "", timeout_seconds: float = 20.0) -> Caller:
    """Telegram's API for one bot; ``base_url`` names another Bot API server. Raises ChannelUnusable."""
    from bot.channels.telegram.client import Client

    return Client(token, base_url, timeout_seconds)
