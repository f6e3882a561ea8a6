"""WhatsApp Cloud API as a channel."""

from bot.channels.whatsapp.channel import Caller, WhatsApp
from bot.channels.whatsapp.templates import CODES, STAND_INS, TemplateForm, Templates

__all__ = ["CODES", "STAND_INS", "Caller", "TemplateForm", "Templates", "WhatsApp"]
