"""WhatsApp Cloud API as a channel. The client behind it, which brings aiohttp, is imported only when ``connect`` is
called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.channels.whatsapp.channel import Caller, WhatsApp
from bot.channels.whatsapp.templates import CODES, STAND_INS, TemplateForm, Templates

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client

__all__ = ["CODES", "STAND_INS", "Caller", "TemplateForm", "Templates", "WhatsApp", "connect"]


def connect(tokens: Mapping[str, str], base_url: str) -> "Client":
    """The Graph API for the numbers of ``tokens`` (phone-number id -> access token). Raises ChannelUnusable."""
    from bot.channels.whatsapp.client import Client

    return Client(tokens, base_url)
