"""``safar coverage``: which needs are served by what, and how well each topic is served."""

from pathlib import Path

import click

from bot.catalogue import coverage as page
from bot.cli.content import open_catalogue, root_option


@click.command()
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write it there: docs/coverage.md.")
@root_option
def coverage(write: Path | None, root: Path | None) -> None:
    """Show what serves each need, and languages, sources and oldest check of each topic."""
    text = page(open_catalogue(root))
    if write is None:
        click.echo(text)
        return
    write.write_text(text, encoding="utf-8")
    click.echo(f"{write}: written")
