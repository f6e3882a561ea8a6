"""``safar backup`` and ``safar restore``."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.cli.opening import open_store, read_settings
from bot.settings import Settings
from bot.store import StoreError, back_up, has_data, load_keys, location
from bot.store import restore as put_back


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy the data, and apart from it the newest contact keys, into FOLDER; also while Safar runs.

    Data files older than 14 days go. The master key is not part of it: keep a copy of that elsewhere.
    """
    settings = read_settings()
    if settings.key_file.resolve().is_relative_to(folder.resolve()):
        raise SystemExit(f"The master key lies in {folder}, and would open every copy there: name another folder.")
    try:
        written = back_up(location(settings), folder, load_keys(settings.key_file), datetime.now(UTC))
    except StoreError as error:
        raise SystemExit(str(error)) from None
    click.echo(f"Written and verified: {written}")


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--release", "what", flag_value="release", help="Let leave what the last restore held back.")
@click.option("--discard", "what", flag_value="discard", help="Throw away what the last restore held back.")
@click.option("--yes", is_flag=True, help="Do not ask before the present database is replaced.")
def restore(folder: Path | None, what: str | None, yes: bool) -> None:
    """Put the newest backup in FOLDER in the place of the database; stop Safar first.

    Whoever was erased stays erased. Replies and reminders of the backup are held until --release or --discard.
    """
    if (folder is None) == (what is None):
        raise click.UsageError("Give the FOLDER of a backup, or one of --release and --discard.")
    settings = read_settings()
    try:
        if folder is None:
            count = asyncio.run(_settle_held(settings, release=what == "release"))
            click.echo(f"{count} held replies and reminders were {'released' if what == 'release' else 'thrown away'}.")
            return
        keys = load_keys(settings.key_file)
        where = location(settings)
        if not yes and has_data(where):
            click.confirm(f"{where} will be replaced, and nothing of it is kept. Go on?", abort=True)
        done = put_back(folder, where, keys, datetime.now(UTC))
    except StoreError as error:
        raise SystemExit(str(error)) from None
    click.echo(f"{done.contacts} contacts are back from {done.source.name}; {done.dropped} stay forgotten.")
    if done.held:
        click.echo(f"{done.held} replies and reminders are held: `safar restore --release` or `--discard`.")
    if done.paused:
        look = "safar broadcast resume CODE"
        click.echo(f"{done.paused} alerts are paused: an admin looks whether each still holds, then `{look}`.")


async def _settle_held(settings: Settings, *, release: bool) -> int:
    async with open_store(settings) as store:
        count = await store.held()
        await (store.release_held() if release else store.discard_held())
        return count
