"""``safar whatsapp report``: what was sent, what it may cost, what arrived and what did not."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import click

from bot.cli.opening import open_store, read_settings
from bot.delivery.failures import failure
from bot.settings import Settings
from bot.store import StoreError

#: Of one number in a month, as several providers say since October 2026; Meta's own page was not in reach.
_FREE: Final = 1000
_TOPIC: Final = "sent:whatsapp"

_Shown = int | str


def rounded(number: int) -> _Shown:
    """Down to tens, and nothing below ten: no two figures, of today and of tomorrow, differ by a handful (T70)."""
    return number - number % 10 if number >= 10 or not number else "< 10"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON object.")
def report(as_json: bool) -> None:
    """Show messages of this month by day, what became of those of 30 days, and why some failed.

    Figures are rounded down to tens, days are UTC, and the hour that runs is not in them yet. Works while Safar runs.
    """
    settings = read_settings()
    try:
        found = asyncio.run(_read(settings, datetime.now(UTC)))
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(_lines(found)))


async def _read(settings: Settings, now: datetime) -> dict[str, Any]:
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    async with open_store(settings) as store:
        sums = await store.sums_by_day(_TOPIC)
        states = await store.deliveries()
        failures = await store.failures("whatsapp")
    days = sorted((day, number) for _, day, number in sums if day >= month.date())
    sent, numbers = sum(number for _, number in days), len(settings.whatsapp_phone_id) or 1
    return {
        "month": f"{month:%Y-%m}",
        "messages": rounded(sent),
        "numbers": numbers,
        "free": numbers * _FREE,
        "free_used": rounded(min(sent, numbers * _FREE)),
        "days": {str(day): rounded(number) for day, number in days},
        "deliveries": {state: rounded(number) for state, number in states.items()},
        "failures": {code: rounded(number) for code, number in failures},
    }


def _lines(found: dict[str, Any]) -> Iterable[str]:
    yield f"Messages in {found['month']}: {found['messages']}"
    yield (
        f"Free, as providers say: {_FREE} a month for each number. Used: {found['free_used']} of {found['free']}"
        + (f" ({found['numbers']} numbers, not counted apart)." if found["numbers"] > 1 else ".")
    )
    yield "Templates are counted too and are never free. What further ones cost stands in Meta's price list."
    yield from _table("By day", found["days"])
    yield from _table("Of the last 30 days", found["deliveries"])
    yield from _table("Failed in the last 30 days", found["failures"], failures=True)


def _table(title: str, rows: dict[str, _Shown], *, failures: bool = False) -> Iterable[str]:
    yield f"{title}:" if rows else f"{title}: none."
    for name, number in rows.items():
        yield f"  {number!s:>8}  {name:16}  {failure(name).staff if failures else ''}".rstrip()
