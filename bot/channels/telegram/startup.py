"""What Safar tells Telegram when it starts: how updates reach it, and how the bot shows itself."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import structlog

from bot.channels.protocol import ChannelUnusable, DeliveryFailed
from bot.channels.telegram.channel import Caller

#: Without edits: a live location that moves comes as one, and is none of our business (THREATS T27).
ALLOWED_UPDATES: Final = ["message", "callback_query", "my_chat_member"]

#: Telegram's two-letter codes (an empty one: everybody else) and the language of ours shown there.
_SHOWN_IN: Final = {"": "ru", "ru": "ru", "uz": "uz", "tg": "tg", "ky": "ky"}

#: 43 characters of this alphabet hold 256 bits (THREATS T51); Telegram takes at most 256.
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43,256}")

_log = structlog.get_logger()


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """How the bot shows itself in one language: neutral words, for a locked screen shows them (THREATS T19).

    ``name`` at most 64 characters, ``about`` 120 (beside the picture), ``description`` 512 (in the empty chat), each of
    ``commands`` 256.
    """

    name: str
    about: str
    description: str
    commands: Mapping[str, str]


class _Me(msgspec.Struct):
    username: str


async def check_token(caller: Caller) -> str:
    """The bot's username. Raises ChannelUnusable when Telegram does not know the token or is out of reach."""
    try:
        return msgspec.json.decode(await caller.call("getMe", {}), type=_Me).username
    except DeliveryFailed as failed:
        raise _unusable(failed) from None


async def use_webhook(caller: Caller, url: str, secret: str) -> None:
    """Have updates posted to ``url``. Raises ChannelUnusable; a webhook without a good secret is open to everyone."""
    if not _SECRET.fullmatch(secret):
        raise ChannelUnusable(
            "TELEGRAM_WEBHOOK_SECRET: a webhook needs 43 to 256 of A-Z a-z 0-9 _ -; make one with: openssl rand -hex 32"
        )
    params = {"url": url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES, "max_connections": 40}
    try:
        await caller.call("setWebhook", params)
    except DeliveryFailed as failed:
        if failed.code == "refused":
            raise ChannelUnusable(
                "Telegram refused the webhook address; SAFAR_PUBLIC_URL must be https, on port 443, 80, 88 or 8443"
            ) from None
        raise _unusable(failed) from None


async def use_polling(caller: Caller) -> None:
    """Have updates wait for ``poll``. Raises ChannelUnusable."""
    try:
        await caller.call("deleteWebhook", {})
    except DeliveryFailed as failed:
        raise _unusable(failed) from None


async def introduce(caller: Caller, words: Mapping[str, Words]) -> None:
    """Show the bot's name, descriptions and commands in each language, best effort.

    Only what differs is set: Telegram lets a name be changed a few times a day.
    """
    try:
        for code, language in _SHOWN_IN.items():
            shown = words[language]
            where = {"language_code": code} if code else {}
            commands = [{"command": name, "description": text} for name, text in shown.commands.items()]
            await _show(caller, "Commands", where, {"commands": commands})
            await _show(caller, "Description", where, {"description": shown.description})
            await _show(caller, "ShortDescription", where, {"short_description": shown.about})
            await _show(caller, "Name", where, {"name": shown.name})
    except DeliveryFailed as failed:
        _log.warning("telegram-introduction-unfinished", code=failed.code)


async def _show(caller: Caller, what: str, where: Mapping[str, str], wanted: Mapping[str, Any]) -> None:
    now = msgspec.json.decode(await caller.call(f"getMy{what}", where))
    if now not in (wanted, wanted.get("commands")):
        await caller.call(f"setMy{what}", {**wanted, **where})


def _unusable(failed: DeliveryFailed) -> ChannelUnusable:
    match failed.code:
        case "unauthorized":
            return ChannelUnusable("TELEGRAM_TOKEN: Telegram does not know it; copy it again from BotFather")
        case "unreachable" | "no-answer" | "server-error":
            return ChannelUnusable(
                "Telegram cannot be reached; check the network, or set SAFAR_TELEGRAM_API to another server"
            )
        case code:
            return ChannelUnusable(f"Telegram refused the start ({code}); wait a minute and start again")
