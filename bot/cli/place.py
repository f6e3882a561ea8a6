"""``safar place``: which place a typed name finds."""

import json
from pathlib import Path

import click

from bot.cli.content import open_catalogue, root_option
from bot.places import Gazetteer, Place, gazetteer
from bot.text import LANGUAGES, clean


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One object: place or null, choices.")
@click.option("--country", type=click.Choice(["RU", "KZ", "UZ", "TJ", "KG"]), help="Where the person is.")
@root_option
@click.argument("name", nargs=-1, required=True)
def place(as_json: bool, country: str | None, root: Path | None, name: tuple[str, ...]) -> None:
    """Show which place NAME finds: a sure one, or those that the bot would ask about."""
    places = gazetteer(open_catalogue(root).places)
    found = places.find(clean(" ".join(name)), country=country or "")
    shown = [found.place] if found.place else found.choices
    if as_json:
        ids = [one.id for one in found.choices]
        click.echo(json.dumps({"place": found.place.id if found.place else None, "choices": ids}))
        return
    click.echo("sure" if found.place else "asked about" if shown else "nothing: kept as it is typed")
    for one in shown:
        click.echo(f"  {one.id}: {_names(places, one)}; {one.region}, {one.timezone}")


def _names(places: Gazetteer, one: Place) -> str:
    return " / ".join(dict.fromkeys(places.label(one, language) for language in LANGUAGES))
