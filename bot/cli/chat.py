"""``safar chat``: a conversation in the terminal, kept in memory alone."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from msgspec.structs import replace

from bot.catalogue import Catalogue
from bot.channels.terminal import TerminalChannel
from bot.cli.content import open_catalogue, prepared, root_option
from bot.conversation import Event, Session, pack, turn, unpack
from bot.text import LANGUAGES


@click.command()
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Speak it from the start; else you are asked.")
@root_option
def chat(language: str | None, root: Path | None) -> None:
    """Talk in the terminal. Write an answer or its number; Ctrl-D ends. Nothing is stored."""
    profile = {"language": language} if language else {}
    # No desk is behind this conversation: nobody is promised an answer.
    catalogue = replace(open_catalogue(root), organisations={})
    prepared(catalogue)
    asyncio.run(_talk(catalogue, Session(profile=profile)))


async def _talk(catalogue: Catalogue, session: Session) -> None:
    channel = TerminalChannel(lambda text: click.echo(text, nl=False), styled=sys.stdout.isatty())
    events = [Event(kind="start")]
    while True:
        for event in events:
            taken = turn(session, event, catalogue, datetime.now(UTC), channel.name)
            for reply in taken.replies:
                for request in channel.render(reply, "me", {}):
                    await channel.send(request)
            session = unpack(*pack(taken.session))
        if sys.stdin.isatty():
            click.echo("> ", nl=False)
        line = sys.stdin.buffer.readline()
        if not line:
            return
        events = [incoming.event for incoming in channel.parse(line) if incoming.event is not None]
