"""What an alert costs in time and money before it is let out: upper bounds. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Final

import msgspec

from bot.delivery.broadcasts.counting import Count
from bot.delivery.broadcasts.numbers import SMALLEST

_WHATSAPP: Final = "whatsapp"


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator knows of the accounts. ``paces``: messages a second of one account, by channel; ``price``: of
    one template, as ``0.035 USD``, "" when unknown; ``daily_limit``: people a day whom WhatsApp lets one write to
    first, 0 when unknown."""

    paces: Mapping[str, float]
    price: str = ""
    daily_limit: int = 0


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """From numbers rounded up to tens (THREATS T70). By channel: people, and seconds at the account's pace.

    ``templates``: how many of WhatsApp's people may be outside the 24-hour window. ``price``: what they cost, "" where
    the operator gave no price. ``days``: at WhatsApp's daily limit; None where the operator gave none."""

    people: dict[str, int]
    seconds: dict[str, int]
    templates: int
    price: str
    days: int | None


def estimate(count: Count, terms: Terms) -> Estimate:
    people = {channel: ceil(number / SMALLEST) * SMALLEST for channel, number in sorted(count.by_channel.items())}
    templates = people.get(_WHATSAPP, 0)
    return Estimate(
        people=people,
        seconds={
            channel: ceil(number / terms.paces[channel]) for channel, number in people.items() if channel in terms.paces
        },
        templates=templates,
        price=_price(templates, terms.price),
        days=ceil(templates / terms.daily_limit) if terms.daily_limit else None,
    )


def _price(templates: int, price: str) -> str:
    if not price:
        return ""
    amount, currency = price.split()
    return f"{Decimal(amount) * templates:.2f} {currency}"
