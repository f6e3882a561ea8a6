"""What Telegram answers → a code of the failure table. Descriptions are what the server says today (Bot API 10.0)."""

from typing import Final

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError

from bot.carrier.carrier import NotReached
from bot.channels.protocol import DeliveryFailed

_BY_WORDS: Final[dict[type[Exception], tuple[tuple[str, str], ...]]] = {
    TelegramForbiddenError: (
        ("bot was blocked", "blocked"),
        ("deactivated", "deactivated"),
        ("", "forbidden"),
    ),
    TelegramBadRequest: (
        ("message is not modified", "not-modified"),
        ("message to delete not found", "not-found"),
        ("message can't be deleted", "not-deletable"),
        ("message to edit not found", "not-editable"),
        ("message can't be edited", "not-editable"),
        ("query is too old", "too-late"),
        ("chat not found", "chat-not-found"),
        ("", "refused"),
    ),
}

#: Subclasses before their bases.
_BY_TYPE: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (TelegramMigrateToChat, "migrated"),
    (TelegramUnauthorizedError, "unauthorized"),
    (TelegramConflictError, "conflict"),
    (TelegramNotFound, "unauthorized"),  # what the hosted server says to a wrong token
    (TelegramEntityTooLarge, "refused"),
    (TelegramServerError, "server-error"),
    (TelegramAPIError, "refused"),
    (ClientConnectorError, "unreachable"),
    (ConnectionTimeoutError, "unreachable"),
    (NotReached, "unreachable"),
)

#: The request may have arrived: no answer, or one that is not Telegram's (a proxy's page).
_UNCLEAR: Final = (ClientDecodeError, ClientError, TimeoutError)

_ACCOUNT_WIDE: Final = frozenset({"rate-limited", "unauthorized", "conflict", "unreachable"})


def failure(error: Exception) -> DeliveryFailed:
    """The failure of one request. It does not hold ``error``, whose words may show the token or the person (T69)."""
    if isinstance(error, TelegramRetryAfter):
        return DeliveryFailed("rate-limited", retry_after_seconds=error.retry_after, account_wide=True)
    if isinstance(error, (TelegramBadRequest, TelegramForbiddenError)):
        words = error.message
        code = next(code for part, code in _BY_WORDS[type(error)] if part in words)
        return DeliveryFailed(code)
    for kind, code in _BY_TYPE:
        if isinstance(error, kind):
            return DeliveryFailed(code, account_wide=code in _ACCOUNT_WIDE)
    if isinstance(error, _UNCLEAR):
        return DeliveryFailed("no-answer", unclear=True)
    raise error
