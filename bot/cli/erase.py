"""``safar erase``: forget a person, or all that is past its time."""

import asyncio
from datetime import UTC, datetime

import click

from bot.cli.opening import open_store, read_settings
from bot.conversation import takes_any_alerts
from bot.settings import Settings
from bot.store import StoreError


@click.command()
@click.argument("channel", required=False, metavar="[CHANNEL]")
@click.argument("address", required=False, metavar="[ADDRESS]")
@click.option("--account", default="", help="The account written to; else that of the settings, or the page.")
@click.option("--expired", is_flag=True, help="Remove what is past its time; with it you say that the clock is right.")
def erase(channel: str | None, address: str | None, account: str, expired: bool) -> None:
    """Forget one person, as if they had written the word for it: CHANNEL is telegram, whatsapp or web.

    ADDRESS is the chat's id; on WhatsApp the user id (TJ.123...), and the phone number of someone whose id is unknown.

    Works while Safar runs. What the person's phone shows can only be removed from the chat itself.
    """
    if expired == bool(channel) or bool(channel) != bool(address):
        raise click.UsageError("Give CHANNEL and ADDRESS, for example `telegram 5000000001`, or --expired alone.")
    settings = read_settings()
    try:
        if channel and address:
            found = asyncio.run(_forget(settings, channel, account or _account(settings, channel), address))
            click.echo("Forgotten." if found else "Nobody is known by this address; nothing was changed.")
        else:
            removed = asyncio.run(_expire(settings))
            click.echo(
                ", ".join(f"{name} {rows}" for name, rows in removed.items() if rows) or "Nothing was past its time."
            )
    except StoreError as error:
        raise SystemExit(str(error)) from None


def _account(settings: Settings, channel: str) -> str:
    if channel == "whatsapp":
        if len(settings.whatsapp_phone_id) != 1:
            raise click.UsageError("WHATSAPP_PHONE_ID names not one number: give one with --account.")
        return settings.whatsapp_phone_id[0]
    if channel != "telegram":
        return channel
    number = settings.telegram_token.get_secret_value().partition(":")[0]
    if not number:
        raise click.UsageError("TELEGRAM_TOKEN is not set: give the bot's number with --account (the token's digits).")
    return number


async def _forget(settings: Settings, channel: str, account: str, address: str) -> bool:
    async with open_store(settings) as store:
        return await store.erase(channel, account, address.lstrip("+") if channel == "whatsapp" else address)


async def _expire(settings: Settings) -> dict[str, int]:
    now = datetime.now(UTC)
    async with open_store(settings) as store:
        await store.trust_clock(now)
        return await store.retain(now, takes_any_alerts)
