"""Telegram. The client behind it, which brings aiogram, is imported only when ``connect`` is called."""

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

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
    with _models_left_alone():
        from bot.channels.telegram.client import Client

    return Client(token, base_url, timeout_seconds)


@contextmanager
def _models_left_alone() -> Iterator[None]:
    """Import aiogram without having it build validators for some 400 types, none of which Safar uses: half of the
    start (3.4 s of 7 s on a busy machine) and 110 MB. Pydantic builds one when it is first asked for."""
    rebuild = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(lambda cls, **_: None)  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
