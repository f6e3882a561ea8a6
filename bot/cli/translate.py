"""``safar translate``: bring translations up to date; show how much is done."""

import json
from pathlib import Path

import click

from bot.catalogue.extract import sources
from bot.catalogue.findings import BrokenCatalogue, did_you_mean
from bot.catalogue.translate import Status, status, update, wordings
from bot.settings import BrokenSettings, load_settings
from bot.text import LANGUAGES

#: Keys listed for a person; a program asks for --json.
_SHOWN = 20


@click.group(help="Bring translations up to date; show how much is done.")
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that holds flows/, content/ and locales/; else that of the settings.",
)
@click.pass_context
def translate(ctx: click.Context, root: Path | None) -> None:
    try:
        ctx.obj = root or load_settings().content_dir
    except BrokenSettings as broken:
        raise click.ClickException(str(broken)) from None


@translate.command("update")
@click.option("--typo", "typos", multiple=True, metavar="KEY", help="This edit changed no meaning: translations stay.")
@click.option("--typo-all", is_flag=True, help="No edit since the last update changed a meaning.")
@click.pass_obj
def update_command(root: Path, typos: tuple[str, ...], typo_all: bool) -> None:
    """Write all PO files from the sources. A changed text makes its translations fuzzy, unless it is a typo."""
    try:
        known = {source.found.key for source in sources(root)}
        for key in typos:
            if key not in known:
                raise click.BadParameter(f'no text has the key "{key}"; {did_you_mean(key, known)}')
        changes = update(root, typos, all_typos=typo_all)
    except BrokenCatalogue as broken:
        raise click.ClickException(str(broken)) from None
    for change in changes:
        click.echo(f"{change.file}: {change.new} new, {change.fuzzy} to look at again, {change.removed} gone")
    if not changes:
        click.echo("Everything is up to date.")


@translate.command("status")
@click.option("--json", "as_json", is_flag=True, help="For programs: counts and keys.")
@click.pass_obj
def status_command(root: Path, as_json: bool) -> None:
    """Per language: what is current, stale, missing, and who has read the articles."""
    try:
        found = status(root)
        read = wordings(root)
    except BrokenCatalogue as broken:
        raise click.ClickException(str(broken)) from None
    if as_json:
        plain = {language: {**_plain(one), "articles": dict(read[language])} for language, one in found.items()}
        click.echo(json.dumps(plain, ensure_ascii=False))
        return
    for language, one in found.items():
        total = one.current + len(one.stale) + len(one.missing)
        share = one.current / total if total else 1
        click.echo(
            f"{LANGUAGES[language].own_name} ({language}): {share:.0%} current: "
            f"{one.current} of {total}, {len(one.stale)} stale, {len(one.missing)} missing"
        )
        if read[language]:
            click.echo("  articles: " + ", ".join(f"{number} {state}" for state, number in read[language].items()))
        for state, keys in (("stale", one.stale), ("missing", one.missing)):
            for key in keys[:_SHOWN]:
                click.echo(f"  {state} {key}")
            if len(keys) > _SHOWN:
                click.echo(f"  and {len(keys) - _SHOWN} more {state}; all of them: safar translate status --json")


def _plain(one: Status) -> dict[str, object]:
    return {"current": one.current, "stale": list(one.stale), "missing": list(one.missing)}
