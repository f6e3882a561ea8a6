"""``safar chat``: a conversation in the terminal, kept in memory alone."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.catalogue import Catalogue, load
from bot.channels.terminal import TerminalChannel
from bot.conversation import Event, Session, pack, turn, unpack
from bot.settings import BrokenSettings, load_settings
from bot.text import LANGUAGES


@click.command()
@click.option("--language", type=click.Choice(tuple(LANGUAGES)), help="Speak it from the start; else you are asked.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that holds flows/, content/ and locales/; else that of the settings.",
)
def chat(language: str | None, root: Path | None) -> None:
    """Talk in the terminal. Write an answer or its number; Ctrl-D ends. Nothing is stored."""
    try:
        root = root or load_settings().content_dir
    except BrokenSettings as broken:
        raise click.ClickException(str(broken)) from None
    loaded = load(root, as_of=datetime.now(UTC).date())
    if loaded.catalogue is None:
        errors = [str(finding) for finding in loaded.findings if finding.level == "error"]
        raise click.ClickException("\n".join([*errors, "The content cannot be served; mend it, and see: safar check"]))
    profile = {"language": language} if language else {}
    asyncio.run(_talk(loaded.catalogue, Session(profile=profile)))


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
