"""Telegram and WhatsApp in one process: made from the settings, and what they do beside single messages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog
from pydantic import SecretStr

from bot.catalogue import Catalogue
from bot.channels import Channel, ChannelUnusable
from bot.channels.telegram import Caller, Telegram, Words, introduce, poll, use_polling, use_webhook
from bot.channels.whatsapp import WhatsApp
from bot.channels.whatsapp.startup import subscribe
from bot.channels.whatsapp.synchronise import check_templates, forms
from bot.delivery import Inbox
from bot.settings import Settings
from bot.text import LANGUAGES
from bot.web import Webhook, WhatsAppWebhook

if TYPE_CHECKING:
    from bot.channels.whatsapp.client import Client as WhatsAppClient

#: What Telegram's menu button lists: words of ``content/words.yaml``, described in the phrases ``command-…``.
_COMMANDS: Final = ("menu", "language", "help", "hide", "stop", "delete")

_log = structlog.get_logger()


class Messaging:
    """``catalogue`` gives the one that serves now; the callers are None where there is no token."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Callable[[], Catalogue],
        telegram: Caller | None,
        graph: "WhatsAppClient | None",
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._graph = graph
        self.telegram = None if telegram is None else _telegram(telegram, settings, catalogue())
        self.whatsapp = None if graph is None else _whatsapp(graph, settings, catalogue())

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in (self.telegram, self.whatsapp) if channel is not None]

    @property
    def polls(self) -> bool:
        return self.telegram is not None and not self._settings.public_url

    def telegram_hook(self) -> Webhook | None:
        if self.telegram is None or self.polls:
            return None
        return Webhook(channel=self.telegram, secrets=_secrets(self._settings.telegram_webhook_secret))

    def whatsapp_hook(self) -> WhatsAppWebhook | None:
        settings = self._settings
        if self.whatsapp is None:
            return None
        return WhatsAppWebhook(
            channel=self.whatsapp,
            secrets=_secrets(settings.whatsapp_app_secret),
            verify_token=settings.whatsapp_verify_token.get_secret_value().encode(),
        )

    async def choose_way(self) -> None:
        """Webhook or polling. What Telegram posts before the server runs waits in the listening socket. Raises
        ChannelUnusable."""
        settings = self._settings
        if self.telegram is None:
            return
        if self.polls:
            await use_polling(self.telegram.caller)
        else:
            secret = settings.telegram_webhook_secret.get_secret_value().split()[0]
            await use_webhook(self.telegram.caller, f"{settings.public_url}/telegram", secret)

    async def poll(self, inbox: Inbox) -> None:
        """Telegram stops when another installation uses its token; the other channels go on (THREATS F19, F26)."""
        telegram = self.telegram
        assert telegram is not None, "asked only where it polls"

        async def receive(raw: bytes) -> None:
            await inbox.receive(telegram, raw)

        try:
            await poll(telegram.caller, receive)
        except ChannelUnusable as unusable:
            _log.error("telegram-stopped", why=str(unusable))

    async def introduce(self) -> None:
        if self.telegram is not None:
            catalogue = self._catalogue()
            await introduce(self.telegram.caller, {code: _words(catalogue, code) for code in LANGUAGES})

    async def subscribe(self) -> None:
        """Be told what people write on WhatsApp."""
        if self._graph is None:
            return
        for business, number in self._businesses().items():
            try:
                await subscribe(self._graph, number, business)
            except ChannelUnusable as unusable:
                _log.error("whatsapp-not-subscribed", why=str(unusable))

    async def check_templates(self) -> None:
        """Learn which templates WhatsApp sends."""
        if self._graph is None or self.whatsapp is None:
            return
        for business, number in self._businesses().items():
            checked = await check_templates(self._graph, number, business, self._catalogue().templates)
            self.whatsapp.paused |= checked.unsendable
            for finding in checked.findings:
                _log.warning("whatsapp-template", why=finding)

    def served(self, catalogue: Catalogue) -> None:
        """Another catalogue serves from now on."""
        if self.whatsapp is not None:
            self.whatsapp.templates = forms(catalogue.templates)

    def _businesses(self) -> dict[str, str]:
        """A number of each business account."""
        return {business: number for number, _, business in self._settings.whatsapp_accounts}


def _telegram(caller: Caller, settings: Settings, catalogue: Catalogue) -> Telegram:
    labels = {code: catalogue.phrases["location-button"].plain(code) for code in LANGUAGES}
    return Telegram(caller, labels, settings.telegram_messages_per_second)


def _whatsapp(graph: "WhatsAppClient", settings: Settings, catalogue: Catalogue) -> WhatsApp:
    labels = {code: catalogue.phrases["choose-button"].plain(code) for code in LANGUAGES}
    return WhatsApp(graph, labels, forms(catalogue.templates), settings.whatsapp_messages_per_second)


def _secrets(setting: SecretStr) -> tuple[bytes, ...]:
    return tuple(secret.encode() for secret in setting.get_secret_value().split())


def _words(catalogue: Catalogue, language: str) -> Words:
    def phrase(key: str) -> str:
        return catalogue.phrases[key].plain(language)

    return Words(
        name=phrase("telegram-name"),
        about=phrase("telegram-about"),
        description=phrase("telegram-description"),
        commands={name: phrase(f"command-{name}") for name in _COMMANDS},
    )
