"""``safar unanswered``: which questions found no answer."""

import asyncio
import json

import click

from bot.cli.opening import open_store, read_settings
from bot.settings import Settings
from bot.store import StoreError

_PREFIX = "unanswered:"


@click.command()
@click.option("--words", is_flag=True, help="Also the questions themselves, of people who agreed.")
def unanswered(words: bool) -> None:
    """Show how many questions found no answer, by the article that came nearest.

    Words are kept only of people who agreed, without names, numbers and links, for 30 days.
    """
    try:
        sums, questions = asyncio.run(_read(read_settings(), words))
    except StoreError as error:
        raise SystemExit(str(error)) from None
    for topic, number in sums:
        click.echo(f"{number:6} {topic.removeprefix(_PREFIX)}")
    if not sums:
        click.echo("Every question found an answer so far.")
    for body in questions:
        question = json.loads(body)
        click.echo(f"{question['language'] or '?'} ({question['nearest']}): {question['words']}")


async def _read(settings: Settings, words: bool) -> tuple[list[tuple[str, int]], list[bytes]]:
    async with open_store(settings) as store:
        return await store.sums(_PREFIX), await store.kept_questions() if words else []
