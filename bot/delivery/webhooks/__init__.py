"""An organisation's own system is told when an alert of theirs ends or stops by itself."""

from bot.delivery.webhooks.addresses import address_refusal
from bot.delivery.webhooks.signing import new_secret, secret_text
from bot.delivery.webhooks.telling import Webhooks

__all__ = ["Webhooks", "address_refusal", "new_secret", "secret_text"]
