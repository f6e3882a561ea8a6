"""``safar whatsapp``: what an account at Meta must hold, and what went through it."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click

from bot.catalogue import Template
from bot.channels import ChannelUnusable, DeliveryFailed
from bot.channels.whatsapp import CODES, STAND_INS
from bot.channels.whatsapp.client import Client
from bot.channels.whatsapp.startup import check_account
from bot.channels.whatsapp.synchronise import Row, compare, declared, push
from bot.cli.content import open_catalogue, root_option
from bot.cli.whatsapp_report import report
from bot.settings import BrokenSettings, Settings, load_settings


@click.group()
def whatsapp() -> None:
    """What the WhatsApp account at Meta holds, and what went through it."""


whatsapp.add_command(report)


@whatsapp.command()
@click.option("--push", "pushes", is_flag=True, help="Ask Meta for the templates that are missing.")
@root_option
def templates(pushes: bool, root: Path | None) -> None:
    """Compare content/templates with the account; exit 1 when one of ours cannot be sent."""
    try:
        settings = load_settings()
    except BrokenSettings as broken:
        raise click.ClickException(str(broken)) from None
    if not settings.whatsapp_phone_id:
        raise click.ClickException("WHATSAPP_PHONE_ID: it is empty; set the five values first (docs/whatsapp.md)")
    ours = open_catalogue(root).templates
    try:
        good = asyncio.run(_all(settings, ours, pushes))
    except ChannelUnusable as unusable:
        raise click.ClickException(str(unusable)) from None
    except DeliveryFailed as failed:
        raise click.ClickException(f"WhatsApp did not answer as it should ({failed.code}); try again") from None
    if not good:
        raise SystemExit(1)


async def _all(settings: Settings, ours: Mapping[str, Template], pushes: bool) -> bool:
    """Every business account once, with the token of its first number."""
    client = Client({number: token for number, token, _ in settings.whatsapp_accounts}, settings.whatsapp_api)
    good = True
    try:
        numbers = {business: number for number, _, business in reversed(settings.whatsapp_accounts)}
        for business, account in numbers.items():
            await check_account(client, account, business)
            good &= await _one(client, account, business, ours, pushes)
    finally:
        await client.close()
    stand_ins = ", ".join(f"{language} is sent in {CODES[language]}" for language in CODES if language in STAND_INS)
    click.echo(f"WhatsApp does not have every language: {stand_ins}.")
    return good


async def _one(client: Client, account: str, business: str, ours: Mapping[str, Template], pushes: bool) -> bool:
    wanted = {(one.name, one.code): one for one in declared(ours)}
    rows = await compare(client, account, business, wanted.values())
    missing = [row for row in rows if row.state == "missing"]
    if pushes and missing:
        for row in missing:
            await push(client, account, business, wanted[row.name, row.code])
        click.echo(f"{len(missing)} asked for; Meta reviews them, which takes minutes to a day.")
        rows = await compare(client, account, business, wanted.values())
    _print(business, rows)
    return not any(row.remedy for row in rows)


def _print(business: str, rows: list[Row]) -> None:
    click.echo(f"Account {business}")
    wide = max((len(row.name) for row in rows), default=0)
    for row in rows:
        line = f"  {row.name:{wide}}  {row.code:5}  {row.state:8}  {row.remedy}"
        click.echo(line.rstrip())
