"""The web: the chat's page and its address, the messengers' webhooks, as one ASGI application."""

from bot.web.app import create
from bot.web.hub import Hub, mark
from bot.web.server import server_config
from bot.web.services import ApiService, Console, Services, Webhook, WhatsAppWebhook

__all__ = [
    "ApiService",
    "Console",
    "Hub",
    "Services",
    "Webhook",
    "WhatsAppWebhook",
    "create",
    "mark",
    "server_config",
]
